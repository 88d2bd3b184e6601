"""What is asked and answered about the settings of a gemeente."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.shapes import Line, Request
from services.cases.domain.colours import ACCENT, ACTION, BRAND, ON_BRAND
from services.cases.domain.office import DEFAULT_RESPONSE_DAYS

#: Longer is no colour; the rule says what is one.
Colour = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=20)
]


class OfficeRequest(Request):
    """The settings of a gemeente, complete."""

    naam: Line
    plaats: Line
    afdeling: Line
    telefoon: Line
    openingstijden: Line
    retouradres: Line
    afzenderNaam: Line
    afzenderEmail: Annotated[str, StringConstraints(strip_whitespace=True, max_length=254)]
    link: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
    vierOgen: bool = False
    reactietermijnDagen: int = DEFAULT_RESPONSE_DAYS
    kleurBalk: Colour = BRAND
    kleurBalktekst: Colour = ON_BRAND
    kleurActie: Colour = ACTION
    kleurAccent: Colour = ACCENT
    versie: int = Field(ge=0)


class OfficeAnswer(BaseModel):
    """The settings of a gemeente."""

    code: str
    naam: str
    plaats: str
    afdeling: str
    telefoon: str
    openingstijden: str
    retouradres: str
    afzenderNaam: str
    afzenderEmail: str
    link: str
    vierOgen: bool
    reactietermijnDagen: int
    kleurBalk: str
    kleurBalktekst: str
    kleurActie: str
    kleurAccent: str
    versie: int


class HouseStyleAnswer(BaseModel):
    """How a gemeente looks: its name and colours, for every colleague."""

    naam: str
    kleurBalk: str
    kleurBalktekst: str
    kleurActie: str
    kleurAccent: str
