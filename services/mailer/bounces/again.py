"""What came back is handled by a person: tried once more, or done with.

A mail that was set aside is read again by the same child process; it may have been too much for
the machine, or a newer version reads it. When it turns out to be about a mail of ours it is kept
anew where it belongs, and the one that was set aside is done with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.mailer import tables
from services.mailer.bounces.following import bounce_of
from services.mailer.bounces.reader import Unreadable, read_apart
from services.mailer.bounces.rounds import BOUNCES, UNREADABLE, Rounds
from services.mailer.domain import Bounce, bounce_key
from services.mailer.errors import BounceHandled, BounceNotFound
from shared.chassis.jobs import GoneWrong
from shared.chassis.loads import Load
from shared.chassis.service import Item, Queue
from shared.chassis.work import FOR_A_PERSON, Work

REREAD = "reread"
NOT_OURS = "Deze e-mail is gelezen en gaat niet over een e-mail die hier is verstuurd."
GONE = "De inhoud van deze e-mail is er niet meer."
DONE = "Opnieuw verwerkt: staat nu bij de e-mail die terugkwam."


@dataclass(frozen=True, slots=True)
class TryAgain:
    """Somebody wants to have a mail read and followed once more."""

    bounce_id: UUID


@dataclass(frozen=True, slots=True)
class Handle:
    """Somebody is done with a mail, and says why."""

    bounce_id: UUID
    reason: str


BOUNCE_OF_COMMAND = Load(tables.bounces, lambda command: command.bounce_id)  # type: ignore[attr-defined]


async def try_bounce_again(command: TryAgain, work: Work) -> dict[str, Any]:
    """It is read anew when it was set aside; else what it says is followed once more."""
    bounce = _open(command.bounce_id, work)
    work.enqueue(
        REREAD if bounce.is_set_aside else BOUNCES,
        uuid5(work.cause.id, "again"),
        {"bounce": str(bounce.id)},
        priority=FOR_A_PERSON,
    )
    return {"id": str(bounce.id)}


async def handle_bounce(command: Handle, work: Work) -> None:
    """Nothing more is to be done with it; it stays kept."""
    bounce = _open(command.bounce_id, work)
    work.save(tables.bounces, bounce.handled(work.actor, command.reason, work.now))


def _open(bounce_id: UUID, work: Work) -> Bounce:
    bounce = work.found(Bounce, bounce_id)
    if bounce is None:
        raise BounceNotFound("Controleer het kenmerk, of kijk in de lijst.")
    if bounce.handled_at is not None:
        raise BounceHandled("Een collega was u voor. In de lijst staat wat ermee is gedaan.")
    return bounce


@dataclass(frozen=True, slots=True)
class Rereading:
    """The queue `reread`: mails that were set aside are read once more."""

    rounds: Rounds

    @property
    def queue(self) -> Queue:
        """One at a time: what was set aside may take all there is."""
        return Queue(
            self.perform, self.record, self.failed, prepare=self.prepare, chunk=1, concurrency=1
        )

    async def prepare(self, items: Any, work: Work) -> dict[UUID, Bounce]:
        """What is to be read."""
        found = await _locked(work, [bounce_of(item) for item in items])
        return {item.id: found[name] for item in items if (name := bounce_of(item)) in found}

    async def perform(self, _: Item, bounce: Bounce) -> bool:
        """Whether it is about a mail of ours; then it is kept there. Raises GoneWrong."""
        content = await self.rounds.bucket.get_sealed(bounce_key(bounce))
        if content is None:
            raise GoneWrong(GONE)
        try:
            report = await read_apart(content)
        except Unreadable:
            raise GoneWrong(UNREADABLE) from None
        return await self.rounds.keep(report, content, None)

    async def record(self, item: Item, is_ours: bool, work: Work) -> None:
        """It has found its place, or it is nobody's for certain."""
        for bounce in (await _locked(work, [bounce_of(item)])).values():
            after = bounce.handled(work.actor, DONE, work.now) if is_ours else bounce
            work.save(tables.bounces, after if is_ours else bounce.reread(NOT_OURS, work.now))

    async def failed(self, item: Item, reason: str, work: Work) -> None:
        """It still cannot be read; a person sees that it was tried."""
        for bounce in (await _locked(work, [bounce_of(item)])).values():
            work.save(tables.bounces, bounce.reread(reason, work.now))


async def _locked(work: Work, ids: list[UUID]) -> dict[UUID, Bounce]:
    """What came back and nobody is done with, as it is now."""
    bounces = tables.bounces
    statement = bounces.select().where(bounces.c.id.in_(ids), bounces.c.handled_at.is_(None))
    rows = (await work.query(statement.with_for_update())).mappings().all()
    return {row["id"]: work.mapper.to_item(bounces, row) for row in rows}
