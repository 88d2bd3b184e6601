"""What a gemeente says about itself in letters and mails, and how it works."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from services.cases import errors
from services.cases.domain.colours import ACCENT, ACTION, BRAND, ON_BRAND, wrong_colours
from services.cases.domain.plan import LONGEST_RESPONSE_DAYS
from shared.chassis.errors import FieldError, Invalid

EMAIL = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[A-Za-z]{2,}")
#: How people write one: groups with spaces, hyphens or brackets.
TELEPHONE = re.compile(r"\+?[0-9][0-9 ()-]*")
#: A Dutch number has ten digits, or eleven with 31 in front; abroad up to fifteen (E.164).
DIGITS = range(10, 16)
LINK = re.compile(r"https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?(/[^\s<>\"]*)?")

#: Each setting by its name here, and its name in requests, answers and events: a new setting is a
#: field of Office, a line here, and a field of the request, the answer and the event.
ON_THE_WIRE: Mapping[str, str] = MappingProxyType(
    {
        "code": "code",
        "name": "naam",
        "place": "plaats",
        "department": "afdeling",
        "telephone": "telefoon",
        "opening_hours": "openingstijden",
        "return_address": "retouradres",
        "sender_name": "afzenderNaam",
        "sender_email": "afzenderEmail",
        "link": "link",
        "four_eyes": "vierOgen",
        "default_response_days": "reactietermijnDagen",
        "brand_colour": "kleurBalk",
        "on_brand_colour": "kleurBalktekst",
        "action_colour": "kleurActie",
        "accent_colour": "kleurAccent",
    }
)
#: *Assumed*: no source says how long residents get.
DEFAULT_RESPONSE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Office:
    """The settings of one gemeente; `code` is its CBS code, the same as `gemeente`."""

    code: str
    gemeente: str
    name: str
    place: str
    department: str
    telephone: str
    opening_hours: str
    return_address: str
    sender_name: str
    sender_email: str
    link: str
    version: int = 1
    four_eyes: bool = False
    default_response_days: int = DEFAULT_RESPONSE_DAYS
    brand_colour: str = BRAND
    on_brand_colour: str = ON_BRAND
    action_colour: str = ACTION
    accent_colour: str = ACCENT

    @classmethod
    def of(cls, code: str, told: Mapping[str, Any]) -> Office:
        """The settings of a gemeente from their names on the wire."""
        known = {here: told[there] for here, there in ON_THE_WIRE.items() if there in told}
        return cls(**{**known, "code": code, "gemeente": code})

    def told(self) -> dict[str, Any]:
        """The settings by their names on the wire."""
        return {there: getattr(self, here) for here, there in ON_THE_WIRE.items()}


@dataclass(frozen=True, slots=True)
class OfficeChange:
    """Settings as a beheerder wants them; `seen` is the version he looked at, 0 for none."""

    office: Office
    seen: int

    @property
    def code(self) -> str:
        """Of which gemeente."""
        return self.office.code

    def applied(self, before: Office | None) -> Office:
        """The next version; raises SettingsChanged, or Invalid with all that is wrong."""
        if (before.version if before else 0) != self.seen:
            raise errors.SettingsChanged
        if wrong := wrong_settings(self.office):
            raise Invalid("De instellingen zijn niet bewaard.", tuple(wrong))
        return replace(self.office, version=self.seen + 1)


def wrong_settings(office: Office) -> list[FieldError]:
    """Everything that cannot be, with what to do about it."""
    wrong = []
    if not EMAIL.fullmatch(office.sender_email):
        reason = "Vul een e-mailadres in, bijvoorbeeld heronderzoek@gemeente.example.nl."
        wrong.append(FieldError("afzenderEmail", "geen-emailadres", reason))
    digits = sum(sign.isdigit() for sign in office.telephone)
    if not TELEPHONE.fullmatch(office.telephone) or digits not in DIGITS:
        reason = "Vul een telefoonnummer in van 10 cijfers, met het netnummer, of met +31."
        wrong.append(FieldError("telefoon", "geen-telefoonnummer", reason))
    if not LINK.fullmatch(office.link):
        reason = "Vul een adres in dat begint met https://, zonder spaties."
        wrong.append(FieldError("link", "geen-https", reason))
    if not 0 < office.default_response_days <= LONGEST_RESPONSE_DAYS:
        reason = f"Kies een termijn van 1 tot en met {LONGEST_RESPONSE_DAYS} dagen."
        wrong.append(FieldError("reactietermijnDagen", "buiten-bereik", reason))
    colours = (office.brand_colour, office.on_brand_colour)
    return wrong + wrong_colours(*colours, office.action_colour, office.accent_colour)
