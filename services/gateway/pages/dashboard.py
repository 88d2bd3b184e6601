"""The dashboard: what asks for attention, how far batches are, and how many cases there are."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fastapi import Response

from services.gateway.pages.formatting import AMSTERDAM
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import TheVisit, Visit

#: Of so many latest batches the own ones are shown, and so many of those.
LOOKED_AT, SHOWN = 50, 5
#: Who is not shown must not stand in the logboek as seen.
COUNTS_ALONE = 0
#: So many residents whose term has passed are named.
NAMED = 2
NOON, EVENING = 12, 18
#: The order in which a case goes through them; the others are the end of it.
OPEN_STATUSES = (
    "aangemaakt",
    "uitnodiging verzonden",
    "gegevens aangeleverd",
    "in onderzoek",
    "in afwachting",
)

router = Pages()


@dataclass(frozen=True)
class Progress:
    """How far a batch is with letters and mails: the parts add up to the whole."""

    total: int
    done: int
    failed: int
    undelivered: int

    @classmethod
    def of(cls, batch: Mapping[str, Any]) -> Progress:
        """From the counts of a batch; what was taken back or left out is not to be sent."""
        letters, mails = batch["brieven"], batch["emails"]
        waiting = sum(each[name] for each in (letters, mails) for name in ("gepland", "gevraagd"))
        failed = letters["mislukt"] + mails["mislukt"]
        done = letters["gemaakt"] + mails["verzonden"]
        bounced = mails["nietBezorgd"]
        return cls(waiting + failed + done + bounced, done, failed, bounced)


@router.page("/")
async def dashboard(visit: TheVisit) -> Response:
    """The first page after signing in."""
    tasks, everyone, cases, overdue, print_work, batches = await asyncio.gather(
        visit.perhaps("takenLezen", mijn=True, perPagina=COUNTS_ALONE),
        visit.perhaps("takenLezen", perPagina=COUNTS_ALONE),
        visit.perhaps("zakenLezen", perPagina=COUNTS_ALONE),
        visit.perhaps("zakenLezen", mijn=True, termijnVoorbij=True, perPagina=NAMED),
        visit.perhaps("tePrintenLezen", perPagina=COUNTS_ALONE),
        visit.perhaps("batchesLezen", perPagina=LOOKED_AT),
    )
    now = datetime.now(AMSTERDAM)
    return await visit.show(
        "dashboard.html",
        greeting=greeting(now),
        today=now.date(),
        tasks=tasks,
        everyone=everyone,
        cases=cases,
        overdue=overdue,
        print_work=print_work,
        batches=own_batches(visit, batches),
        awaiting=awaiting_approval(batches),
        undelivered=undelivered(batches),
        open_statuses=OPEN_STATUSES,
    )


def greeting(now: datetime) -> str:
    """What colleagues say when they meet at this hour."""
    if now.hour < NOON:
        return _("Goedemorgen")
    return _("Goedemiddag") if now.hour < EVENING else _("Goedenavond")


def own_batches(visit: Visit, page: Any) -> list[tuple[Any, Progress]] | None:
    """The latest batches that this user started, with their progress; None: cannot be known."""
    if page is None:
        return None
    own = [one for one in page["resultaten"] if one["gestartDoor"] == visit.session.user_id]
    return [(one, Progress.of(one)) for one in own[:SHOWN]]


def awaiting_approval(page: Any) -> int | None:
    """How many of the latest batches wait for a second person."""
    if page is None:
        return None
    return len([one for one in page["resultaten"] if one["status"] == "wacht op akkoord"])


def undelivered(page: Any) -> int | None:
    """How many mails of the latest batches came back."""
    if page is None:
        return None
    return sum(int(one["emails"]["nietBezorgd"]) for one in page["resultaten"])
