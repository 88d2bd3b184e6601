"""The sending limit of a sender, over all processes."""

from __future__ import annotations

import asyncio

from tests.mailer.conftest import Made, due_now, order, settings_event
from tests.mailer.smtp_double import SmtpDouble
from tests.support import parts

PER_MINUTE = 600
MAILS = 40


async def _work_until_sent(mailer: parts.Bench, smtp: SmtpDouble, gemeente: str) -> None:
    while len(smtp.accepted) < MAILS:
        await due_now(mailer, gemeente)
        if not await mailer.work("mails"):
            await asyncio.sleep(0.05)


async def test_two_processes_together_keep_to_the_limit(
    make_mailer: Made, smtp: SmtpDouble, gemeente: str
) -> None:
    """Ten a second and one second's worth to catch up: forty mails take at least 2.9 s."""
    given = {"smtp_port": smtp.port, "mails_per_minute": PER_MINUTE}
    both = [make_mailer(**given), make_mailer(**given)]
    orders = [parts.event_of(order(), gemeente) for _ in range(MAILS)]
    await both[0].feed(settings_event(gemeente), *orders)
    await asyncio.wait_for(
        asyncio.gather(*(_work_until_sent(mailer, smtp, gemeente) for mailer in both)), 30
    )
    moments = sorted(mail.at for mail in smtp.accepted)
    assert len(moments) == MAILS
    assert moments[-1] - moments[0] >= (MAILS - 1 - PER_MINUTE / 60) / (PER_MINUTE / 60) - 0.2
    assert moments[-1] - moments[0] < 15
