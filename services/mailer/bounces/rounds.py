"""Goes through the mailbox: keeps each mail about one of ours, and has it handled.

A mail is kept sealed, and what it says enqueued, in the transaction that moves the place in the
mailbox: after a crash it is read once more and is then known by its digest. One that cannot be
read is set aside, kept sealed too, and the next one comes. Nothing is ever answered, so nothing
can go round in a circle.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog

from services.mailer import queries
from services.mailer.bounces import kept
from services.mailer.bounces.mailbox import Arrival, Mailbox, MailboxAway
from services.mailer.bounces.reader import Unreadable, read_apart
from services.mailer.bounces.report import Report
from services.mailer.bounces.shown import sender_of
from services.mailer.domain import NOBODYS, Bounce, Place, bounce_key
from services.mailer.message_ids import named_by
from shared.chassis.bucket import Bucket
from shared.chassis.database import Database
from shared.chassis.inbox import meet
from shared.chassis.mapper import Mapper
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_BATCH, Work, write_queued

log = structlog.get_logger()

MAILBOX, BOUNCES = "mailbox", "bounces"
#: One round; what is left waits for the next one.
MOST_A_ROUND = 500
SET_ASIDE = "onleesbaar"
UNREADABLE = "Deze e-mail kon niet veilig worden gelezen."
TOO_LARGE = "Deze e-mail is groter dan 5 MB. Alleen het begin is bewaard."


@dataclass(frozen=True, slots=True)
class Rounds:
    """The queue `mailbox`: each item of it is one round."""

    mailbox: Mailbox
    bucket: Bucket
    database: Database
    keys: KeyRing

    async def perform(self, _: Item, __: Any) -> None:
        """Take in what came since the last round."""
        counts: Counter[str] = Counter()
        try:
            while counts.total() < MOST_A_ROUND:
                async with self.database.transaction() as tx:
                    place = await queries.place_in(tx.connection, self.mailbox.name)
                arrivals = await asyncio.to_thread(self.mailbox.after, place)
                for arrival in arrivals:
                    counts[await self._take_in(arrival)] += 1
                if not arrivals:
                    break
        except MailboxAway as error:
            log.warning("mailbox_away", error=str(error))
        if counts:
            log.info(
                "mailbox_read",
                ours=counts["ours"],
                ignored=counts["ignored"],
                set_aside=counts["set_aside"],
            )

    async def _take_in(self, arrival: Arrival) -> str:
        """Keep and enqueue one mail, or leave it where it is; answers what it was."""
        try:
            report = await read_apart(arrival.content) if arrival.is_whole else None
        except Unreadable as error:
            return await self._set_aside(arrival, UNREADABLE, str(error))
        if not arrival.is_whole:
            return await self._set_aside(arrival, TOO_LARGE, "too large")
        if not await self.keep(report, arrival.content, arrival.place):
            async with self.database.transaction() as tx:
                await queries.move_place(tx.connection, self.mailbox.name, arrival.place)
            return "ignored"
        return "ours"

    async def keep(self, report: Report | None, content: bytes, place: Place | None) -> bool:
        """Keep a notification about a mail of ours and have it handled; False when it is none.

        Without a place it is one that was set aside before.
        """
        named = named_by(report.message_id, self.keys) if report else None
        if report is None or named is None or report.verdict == "bezorgd":
            return False
        mapper, name = Mapper(self.keys), _digest(content)
        if place is None:  # the row of what was set aside has this id already
            name = uuid5(name, named.gemeente)
        async with self.database.transaction(named.gemeente) as tx:
            bounce = Bounce(
                name,
                named.gemeente,
                named.mail_id,
                report.verdict,
                report.status,
                tx.now,
                sender_of(content),
            )
            await self.bucket.put_sealed(bounce_key(bounce), content)
            if await kept.keep_bounce(tx.connection, mapper, bounce):
                await write_queued(tx.connection, [_queued(bounce)], tx.now)
            if place is not None:
                await queries.move_place(tx.connection, self.mailbox.name, place)
        return True

    async def _set_aside(self, arrival: Arrival, why: str, error: str) -> str:
        """A mail that cannot be read is nobody's; a person can look at it."""
        content = arrival.content
        async with self.database.transaction(NOBODYS) as tx:
            bounce = Bounce(
                _digest(content), NOBODYS, None, SET_ASIDE, "", tx.now, sender_of(content), why
            )
            await self.bucket.put_sealed(bounce_key(bounce), content)
            await kept.keep_bounce(tx.connection, Mapper(self.keys), bounce)
            await meet(tx, NOBODYS, set())
            await queries.move_place(tx.connection, self.mailbox.name, arrival.place)
        log.error("bounce_set_aside", bounce=str(bounce.id), error=error)
        return "set_aside"


def _digest(content: bytes) -> UUID:
    """The id of what came back: the same mail once more is the same."""
    return uuid5(NAMESPACE_URL, f"bounce|{hashlib.sha256(content).hexdigest()}")


def _queued(bounce: Bounce) -> dict[str, Any]:
    return {
        "id": bounce.id,
        "queue": BOUNCES,
        "gemeente": bounce.gemeente,
        "priority": FOR_A_BATCH,
        "group_id": None,
        "payload": {},
        "not_before": None,
        "actor": "systeem:mailbox",
        "correlation_id": bounce.id,
        "traceparent": None,
    }


def order_rounds(interval: timedelta) -> Any:
    """The timer that has the mailbox read, once an interval for the whole installation."""

    async def order_round(work: Work) -> None:
        """Whichever gemeente comes first orders the round: its id follows from the moment."""
        turn = int(work.now.timestamp() // interval.total_seconds())
        work.enqueue(MAILBOX, uuid5(NAMESPACE_URL, f"mailbox|{turn}"))

    return order_round


async def forget(_: Item, __: Any, ___: Work) -> None:
    """Each mail was recorded by itself."""


async def forget_failure(_: Item, __: str, ___: Work) -> None:
    """The log says why; the next round tries again."""
