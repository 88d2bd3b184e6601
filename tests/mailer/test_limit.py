"""The sending limit of a sender, over all processes."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from deploy.local.stack import Stack
from services.mailer import queries
from services.mailer.queries import HORIZON, SLACK
from shared.contracts.codes import Role
from tests.mailer.conftest import (
    NO_LIMIT,
    Made,
    client,
    due_now,
    moved,
    order,
    settings_event,
    token,
)
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


async def test_a_limit_of_its_own_holds_for_one_gemeente_in_all_processes(
    make_mailer: Made, stack: Stack, smtp: SmtpDouble, gemeente: str
) -> None:
    """Two processes claim at once under the limit that the beheerder set, not the installation's.

    Business time plays no part in it: a day later there are no more slots than a second later.
    """
    both = [make_mailer(smtp_port=smtp.port), make_mailer(smtp_port=smtp.port)]
    other = parts.new_gemeente()
    await both[0].feed(settings_event(gemeente), settings_event(other))
    async with client(both[0]) as http:
        answer = await http.put(
            "/verzendlimiet",
            json={"emailsPerMinuut": PER_MINUTE},
            headers=token(stack, gemeente, Role.BEHEERDER) | {"Idempotency-Key": str(uuid4())},
        )
        assert answer.json() == {"emailsPerMinuut": PER_MINUTE, "standaard": NO_LIMIT}
    async with both[0].database.transaction(gemeente, other) as one:
        assert (await queries.take_slots(one.connection, other, MAILS, NO_LIMIT)).many == MAILS

    async def claim(mailer: parts.Bench) -> int:
        async with mailer.database.transaction(gemeente) as transaction:
            return (await queries.take_slots(transaction.connection, gemeente, MAILS, 1)).many

    with moved(stack, "+1d"):
        taken = await asyncio.gather(*(claim(mailer) for mailer in both * 5))
    ahead = HORIZON.total_seconds() * PER_MINUTE / 60
    caught_up = SLACK.total_seconds() * PER_MINUTE / 60
    assert ahead <= sum(taken) <= ahead + caught_up + 1


async def test_only_a_beheerder_sets_the_limit_and_may_take_it_back(
    make_mailer: Made, stack: Stack, gemeente: str
) -> None:
    """None of its own is the installation's; nought, too many and text are refused."""
    async with client(make_mailer()) as http:
        path, beheerder = "/verzendlimiet", token(stack, gemeente, Role.BEHEERDER)
        for wrong in (0, -1, 1_000_001, "veel"):
            key = {"Idempotency-Key": str(uuid4())}
            answer = await http.put(path, json={"emailsPerMinuut": wrong}, headers=beheerder | key)
            assert answer.status_code == 400
        for given in (60, None):
            key = {"Idempotency-Key": str(uuid4())}
            await http.put(path, json={"emailsPerMinuut": given}, headers=beheerder | key)
            shown = await http.get(path, headers=beheerder)
            assert shown.json() == {"emailsPerMinuut": given, "standaard": NO_LIMIT}
        for role in (Role.COORDINATOR, Role.BEHANDELAAR):
            refused = await http.get(path, headers=token(stack, gemeente, role))
            assert refused.status_code == 403
