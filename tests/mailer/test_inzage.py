"""What mailer hands over about a resident, and the mail that an inzage is ready."""

from __future__ import annotations

import asyncio
import email.policy
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.mailer import tables
from services.mailer.trials import MOST, TRIALS
from shared.chassis.identity import Identity, Signer
from shared.contracts.codes import Role
from tests.mailer.conftest import Made, client, settings_event


def _colleague(stack: Stack, gemeente: str, address: str, role: Role) -> dict[str, str]:
    who = Identity("collega-7", "Puck Persoons", address, frozenset({role}), gemeente)
    signed = Signer(stack.secrets.identity_key("gateway"), "gateway").sign(who, "mailer")
    return {"Authorization": f"Bearer {signed}", "Idempotency-Key": str(uuid4())}


def _told(**changes: Any) -> dict[str, Any]:
    link = "https://heronderzoek.example.nl/inzagen/1"
    told = {"inzageId": str(uuid4()), "isGelukt": True, "tot": "7 december 2026", "link": link}
    return {**told, **changes}


@pytest.mark.parametrize(("is_made", "subject"), [(True, "De inzage is klaar"), (False, "niet")])
async def test_a_colleague_hears_once_and_it_is_no_trial(
    make_mailer: Made, stack: Stack, gemeente: str, *, is_made: bool, subject: str
) -> None:
    """Asked again with the same key or another, it is one mail; trials are counted apart."""
    mailer = make_mailer()
    await mailer.feed(settings_event(gemeente))
    address = f"collega-{uuid4().hex[:10]}@example.nl"
    headers = _colleague(stack, gemeente, address, Role.SYSTEEM)
    body = _told(isGelukt=is_made)
    async with client(mailer) as http:
        for key in (headers["Idempotency-Key"], headers["Idempotency-Key"], str(uuid4())):
            again = {**headers, "Idempotency-Key": key}
            answer = await http.post("/inzage-meldingen", json=body, headers=again)
            assert answer.status_code == 202, answer.text
        for _ in range(MOST):
            more = {**headers, "Idempotency-Key": str(uuid4())}
            answer = await http.post("/inzage-meldingen", json=_told(), headers=more)
            assert answer.status_code == 202
    await mailer.work_all(TRIALS)
    arrived = await asyncio.to_thread(stack.mail.messages_to, address)
    assert len(arrived) == 1 + MOST
    messages = [email.message_from_bytes(one, policy=email.policy.default) for one in arrived]
    (first,) = [one for one in messages if body["inzageId"] in str(one["Message-ID"])]
    assert subject in str(first["Subject"])
    assert body["link"] in str(first.get_body(("plain",)))
    assert await mailer.rows(sa.select(tables.mails), gemeente) == []


async def test_users_neither_ask_nor_tell(make_mailer: Made, stack: Stack, gemeente: str) -> None:
    """Both doors are the gateway's own; without settings there is no sender to tell it."""
    mailer = make_mailer()
    question = {
        "zaakId": str(uuid4()),
        "batchId": str(uuid4()),
        "volgnummer": 1,
        "wie": "inwoner",
    }
    user = _colleague(stack, gemeente, "a@example.nl", Role.PERSOONSVERWERKER)
    itself = _colleague(stack, gemeente, "a@example.nl", Role.SYSTEEM)
    async with client(mailer) as http:
        for path, body in (("/inzage-delen", question), ("/inzage-meldingen", _told())):
            assert (await http.post(path, json=body, headers=user)).status_code == 403
        assert (
            await http.post("/inzage-meldingen", json=_told(), headers=itself)
        ).status_code == 409
        given = (await http.post("/inzage-delen", json=question, headers=itself)).json()
    assert given["bestanden"] == []
    assert [part["regels"] for part in given["onderdelen"]] == [[], []]
