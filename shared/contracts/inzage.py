"""What services hand over about one person, when somebody asks what we know (AVG art. 15).

Every service answers the same question in the same shape: parts with a title, each with entries of
named values, and the files that belong to it. So who collects needs to know no service's domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict

#: The entries that hold the id of a colleague, whose name is not the resident's business.
ACTORS = frozenset({"door", "geopendDoor", "ingetrokkenDoor", "behandelaar"})

#: Of the other person in a case: who it is, and nothing that only that person knows.
_NAME = ("voorletters", "tussenvoegsel", "achternaam")


class Betrokkene(StrEnum):
    """Who somebody is in a case."""

    RESIDENT = "inwoner"
    PARTNER = "partner"


class Inzagevraag(BaseModel):
    """What is asked of a service: one case, and who the person is in it."""

    model_config = ConfigDict(extra="forbid")

    zaakId: UUID
    batchId: UUID
    #: The place of the row in its file, without the header and empty rows, from 1.
    volgnummer: int
    wie: Betrokkene


class Inzageonderdeel(BaseModel):
    """One subject: entries of named values, and a sentence about them where that helps."""

    titel: str
    uitleg: str | None = None
    regels: list[dict[str, Any]]


class Inzagebestand(BaseModel):
    """A file: its name, and where the service gives it."""

    naam: str
    pad: str


class Inzagedeel(BaseModel):
    """Everything that one service has about a person in one case."""

    onderdelen: list[Inzageonderdeel]
    bestanden: list[Inzagebestand] = []


class Inzagezaak(BaseModel):
    """A case that the person is in."""

    zaakId: UUID
    zaaknummer: str
    batchId: UUID
    volgnummer: int
    wie: Betrokkene
    geopendOp: datetime


class Inzagepersoon(BaseModel):
    """Somebody, with every case that he or she is in, oldest first."""

    naam: str
    bsn: str
    zaken: list[Inzagezaak]


def named(row: Mapping[Any, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """The values of a row under the words that a resident reads."""
    return {word: row[column] for column, word in words.items()}


def own_data(person: Mapping[str, Any], who: Betrokkene) -> dict[str, Any]:
    """What somebody may see of a row (shaped as Persoon) that is about two people.

    A copy of one's own data shows nothing that is another's (AVG art. 15, paragraph 4): of the
    partner the name only. The address is the household's, so a partner gets it too.
    """
    partner = person.get("partner") or {}
    if who is Betrokkene.PARTNER:
        return {**partner, "adres": person.get("adres")}
    return {**person, "partner": {name: partner.get(name) for name in _NAME} if partner else None}
