"""What is asked and answered about the settings of a gemeente."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, StringConstraints

from services.cases.answers.shapes import Line, Request


class OfficeRequest(Request):
    """The settings of a gemeente, complete."""

    naam: Line
    plaats: Line
    afdeling: Line
    telefoon: Line
    openingstijden: Line
    retouradres: Line
    afzenderNaam: Line
    afzenderEmail: Annotated[
        str, StringConstraints(max_length=254, pattern=r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[a-z]{2,}$")
    ]
    link: Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s<>\"]+$")]
    vierOgen: bool = False


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
    vierOgen: bool = False
