"""Someone else's act notifies the starter of a batch; the starter's own does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from shared.contracts.codes import Role
from shared.contracts.envelope import Event
from shared.contracts.events import AfdrukbestandGereed, AfdrukbestandMislukt, BatchAfgerond
from tests.communications.conftest import token
from tests.support import parts

STARTER = "u-starter"
SYSTEM = "systeem:close_batches"


def closed(
    gemeente: str,
    batch: UUID,
    actor: str = SYSTEM,
    sequence: int = 5,
    failed: int = 2,
    **more: int,
) -> Event[Any]:
    """The batch is done."""
    data = BatchAfgerond(
        batchId=batch,
        aantalZaken=10,
        brievenGemaakt=7,
        brievenMislukt=failed,
        emailsVerzonden=1,
        emailsMislukt=0,
        gestartDoor=STARTER,
        **more,
    )
    return parts.event_of(data, gemeente, actor=actor, sequence=sequence)


def printed(gemeente: str, batch: UUID, actor: str = SYSTEM, number: int = 1) -> Event[Any]:
    """A print file of the batch is ready."""
    data = AfdrukbestandGereed(
        afdrukbestandId=uuid4(),
        batchId=batch,
        nummer=number,
        aantalBrieven=7,
        aantalPaginas=14,
        aantalVellen=7,
    )
    return parts.event_of(data, gemeente, actor=actor, sequence=number)


def unprinted(gemeente: str, batch: UUID, sequence: int) -> Event[Any]:
    """The first print file of the batch could not be made."""
    data = AfdrukbestandMislukt(
        afdrukbestandId=uuid4(), batchId=batch, nummer=1, aantalBrieven=7, reden="Een brief is weg."
    )
    return parts.event_of(data, gemeente, actor=SYSTEM, sequence=sequence)


async def _notices(
    http: httpx.AsyncClient, stack: Stack, gemeente: str, user: str = STARTER
) -> dict[str, Any]:
    who = token(stack, gemeente, Role.BEHANDELAAR, user=user)
    found: dict[str, Any] = (await http.get("/meldingen", headers=who)).json()
    return found


@pytest.mark.parametrize("reverse", [False, True])
async def test_a_closed_batch_and_its_print_file_are_one_notice_in_any_order(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str, reverse: bool
) -> None:
    """Each told twice; the starter gets one notice with both facts, and nobody else does."""
    batch = uuid4()
    events = [closed(gemeente, batch), printed(gemeente, batch)]
    events = events[::-1] if reverse else events
    for event in [*events, *events]:
        await communications.feed(event)
    found = await _notices(http, stack, gemeente)
    assert (found["aantal"], found["ongelezen"]) == (1, 1)
    (notice,) = found["resultaten"]
    assert notice["batchId"] == str(batch)
    assert "10 zaken, 7 brieven gemaakt, 1 e-mail verzonden, 2 mislukt" in notice["tekst"]
    assert "Afdrukbestand 1 is klaar (7 brieven)" in notice["tekst"]
    assert (await _notices(http, stack, gemeente, "u-ander"))["aantal"] == 0


async def test_ones_own_act_notifies_nobody(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Closed and printed by the starter: nothing to tell."""
    batch = uuid4()
    await communications.feed(closed(gemeente, batch, STARTER), printed(gemeente, batch, STARTER))
    assert (await _notices(http, stack, gemeente))["aantal"] == 0


async def test_a_later_print_file_by_another_makes_the_notice_unread_again(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Number 2 is news; one's own number 3 is not."""
    batch = uuid4()
    await communications.feed(closed(gemeente, batch), printed(gemeente, batch))
    await _read(http, stack, gemeente)
    await communications.feed(printed(gemeente, batch, "u-ander", 2))
    found = await _notices(http, stack, gemeente)
    assert (found["aantal"], found["ongelezen"]) == (1, 1)
    assert "Afdrukbestand 2 is klaar" in found["resultaten"][0]["tekst"]
    await _read(http, stack, gemeente)
    await communications.feed(printed(gemeente, batch, STARTER, 3))
    found = await _notices(http, stack, gemeente)
    assert found["ongelezen"] == 0
    assert "Afdrukbestand 3 is klaar" in found["resultaten"][0]["tekst"]


async def test_older_news_of_a_batch_changes_nothing(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """The newest counts and the highest print file stay."""
    batch = uuid4()
    await communications.feed(closed(gemeente, batch, sequence=9, failed=0))
    await communications.feed(printed(gemeente, batch, number=2))
    await communications.feed(closed(gemeente, batch, sequence=5, failed=2))
    await communications.feed(printed(gemeente, batch, number=1))
    (notice,) = (await _notices(http, stack, gemeente))["resultaten"]
    assert "0 mislukt" in notice["tekst"]
    assert "Afdrukbestand 2" in notice["tekst"]


async def test_a_read_notice_is_not_counted_and_stays_read(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Reading twice keeps the first moment."""
    await communications.feed(closed(gemeente, uuid4()))
    first = await _read(http, stack, gemeente)
    again = await _read(http, stack, gemeente)
    assert first["gelezenOp"] == again["gelezenOp"]
    found = await _notices(http, stack, gemeente)
    assert (found["aantal"], found["ongelezen"]) == (1, 0)


async def test_nobody_reads_anothers_notice(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """A colleague, and the same user id in another gemeente, get 404; it stays unread."""
    await communications.feed(closed(gemeente, uuid4()))
    notice = (await _notices(http, stack, gemeente))["resultaten"][0]["id"]
    strangers = (
        token(stack, gemeente, Role.BEHANDELAAR, user="u-ander"),
        token(stack, parts.new_gemeente(), Role.BEHANDELAAR, user=STARTER),
    )
    for who in strangers:
        answer = await http.post(f"/meldingen/{notice}/gelezen", headers=who)
        assert answer.status_code == 404
    assert (await _notices(http, stack, gemeente))["ongelezen"] == 1


async def _read(http: httpx.AsyncClient, stack: Stack, gemeente: str) -> dict[str, Any]:
    notice = (await _notices(http, stack, gemeente))["resultaten"][0]["id"]
    who = token(stack, gemeente, Role.BEHANDELAAR, user=STARTER)
    answer = await http.post(f"/meldingen/{notice}/gelezen", headers=who)
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


async def test_a_print_file_that_failed_is_told_and_then_that_it_is_there(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """Older news of the same number changes nothing."""
    batch = uuid4()
    failed = unprinted(gemeente, batch, 2)
    await communications.feed(closed(gemeente, batch), failed, failed)
    (notice,) = (await _notices(http, stack, gemeente))["resultaten"]
    assert "Afdrukbestand 1 kon niet worden gemaakt" in notice["tekst"]
    made = printed(gemeente, batch, "u-ander")
    await communications.feed(replace(made, sequence=4))
    await communications.feed(unprinted(gemeente, batch, 2))
    found = await _notices(http, stack, gemeente)
    assert (found["aantal"], found["ongelezen"]) == (1, 1)
    assert "Afdrukbestand 1 is klaar (7 brieven)" in found["resultaten"][0]["tekst"]


async def test_mails_that_came_back_after_the_end_are_told_once_and_with_what_there_is_now(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, gemeente: str
) -> None:
    """A notice of their own; the one of the batch says the same and stays read."""
    batch = uuid4()
    await communications.feed(closed(gemeente, batch))
    await _read(http, stack, gemeente)
    late = closed(gemeente, batch, sequence=7, emailsNietBezorgd=3, laterNietBezorgd=2)
    await communications.feed(late, late)
    await communications.feed(late)
    found = await _notices(http, stack, gemeente)
    assert (found["aantal"], found["ongelezen"]) == (2, 1)
    news, first = found["resultaten"]
    assert (news["soort"], news["aantal"], news["batchId"]) == ("niet-bezorgd", 2, str(batch))
    assert news["tekst"].startswith("2 e-mails kwamen terug nadat uw heronderzoek was afgerond.")
    assert "1 e-mail verzonden en 3 niet bezorgd" in news["tekst"]
    assert "2 mislukt, 3 niet bezorgd" in first["tekst"]
    assert first["gelezenOp"] is not None
