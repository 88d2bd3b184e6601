"""What became of a trial, for the colleague who asked for it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.stack import Stack
from services.mailer.refusals import reason_of
from services.mailer.trials import TRIALS, for_colleague
from shared.contracts.codes import Role
from shared.contracts.events import ProefMislukt
from tests.mailer.conftest import client, recorded, settings_event, token
from tests.mailer.smtp_double import SmtpDouble
from tests.mailer.test_previews import _asked, _colleague
from tests.support import parts

ADDRESS = "collega@example.nl"


@pytest.mark.parametrize("code", ["5.1.1", "5.2.2", "5.2.3", "5.4.4", "5.7.1", "5.9.9"])
def test_the_reason_of_a_trial_speaks_of_no_letter(code: str) -> None:
    """The colleague reads what is wrong and what to do, not what to do for a resident."""
    told = for_colleague(reason_of(550, f"{code} no", "recipient"))
    assert "brief" not in told
    assert told.endswith("probeer het opnieuw.")
    assert told.count(". ") == 1


async def asked(mailer: parts.Bench, stack: Stack, gemeente: str, case: UUID) -> str:
    """A colleague wants a trial; its id."""
    await mailer.feed(settings_event(gemeente))
    who = _colleague(stack, gemeente, ADDRESS)
    async with client(mailer) as http:
        answer = await http.post("/proeven", json={**_asked(), "zaakId": str(case)}, headers=who)
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["id"]
    return found


async def shown(mailer: parts.Bench, stack: Stack, gemeente: str, trial: str) -> dict[str, Any]:
    """What the colleague reads of it."""
    async with client(mailer) as http:
        answer = await http.get(f"/proeven/{trial}", headers=_colleague(stack, gemeente, ADDRESS))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_trial_that_was_sent_says_so(
    mailer: parts.Bench, stack: Stack, gemeente: str
) -> None:
    """Under way before, and nobody else reads it."""
    trial = await asked(mailer, stack, gemeente, uuid4())
    before = await shown(mailer, stack, gemeente, trial)
    assert (before["status"], before["aan"], before["klaarOp"]) == ("onderweg", ADDRESS, None)
    await mailer.work_all(TRIALS)
    after = await shown(mailer, stack, gemeente, trial)
    assert (after["status"], after["reden"]) == ("verzonden", None)
    assert after["klaarOp"] is not None
    assert await recorded(mailer, ProefMislukt, gemeente) == []
    other = token(stack, gemeente, Role.COORDINATOR)
    stranger = token(stack, parts.new_gemeente(), Role.COORDINATOR)
    reader = token(stack, gemeente, Role.RAADPLEGER)
    async with client(mailer) as http:
        for who, status in ((other, 403), (stranger, 404), (reader, 403)):
            assert (await http.get(f"/proeven/{trial}", headers=who)).status_code == status


async def test_a_trial_that_was_refused_says_why_and_is_told(
    mailer: parts.Bench, stack: Stack, smtp: SmtpDouble, gemeente: str
) -> None:
    """In plain words, to who asked for it, once."""
    smtp.by_recipient[ADDRESS] = "550 5.1.1 no such user"
    case = uuid4()
    trial = await asked(mailer, stack, gemeente, case)
    await mailer.work_all(TRIALS)
    after = await shown(mailer, stack, gemeente, trial)
    why = "Het e-mailadres bestaat niet (meer). Controleer uw e-mailadres bij uw beheerder"
    assert after["status"] == "mislukt"
    assert after["reden"].startswith(why)
    (told,) = await recorded(mailer, ProefMislukt, gemeente)
    assert (told["proefId"], told["zaakId"]) == (trial, str(case))
    assert (told["gebruikerId"], told["reden"]) == (f"u-{ADDRESS}", after["reden"])
