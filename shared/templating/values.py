"""From a resident, a case and a gemeente to the value of every merge field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import MERGE_FIELDS
from shared.templating import dutch

DEFAULT_DOCUMENTS = (
    "Een kopie van uw laatste loonstrook of uitkeringsspecificatie",
    "Afschriften van al uw bankrekeningen en spaarrekeningen van de laatste 3 maanden",
    "Een bewijs van uw woonkosten, bijvoorbeeld huur of hypotheek",
    "Uw laatste belastingaanslag",
)
"""What is asked for when the gemeente names nothing else."""

_HOME = {"", "nederland", "nl", "the netherlands", "netherlands"}


def field_values(
    person: Mapping[str, Any] | BaseModel,
    zaak: str,
    gemeente: Mapping[str, Any] | BaseModel,
    datum: date | str,
    reactiedatum: date | str,
    *,
    purpose: Purpose = Purpose.INVITATION,
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return every field of what a resident gets for a purpose by name, without dollar signs.

    `person` is shaped like `Persoon`, `gemeente` like `InstellingenGewijzigd`; `zaak` is the case
    number; dates are dates or ISO texts. `extra` overrides or adds fields that depend on the
    moment (BEHANDELAAR, BESLUIT, MOTIVERING, GEVRAAGDE_STUKKEN, LINK). The BSN is never read.
    """
    resident, office = _mapping(person), _mapping(gemeente)
    values = {
        "ZAAKNUMMER": dutch.clean(zaak),
        "DATUM": dutch.written_date(datum),
        "REACTIEDATUM": dutch.written_date(reactiedatum),
        "GEVRAAGDE_STUKKEN": "\n".join(DEFAULT_DOCUMENTS),
        **_name_values(resident),
        **_address_values(resident),
        **_office_values(office),
        **_checked(extra or {}),
    }
    values["QR"] = values["LINK"]
    catalogue = (field for field in MERGE_FIELDS.values() if purpose in field.purposes)
    return {field.name: values.get(field.name, "") for field in catalogue}


def batch_ready_values(
    gemeente: Mapping[str, Any] | BaseModel,
    *,
    medewerker: str,
    batchnaam: str,
    link: str,
    zaken: int,
    brieven: int,
    emails: int,
    mislukt: int,
    afdrukbestand: str,
) -> dict[str, str]:
    """Return the fields of the mail that tells a colleague that a batch is ready."""
    counts = {
        "AANTAL_ZAKEN": zaken,
        "AANTAL_BRIEVEN": brieven,
        "AANTAL_EMAILS": emails,
        "AANTAL_MISLUKT": mislukt,
    }
    return {
        **_office_values(_mapping(gemeente)),
        **{name: f"{count:,}".replace(",", ".") for name, count in counts.items()},
        "MEDEWERKER": dutch.clean(medewerker),
        "BATCHNAAM": dutch.clean(batchnaam),
        "LINK": dutch.clean(link),
        "AFDRUKBESTAND": dutch.clean(afdrukbestand),
    }


def _mapping(source: Mapping[str, Any] | BaseModel) -> Mapping[str, Any]:
    return source.model_dump() if isinstance(source, BaseModel) else source


def _checked(extra: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(set(extra) - set(MERGE_FIELDS))
    if unknown:
        msg = f"no such merge field: {', '.join(unknown)}"
        raise KeyError(msg)
    return {name: dutch.clean_lines(value) for name, value in extra.items()}


def _name_values(person: Mapping[str, Any]) -> dict[str, str]:
    partner = person.get("partner") or {}
    return {
        "AANHEF": dutch.salutation(person),
        "NAAM_VOLLEDIG": dutch.written_name(person),
        "VOORNAAM": dutch.clean(person.get("voornaam")),
        "VOORLETTERS": dutch.initials(person),
        "TUSSENVOEGSEL": dutch.clean(person.get("tussenvoegsel")),
        "ACHTERNAAM": dutch.clean(person.get("achternaam")),
        "GEBOORTEDATUM": dutch.written_date(person.get("geboortedatum") or ""),
        "CONTRACTNUMMER": dutch.clean(person.get("contractnummer")),
        "PARTNER_NAAM": dutch.written_name(partner) if partner else "",
    }


def _address_values(person: Mapping[str, Any]) -> dict[str, str]:
    """Return the postal address; the correspondent's (bewindvoerder, curator) goes first."""
    correspondent = person.get("correspondentie") or {}
    has_correspondent = bool(dutch.clean(correspondent.get("naam")))
    address = correspondent if has_correspondent else (person.get("adres") or {})
    if not any(dutch.clean(part) for part in address.values()):
        return {}
    street = _street(address)
    number = _house_number(address)
    line = f"{street} {number}".strip()
    place = dutch.clean(address.get("woonplaats"))
    country = dutch.clean(address.get("land"))
    abroad = "" if country.lower() in _HOME else country
    postcode = _postcode(dutch.clean(address.get("postcode")), abroad)
    who = (
        [dutch.clean(correspondent.get("naam")), f"Inzake {_inline(dutch.address_name(person))}"]
        if has_correspondent
        else [dutch.address_name(person)]
    )
    lines = [*who, line, _place_line(postcode, place, abroad), abroad.upper()]
    return {
        "STRAAT": street,
        "HUISNUMMER": number,
        "ADRESREGEL": line,
        "POSTCODE": postcode,
        "WOONPLAATS": place,
        "LAND": abroad,
        "ADRESBLOK": "\n".join(part for part in lines if part) if line and place else "",
    }


def _street(address: Mapping[str, Any]) -> str:
    if box := dutch.clean(address.get("postbus")):
        return box if box.lower().startswith("postbus") else f"Postbus {box}"
    return dutch.clean(address.get("straat"))


def _house_number(address: Mapping[str, Any]) -> str:
    if dutch.clean(address.get("postbus")):
        return ""
    keys = ("huisnummer", "huisletter", "huisnummertoevoeging")
    return " ".join(part for key in keys if (part := dutch.clean(address.get(key))))


def _postcode(postcode: str, abroad: str) -> str:
    """Write a Dutch postcode as 1234 AB; a foreign one stays as it was given."""
    bare = postcode.replace(" ", "").upper()
    dutch_length = 6
    if abroad or len(bare) != dutch_length:
        return postcode
    return f"{bare[:4]} {bare[4:]}"


def _place_line(postcode: str, place: str, abroad: str) -> str:
    """Two spaces and capitals, as PostNL's sorting machines like it best."""
    if abroad:
        return f"{postcode} {place}".strip()
    return f"{postcode}  {place.upper()}".strip()


def _inline(name: str) -> str:
    return name.replace("De heer ", "de heer ", 1).replace("Mevrouw ", "mevrouw ", 1)


def _office_values(gemeente: Mapping[str, Any]) -> dict[str, str]:
    name = dutch.clean(gemeente.get("naam"))
    return {
        "GEMEENTE": name,
        "AFDELING": dutch.clean(gemeente.get("afdeling")),
        "PLAATS": dutch.clean(gemeente.get("plaats")),
        "TELEFOON_GEMEENTE": dutch.clean(gemeente.get("telefoon")),
        "OPENINGSTIJDEN": dutch.clean(gemeente.get("openingstijden")),
        "RETOURADRES": dutch.clean(gemeente.get("retouradres")),
        "LINK": dutch.clean(gemeente.get("link")),
    }
