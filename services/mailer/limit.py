"""How many mails of a gemeente may leave in a minute: its own limit, or the installation's.

The limit lies in the row that gives out the sending slots, so all processes go by the same one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from services.mailer import queries, tables
from services.mailer.domain import MOST_PER_MINUTE, Pace
from shared.chassis.loads import Load
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.chassis.work import Work
from shared.contracts.codes import Role

router = APIRouter(tags=["e-mail"])


@dataclass(frozen=True, slots=True)
class NewLimit:
    """How many mails of a gemeente may leave in a minute; None is what the installation allows."""

    gemeente: str
    per_minute: int | None


async def set_limit(command: NewLimit, work: Work) -> None:
    """The limit of a gemeente holds from the next sending slot on."""
    pace = work.loaded(Pace, command.gemeente, by="code")
    work.save(tables.paces, pace.limited(command.per_minute))


def _first_pace(command: Any) -> Pace:
    """A gemeente may set its limit before its settings came: no slot was given out yet."""
    return Pace(command.gemeente, command.gemeente, datetime(2000, 1, 1, tzinfo=UTC))


PACE = Load(tables.paces, lambda command: command.gemeente, column="code", stub=_first_pace)


class Verzendlimiet(BaseModel):
    """How many mails leave in a minute, and what holds without a limit of one's own."""

    emailsPerMinuut: int | None
    standaard: int


class NieuweVerzendlimiet(BaseModel):
    """Another limit; empty is what the installation allows."""

    model_config = ConfigDict(extra="forbid")

    emailsPerMinuut: int | None = Field(ge=1, le=MOST_PER_MINUTE)


def usual_limit(request: Request) -> int:
    """How many mails leave in a minute when a gemeente says nothing."""
    found: int = request.app.state.usual_limit
    return found


Usual = Annotated[int, Depends(usual_limit)]


@router.get("/verzendlimiet")
async def show_limit(doors: TheDoors, who: Who, usual: Usual) -> Verzendlimiet:
    """The limit of the user's gemeente."""
    who.require(Role.BEHEERDER)
    return await _answer(doors, who.gemeente, usual)


@router.put("/verzendlimiet")
async def change_limit(
    body: NieuweVerzendlimiet, doors: TheDoors, who: Who, run: Run, usual: Usual
) -> Verzendlimiet:
    """Set the limit of the user's gemeente."""
    who.require(Role.BEHEERDER)
    command = NewLimit(who.gemeente, body.emailsPerMinuut)
    await run(set_limit, command, loads=[PACE])
    return await _answer(doors, who.gemeente, usual)


async def _answer(doors: Doors, gemeente: str, usual: int) -> Verzendlimiet:
    async with doors.database.transaction(gemeente) as tx:
        own = await queries.own_limit(tx.connection, gemeente)
    return Verzendlimiet(emailsPerMinuut=own, standaard=usual)
