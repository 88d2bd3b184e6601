"""Cases are kept for their term, and destroyed after it when two people agree."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from services.cases import handlers, tables, terms, worker
from services.cases.domain.retention import OwnTerms, chosen
from shared.chassis.identity import Identity
from shared.contracts.codes import CaseStatus, Role
from shared.contracts.events import (
    BerichtenGewist,
    DocumentenGewist,
    EmailsGewist,
    RijGewist,
    ZaakVernietigd,
)
from tests.cases.files import File, Zaken, bsn, persoon, user
from tests.cases.test_outcomes import by_channel, mailed
from tests.support.parts import event_of

#: The register, and what keeps a case from coming back.
LEFT_OF_IT = {"destroyed_cases", "tombstones"}
ANSWERS = (DocumentenGewist, EmailsGewist, BerichtenGewist)


def beheer(gemeente: str, name: str = "beheer") -> Identity:
    """A beheerder."""
    return user(gemeente, name, {Role.BEHEERDER})


async def ended(
    zaken: Zaken, file: File, years: float, status: str = CaseStatus.CLOSED, **more: Any
) -> list[UUID]:
    """The cases of a closed batch as if they ended years ago."""
    async with zaken.database.transaction(file.gemeente) as transaction:
        at = transaction.now - timedelta(days=365.25 * years)
        run = transaction.connection.execute
        await run(sa.update(tables.batches).values(status="afgerond", case_count=len(file.rows)))
        await run(sa.update(tables.deliveries).values(state="gelukt"))
        values = {"status": status, "closed_at": at, "result": "toegekend", **more}
        await run(sa.update(tables.cases).values(**values))
    return [row.data.zaakId for row in file.rows]


async def asked(door: Any, gemeente: str, **body: Any) -> str:
    """A list of everything that may go; its id."""
    answer = await door("POST", "/vernietigingen", beheer(gemeente), json=body)
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


async def approved(zaken: Zaken, door: Any, gemeente: str) -> str:
    """A list that a second person agreed with, and that was done."""
    made = await asked(door, gemeente)
    second = beheer(gemeente, "tweede")
    answer = await door("POST", f"/vernietigingen/{made}/akkoord", second)
    assert answer.status_code == 202, answer.text
    await zaken.work_all(handlers.DESTROYING)
    return made


async def due(door: Any, gemeente: str) -> dict[str, Any]:
    """The dry run."""
    answer = await door("GET", "/vernietigbare-zaken", beheer(gemeente))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_dry_run_tells_what_would_go_and_does_nothing(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Per kind, by number, without anything about the resident."""
    file = await zaken.sent(gemeente, persoon(61), persoon(62))
    await ended(zaken, file, 5.1)
    found = await due(door, gemeente)
    assert found["aantal"] == 2
    assert found["perSoort"] == [{"soort": "toegekend", "aantal": 2, "aantalGeblokkeerd": 0}]
    assert {one["zaaknummer"] for one in found["resultaten"]} == {
        row.data.zaaknummer for row in file.rows
    }
    assert "Tester" not in str(found)
    assert len(await zaken.table(tables.cases, gemeente)) == 2


@pytest.mark.parametrize(
    ("status", "years", "count"),
    [
        (CaseStatus.CLOSED, 4.9, 0),
        (CaseStatus.CLOSED, 5.1, 1),
        (CaseStatus.STOPPED, 0.9, 0),
        (CaseStatus.STOPPED, 1.1, 1),
        (CaseStatus.EXAMINED, 20, 0),
    ],
)
async def test_a_term_runs_from_the_end_of_a_case(
    zaken: Zaken, door: Any, gemeente: str, status: str, years: float, count: int
) -> None:
    """Five years after a decision, one after a stop; an open case is never old enough."""
    file = await zaken.sent(gemeente, persoon(63))
    await ended(zaken, file, years, status)
    assert (await due(door, gemeente))["aantal"] == count


async def test_an_objection_a_hold_or_an_open_batch_is_in_the_way(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Each is named, and asking finds nothing to destroy."""
    file = await zaken.sent(gemeente, persoon(64))
    (case,) = await ended(zaken, file, 9)
    person = user(gemeente, "coordinator", {Role.COORDINATOR})
    path = f"/zaken/{case}/bewaarblokkade"
    held = await door("POST", path, person, json={"reden": "Hoger beroep loopt"})
    assert held.json()["reden"] == "Hoger beroep loopt"
    assert (await door("POST", path, person, json={"reden": "Nog eens"})).status_code == 409
    (line,) = (await due(door, gemeente))["resultaten"]
    assert line["blokkade"] == "Er staat een bewaarblokkade op."
    answer = await door("POST", "/vernietigingen", beheer(gemeente), json={})
    assert (answer.status_code, answer.json()["type"].split(":")[-1]) == (
        409,
        "niets-te-vernietigen",
    )
    await door("POST", f"{path}/opheffing", person, json={"reden": "Uitspraak gedaan"})
    assert (await due(door, gemeente))["resultaten"][0]["blokkade"] is None
    told = [one["what"] for one in await zaken.rows(tables.timeline.select(), gemeente)]
    assert {"Bewaarblokkade gezet", "Bewaarblokkade opgeheven"} <= set(told)
    async with zaken.database.transaction(gemeente) as transaction:
        await transaction.connection.execute(
            sa.update(tables.cases).values(objection_at=transaction.now)
        )
    assert (await due(door, gemeente))["resultaten"][0]["blokkade"] == "Er is bezwaar gemaakt."


async def test_a_second_person_agrees(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Not who asked; and not twice."""
    file = await zaken.sent(gemeente, persoon(65))
    await ended(zaken, file, 9)
    made = await asked(door, gemeente)
    path = f"/vernietigingen/{made}"
    own = await door("POST", f"{path}/akkoord", beheer(gemeente))
    assert (own.status_code, own.json()["type"].split(":")[-1]) == (403, "eigen-vernietiging")
    second = beheer(gemeente, "tweede")
    assert (await door("POST", f"{path}/akkoord", second)).status_code == 202
    late = await door("POST", f"{path}/afwijzing", second, json={"reden": "Toch niet"})
    assert late.status_code == 409


async def test_what_was_refused_may_be_asked_again(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Until then it is in no second list."""
    file = await zaken.sent(gemeente, persoon(66))
    await ended(zaken, file, 9)
    made = await asked(door, gemeente)
    assert (await due(door, gemeente))["aantal"] == 0
    path = f"/vernietigingen/{made}/afwijzing"
    answer = await door("POST", path, beheer(gemeente, "tweede"), json={"reden": "Eerst vragen"})
    assert answer.json()["status"] == "afgewezen"
    assert len(await zaken.table(tables.cases, gemeente)) == 1
    assert await asked(door, gemeente) != made


async def test_a_destroyed_case_is_gone_and_stays_gone(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """No row names it but the register, and the same row of the file brings nothing back."""
    file = await zaken.sent(gemeente, persoon(67, "BEIDE"))
    (case,) = await ended(zaken, file, 9)
    made = await approved(zaken, door, gemeente)
    assert [one.data.zaakId for one in await zaken.told(ZaakVernietigd, gemeente)] == [case]
    left = (tables.cases, tables.persons, tables.deliveries, tables.timeline)
    assert [await zaken.table(table, gemeente) for table in left] == [[], [], [], []]
    again = file.rows[0]
    await zaken.feed(event_of(again.data, gemeente, actor=file.starter))
    assert await zaken.table(tables.cases, gemeente) == []
    (line,) = (await door("GET", f"/vernietigingen/{made}/zaken", beheer(gemeente))).json()[
        "resultaten"
    ]
    assert (line["zaaknummer"], line["soort"]) == (again.data.zaaknummer, "toegekend")
    assert bsn(67) not in str(line)
    fresh = File(gemeente)
    await zaken.feed(fresh.row(persoon(67)), fresh.confirmation())
    assert len(await zaken.table(tables.cases, gemeente)) == 1, "a new case is a new case"


async def test_a_batch_goes_on_counting_what_was_posted_and_came_back(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Else its letters would seem never to have been posted; of who is left they count once."""
    file = await zaken.sent(gemeente, *(persoon(number) for number in (73, 74, 75)))
    back, kept, _ = await ended(zaken, file, 9)
    letters = tables.deliveries.c
    async with zaken.database.transaction(gemeente) as transaction:
        run, day = transaction.connection.execute, transaction.now.date()
        await run(sa.update(tables.deliveries).values(posted_on=day))
        returned = sa.update(tables.deliveries).where(letters.case_id == back)
        await run(returned.values(returned_on=day, return_reason="verhuisd"))
    coordinator = user(gemeente, "coordinator", {Role.COORDINATOR})
    await door("POST", f"/zaken/{kept}/bewaarblokkade", coordinator, json={"reden": "Woo-verzoek"})
    await approved(zaken, door, gemeente)
    assert [one.id for one in await zaken.table(tables.cases, gemeente)] == [kept]
    told = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()["brieven"]
    assert (told["gepost"], told["retour"]) == (3, 1)


async def naming(zaken: Zaken, gemeente: str, case: UUID) -> set[str]:
    """The tables with a row that names a case, in whatever column."""
    found = set()
    async with zaken.database.transaction(gemeente) as transaction:
        for table in tables.metadata.sorted_tables:
            row = sa.cast(sa.literal_column(table.name), sa.Text)
            any_row = sa.exists().select_from(table).where(row.contains(str(case)))
            seen = await transaction.connection.execute(sa.select(any_row))
            if seen.scalar_one():
                found.add(table.name)
    return found


async def test_no_table_keeps_anything_of_a_destroyed_case(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Reminders, switches, corrections, tasks and decisions go too; register and tombstone stay."""
    file = await zaken.sent(gemeente, persoon(71, "EMAIL"))
    await zaken.feed(mailed((await by_channel(zaken, gemeente))["email"]))
    (one,) = await zaken.table(tables.cases, gemeente)
    who, path = user(gemeente), f"/zaken/{one.id}"
    corrected = {"versie": 1, "reden": "Aan de balie", "telefoon": "0687654321"}
    for method, door_of, body in (
        ("POST", "contactgegevens", corrected),
        ("PUT", "herinneringen", {"aan": False, "reden": "Op verzoek"}),
        ("POST", "taken", {"soort": "terugbellen", "toelichting": "Vraagt om uitleg"}),
        ("POST", "notities", {"tekst": "Belde vandaag"}),
    ):
        answer = await door(method, f"{path}/{door_of}", who, json=body)
        assert answer.status_code < 300, answer.text
    before = await naming(zaken, gemeente, one.id)
    assert before >= {"reminder_courses", "reminder_pauses", "contact_changes", "tasks", "persons"}
    await ended(zaken, file, 9)
    await approved(zaken, door, gemeente)
    assert await naming(zaken, gemeente, one.id) - LEFT_OF_IT == set()


async def test_a_list_is_done_when_every_service_answered(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Twice and in any order; the register says when each did."""
    file = await zaken.sent(gemeente, persoon(68))
    (case,) = await ended(zaken, file, 9)
    made = await approved(zaken, door, gemeente)
    path = f"/vernietigingen/{made}"
    for kind in (*reversed(ANSWERS), *ANSWERS):
        await zaken.feed(event_of(kind(zaakId=case), gemeente))
    await zaken.tick(handlers.end_destructions)
    assert (await door("GET", path, beheer(gemeente))).json()["status"] == "bezig"
    await zaken.feed(event_of(RijGewist(zaakId=case, batchId=file.id), gemeente))
    await zaken.tick(handlers.end_destructions)
    done = (await door("GET", path, beheer(gemeente))).json()
    assert (done["status"], done["aantalVernietigd"], done["aantalBewaard"]) == ("klaar", 1, 0)
    assert done["aangevraagdDoor"] != done["beslistDoor"]


async def test_what_changed_between_asking_and_destroying_is_kept(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """A hold that came in between wins, and the register says why."""
    file = await zaken.sent(gemeente, persoon(69), persoon(70))
    kept, _ = await ended(zaken, file, 9)
    made = await asked(door, gemeente)
    person = user(gemeente, "coordinator", {Role.COORDINATOR})
    await door("POST", f"/zaken/{kept}/bewaarblokkade", person, json={"reden": "Wob-verzoek"})
    await door("POST", f"/vernietigingen/{made}/akkoord", beheer(gemeente, "tweede"))
    await zaken.work_all(handlers.DESTROYING)
    assert [one.id for one in await zaken.table(tables.cases, gemeente)] == [kept]
    done = (await door("GET", f"/vernietigingen/{made}", beheer(gemeente))).json()
    assert done["aantalBewaard"] == 1


async def test_a_gemeente_chooses_its_own_terms(zaken: Zaken, door: Any, gemeente: str) -> None:
    """They count at once, also for cases of before; unknown kinds are refused by name."""
    file = await zaken.sent(gemeente, persoon(71))
    await ended(zaken, file, 6)
    who = beheer(gemeente)
    body = {"versie": 0, "termijnen": {"toegekend": 84}}
    answer = await door("PUT", "/bewaartermijnen", who, json=body)
    by_kind = {one["soort"]: one for one in answer.json()["termijnen"]}
    assert (by_kind["toegekend"]["maanden"], by_kind["toegekend"]["isAanname"]) == (84, False)
    assert (by_kind["gestopt"]["maanden"], by_kind["gestopt"]["isAanname"]) == (12, True)
    assert (await due(door, gemeente))["aantal"] == 0
    assert (await door("PUT", "/bewaartermijnen", who, json=body)).status_code == 409
    wrong = {"versie": 1, "termijnen": {"gekend": 1, "toegekend": -1}}
    refused = await door("PUT", "/bewaartermijnen", who, json=wrong)
    assert [one["name"] for one in refused.json()["invalidParams"]] == [
        "termijnen.gekend",
        "termijnen.toegekend",
    ]


async def test_a_batch_that_was_taken_back_has_its_own_term(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Its cases ended with the withdrawal."""
    file = await zaken.opened(gemeente, persoon(72))
    command = handlers.Withdraw(file.id, "Verkeerd bestand", is_replaced=False)
    await zaken.command(handlers.withdraw_batch, command, user(gemeente))
    await zaken.work_all("withdrawals")
    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.closed_at == case.changed_at
    async with zaken.database.transaction(gemeente) as transaction:
        past = transaction.now - timedelta(days=400)
        await transaction.connection.execute(sa.update(tables.cases).values(closed_at=past))
    assert (await due(door, gemeente))["perSoort"] == [
        {"soort": "ingetrokken", "aantal": 1, "aantalGeblokkeerd": 0}
    ]
    await approved(zaken, door, gemeente)
    gone = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert (gone["aantalZaken"], gone["aantalGestopt"]) == (1, 1), "they were stopped all the same"


def test_every_way_to_end_has_a_term() -> None:
    """The last term of a status fits whatever came of the case; an own term is no assumption."""
    shipped = terms.shipped()
    for status in (CaseStatus.CLOSED, CaseStatus.STOPPED):
        assert [term.result for term in shipped if term.status == status][-1] is None
    own = OwnTerms("9001", {"gestopt": 3}, 1, "beheer", None)  # type: ignore[arg-type]
    (changed,) = [term for term in chosen(shipped, own) if term.kind == "gestopt"]
    assert (changed.months, changed.is_assumed) == (3, False)


def test_answers_are_heard_even_about_what_is_gone() -> None:
    """Else a list would never be done."""
    for kind in (*ANSWERS, RijGewist):
        assert worker.SUBSCRIPTIONS[kind].even_destroyed
