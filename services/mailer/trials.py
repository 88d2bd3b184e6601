"""Trials: mails to the colleague who asks for one, counted nowhere but against a limit.

A trial is in no table of mails, so no case, batch or bounce ever knows of it. Who asked for one
reads what became of it, and gets a notice when it failed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog

from services.mailer import queries, tables
from services.mailer.domain import Sender, Trial, ascii_address
from services.mailer.errors import MailRefused, NotKnownYet, TooManyTrials
from services.mailer.smtp import MailServer
from shared.chassis.jobs import GoneWrong
from shared.chassis.service import Item, Queue
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.events import ProefMislukt

log = structlog.get_logger()

TRIALS = "trials"
#: A person looks at each of them; more than these are a mistake or a nuisance.
MOST = 10
WITHIN = timedelta(hours=1)
#: Longer than a trial can wait for its mail server; then nobody needs to know of it.
KEPT = timedelta(days=7)
#: Stands before the user's id where no trial was asked for, so that it is not counted as one.
NOTICE_TO = "melding aan"


@dataclass(frozen=True, slots=True)
class NewTrial:
    """A colleague wants to see a mail in their own mailbox."""

    id: UUID
    user_id: str
    address: str
    content: str
    case_id: UUID | None = None


async def order_trial(command: NewTrial, work: Work) -> dict[str, Any]:
    """The trial goes out at once, unless this colleague had too many in the last hour."""
    lock = sa.func.pg_advisory_xact_lock(sa.func.hashtext(f"trials|{command.user_id}"))
    await work.query(sa.select(lock))
    old = tables.trials.c.asked_at < work.now - KEPT
    await work.query(sa.delete(tables.trials).where(old))
    sent_at = await queries.trials_since(work, command.user_id, work.now - WITHIN)
    if len(sent_at) >= MOST:
        raise TooManyTrials(MOST, _wait(sent_at[0], work.now))
    work.add(
        tables.trials,
        Trial(
            command.id,
            work.gemeente,
            command.user_id,
            command.address,
            command.content,
            work.now,
            command.case_id,
        ),
    )
    work.enqueue(TRIALS, command.id, priority=FOR_A_PERSON)
    return {"id": str(command.id), "aan": command.address}


async def order_notice(command: NewTrial, work: Work) -> dict[str, Any]:
    """A mail to a colleague that the system sends by itself: no limit, and once."""
    if not await queries.trials_by_id(work, [command.id]):
        work.add(
            tables.trials,
            Trial(
                command.id,
                work.gemeente,
                f"{NOTICE_TO} {command.user_id}",
                command.address,
                command.content,
                work.now,
            ),
        )
        work.enqueue(TRIALS, command.id, priority=FOR_A_PERSON)
    return {"id": str(command.id)}


def _wait(first: datetime, now: datetime) -> int:
    """Seconds until the oldest of the last hour does not count any more."""
    return max(1, int((first + WITHIN - now).total_seconds()))


@dataclass(frozen=True, slots=True)
class TrialSending:
    """The queue `trials`."""

    server: MailServer
    bounce_address: str | None

    @property
    def queue(self) -> Queue:
        """How trials are sent: a person waits for each."""
        return Queue(
            self.perform, self.record, self.failed, prepare=self.prepare, at_once=True, chunk=5
        )

    async def prepare(
        self, items: Sequence[Item], work: Work
    ) -> Mapping[Any, tuple[Trial, Sender | None]]:
        """The trials that were not sent yet."""
        sender = await queries.sender(work.connection, work.gemeente)
        found = await queries.trials_by_id(work, [item.id for item in items])
        return {trial.id: (trial, sender) for trial in found if trial.content is not None}

    async def perform(self, _: Item, found: tuple[Trial, Sender | None]) -> Trial:
        """Hand it to the mail server. Raises Transient or GoneWrong."""
        trial, sender = found
        if sender is None or trial.content is None:
            raise NotKnownYet
        try:
            await self.server.send(
                ascii_address(self.bounce_address or sender.address),
                ascii_address(trial.address),
                trial.content.encode("ascii"),
            )
        except MailRefused as error:
            raise GoneWrong(error.reason) from None
        return trial

    async def record(self, _: Item, trial: Trial, work: Work) -> None:
        """It was sent."""
        work.save(tables.trials, trial.sent(work.now))

    async def failed(self, item: Item, reason: str, work: Work) -> None:
        """It was not sent; who asked for it is told why."""
        for trial in await queries.trials_by_id(work, [item.id]):
            failed = trial.failed(for_colleague(reason), work.now)
            work.save(tables.trials, failed)
            if failed.case_id is not None:  # who asked waits for it
                told = ProefMislukt(
                    zaakId=failed.case_id,
                    proefId=failed.id,
                    gebruikerId=failed.user_id,
                    reden=failed.reason or reason,
                )
                work.record(told)
        log.warning("trial_failed", trial=str(item.id))


def for_colleague(reason: str) -> str:
    """Why a mail failed, for who tried it out: no letter is sent instead of a trial."""
    why = reason.split(". ", maxsplit=1)[0].rstrip(".")
    return f"{why}. Controleer uw e-mailadres bij uw beheerder en probeer het opnieuw."
