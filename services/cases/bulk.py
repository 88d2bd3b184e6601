"""Does an act on many cases, some at a time, by the very handlers that do it for one.

Each case has its turn in a savepoint of its own: a rule that says no skips that case with its
reason, and the others go on. A chunk and what became of it is one transaction, so that after a
crash no case is done twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic_core import from_json

from services.cases import errors, handlers, queries, tables
from services.cases.domain import Case, again
from services.cases.domain.bulk import BulkAct, BulkKind, BulkLine, LineState
from services.cases.handlers.bulk import BULK
from shared.chassis.errors import Invalid, Refused
from shared.chassis.loads import Load
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Cause, Work
from shared.contracts.codes import Purpose

#: Each case is some ten statements; a chunk holds its locks for some tenths of a second.
CHUNK = 20

Wish = Mapping[str, Any]
#: The command for a case as it is now.
Making = Callable[[BulkAct, BulkLine, Case, Wish], Any]
Handler = Callable[[Any, Work], Awaitable[Any]]

CASE = Load(tables.cases, lambda command: command.case_id)  # type: ignore[attr-defined]
PERSON = Load(tables.persons, lambda command: command.case_id)  # type: ignore[attr-defined]
TEAM = Load(tables.teams, lambda command: command.team_id)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of act is done to one case."""

    handler: Handler
    make: Making
    loads: tuple[Load, ...] = (CASE,)


def _assigned(act: BulkAct, line: BulkLine, _: Case, wish: Wish) -> handlers.Assign:
    team = UUID(wish["teamId"]) if wish.get("teamId") else None
    user = line.assignee or wish.get("behandelaar")
    reason = wish.get("reden") or ("Verdeeld over het team" if line.assignee else None)
    return handlers.Assign((line.case_id,), team, user, reason, act.is_coordinator)


def _waiting(_: BulkAct, line: BulkLine, case: Case, wish: Wish) -> handlers.Wait:
    until = date.fromisoformat(wish["totDatum"])
    return handlers.Wait(line.case_id, case.version, until, wish["reden"])


def _postponed(_: BulkAct, line: BulkLine, case: Case, wish: Wish) -> handlers.Postpone:
    until = date.fromisoformat(wish["totDatum"]) if wish.get("totDatum") else None
    return handlers.Postpone(line.case_id, case.version, wish.get("weken"), until, wish["reden"])


def _called(_: BulkAct, line: BulkLine, __: Case, wish: Wish) -> handlers.WriteAgain:
    days = wish.get("reactietermijnDagen") or again.LAST_CALL_DAYS
    return handlers.WriteAgain(line.case_id, Purpose.LAST_CALL, days, reason=wish.get("reden"))


WAYS: Mapping[BulkKind, Way] = MappingProxyType(
    {
        BulkKind.ASSIGN: Way(handlers.assign_cases, _assigned, (TEAM,)),
        BulkKind.DIVIDE: Way(handlers.assign_cases, _assigned, (TEAM,)),
        BulkKind.EXAMINE: Way(
            handlers.examine,
            lambda _, line, case, wish: handlers.Change(
                line.case_id, case.version, wish.get("reden")
            ),
        ),
        BulkKind.WAIT: Way(handlers.wait, _waiting),
        BulkKind.POSTPONE: Way(handlers.postpone, _postponed),
        BulkKind.LAST_CALL: Way(handlers.call_last, _called, (CASE, PERSON)),
        BulkKind.CLOSE: Way(
            handlers.close,
            lambda _, line, case, wish: handlers.Close(
                line.case_id, case.version, wish.get("reden")
            ),
        ),
        BulkKind.REMINDERS: Way(
            handlers.switch_case,
            lambda _, line, __, wish: handlers.SwitchOfCase(
                line.case_id, wish["aan"], wish["reden"]
            ),
        ),
    }
)


async def do_chunk(item: Item, _: None, work: Work) -> None:
    """Do the next cases of an act, say what became of each, and enqueue what comes after them."""
    act = await _act(item, work)
    if item.payload.get("plan"):
        await _divide(act, work)
    lines = await queries.lock_lines(work, act.id, 1 if item.payload.get("alone") else CHUNK)
    cases = {case.id: case for case in await queries.lock_cases(work, [x.case_id for x in lines])}
    after = [await _one(act, line, cases.get(line.case_id), work) for line in lines]
    _keep(act, after, item, work)


async def fail_chunk(item: Item, reason: str, work: Work) -> None:
    """It went wrong too often: its cases go one by one, and the one that is at fault is skipped."""
    act = await _act(item, work)
    after: list[BulkLine] = []
    if item.payload.get("alone"):
        lines = await queries.lock_lines(work, act.id, 1)
        after = [replace(one, state=LineState.SKIPPED, reason=reason) for one in lines]
    _keep(act, after, item, work, alone=True)


def _keep(
    act: BulkAct, after: Sequence[BulkLine], item: Item, work: Work, *, alone: bool = False
) -> None:
    for line in after:
        work.save(tables.bulk_lines, line)
    done = sum(line.state == LineState.DONE for line in after)
    further = act.went(done, len(after) - done)
    if not after and not alone:
        work.save(tables.bulk_acts, further.ended(work.now))
        return
    work.save(tables.bulk_acts, further)
    payload = {"act": str(act.id), "alone": alone}
    work.enqueue(BULK, uuid5(item.id, "next"), payload, priority=FOR_A_PERSON)


async def _one(act: BulkAct, line: BulkLine, case: Case | None, work: Work) -> BulkLine:
    """One case, done or skipped with the reason."""
    if case is None:
        return replace(line, state=LineState.SKIPPED, reason=errors.NoSuchCase().detail)
    way, wish = WAYS[BulkKind(act.kind)], from_json(act.wish)
    cause = Cause(
        uuid5(act.id, str(line.case_id)),
        act.by,
        work.gemeente,
        work.cause.correlation_id,
        work.cause.traceparent,
    )
    try:
        async with work.connection.begin_nested():
            command = way.make(act, line, case, wish)
            own = await work.apart(cause, way.loads, command)
            await way.handler(command, own)
            await own.write()
    except Refused as refused:
        return replace(line, state=LineState.SKIPPED, reason=_why(refused))
    return replace(line, state=LineState.DONE)


def _why(refused: Refused) -> str:
    """The reason in the words of who reads it; of wrong fields the reasons themselves."""
    if isinstance(refused, Invalid) and refused.errors:
        return " ".join(error.reason for error in refused.errors)
    return refused.detail


async def _divide(act: BulkAct, work: Work) -> None:
    """Choose to whom each case goes, over all of them together."""
    lines = await queries.lock_lines(work, act.id, None)
    team = UUID(from_json(act.wish)["teamId"])
    ids = [line.case_id for line in lines]
    whose = await handlers.whose_cases(team, ids, work)
    for user in sorted(set(whose.values())):
        theirs = [case_id for case_id in ids if whose.get(case_id) == user]
        own = tables.bulk_lines.c
        await work.query(
            sa.update(tables.bulk_lines)
            .where(
                own.gemeente == work.gemeente,
                own.act_id == act.id,
                own.case_id == sa.any_(sa.literal(theirs, sa.ARRAY(sa.Uuid))),
            )
            .values(assignee=user)
        )


async def _act(item: Item, work: Work) -> BulkAct:
    act = await queries.lock_act(work, UUID(item.payload["act"]))
    if act is None:
        raise LookupError("an act on many cases that was enqueued has its row")
    return act
