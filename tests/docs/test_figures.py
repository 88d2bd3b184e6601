"""The figures in docs/delivery-guarantees.md are the code's own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.cases.domain import PRINT_FILE_PATIENCE
from services.documents.domain import TEMPLATE_PATIENCE
from services.documents.renderer.pool import RENDER_TIMEOUT
from services.intake.domain import RETENTION
from services.intake.worker import LEASE
from services.mailer.sending import CHUNK_SECONDS, LARGEST_CHUNK
from services.mailer.settings import Settings
from shared.chassis import jobs, migrate, retry, service, stream
from shared.chassis.commands import PATIENCE_SECONDS
from shared.chassis.inbox import PURGE_AFTER
from shared.chassis.run import STOP_SECONDS
from shared.chassis.scratch import SWEEP_SECONDS
from shared.chassis.settings import ChassisSettings
from shared.chassis.shelves import LEFT_ALONE
from shared.contracts.topics import DEAD_LETTERS, LONG, SHORT

PAGE = Path(__file__).resolve().parents[2] / "docs" / "delivery-guarantees.md"
BRAKE_AFTER = ChassisSettings.model_fields["brake_after"].default


async def nothing(*_: Any) -> None:
    """Do nothing: a queue must have its functions."""


#: A queue with nothing said about it but what it must say.
QUEUE = service.Queue(perform=nothing, record=nothing, failed=nothing)
#: Nine tries wait in doubling steps before the longest wait is reached.
DOUBLING = [jobs.FIRST_WAIT * 2**nth for nth in range(9)]


def minutes(time: timedelta) -> str:
    """A time in whole minutes."""
    many = time // timedelta(minutes=1)
    return f"{many} minute{'s' if many > 1 else ''}"


SAID = {
    "the inbox": f"remembers handled event ids for {PURGE_AFTER.days} days",
    "public topics": f"| public topics | {LONG.days} days |",
    "sealed topics": f"| {SHORT.days} days | a service that is away",
    "dead-letter topics": f"| dead-letter topics | {DEAD_LETTERS.days} days |",
    "dead letters": f"| dead letters in the database | {DEAD_LETTERS.days} days, replayed or not |",
    "uploads": f"| uploads and their frames | {RETENTION.days} days |",
    "lease": f"their lease ends: {minutes(QUEUE.lease)}",
    "lease in intake": f"{LEASE.seconds} seconds for checks and publishing in intake",
    "giving up": f"| {QUEUE.give_up_after // timedelta(hours=1)} hours after it was queued |",
    "unexpected": f"another fault, also in recording it | {QUEUE.attempts} times |",
    "first waits": f"{jobs.FIRST_WAIT.seconds} s doubling to {minutes(jobs.LONGEST_WAIT)}"
    f" ({minutes(sum(DOUBLING, timedelta()))} over the first nine)",
    "in place": f"0.1 s doubling to {retry.LONGEST_PAUSE.seconds} s",
    "recording, passing": f"meets a passing fault | {jobs.MOST_TRIES + 1} times",
    "patience": f"503 after {PATIENCE_SECONDS:.0f} seconds",
    "the brake": f"| {BRAKE_AFTER} events of a topic in a row",
    "a chunk of mails": f"never more than {LARGEST_CHUNK} mails",
    "a hanging letter": f"after {RENDER_TIMEOUT.seconds} seconds it is killed",
    "an unknown template": f"| {minutes(TEMPLATE_PATIENCE)} after it was queued |",
    "stopping": f"at most {STOP_SECONDS} seconds",
    "no print file": f"there or failed, or after {PRINT_FILE_PATIENCE.days} days |",
    "stray files": f"| files in S3 that no row names | {LEFT_ALONE.days} days, and then",
    "a sweep": f"removed within {minutes(timedelta(seconds=SWEEP_SECONDS))} while",
    "migrating": f"| `migrate` | {migrate.TRIES} times |",
    "a lock": f"1 s; {migrate.LOCK_TIMEOUT.removesuffix('s')} s for a lock",
}


@pytest.mark.parametrize("what", SAID)
def test_the_page_says_what_the_code_does(what: str) -> None:
    """A figure that changed in the code changes on the page."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert SAID[what] in text


def test_the_wait_is_longest_after_nine_doublings() -> None:
    """The sum on the page is of all the waits that grow."""
    assert DOUBLING[-1] < jobs.LONGEST_WAIT <= jobs.FIRST_WAIT * 2**9


def test_the_architecture_says_how_large_a_micro_batch_is() -> None:
    """The same for the size of micro-batches."""
    page = PAGE.with_name("architecture.md").read_text(encoding="utf-8")
    assert f"at most {stream.SIZE} events" in page
    assert f"within {stream.LINGER_SECONDS * 1000:.0f} ms" in page


def test_a_chunk_of_mails_is_what_leaves_in_a_second() -> None:
    """With the default limit a chunk is as large as it may be."""
    assert CHUNK_SECONDS == 1
    assert Settings.model_fields["mails_per_minute"].default * CHUNK_SECONDS // 60 >= LARGEST_CHUNK
