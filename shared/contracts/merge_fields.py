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
_BATCH = frozenset({Purpose.BATCH_READY})
_ALL = frozenset(Purpose)
_RESIDENT = _ALL - _BATCH
_DECISIONS = frozenset({Purpose.GRANTED, Purpose.REJECTED})
#: What may be told outside the portal: a mail about a message never says what is in it.
_TELLING = _RESIDENT - {Purpose.MESSAGE_WAITS}

#: Which kinds of template a purpose has. Reminders are only mailed, a letter about a
#: message would make no sense; everything else follows the resident's channel.
CHANNELS: Mapping[Purpose, frozenset[Channel]] = MappingProxyType(
    {
        Purpose.INVITATION: frozenset(Channel),
        Purpose.FIRST_REMINDER: frozenset({Channel.EMAIL}),
        Purpose.SECOND_REMINDER: frozenset({Channel.EMAIL}),
        Purpose.THIRD_REMINDER: frozenset({Channel.EMAIL}),
        Purpose.LAST_CALL: frozenset(Channel),
        Purpose.POSTPONEMENT: frozenset(Channel),
        Purpose.RECEIPT: frozenset(Channel),
        Purpose.GRANTED: frozenset(Channel),
        Purpose.REJECTED: frozenset(Channel),
        Purpose.MESSAGE_WAITS: frozenset({Channel.EMAIL}),
        Purpose.BATCH_READY: frozenset({Channel.EMAIL}),
    }
)


def purposes_of(channel: Channel) -> tuple[Purpose, ...]:
    """Return the purposes that have a template of a kind, in the order of the process."""
    return tuple(purpose for purpose in Purpose if channel in CHANNELS[purpose])


#: The purposes that ask the resident to react before a day (Wmebv: that day must be named).
ASKING = frozenset(
    {
        Purpose.INVITATION,
        Purpose.FIRST_REMINDER,
        Purpose.SECOND_REMINDER,
        Purpose.THIRD_REMINDER,
        Purpose.LAST_CALL,
        Purpose.POSTPONEMENT,
    }
)
#: A letter with a decision must say how to object, and within what time (Awb 3:45, 6:7).
DECISIONS = _DECISIONS


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
    name: str,
    meaning: str,
    example: str,
    *,
    required: bool = False,
    multiline: bool = False,
    purposes: frozenset[Purpose] = _RESIDENT,
) -> MergeField:
    """Return a field that only exists in what a resident gets."""
    needed = purposes if required else _NONE
    return MergeField(name, meaning, example, needed, purposes, multiline)


_FIELDS = (
    _resident("AANHEF", "Aanhef met komma", "Geachte mevrouw De Vries,", required=True),
    _resident("NAAM_VOLLEDIG", "Naam zoals u iemand aanschrijft", "A. de Vries", required=True),
    _resident("VOORNAAM", "Voornaam", "Anna"),
    _resident("VOORLETTERS", "Voorletters", "A."),
    _resident("TUSSENVOEGSEL", "Tussenvoegsel van de achternaam", "de"),
    _resident("ACHTERNAAM", "Achternaam zonder tussenvoegsel", "Vries", required=True),
    _resident(
        "GEBOORTEDATUM",
        "Geboortedatum, voor zover bekend",
        "31 januari 1970",
        purposes=_TELLING,
    ),
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
    _resident(
        "BESLUIT",
        "Het besluit in woorden",
        "U houdt recht op de regeling.",
        required=True,
        purposes=_DECISIONS,
    ),
    _resident(
        "MOTIVERING",
        "De reden van het besluit",
        "Uw inkomen is gelijk gebleven.",
        required=True,
        multiline=True,
        purposes=_DECISIONS,
    ),
    _resident(
        "GEVRAAGDE_STUKKEN",
        "Stukken die wij vragen, elk op een eigen regel",
        "Uw laatste loonstrook\nAfschriften van al uw bankrekeningen",
        multiline=True,
        purposes=_TELLING,
    ),
    _resident("QR", "Inhoud van de QR-code (de link)", "https://mijn.voorbeeldstad.example.nl"),
    MergeField("LINK", "Adres van de website", "https://mijn.voorbeeldstad.example.nl", _ALL, _ALL),
    MergeField("GEMEENTE", "Naam van de gemeente", "Gemeente Voorbeeldstad", _ALL, _ALL),
    MergeField("AFDELING", "Naam van de afdeling", "Inkomen en Zorg"),
    MergeField("PLAATS", "Plaats van de gemeente", "Voorbeeldstad"),
    MergeField("TELEFOON_GEMEENTE", "Telefoonnummer van de gemeente", "14 0123", _RESIDENT),
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

_LETTER_BASE = (
    ("AANHEF",),
    ("ADRESBLOK", "WOONPLAATS"),
    ("ZAAKNUMMER",),
    ("DATUM",),
    ("GEMEENTE",),
    ("TELEFOON_GEMEENTE",),
    ("LINK", "RETOURADRES"),
)
_MAIL_BASE = (("AANHEF",), ("ZAAKNUMMER",), ("DATUM",), ("GEMEENTE",), ("TELEFOON_GEMEENTE",))


def _recommended(purpose: Purpose, channel: Channel) -> tuple[tuple[str, ...], ...]:
    if purpose is Purpose.BATCH_READY:
        return (("LINK",), ("AANTAL_MISLUKT",))
    base = _LETTER_BASE if channel is Channel.LETTER else _MAIL_BASE
    term = (("REACTIEDATUM",),) if purpose in ASKING else ()
    online = (("LINK",),) if channel is Channel.EMAIL and purpose in _ONLINE else ()
    decision = (("BESLUIT",), ("MOTIVERING",)) if purpose in _DECISIONS else ()
    return (*base, *term, *online, *(decision if channel is Channel.LETTER else ()))


_ONLINE = ASKING | {Purpose.MESSAGE_WAITS}
RECOMMENDED: Mapping[tuple[Purpose, Channel], tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        (purpose, channel): _recommended(purpose, channel)
        for purpose, channels in CHANNELS.items()
        for channel in channels
    }
)
"""What a good template holds; each entry is satisfied by any one of its fields."""


def example_values(purpose: Purpose) -> dict[str, str]:
    """Return a filled example of every field that exists for a purpose."""
    return {
        field.name: field.example for field in MERGE_FIELDS.values() if purpose in field.purposes
    }
