"""A small service of the tests' own, to show what the chassis promises.

It keeps one account per case: each `ZaakGeopend` adds 1. Its handlers misbehave on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from shared.chassis import tables as chassis
from shared.chassis.database import sealed, sealed_index, table
from shared.chassis.loads import Load
from shared.chassis.service import Item, Queue, Service, on
from shared.chassis.work import Work
from shared.contracts.codes import CaseStatus
from shared.contracts.envelope import Event
from shared.contracts.events import BerichtGeplaatst, ZaakGeopend, ZaakstatusGewijzigd

metadata = sa.MetaData()


@dataclass(frozen=True, slots=True)
class Account:
    """How often a case was opened, and in which order."""

    id: UUID
    gemeente: str
    number: str
    owner: str | None
    count: int


accounts = table(
    "accounts",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sealed("owner"),
    sealed_index("owner_index", of="owner"),
    of=Account,
)
chassis.join(metadata)


def stub(event: Event[Any]) -> Account:
    """An account that nothing was said about yet."""
    return Account(event.data.zaakId, event.gemeente, "", None, 0)


async def count(event: Event[ZaakGeopend], work: Work) -> None:
    """Add one; break when the number asks for it."""
    account = work.loaded(Account, event.data.zaakId)
    if event.data.zaaknummer == "BREEK":
        raise ValueError("a bug in a handler")
    if event.data.zaaknummer == "ZELFDE":
        work.save(accounts, account)
        return
    if event.data.zaaknummer == "TE-LANG":
        work.enqueue("x" * 10, "geen uuid")  # type: ignore[arg-type]
    work.save(
        accounts,
        replace(account, count=account.count + 1, number=event.data.zaaknummer, owner="999990019"),
    )
    work.record(
        ZaakstatusGewijzigd(
            zaakId=account.id,
            zaaknummer=event.data.zaaknummer,
            batchId=event.data.batchId,
            van=CaseStatus.CREATED,
            naar=CaseStatus.INVITED,
        ),
        sequence=account.count + 1,
    )


class Bench:
    """Slow work whose behaviour a test sets."""

    def __init__(self) -> None:
        self.done: list[UUID] = []
        self.failed: list[tuple[UUID, str]] = []
        self.errors: dict[str, list[Exception]] = {}
        self.order: list[str] = []

    async def prepare(self, items: Sequence[Item], work: Work) -> dict[Any, Any]:
        """Everything is wanted, unless its payload says it was dropped."""
        return {item.id: work.gemeente for item in items if not item.payload.get("dropped")}

    async def perform(self, item: Item, prepared: Any) -> str:
        """Raise what the test asked for this item, one error a try."""
        self.order.append(f"{prepared}:{item.payload.get('name', '')}")
        waiting = self.errors.get(item.payload.get("name", ""), [])
        if waiting:
            raise waiting.pop(0)
        return "gedaan"

    async def record(self, item: Item, outcome: Any, work: Work) -> None:
        """Note that it is done."""
        if outcome is not None:
            self.done.append(item.id)
            work.record(
                BerichtGeplaatst(
                    zaakId=item.id, berichtId=item.id, kanaal="brief", richting="uitgaand"
                )
            )

    async def fail(self, item: Item, reason: str, _: Work) -> None:
        """Note that it failed, and why."""
        self.failed.append((item.id, reason))

    def queue(self, **options: Any) -> Queue:
        """The queue of this bench."""
        return Queue(self.perform, self.record, self.fail, prepare=self.prepare, **options)


def service(queues: dict[str, Queue] | None = None) -> Service:
    """The ledger."""
    return Service(
        "ledger",
        metadata,
        {
            ZaakGeopend: on(
                count, loads=[Load(accounts, lambda event: event.data.zaakId, stub=stub)]
            )
        },
        queues or {},
    )
