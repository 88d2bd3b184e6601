"""A mail server that says "later" or "no": the first is tried again, the second is shown."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.mailer.smtp_double import SmtpDouble
from tests.support import rounds
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until

LATER = "451 4.7.1 Greylisted, try again later"
NO_SUCH_USER = "550 5.1.1 No such user here"
FULL = "552 5.2.2 Mailbox full"


@contextmanager
def in_the_place_of_the_mail_server(system: System, double: SmtpDouble) -> Iterator[None]:
    """Close the door of the real one and answer at its port, in a thread of its own."""
    double.port = system.stack.ports.smtp
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    system.stack.mail.close_door()
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(double.start(), loop).result(10)
        yield
    finally:
        asyncio.run_coroutine_threadsafe(double.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        system.stack.mail.open_door()


def test_later_is_tried_again_and_no_is_a_failure_with_its_reason(
    system: System, tmp_path: Path
) -> None:
    """Nobody waits for another; everyone who can be reached gets one mail; the batch closes."""
    rows = people(8, ways=(*["EMAIL"] * 7, "BEIDE"))
    addresses = [row["EMAIL"] for row in rows]
    postponed, unknown, full = addresses[0], addresses[1], addresses[2]
    double = SmtpDouble(by_recipient={postponed: LATER, unknown: NO_SUCH_USER, full: FULL})
    with (
        rounds.signed_in(system) as worker,
        in_the_place_of_the_mail_server(system, double),
    ):
        batch = rounds.opened(worker, tmp_path, rows)
        approved = worker.approve(batch)
        others = set(addresses[3:])
        until(lambda: others <= {mail.recipient for mail in double.accepted}, 60, "the others sent")
        until(
            lambda: worker.get(f"/batches/{batch}")["emails"]["mislukt"] == 2,
            60,
            "two mails failed",
        )
        assert worker.get(f"/batches/{batch}")["status"] == "verzenden"
        assert postponed not in {mail.recipient for mail in double.received}

        del double.by_recipient[postponed]
        closed = worker.reaches(batch, "afgerond", 90)
        failures = worker.get(f"/batches/{batch}/mislukt")

    sent = Counter(mail.recipient for mail in double.accepted if mail.recipient in addresses)
    assert sent == Counter({postponed: 1} | dict.fromkeys(others, 1))
    assert closed["emails"]["verzonden"] == approved.mails - 2
    assert closed["emails"]["mislukt"] == failures["aantal"] == 2
    reasons = sorted(failure["reden"] for failure in failures["resultaten"])
    assert reasons[0].startswith("De mailbox van de ontvanger is vol")
    assert reasons[1].startswith("Het e-mailadres bestaat niet")
    assert unknown not in str(failures)
