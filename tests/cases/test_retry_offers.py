"""What is tried again with a newer template, between who offers it and who agrees."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from services.cases import errors, handlers, retry_errors, tables
from services.cases.domain.retry_offer import RetryOffer
from shared.chassis.errors import Refused
from shared.contracts.codes import Role
from shared.contracts.events import BriefGevraagd
from tests.cases.files import File, Zaken, persoon, user
from tests.cases.test_outcomes import by_channel, unmade

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NEWER = uuid4()


def offer(**changes: Any) -> RetryOffer:
    """Sam offers a letter with a newer template."""
    given = {"letters": 1, "mails": 0, "letter_template_id": NEWER, "mail_template_id": None}
    return RetryOffer(UUID(int=1), "1001", **{**given, "by": "sam", "at": NOW, **changes})


def test_only_what_was_offered_is_agreed_with_by_another_coordinator() -> None:
    """Not by who offered it, not by a colleague, not something else."""
    one = offer()
    one.approved_by(offer(by="kim"), is_coordinator=True)
    with pytest.raises(errors.OwnOffer):
        one.approved_by(offer(), is_coordinator=True)
    with pytest.raises(errors.OnlyCoordinators):
        one.approved_by(offer(by="kim"), is_coordinator=False)
    for other in ({"letters": 2}, {"mails": 1}, {"letter_template_id": uuid4()}):
        with pytest.raises(retry_errors.RetryOfferOutdated):
            one.approved_by(offer(by="kim", **other), is_coordinator=True)


def test_an_offer_is_sent_back_once_and_not_offered_twice() -> None:
    """Something else may take its place."""
    back = offer().sent_back("Andere brief", "kim", NOW)
    assert not back.is_open
    assert back.people == {"sam", "kim"}
    with pytest.raises(retry_errors.NoRetryOffered):
        back.sent_back("Nog eens", "kim", NOW)
    with pytest.raises(retry_errors.RetryAlreadyOffered):
        offer().replaced_by(offer())
    assert offer().replaced_by(offer(letters=2)).letters == 2


async def failed(zaken: Zaken, gemeente: str, number: int) -> File:
    """A batch with four eyes whose letter could not be made."""
    file = await zaken.sent(gemeente, persoon(number, "BRIEF"))
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(sa.update(tables.batches).values(four_eyes=True))
    await zaken.feed(unmade((await by_channel(zaken, gemeente))["brief"]))
    return file


def agreement(**changes: Any) -> dict[str, Any]:
    """What is agreed with, over HTTP."""
    given = {"aantalBrieven": 1, "aantalEmails": 0, "briefSjabloonVersieId": str(NEWER)}
    return {"akkoord": {**given, **changes}}


def coordinator(gemeente: str, name: str = "kim") -> Any:
    """A second person."""
    return user(gemeente, name, {Role.COORDINATOR})


async def test_an_offer_is_shown_sent_back_with_a_reason_and_offered_anew(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Who, when, how many and with which templates; in the list of batches too."""
    file = await failed(zaken, gemeente, 50)
    sam, path = user(gemeente, "sam"), f"/batches/{file.id}/opnieuw"
    assert (await door("GET", f"/batches/{file.id}", sam)).json()["herkansing"] is None
    assert (await door("POST", path, sam, json=agreement())).json()["aangeboden"] is True
    twice = await door("POST", path, sam, json=agreement())
    assert (twice.status_code, twice.json()["title"]) == (409, "Dit is al aangeboden")
    (shown,) = (await door("GET", "/batches", sam)).json()["resultaten"]
    waiting = shown["herkansing"]
    assert (waiting["aangebodenDoor"], waiting["aangebodenDoorNaam"]) == ("sam", "Collega sam")
    assert (waiting["aantalBrieven"], waiting["aantalEmails"]) == (1, 0)
    assert waiting["briefSjabloonVersieId"] == str(NEWER)
    assert (waiting["wachtOpAkkoord"], waiting["terugzending"]) == (True, None)
    reason = {"reden": "De alinea over inkomen ontbreekt"}
    assert (await door("POST", f"{path}/terugzending", sam, json=reason)).status_code == 403
    kim = coordinator(gemeente)
    empty = await door("POST", f"{path}/terugzending", kim, json={"reden": " "})
    assert empty.status_code == 400
    back = await door("POST", f"{path}/terugzending", kim, json=reason)
    assert back.status_code == 200, back.text
    told = back.json()["herkansing"]
    assert told["wachtOpAkkoord"] is False
    assert (told["terugzending"]["door"], told["terugzending"]["reden"]) == ("kim", reason["reden"])
    again = await door("POST", f"{path}/terugzending", kim, json=reason)
    assert (again.status_code, again.json()["title"]) == (409, "Er wacht niets op akkoord")
    assert (await door("POST", path, sam, json=agreement())).json()["aangeboden"] is True
    done = await door("POST", path, kim, json=agreement())
    assert (done.status_code, done.json()["aangeboden"]) == (202, False)
    assert (await door("GET", f"/batches/{file.id}", sam)).json()["herkansing"] is None


async def test_what_waits_for_a_second_person_is_not_done_past_that_person(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Neither with the old template; the answer says what waits."""
    file = await failed(zaken, gemeente, 51)
    path = f"/batches/{file.id}/opnieuw"
    await door("POST", path, user(gemeente, "sam"), json=agreement())
    refused = await door("POST", path, user(gemeente, "bas"), json={})
    assert (refused.status_code, refused.json()["title"]) == (409, "Er wacht iets op akkoord")
    assert refused.json()["aantalBrieven"] == 1
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 1


async def test_a_correction_makes_the_offer_one_to_look_at_again(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The second person would agree with a letter that nobody looked at."""
    file = await failed(zaken, gemeente, 52)
    path, sam = f"/batches/{file.id}/opnieuw", user(gemeente, "sam")
    await door("POST", path, sam, json=agreement())
    case = file.rows[0].data.zaakId
    wish = {"versie": 1, "reden": "Belde op", "aanschrijfnaam": "A. van der Nieuw"}
    answer = await door("POST", f"/zaken/{case}/contactgegevens", sam, json=wish)
    assert answer.status_code == 200, answer.text
    assert answer.json()["onderweg"] == []
    offer_now = (await door("GET", f"/batches/{file.id}", sam)).json()["herkansing"]
    assert offer_now["wachtOpAkkoord"] is False
    number = file.rows[0].data.zaaknummer
    assert number in offer_now["terugzending"]["reden"]


async def test_of_a_retry_and_a_correction_at_once_each_says_what_came_of_it(
    zaken: Zaken, gemeente: str, door: Any
) -> None:
    """In whatever order they come, the letter is made with what was there when it was ordered."""
    file = await zaken.sent(gemeente, persoon(53, "BRIEF"))
    await zaken.feed(unmade((await by_channel(zaken, gemeente))["brief"]))
    case, sam = file.rows[0].data.zaakId, user(gemeente, "sam")
    wish = {"versie": 1, "reden": "Belde op", "aanschrijfnaam": "A. van der Nieuw"}
    retried, corrected = await asyncio.gather(
        door("POST", f"/batches/{file.id}/opnieuw", sam, json={}),
        door("POST", f"/zaken/{case}/contactgegevens", user(gemeente, "bas"), json=wish),
    )
    assert (retried.status_code, corrected.status_code) == (202, 200)
    assert (retried.json()["aantalBrieven"], corrected.json()["versie"]) == (1, 2)
    await zaken.work_all("orders")
    _, second = await zaken.told(BriefGevraagd, gemeente)
    assert "A. van der Nieuw" in second.data.velden.values()
    wish = {"versie": 2, "reden": "Belde weer", "aanschrijfnaam": "A. van der Later"}
    late = await door("POST", f"/zaken/{case}/contactgegevens", sam, json=wish)
    assert (late.status_code, late.json()["onderweg"]) == (200, ["brief"])


async def test_two_who_try_again_at_once_order_it_once(
    zaken: Zaken, gemeente: str, door: Any
) -> None:
    """The second is told that nothing was left to do, or to wait."""
    file = await zaken.sent(gemeente, persoon(54, "BRIEF"))
    await zaken.feed(unmade((await by_channel(zaken, gemeente))["brief"]))
    path = f"/batches/{file.id}/opnieuw"
    answers = await asyncio.gather(
        *(door("POST", path, user(gemeente, name), json={}) for name in ("sam", "bas"))
    )
    assert [one.status_code for one in answers] == [202, 202]
    assert sorted(one.json()["aantalBrieven"] for one in answers) == [0, 1]
    await zaken.work_all("orders")
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 2


async def test_of_two_second_people_one_agrees_and_one_sends_back(
    zaken: Zaken, gemeente: str
) -> None:
    """Whoever is later is told that a colleague was first."""
    file = await failed(zaken, gemeente, 55)
    approval = handlers.Approval(file.id, 0, 1, None, NEWER, is_coordinator=True)
    retry = handlers.Retry(file.id, None, approval)
    await zaken.command(handlers.try_again, retry, user(gemeente, "sam"))
    results = await asyncio.gather(
        zaken.command(handlers.try_again, retry, user(gemeente, "kim")),
        zaken.command(
            handlers.send_retry_back, handlers.SendBack(file.id, "Nee"), user(gemeente, "bas")
        ),
        return_exceptions=True,
    )
    wrong = [one for one in results if isinstance(one, BaseException)]
    assert all(isinstance(one, Refused) for one in wrong), results
    orders = await zaken.work_all("orders")
    offers = await zaken.table(tables.retry_offers, gemeente)
    if orders:
        assert (offers, len(wrong)) == ([], 1)
    else:
        assert [one.by for one in offers] == ["kim"]
