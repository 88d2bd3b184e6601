"""What is asked and answered about the settings of a gemeente."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.shapes import Line, Request
from services.cases.domain.office import DEFAULT_RESPONSE_DAYS


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
    versie: int
