"""What is asked of a case: each names the version that was on the screen."""

from __future__ import annotations

from datetime import date
from typing import Literal

from services.cases.answers.shapes import Reason, Request
from services.cases.domain.life import Source


class ChangeRequest(Request):
    """Do it; a reason is welcome."""

    versie: int
    reden: Reason | None = None


class CloseRequest(ChangeRequest):
    """Nothing more is to be done; whoever confirms that a decision came otherwise says how."""

    bevestigd: bool = False
    redenBevestiging: Reason | None = None


class BecauseRequest(Request):
    """Do it, for a reason."""

    versie: int
    reden: Reason


class SupplyRequest(Request):
    """The data came in."""

    versie: int
    bron: Source
    ontvangstDatum: date
    toelichting: Reason | None = None
    ontvangstbevestiging: bool


class WaitRequest(BecauseRequest):
    """Nothing can be done until a day."""

    totDatum: date


class PostponeRequest(BecauseRequest):
    """More time: in weeks, or until a day."""

    weken: Literal[1, 2, 4] | None = None
    totDatum: date | None = None


class ObjectionRequest(Request):
    """An objection came in."""

    versie: int
    ontvangstDatum: date
