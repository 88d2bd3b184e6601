"""Contact data that is corrected, by the same rules as the columns of a file.

The rules are restated here: intake's belong to cells of a workbook, and no service imports another.
A test holds both against the same values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.chassis.errors import FieldError, Invalid
from shared.contracts.codes import Channel, Preference

#: Ways to write the home country: a letter within the country carries none.
HOME = frozenset({"NL", "NLD", "NEDERLAND", "THE NETHERLANDS", "NETHERLANDS", "HOLLAND"})
MOST_HOUSE_NUMBER = 99_999
MAX_EMAIL = 254
MAX_PHONE = 20

_NEVER_ISSUED = frozenset({"SA", "SD", "SS"})
_POSTCODE = re.compile(r"([1-9]\d{3}) ?([A-Za-z]{2})", re.ASCII).fullmatch
_FOREIGN_POSTCODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,14}", re.ASCII).fullmatch
_POSTBOX = re.compile(r"(?:postbus\s*)?(\d{1,6})", re.ASCII | re.IGNORECASE).fullmatch
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])")
_NATIONAL = re.compile(r"0[1-9]\d{8}", re.ASCII).fullmatch
_SERVICE = re.compile(r"0(?:800|900|906|909)\d{4}(?:\d{3})?", re.ASCII).fullmatch
_DUTCH = re.compile(r"\+31[1-9]\d{8}", re.ASCII).fullmatch
_FOREIGN = re.compile(r"\+(?!31)[1-9]\d{6,14}", re.ASCII).fullmatch
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
).search

#: The parts of an address with their longest text.
ADDRESS = {"straat": 80, "huisnummertoevoeging": 5, "woonplaats": 80, "land": 80}
CORRESPONDENCE = {"naam": 200, "straat": 80, "huisnummer": 12, "woonplaats": 80}
_WHOLE = ("straat", "postcode", "woonplaats")

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContactChange:
    """A correction: what it was and what it became (JSON), who did it, and why.

    `number` counts the corrections of a case from 1.
    """

    id: UUID
    gemeente: str
    case_id: UUID
    number: int
    at: datetime
    by: str
    reason: str
    before: str
    after: str


class _Wrong(Exception):
    """A value that is not what it should be."""

    def __init__(self, code: str, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(code)


def corrected(person: Values, wishes: Values) -> dict[str, Any]:
    """The wished contact data of a person as they are kept; raises Invalid with all that is wrong.

    `person` is shaped like Persoon. Only what stands in `wishes` changes; None makes it empty.
    """
    wrong: list[FieldError] = []
    new = {
        name: _read(name, name, read, wishes, wrong)
        for name, read in _FIELDS.items()
        if name in wishes
    }
    for name, read in (("adres", _address), ("correspondentie", _correspondence)):
        if name in wishes:
            new[name] = read(wishes[name], wrong) if wishes[name] else None
    if not wrong:
        wrong += _incomplete({**person, **new})
    if wrong:
        raise Invalid("Verbeter de contactgegevens.", tuple(wrong))
    return {name: value for name, value in new.items() if value != person.get(name)}


def _incomplete(person: Values) -> list[FieldError]:
    """What is missing for the channels that this person is written to by."""
    channels = Preference(person["communicatievoorkeur"]).channels
    wrong = []
    if Channel.EMAIL in channels and not person.get("email"):
        reason = "Bij deze communicatievoorkeur hoort een e-mailadres. Vul het in of kies BRIEF."
        wrong.append(FieldError("email", "email-ontbreekt", reason))
    if Channel.LETTER in channels:
        address = person.get("adres") or {}
        for name in _missing(address):
            reason = "Bij deze communicatievoorkeur hoort een volledig adres. Vul het aan."
            wrong.append(FieldError(f"adres.{name}", "adres-ontbreekt", reason))
    return wrong


def _missing(address: Values) -> list[str]:
    """The parts that an address lacks for a letter."""
    box, abroad = address.get("postbus"), address.get("land")
    needed = {
        "straat": not box,
        "huisnummer": not box and not abroad,
        "postcode": not abroad,
        "woonplaats": True,
    }
    return [name for name, is_needed in needed.items() if is_needed and not address.get(name)]


def _address(given: Values, wrong: list[FieldError]) -> dict[str, Any] | None:
    readers: dict[str, Callable[[Any], Any]] = {
        **{name: _text_of(limit) for name, limit in ADDRESS.items()},
        "postbus": read_postbox,
        "huisnummer": read_house_number,
        "huisletter": read_house_letter,
    }
    new = _read_all("adres", readers, given, wrong)
    if new["land"] and new["land"].upper() in HOME:
        new["land"] = None
    read = read_foreign_postcode if new["land"] else read_postcode
    new["postcode"] = _read("postcode", "adres.postcode", read, given, wrong)
    return new if any(new.values()) else None


def _correspondence(given: Values, wrong: list[FieldError]) -> dict[str, Any] | None:
    readers: dict[str, Callable[[Any], Any]] = {
        **{name: _text_of(limit) for name, limit in CORRESPONDENCE.items()},
        "postcode": read_postcode,
    }
    new = _read_all("correspondentie", readers, given, wrong)
    if not any(new.values()):
        return None
    reason = "Het correspondentieadres is deels ingevuld. Vul dit aan of maak alles leeg."
    wrong += [
        FieldError(f"correspondentie.{name}", "correspondentie-onvolledig", reason)
        for name in _WHOLE
        if not new[name] and not any(error.name == f"correspondentie.{name}" for error in wrong)
    ]
    return new


def _read_all(
    part: str, readers: Mapping[str, Callable[[Any], Any]], given: Values, wrong: list[FieldError]
) -> dict[str, Any]:
    return {
        name: _read(name, f"{part}.{name}", read, given, wrong) for name, read in readers.items()
    }


def _read(
    name: str,
    path: str,
    read: Callable[[Any], Any],
    given: Values,
    wrong: list[FieldError],
) -> Any:
    """The value as it is kept; what is wrong with it is added to `wrong`."""
    try:
        return read(given.get(name))
    except _Wrong as error:
        wrong.append(FieldError(path, error.code, error.reason))
        return None


def _text_of(limit: int) -> Callable[[Any], str | None]:
    """A reader of one line of text in normal form C."""

    def read(raw: Any) -> str | None:
        text = unicodedata.normalize("NFC", str(raw or "").replace("\u00a0", " ")).strip()
        if _INVISIBLE(text):
            raise _Wrong("stuurtekens", "De tekst bevat een onzichtbaar teken. Typ hem opnieuw.")
        if len(text) > limit:
            raise _Wrong("te-lang", f"Gebruik hoogstens {limit} tekens.")
        return text or None

    return read


def read_postcode(raw: Any) -> str | None:
    """A Dutch postcode as `1234 AB`."""
    text = _clean(raw)
    if not text:
        return None
    match = _POSTCODE(text)
    if not match or match[2].upper() in _NEVER_ISSUED:
        reason = "Dit is geen Nederlandse postcode. Schrijf haar als 1234 AB, of vul het land in."
        raise _Wrong("postcode-vorm", reason)
    return f"{match[1]} {match[2].upper()}"


def read_foreign_postcode(raw: Any) -> str | None:
    """A postcode of another country, as it is."""
    text = _clean(raw)
    if text and not _FOREIGN_POSTCODE(text):
        raise _Wrong("postcode-vorm", "Gebruik voor de postcode hoogstens 15 letters en cijfers.")
    return text or None


def read_house_number(raw: Any) -> int | None:
    """A house number; letters and additions stand apart from it."""
    if raw is None:
        return None
    if isinstance(raw, bool) or not isinstance(raw, int) or not 1 <= raw <= MOST_HOUSE_NUMBER:
        reason = "Het huisnummer is een heel getal van 1 tot en met 99999. Verbeter het nummer."
        raise _Wrong("huisnummer-vorm", reason)
    return raw


def read_house_letter(raw: Any) -> str | None:
    """One letter of the alphabet."""
    text = _clean(raw)
    if text and not (len(text) == 1 and text.isascii() and text.isalpha()):
        reason = "De huisletter is precies één letter. Zet de rest in de toevoeging."
        raise _Wrong("huisletter-vorm", reason)
    return text or None


def read_postbox(raw: Any) -> str | None:
    """The number of a post office box, with or without the word before it."""
    text = _clean(raw)
    if not text:
        return None
    match = _POSTBOX(text)
    if not match or not int(match[1]):
        raise _Wrong("postbus-vorm", "Vul alleen het nummer van de postbus in.")
    return match[1]


def read_email(raw: Any) -> str | None:
    """An e-mail address, its domain in lower case."""
    text = _clean(raw)
    if not text:
        return None
    match = _EMAIL.fullmatch(text)
    if not match or len(text) > MAX_EMAIL:
        raise _Wrong("email-vorm", "Dit is geen geldig e-mailadres. Verbeter het adres.")
    return f"{match[1]}@{match[2].lower()}"


def read_phone(raw: Any) -> str | None:
    """A telephone number in E.164; Dutch ones may be written as people do."""
    text = _clean(raw)
    if not text:
        return None
    digits = re.sub(r"[ ().-]", "", text)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits.replace("+310", "+31", 1)
    if len(text) <= MAX_PHONE:
        if _NATIONAL(digits) or _SERVICE(digits):
            return f"+31{digits[1:]}"
        if _DUTCH(digits) or _FOREIGN(digits):
            return digits
    reason = "Dit telefoonnummer klopt niet. Verbeter het of maak het leeg."
    raise _Wrong("telefoon-ongeldig", reason)


def _preference(raw: Any) -> Preference:
    if raw is None:
        raise _Wrong("verplicht-leeg", "Kies EMAIL, BRIEF of BEIDE.")
    return Preference(raw)


_FIELDS: Mapping[str, Callable[[Any], Any]] = {
    "aanschrijfnaam": _text_of(200),
    "email": read_email,
    "telefoon": read_phone,
    "communicatievoorkeur": _preference,
}


def _clean(raw: Any) -> str:
    return str(raw if raw is not None else "").replace("\u00a0", " ").strip()
