"""What a gemeente says about itself in letters and mails."""

from __future__ import annotations

from dataclasses import dataclass


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
