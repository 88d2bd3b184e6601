"""An act on many cases is asked for, and searches are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa
from pydantic_core import to_json

from services.cases import list_errors, queries, tables, work_errors
from services.cases.domain.bulk import BulkAct, BulkKind, LineState
from services.cases.domain.work_list import SavedSearch, check_room
from services.cases.queries.work_list import CaseFilter
from shared.chassis.work import FOR_A_PERSON, Work

BULK = "bulk-acts"
#: So many lines go to the database in one statement.
AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class AskBulk:
    """A user asks one act for many cases: those named, or all of a list. `seen`: how many."""

    kind: BulkKind
    wish: Mapping[str, Any]
    case_ids: tuple[UUID, ...] | None
    wanted: CaseFilter
    seen: int
    is_coordinator: bool


@dataclass(frozen=True, slots=True)
class KeepSearch:
    """A user keeps a search by a name."""

    name: str
    choices: str


@dataclass(frozen=True, slots=True)
class DropSearch:
    """A user needs a search no more."""

    search_id: UUID


async def ask_bulk(command: AskBulk, work: Work) -> dict[str, Any]:
    """Write down which cases it is about; a worker then does them one by one."""
    if command.kind is BulkKind.DIVIDE and not command.is_coordinator:
        raise work_errors.OnlyCoordinatorsAssign
    found = await _chosen(command, work)
    if len(found) != command.seen:
        raise list_errors.SelectionChanged(command.seen, len(found))
    act = BulkAct(
        id=uuid5(work.cause.id, BULK),
        gemeente=work.gemeente,
        kind=command.kind,
        wish=to_json(command.wish).decode(),
        by=work.actor,
        is_coordinator=command.is_coordinator,
        at=work.now,
        total=len(found),
        done=0,
        skipped=0,
        ended_at=None,
    )
    work.add(tables.bulk_acts, act)
    await _write_lines(act, found, work)
    payload = {"act": str(act.id), "plan": command.kind == BulkKind.DIVIDE}
    work.enqueue(BULK, uuid5(act.id, "first"), payload, priority=FOR_A_PERSON)
    return {"id": str(act.id)}


async def keep_search(command: KeepSearch, work: Work) -> dict[str, Any]:
    """Keep a search; each name once."""
    mine = await queries.own_searches(work.connection, work.gemeente, work.actor)
    check_room(len(mine))
    if any(one["name"].casefold() == command.name.casefold() for one in mine):
        raise list_errors.SearchNameTaken
    new = SavedSearch(
        uuid5(work.cause.id, "search"),
        work.gemeente,
        work.actor,
        command.name,
        command.choices,
        work.now,
    )
    work.add(tables.saved_searches, new)
    return {"id": str(new.id), "naam": new.name, "keuzes": new.choices}


async def drop_search(command: DropSearch, work: Work) -> None:
    """Keep it no longer."""
    mine = queries.search_of(work.gemeente, work.actor, command.search_id)
    gone = await work.query(sa.delete(tables.saved_searches).where(mine))
    if not gone.rowcount:
        raise list_errors.NoSuchSearch


async def _chosen(command: AskBulk, work: Work) -> list[Any]:
    if command.case_ids is not None:
        ids = sorted(set(command.case_ids))
        return await queries.known_cases(work.connection, work.gemeente, ids)
    return await queries.case_ids(work.connection, work.gemeente, command.wanted)


async def _write_lines(act: BulkAct, found: Sequence[Any], work: Work) -> None:
    for start in range(0, len(found), AT_ONCE):
        part = found[start : start + AT_ONCE]
        rows = sa.select(
            sa.literal(work.gemeente),
            sa.literal(act.id, sa.Uuid),
            sa.func.unnest(sa.literal([row[0] for row in part], sa.ARRAY(sa.Uuid))),
            sa.func.unnest(sa.literal([row[1] for row in part], sa.ARRAY(sa.Text))),
            sa.literal(str(LineState.WAITING)),
        )
        columns = ["gemeente", "act_id", "case_id", "number", "state"]
        await work.query(sa.insert(tables.bulk_lines).from_select(columns, rows))
