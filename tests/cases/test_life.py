"""The acts in the life of a case, at the door and on the database."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from services.cases import handlers, tables
from services.cases.domain import working_days
from shared.contracts.codes import Purpose, Role
from shared.contracts.events import (
    BriefGevraagd,
    EmailGevraagd,
    ZaakAfgesloten,
    ZaakstatusGewijzigd,
)
from tests.cases.files import Zaken, bsn, persoon, user
from tests.cases.lives import BY_HAND, Life, invited
from tests.cases.test_outcomes import made
from tests.support.parts import new_gemeente

WHY = {"reden": "Dat vroeg de inwoner"}


async def test_data_come_in_are_confirmed_and_turn_out_not_to_be_there(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The resident gets a confirmation by each chosen channel; the undo says why."""
    life = await invited(zaken, door, gemeente, 300)
    day = str(await life.today())
    page = await life.did(
        "aanleveringen", bron="balie", ontvangstDatum=day, ontvangstbevestiging=True
    )
    assert (page["status"], page["aanleverKanaal"]) == ("gegevens aangeleverd", "balie")
    orders = [*await life.told(BriefGevraagd), *await life.told(EmailGevraagd)]
    assert [one.doel for one in orders].count(Purpose.RECEIPT) == 2
    page = await life.did("aanlevering-terugdraaien", **WHY)
    assert (page["status"], page["aanleverDatum"]) == ("uitnodiging verzonden", None)
    entry = page["tijdlijn"][0]
    assert (entry["wat"], entry["door"]) == (
        "Aanlevering teruggedraaid",
        "Collega gebruiker-akkoord",
    )
    assert entry["toelichting"].endswith(WHY["reden"])
    moves = await life.told(ZaakstatusGewijzigd)
    assert [(one.van, one.naar) for one in moves] == [
        ("aangemaakt", "uitnodiging verzonden"),
        ("uitnodiging verzonden", "gegevens aangeleverd"),
        ("gegevens aangeleverd", "uitnodiging verzonden"),
    ]


async def test_without_a_confirmation_nothing_is_sent(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The colleague chooses each time."""
    life = await invited(zaken, door, gemeente, 301, choice="BRIEF")
    day = str(await life.today())
    await life.did("aanleveringen", bron="post", ontvangstDatum=day, ontvangstbevestiging=False)
    assert [one.doel for one in await life.told(BriefGevraagd)] == [Purpose.INVITATION]


async def test_two_tabs_do_not_both_win_and_a_double_click_does_it_once(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The second tab hears where the case stands; the same key gives the same answer."""
    life = await invited(zaken, door, gemeente, 302, choice="BRIEF")
    version, key = (await life.page())["versie"], str(uuid4())
    first = await life.ask("onderzoeken", versie=version, key=key)
    again = await life.ask("onderzoeken", versie=version, key=key)
    assert (first.status_code, again.status_code) == (200, 200)
    late = await life.ask("stoppen", versie=version, **WHY)
    assert (late.status_code, late.json()["status"]) == (409, 409)
    assert (late.json()["zaakstatus"], late.json()["versie"]) == ("in onderzoek", version + 1)
    told = [one["wat"] for one in (await life.page())["tijdlijn"]]
    assert told.count("In onderzoek genomen") == 1


async def test_what_does_not_fit_says_what_does(zaken: Zaken, door: Any, gemeente: str) -> None:
    """From where, and what is possible now."""
    life = await invited(zaken, door, gemeente, 303, choice="BRIEF")
    refused = await life.ask("sluiten")
    assert (refused.status_code, refused.json()["zaakstatus"]) == (409, "uitnodiging verzonden")
    assert "kan alleen vanuit: besloten" in refused.json()["detail"]
    assert refused.json()["mogelijk"] == (await life.page())["mogelijk"]
    assert "in onderzoek nemen" in refused.json()["mogelijk"]


async def test_a_case_waits_until_its_day_and_comes_back_by_itself(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Not a day earlier; the timer tells so once, however often it looks."""
    life = await invited(zaken, door, gemeente, 304, choice="BRIEF")
    until = await life.today() + timedelta(days=7)
    page = await life.did("afwachten", totDatum=str(until), reden="Stukken van de bank")
    assert (page["status"], page["wachtTotDatum"]) == ("in afwachting", str(until))
    assert page["volgendeStap"].startswith("Wacht tot")
    await zaken.tick(handlers.end_waiting)
    assert (await life.page())["status"] == "in afwachting"
    await wait_is_over(zaken, gemeente)
    for _ in range(2):
        await zaken.tick(handlers.end_waiting)
    page = await life.page()
    assert (page["status"], page["wachtTotDatum"]) == ("in onderzoek", None)
    entries = [one for one in page["tijdlijn"] if one["wat"] == "Terug in onderzoek"]
    assert [one["door"] for one in entries] == ["systeem:end_waiting"]
    assert "Stukken van de bank" in entries[0]["toelichting"]


async def test_a_resident_gets_more_time_and_is_told_until_when(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The term of the batch first; twice more time is two letters."""
    life = await invited(zaken, door, gemeente, 305, choice="BRIEF")
    term = date.fromisoformat((await life.page())["reactieDatum"])
    (batch,) = await zaken.table(tables.batches, gemeente)
    assert term == batch.response_date
    page = await life.did("uitstel", weken=2, **WHY)
    moved = working_days.working_day_from(term + timedelta(days=14))
    assert page["reactieDatum"] == str(moved)
    reminders = (await door("GET", f"/zaken/{life.id}/herinneringen", user(gemeente))).json()
    assert not reminders["schakelaar"]["aan"]
    assert f"{moved:%d-%m-%Y}" in reminders["schakelaar"]["reden"]
    await life.did("uitstel", weken=1, **WHY)
    letters = [one for one in await life.told(BriefGevraagd) if one.doel == Purpose.POSTPONEMENT]
    assert len(letters) == 2
    assert f"{moved.day} " in letters[0].velden["REACTIEDATUM"]
    for body in ({}, {"weken": 1, "totDatum": str(moved)}, {"weken": 3}):
        assert (await life.ask("uitstel", **body, **WHY)).status_code == 400


async def test_closing_lets_a_new_case_open_and_reopening_is_refused_then(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The answer names the case that runs; without it the case is open again."""
    life = await invited(zaken, door, gemeente, 306, choice="BRIEF")
    await life.did("onderzoeken")
    await life.decided()
    page = await life.did("sluiten", **BY_HAND)
    assert (page["status"], page["afgeslotenOp"] is not None) == ("afgesloten", True)
    assert [str(one.zaakId) for one in await life.told(ZaakAfgesloten)] == [life.id]
    second = await zaken.opened(gemeente, persoon(306))
    refused = await life.ask("heropenen", **WHY)
    assert (refused.status_code, refused.json()["zaaknummer"]) == (
        409,
        second.rows[0].data.zaaknummer,
    )
    other = Life(zaken, door, gemeente, str(second.rows[0].data.zaakId))
    await other.did("stoppen", **WHY)
    page = await life.did("heropenen", **WHY)
    assert (page["status"], page["afgeslotenOp"]) == ("in onderzoek", None)
    refused = await other.ask("stoppen-terugdraaien", **WHY)
    assert (refused.status_code, refused.json()["zaaknummer"]) == (409, page["zaaknummer"])
    assert len((await life.page())["besluiten"]) == 1


async def test_a_stopped_case_is_left_out_of_its_batch_and_can_come_back(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Before the approval: the plan counts without it, and with it again."""
    file = await zaken.opened(gemeente, persoon(307, "BEIDE"), persoon(308, "BEIDE"))
    life = Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
    plan = f"/batches/{file.id}/plan"
    await life.did("stoppen", **WHY)
    counts = (await door("GET", plan, user(gemeente))).json()
    assert (counts["aantalEmails"], counts["aantalUitgesloten"]) == (1, 1)
    body = {"zaakIds": [life.id]}
    inclusion = f"/batches/{file.id}/insluitingen"
    assert (await door("POST", inclusion, user(gemeente), json=body)).status_code == 400
    page = await life.did("stoppen-terugdraaien", **WHY)
    assert (page["status"], page["stopReden"]) == ("aangemaakt", None)
    counts = (await door("GET", plan, user(gemeente))).json()
    assert (counts["aantalEmails"], counts["aantalUitgesloten"]) == (2, 0)
    assert {one["status"] for one in page["bezorgingen"]} == {"gepland"}


async def test_a_case_stopped_after_the_approval_gets_nothing_and_the_counts_add_up(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """What was not ordered is withdrawn; the batch still comes to its end."""
    file = await zaken.approved(gemeente, persoon(309, "BRIEF"), persoon(310, "BRIEF"))
    life = Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
    await life.did("stoppen", **WHY)
    await zaken.work_all("orders")
    assert [str(one.zaakId) for one in await life.told(BriefGevraagd)] != [life.id]
    letters = await zaken.table(tables.deliveries, gemeente)
    assert sorted(one.state for one in letters) == ["gevraagd", "ingetrokken"]
    await zaken.feed(*(made(one) for one in letters if one.state == "gevraagd"))
    await zaken.tick(handlers.close_batches)
    batch = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert (batch["brieven"]["gemaakt"], batch["brieven"]["ingetrokken"]) == (1, 1)
    assert (await life.page())["reactieDatum"] is None


async def test_an_objection_is_shown_counted_and_removed_for_a_reason(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Only against a decision; it stays when the case is closed."""
    life = await invited(zaken, door, gemeente, 311, choice="BRIEF")
    day = str(await life.today())
    assert (await life.ask("bezwaar", ontvangstDatum=day)).status_code == 409
    await life.decided()
    page = await life.did("bezwaar", ontvangstDatum=day)
    assert (page["bezwaarDatum"], "Er is bezwaar" in page["volgendeStap"]) == (day, True)
    assert (await life.did("sluiten", **BY_HAND))["bezwaarDatum"] == day
    listed = (await door("GET", "/zaken?bezwaar=true", user(gemeente))).json()
    assert ([one["id"] for one in listed["resultaten"]], listed["aantalBezwaar"]) == ([life.id], 1)
    page = await life.did("bezwaar-verwijderen", **WHY)
    assert page["bezwaarDatum"] is None
    assert (await door("GET", "/zaken?bezwaar=true", user(gemeente))).json()["aantal"] == 0


async def test_the_work_list_shows_whose_term_has_passed(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Only who did not answer, the oldest term first; with counts per status."""
    file = await zaken.sent(gemeente, *(persoon(number, "BRIEF") for number in (312, 313, 314)))
    for place, row in enumerate(file.rows):
        passed = date(2020, 1, 3 - place)
        await set_case(zaken, gemeente, row.data.zaakId, response_date=passed)
    answered = Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
    day = str(await answered.today())
    await answered.did("aanleveringen", bron="pip", ontvangstDatum=day, ontvangstbevestiging=False)
    page = (await door("GET", "/zaken?termijnVoorbij=true", user(gemeente))).json()
    late = [str(row.data.zaakId) for row in reversed(file.rows[1:])]
    assert [one["id"] for one in page["resultaten"]] == late
    assert page["aantalTermijnVoorbij"] == 2
    assert page["aantalPerStatus"] == {"aangemaakt": 2, "gegevens aangeleverd": 1}


async def test_cases_of_the_same_people_are_found_closed_ones_too(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """A partner who is the resident of another case links both ways; another gemeente never."""
    partner = {"bsn": bsn(316), "achternaam": "Partner", "geboortedatum": "1971-00-00"}
    first = await invited(zaken, door, gemeente, 315, choice="BRIEF", partner=partner)
    await first.did("stoppen", **WHY)
    second = await zaken.opened(gemeente, persoon(316))
    await zaken.opened(gemeente, persoon(317))
    await zaken.opened(new_gemeente(), persoon(315))
    other = str(second.rows[0].data.zaakId)
    for case, expected in ((first.id, other), (other, first.id)):
        page = (await door("GET", f"/zaken/{case}/verwante-zaken", user(gemeente))).json()
        assert [one["id"] for one in page["resultaten"]] == [expected]


async def test_a_reader_sees_the_case_and_changes_nothing(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """What comes next too, but not what was written about a decision."""
    life = await invited(zaken, door, gemeente, 318, choice="BRIEF")
    reader = user(gemeente, "lezer", {Role.RAADPLEGER})
    page = await door("GET", f"/zaken/{life.id}", reader)
    assert page.json()["volgendeStap"].startswith("De inwoner kan reageren tot en met")
    body = {"versie": 2, **WHY}
    for act in ("onderzoeken", "sluiten", "stoppen", "heropenen"):
        answer = await door("POST", f"/zaken/{life.id}/{act}", reader, json=body)
        assert answer.status_code == 403, act
    assert (await door("GET", f"/zaken/{life.id}/besluiten", reader)).status_code == 403


async def set_case(zaken: Zaken, gemeente: str, case: Any, **values: Any) -> None:
    """A case as it would be by now."""
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(
            sa.update(tables.cases).where(tables.cases.c.id == case).values(**values)
        )


async def wait_is_over(zaken: Zaken, gemeente: str) -> None:
    """The day has come."""
    (case,) = await zaken.table(tables.cases, gemeente)
    await set_case(zaken, gemeente, case.id, waiting_until=date(2020, 1, 1))
