"""The merge fields that a letter or mail template may use, written as `$NAAM$`.

One catalogue for everybody: the linter knows from it what exists, the substitution what may be
empty, the template screen what to explain. There is no field for the BSN, on purpose: a BSN never
goes into a letter or mail. The names `VOORNAAM`, `VOORLETTERS` and `ACHTERNAAM` are the original's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from shared.contracts.codes import Channel, Purpose

_NONE: frozenset[Purpose] = frozenset()
_INVITATION = frozenset({Purpose.INVITATION})
_BATCH = frozenset({Purpose.BATCH_READY})
_ALL = frozenset(Purpose)


@dataclass(frozen=True)
class MergeField:
    """One field of the catalogue.

    `required_for`: purposes for which an empty value fails the letter or mail that uses the field.
    `multiline`: the value may hold several lines, separated by a newline.
    """

    name: str
    meaning: str
    example: str
    required_for: frozenset[Purpose] = _NONE
    purposes: frozenset[Purpose] = _ALL
    multiline: bool = False

    @property
    def token(self) -> str:
        """The field as it is written in a template."""
        return f"${self.name}$"


def _resident(
    name: str, meaning: str, example: str, *, required: bool = False, multiline: bool = False
) -> MergeField:
    """Return a field that only exists in what a resident gets."""
    needed = _INVITATION if required else _NONE
    return MergeField(name, meaning, example, needed, _INVITATION, multiline)


_FIELDS = (
    _resident("AANHEF", "Aanhef met komma", "Geachte mevrouw De Vries,", required=True),
    _resident("NAAM_VOLLEDIG", "Naam zoals u iemand aanschrijft", "A. de Vries", required=True),
    _resident("VOORNAAM", "Voornaam", "Anna"),
    _resident("VOORLETTERS", "Voorletters", "A."),
    _resident("TUSSENVOEGSEL", "Tussenvoegsel van de achternaam", "de"),
    _resident("ACHTERNAAM", "Achternaam zonder tussenvoegsel", "Vries", required=True),
    _resident("GEBOORTEDATUM", "Geboortedatum, voor zover bekend", "31 januari 1970"),
    _resident(
        "ADRESBLOK",
        "Naam en adres voor het venster van de envelop (bij een bewindvoerder: diens adres)",
        "Mevrouw A. de Vries\nDorpsstraat 12 A\n1234 AB  VOORBEELDSTAD",
        required=True,
        multiline=True,
    ),
    _resident("ADRESREGEL", "Straat met huisnummer, of postbus", "Dorpsstraat 12 A", required=True),
    _resident("STRAAT", "Straat", "Dorpsstraat"),
    _resident("HUISNUMMER", "Huisnummer met letter en toevoeging", "12 A"),
    _resident("POSTCODE", "Postcode", "1234 AB"),
    _resident("WOONPLAATS", "Woonplaats", "Voorbeeldstad", required=True),
    _resident("LAND", "Land, alleen bij een adres buiten Nederland", "België"),
    _resident("PARTNER_NAAM", "Naam van de partner", "B. Jansen"),
    _resident("CONTRACTNUMMER", "Nummer van het contract of de polis", "C-10045"),
    _resident("ZAAKNUMMER", "Nummer van de zaak (kenmerk)", "HO-2026-000123", required=True),
    _resident("DATUM", "Datum van verzending", "22 november 2026", required=True),
    _resident("REACTIEDATUM", "Laatste dag om te reageren", "21 december 2026", required=True),
    _resident("BEHANDELAAR", "Naam van de behandelaar", "M. Bakker"),
    _resident("BESLUIT", "Het besluit in woorden", "Toegekend"),
    _resident("MOTIVERING", "De reden van het besluit", "Uw inkomen is gelijk.", multiline=True),
    _resident(
        "GEVRAAGDE_STUKKEN",
        "Stukken die wij vragen, elk op een eigen regel",
        "Uw laatste loonstrook\nAfschriften van al uw bankrekeningen",
        multiline=True,
    ),
    _resident("QR", "Inhoud van de QR-code (de link)", "https://mijn.voorbeeldstad.example.nl"),
    MergeField("LINK", "Adres van de website", "https://mijn.voorbeeldstad.example.nl", _ALL, _ALL),
    MergeField("GEMEENTE", "Naam van de gemeente", "Gemeente Voorbeeldstad", _ALL, _ALL),
    MergeField("AFDELING", "Naam van de afdeling", "Inkomen en Zorg"),
    MergeField("PLAATS", "Plaats van de gemeente", "Voorbeeldstad"),
    MergeField("TELEFOON_GEMEENTE", "Telefoonnummer van de gemeente", "14 0123", _INVITATION),
    MergeField("OPENINGSTIJDEN", "Wanneer de gemeente te bereiken is", "op werkdagen van 9 tot 17"),
    MergeField(
        "RETOURADRES", "Adres voor post terug, op één regel", "Postbus 10, 1234 AA Voorbeeldstad"
    ),
    MergeField("MEDEWERKER", "Naam van de medewerker", "Sam Bakker", _BATCH, _BATCH),
    MergeField("BATCHNAAM", "Naam van de batch", "november.xlsx", _BATCH, _BATCH),
    MergeField("AANTAL_ZAKEN", "Aantal zaken in de batch", "500", _BATCH, _BATCH),
    MergeField("AANTAL_BRIEVEN", "Aantal gemaakte brieven", "312", _BATCH, _BATCH),
    MergeField("AANTAL_EMAILS", "Aantal verstuurde e-mails", "288", _BATCH, _BATCH),
    MergeField("AANTAL_MISLUKT", "Aantal mislukte brieven en e-mails", "2", _BATCH, _BATCH),
    MergeField(
        "AFDRUKBESTAND",
        "Hoe het met het afdrukbestand is",
        "Het staat voor u klaar.",
        _BATCH,
        _BATCH,
    ),
)

MERGE_FIELDS: Mapping[str, MergeField] = MappingProxyType({field.name: field for field in _FIELDS})
"""The catalogue by name, without the dollar signs."""

FORBIDDEN_FIELDS = frozenset({"BSN", "PARTNER_BSN", "BURGERSERVICENUMMER"})
"""Names that people try, and that will never exist."""

RECOMMENDED: Mapping[tuple[Purpose, Channel], tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        (Purpose.INVITATION, Channel.LETTER): (
            ("AANHEF",),
            ("ADRESBLOK", "WOONPLAATS"),
            ("ZAAKNUMMER",),
            ("DATUM",),
            ("REACTIEDATUM",),
            ("GEMEENTE",),
            ("TELEFOON_GEMEENTE",),
            ("LINK", "RETOURADRES"),
        ),
        (Purpose.INVITATION, Channel.EMAIL): (
            ("AANHEF",),
            ("ZAAKNUMMER",),
            ("DATUM",),
            ("REACTIEDATUM",),
            ("GEMEENTE",),
            ("TELEFOON_GEMEENTE",),
            ("LINK",),
        ),
        (Purpose.BATCH_READY, Channel.EMAIL): (("LINK",), ("AANTAL_MISLUKT",)),
    }
)
"""What a good template holds; each entry is satisfied by any one of its fields."""


def example_values(purpose: Purpose) -> dict[str, str]:
    """Return a filled example of every field that exists for a purpose."""
    return {
        field.name: field.example for field in MERGE_FIELDS.values() if purpose in field.purposes
    }
