"""Just before a reminder leaves mailer asks cases, and holds it as long as nobody answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic_core import from_json, to_json

from deploy.local.ports import HOST
from deploy.local.stack import Stack
from shared.chassis.identity import Verifier
from shared.contracts.codes import Purpose, Role
from shared.contracts.events import EmailMislukt, EmailVerzonden
from tests.mailer.conftest import Made, due_now, order, recorded, settings_event
from tests.mailer.smtp_double import SmtpDouble
from tests.support.parts import Bench, event_of
from tests.support.serving import serving

WHY = "De status van de zaak is: gegevens aangeleverd."


class FakeCases:
    """Answers `POST /v1/herinneringen-nagaan` from what a test put in `unwanted`."""

    def __init__(self, verifier: Verifier) -> None:
        self.unwanted: set[str] = set()
        self.is_away = False
        self.asked: list[list[str]] = []
        self._verifier = verifier

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request of mailer itself."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        token = dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer ")
        assert self._verifier.verify(token).roles == {Role.SYSTEEM}
        assert scope["path"] == "/v1/herinneringen-nagaan"
        ids = from_json(body)["bezorgingIds"]
        self.asked.append(ids)
        found = [{"bezorgingId": one, "reden": WHY} for one in ids if one in self.unwanted]
        status = 503 if self.is_away else 200
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": to_json({"nietGewenst": found})})


@pytest.fixture
async def cases(stack: Stack) -> AsyncIterator[tuple[str, FakeCases]]:
    """A cases that answers one question, at a real address."""
    app = FakeCases(Verifier(stack.environment()["IDENTITY_KEYS"], "cases"))
    async with serving(app) as address:
        yield address, app


@pytest.fixture
def asking(make_mailer: Made, smtp: SmtpDouble, cases: tuple[str, FakeCases]) -> Bench:
    """A mailer that asks the double."""
    return make_mailer(
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
        smtp_timeout=timedelta(seconds=1),
        cases_url=cases[0],
    )


def reminder() -> Any:
    """The order of a reminder."""
    asked = order(purpose=Purpose.FIRST_REMINDER)
    return asked.model_copy(update={"batchId": None})


async def test_only_what_is_still_wanted_leaves(
    asking: Bench, smtp: SmtpDouble, cases: tuple[str, FakeCases], gemeente: str
) -> None:
    """One question for all of a chunk; who reacted gets nothing, and the order one answer."""
    wanted, unwanted, invitation = reminder(), reminder(), order()
    cases[1].unwanted.add(str(unwanted.bezorgingId))
    await asking.feed(
        settings_event(gemeente),
        *(event_of(one, gemeente) for one in (wanted, unwanted, invitation)),
    )
    await asking.work_all("mails")
    assert {mail.recipient for mail in smtp.accepted} == {wanted.aan, invitation.aan}
    (answer,) = await recorded(asking, EmailMislukt, gemeente)
    assert (answer["bezorgingId"], answer["reden"]) == (str(unwanted.bezorgingId), WHY)
    assert answer["ingetrokken"] is True
    assert [sorted(ids) for ids in cases[1].asked] == [
        sorted([str(wanted.bezorgingId), str(unwanted.bezorgingId)])
    ]


@pytest.mark.parametrize("is_reachable", [True, False])
async def test_without_an_answer_reminders_wait_and_other_mail_goes(
    make_mailer: Made,
    smtp: SmtpDouble,
    cases: tuple[str, FakeCases],
    gemeente: str,
    *,
    is_reachable: bool,
) -> None:
    """Cases is not well, or is not there; once it answers the reminder leaves."""
    address, double = cases
    double.is_away = True
    mailer = make_mailer(
        smtp_host="127.0.0.1",
        smtp_port=smtp.port,
        cases_url=address if is_reachable else f"http://{HOST}:9",
    )
    asked, other = reminder(), order()
    events = (event_of(asked, gemeente), event_of(other, gemeente))
    await mailer.feed(settings_event(gemeente), *events)
    await mailer.work_all("mails")
    assert [mail.recipient for mail in smtp.accepted] == [other.aan]
    assert await recorded(mailer, EmailMislukt, gemeente) == []
    double.is_away = False
    again = make_mailer(smtp_host="127.0.0.1", smtp_port=smtp.port, cases_url=address)
    await due_now(again, gemeente)
    await again.work_all("mails")
    assert [mail.recipient for mail in smtp.accepted] == [other.aan, asked.aan]
    assert len(await recorded(again, EmailVerzonden, gemeente)) == 2


async def test_what_left_is_not_asked_about(
    asking: Bench, cases: tuple[str, FakeCases], gemeente: str
) -> None:
    """Mail that is no reminder, or went already, costs no question."""
    await asking.feed(settings_event(gemeente), event_of(order(attempt=uuid4()), gemeente))
    await asking.work_all("mails")
    await asking.work_all("mails")
    assert cases[1].asked == []
