"""A mail before it is sent: shown to the gateway, or sent to the colleague who asks."""

from __future__ import annotations

import asyncio
import base64
import email
import email.policy
from typing import Any
from uuid import uuid4

import httpx
import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.mailer import tables
from services.mailer.previews import NOTICE
from services.mailer.trials import TRIALS
from shared.chassis.identity import Identity, Signer, system
from shared.contracts.codes import Purpose, Role
from shared.contracts.events import EmailVerzonden
from shared.contracts.merge_fields import example_values
from tests.mailer.conftest import Made, client, moved, recorded, settings_event, token
from tests.mailer.smtp_double import SmtpDouble
from tests.support import parts

PDF = b"%PDF-1.7 een brief"


def _asked(**values: str) -> dict[str, Any]:
    fields = {**example_values(Purpose.INVITATION), **values}
    return {"sjabloonVersieId": None, "doel": "uitnodiging", "velden": fields}


def _gateway(stack: Stack, gemeente: str) -> dict[str, str]:
    """The header of the gateway itself."""
    signer = Signer(stack.secrets.identity_key("gateway"), "gateway")
    signed = signer.sign(system("gateway", gemeente), "mailer")
    return {"Authorization": f"Bearer {signed}"}


def _colleague(stack: Stack, gemeente: str, address: str) -> dict[str, str]:
    signer = Signer(stack.secrets.identity_key("gateway"), "gateway")
    roles = frozenset({Role.BEHANDELAAR})
    who = Identity(f"u-{address}", "Sam Bakker", address, roles, gemeente)
    key = {"Idempotency-Key": str(uuid4())}
    return {"Authorization": f"Bearer {signer.sign(who, 'mailer')}"} | key


async def test_a_preview_is_the_mail_and_says_what_is_missing(
    mailer: parts.Bench, stack: Stack, gemeente: str
) -> None:
    """Filled in as the batch would; a field that must not be empty is named."""
    await mailer.feed(settings_event(gemeente))
    itself = _gateway(stack, gemeente)
    async with client(mailer) as http:
        shown = await http.post("/voorbeelden", json=_asked(), headers=itself)
        assert shown.status_code == 200, shown.text
        mail = shown.json()
        assert example_values(Purpose.INVITATION)["AANHEF"] in mail["tekst"]
        assert mail["van"] == "heronderzoek@voorbeeldstad.example.nl"
        assert "$" not in mail["onderwerp"] + mail["tekst"]
        refused = await http.post("/voorbeelden", json=_asked(AANHEF=""), headers=itself)
        assert refused.status_code == 409
        assert "AANHEF" in refused.json()["detail"]
        user = token(stack, gemeente, Role.COORDINATOR)
        assert (await http.post("/voorbeelden", json=_asked(), headers=user)).status_code == 403


async def test_a_trial_goes_to_who_asks_and_is_counted_nowhere(
    make_mailer: Made, stack: Stack, gemeente: str
) -> None:
    """Marked as a trial, with the letter; no mail of ours, no event, nothing to the resident."""
    mailer = make_mailer()
    await mailer.feed(settings_event(gemeente))
    address = f"collega-{uuid4().hex[:10]}@example.nl"
    who = _colleague(stack, gemeente, address)
    body = {**_asked(), "zaakId": str(uuid4()), "brief": base64.b64encode(PDF).decode()}
    async with client(mailer) as http:
        first = await http.post("/proeven", json=body, headers=who)
        assert (first.status_code, first.json()["aan"]) == (202, address)
        again = await http.post("/proeven", json=body, headers=who)
        assert again.json() == first.json()
    await mailer.work_all(TRIALS)
    (arrived,) = await asyncio.to_thread(stack.mail.messages_to, address)
    message = email.message_from_bytes(arrived, policy=email.policy.default)
    assert str(message["Subject"]).startswith("[PROEF] ")
    texts = [part for part in message.walk() if part.get_content_maintype() == "text"]
    assert len(texts) == 2
    assert all(NOTICE in part.get_content() for part in texts)
    (letter,) = [part for part in message.walk() if part.get_content_subtype() == "pdf"]
    assert letter.get_content() == PDF
    assert await mailer.rows(sa.select(tables.mails), gemeente) == []
    assert await recorded(mailer, EmailVerzonden, gemeente) == []
    (row,) = await mailer.rows(sa.select(tables.trials), gemeente)
    assert row["content"] is None


async def test_ten_trials_an_hour(
    mailer: parts.Bench, stack: Stack, smtp: SmtpDouble, gemeente: str
) -> None:
    """Also when they are asked for at once; an hour later there are more, others have their own."""
    await mailer.feed(settings_event(gemeente))
    body = {**_asked(), "zaakId": str(uuid4())}

    async def ask(http: httpx.AsyncClient, address: str) -> httpx.Response:
        return await http.post("/proeven", json=body, headers=_colleague(stack, gemeente, address))

    async with client(mailer) as http:
        answers = await asyncio.gather(*(ask(http, "een@example.nl") for _ in range(12)))
        assert sorted(one.status_code for one in answers) == [202] * 10 + [429] * 2
        assert (await ask(http, "twee@example.nl")).status_code == 202
        with moved(stack, "+61m"):
            assert (await ask(http, "een@example.nl")).status_code == 202
            await mailer.work_all(TRIALS)
    assert len(smtp.accepted) == 12


@pytest.mark.parametrize("role", [Role.RAADPLEGER, Role.BEHEERDER, Role.SYSTEEM])
async def test_who_does_no_casework_gets_no_trial(
    mailer: parts.Bench, stack: Stack, gemeente: str, role: Role
) -> None:
    """It holds a resident's data."""
    await mailer.feed(settings_event(gemeente))
    body = {**_asked(), "zaakId": str(uuid4())}
    async with client(mailer) as http:
        answer = await http.post("/proeven", json=body, headers=token(stack, gemeente, role))
    assert answer.status_code == 403
