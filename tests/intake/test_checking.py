"""What a check leaves: findings, groups, refusals; and what happens when it is interrupted."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.intake import tables
from shared.chassis import tables as chassis
from shared.chassis import work_queue
from shared.contracts.events import RijAangeboden
from tests.intake.colleague import Changes, Intake

WRONG: Changes = {
    3: {"ACHTERNAAM": None},
    4: {"BSN": "999990018"},
    6: {"ACHTERNAAM": None, "COMM_VOORK": "FAX"},
}


async def _lose_claims(intake: Intake) -> None:
    """Let every lease of this gemeente end, as after a kill."""
    items = chassis.work_items
    async with intake.bench.database.transaction() as transaction:
        await transaction.connection.execute(
            sa.update(items)
            .where(items.c.gemeente == intake.gemeente)
            .values(leased_until=sa.func.clock_timestamp() - timedelta(seconds=1))
        )


async def test_every_error_of_every_row_is_found_and_grouped(intake: Intake) -> None:
    """Rows, columns and counts are those of the mistakes that were made."""
    upload = await intake.checked(intake.workbook(8, WRONG))
    assert (upload["aantalRijen"], upload["aantalGoed"], upload["aantalFout"]) == (8, 5, 3)
    assert upload["aantalFouten"] == 4
    groups = {(g["soort"], g["kolom"]): (g["aantal"], g["rijen"]) for g in upload["groepen"]}
    assert groups["verplicht-leeg", "ACHTERNAAM"] == (2, [[3, 3], [6, 6]])
    page = await intake.call("GET", f"/uploads/{upload['id']}/bevindingen?ernst=fout")
    assert [(f["rij"], f["kolom"]) for f in page["resultaten"]] == [
        (3, "ACHTERNAAM"),
        (4, "BSN"),
        (6, "ACHTERNAAM"),
        (6, "COMM_VOORK"),
    ]
    assert "999990018" not in str(page)


async def test_findings_are_filtered_and_paged(intake: Intake) -> None:
    """A page holds what was asked for, and the total is that of the filter."""
    upload = await intake.checked(intake.workbook(8, WRONG))
    path = f"/uploads/{upload['id']}/bevindingen"
    page = await intake.call("GET", f"{path}?soort=verplicht-leeg&pagina=2&perPagina=1")
    assert page["aantal"] == 2
    assert [finding["rij"] for finding in page["resultaten"]] == [6]
    await intake.call("GET", f"{path}?ernst=erg", status=400)
    await intake.call("GET", f"{path}?pagina=0", status=400)


async def test_a_person_with_an_open_case_is_an_error_that_names_it(intake: Intake) -> None:
    """For the resident and for the partner, in the order of the rows."""
    partner: dict[str, object] = {
        "PARTNER_BSN": "999990032",
        "PARTNER_VOORLETTERS": "P.",
        "PARTNER_ACHTERNAAM": "Voorbeeld",
        "PARTNER_GEBOORTEDATUM": "01-02-1960",
    }
    intake.has_open_case("999990019", "HO-2025-000007")
    intake.has_open_case("999990032", "HO-2025-000008")
    changes: dict[int, dict[str, object]] = {
        3: {"ACHTERNAAM": None},
        4: {"BSN": "999990019"},
        5: partner,
        6: {"GEBOORTEDATUM": None},
    }
    upload = await intake.checked(intake.workbook(6, changes))
    page = await intake.call("GET", f"/uploads/{upload['id']}/bevindingen?ernst=fout")
    found = [(f["rij"], f["kolom"], f["soort"]) for f in page["resultaten"]]
    assert found == [
        (3, "ACHTERNAAM", "verplicht-leeg"),
        (4, "BSN", "lopende-zaak"),
        (5, "PARTNER_BSN", "lopende-zaak"),
        (6, "GEBOORTEDATUM", "verplicht-leeg"),
    ]
    assert "HO-2025-000007" in page["resultaten"][1]["gevonden"]
    assert (upload["aantalFout"], upload["aantalFouten"]) == (4, 4)
    await intake.confirm(upload["id"], status=409)


async def test_an_open_case_of_another_gemeente_is_not_seen(intake: Intake) -> None:
    """The question is asked for one gemeente."""
    intake.has_open_case("999990019", "HO-2025-000007")
    intake.cases.open["other"] = intake.cases.open.pop(intake.gemeente)
    upload = await intake.checked(intake.workbook(2, {2: {"BSN": "999990019"}}))
    assert upload["aantalFouten"] == 0


async def test_questions_to_cases_stay_small(intake: Intake) -> None:
    """At most a thousand indexes go into one request, and all are asked."""
    await intake.checked(intake.workbook(2500))
    sizes = intake.cases.asked[intake.gemeente]
    assert max(sizes) <= 1000
    assert sum(sizes) > 2500


async def test_without_cases_the_check_waits_and_goes_on_later(intake: Intake) -> None:
    """Nobody's file is refused because a neighbour is away."""
    intake.cases.away.add(intake.gemeente)
    sent = await intake.send(intake.workbook(2))
    await intake.bench.work_all("checks")
    upload = await intake.call("GET", f"/uploads/{sent['id']}")
    assert upload["status"] == "controleren"
    intake.cases.away.discard(intake.gemeente)
    async with asyncio.timeout(20):
        # The next try comes after some seconds.
        while not await intake.bench.work_all("checks"):
            await asyncio.sleep(0.2)
    upload = await intake.call("GET", f"/uploads/{sent['id']}")
    assert (upload["status"], upload["aantalGoed"]) == ("gecontroleerd", 2)


async def test_a_check_that_was_killed_is_done_again_without_doubles(intake: Intake) -> None:
    """The successor's outcome counts; the late one of the first is dropped."""
    await intake.bench.work_all("checks")
    sent = await intake.send(intake.workbook(5, WRONG))
    queue = intake.bench.service.queues["checks"]
    items = await work_queue.claim(intake.bench.database, "checks", 1, queue.lease)
    assert queue.prepare is not None
    async with intake.bench.database.transaction(intake.gemeente) as transaction:
        work = intake.bench.jobs._work(transaction, items[0])  # noqa: SLF001
        prepared = await queue.prepare(items, work)
    late = await queue.perform(items[0], prepared[items[0].id])

    await _lose_claims(intake)
    assert await intake.bench.work_all("checks") >= 1
    first = await intake.call("GET", f"/uploads/{sent['id']}/bevindingen")
    await intake.bench.jobs._record("checks", queue, [(items[0], late)])  # noqa: SLF001
    second = await intake.call("GET", f"/uploads/{sent['id']}/bevindingen")
    assert first == second
    stored = await intake.rows(sa.select(tables.findings))
    assert len(stored) == first["aantal"]


async def test_a_check_that_is_stopped_half_way_leaves_no_file_behind(intake: Intake) -> None:
    """Cancelled while the child reads, redone, confirmed: every row once."""
    sent = await intake.send(intake.workbook(3000))
    running = asyncio.create_task(intake.bench.work_all("checks"))
    async with asyncio.timeout(10):
        while not intake.work_folders():
            await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not intake.work_folders()
    await _lose_claims(intake)
    await intake.bench.work_all("checks")
    await intake.confirm(sent["id"])
    await intake.bench.work_all("frames")
    assert len(await intake.events(RijAangeboden)) == 3000


async def test_a_damaged_workbook_is_refused_with_a_reason(intake: Intake) -> None:
    """It starts as a ZIP, so only the check can tell."""
    upload = await intake.checked(intake.workbook(3)[:-300])
    assert upload["status"] == "geweigerd"
    assert upload["reden"] == (
        "Het bestand is niet volledig overgekomen. Sla het opnieuw op en upload opnieuw."
    )
    problem = await intake.confirm(upload["id"], status=409)
    assert "geweigerd" in problem["detail"]


async def test_a_file_that_left_the_store_is_refused_with_a_reason(intake: Intake) -> None:
    """The colleague is asked to upload it again."""
    sent = await intake.send(intake.workbook(1))
    await intake.bucket.delete(f"{intake.gemeente}/uploads/{sent['id']}.xlsx")
    await intake.bench.work_all("checks")
    upload = await intake.call("GET", f"/uploads/{sent['id']}")
    assert upload["reden"] == "Het bestand is niet goed bewaard. Upload het opnieuw."


async def test_the_same_file_again_is_a_warning_with_when_and_by_whom(intake: Intake) -> None:
    """It can still be confirmed; the warning comes first."""
    content = intake.workbook(2)
    await intake.checked(content)
    again = await intake.checked(content)
    page = await intake.call("GET", f"/uploads/{again['id']}/bevindingen")
    first = page["resultaten"][0]
    assert (first["soort"], first["ernst"]) == ("bestand-eerder-geupload", "waarschuwing")
    assert "Sam Bakker" in first["gevonden"]
    assert again["aantalWaarschuwingen"] >= 1
    await intake.confirm(again["id"])


async def test_progress_is_told_while_the_check_runs(intake: Intake) -> None:
    """The upload says that it is being checked, and how many rows were read in the end."""
    sent = await intake.send(intake.workbook(12_000))
    running = asyncio.create_task(intake.bench.work_all("checks"))
    seen: set[Any] = set()
    async with asyncio.timeout(60):
        while not running.done():
            upload = await intake.call("GET", f"/uploads/{sent['id']}")
            seen.add((upload["status"], upload["voortgangRijen"]))
            await asyncio.sleep(0.02)
    await running
    assert ("controleren", 10_000) in seen
    upload = await intake.call("GET", f"/uploads/{sent['id']}")
    assert (upload["status"], upload["voortgangRijen"]) == ("gecontroleerd", 12_000)
