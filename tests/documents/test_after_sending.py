"""After sending: what waits to be printed, how, when it was posted, and what came back."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pypdf
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import handlers, posting, tables
from shared.chassis import tables as chassis
from shared.contracts.codes import Role
from shared.contracts.events import (
    AfdrukbestandGereed,
    BriefGepost,
    BriefRetour,
    BriefRetourIngetrokken,
    DocumentMislukt,
)
from tests.documents import office
from tests.support.parts import Bench, new_gemeente

TODAY = datetime.now(UTC).date()


def single(gemeente: str, place: int, **address: str) -> Any:
    """An order for a letter of one case, to an address."""
    event = office.order(gemeente, uuid4(), place, values={**office.EXAMPLE, **address})
    return replace(event, data=event.data.model_copy(update={"batchId": None}))


async def waiting_letters(documents: Bench, gemeente: str, *orders: Any) -> None:
    """Letters of single cases that are made."""
    await documents.feed(office.settings(gemeente))
    for order in orders:
        await documents.feed(order)
    await documents.work_all(handlers.LETTERS)


async def printed(documents: Bench, user: Any, **wish: Any) -> list[dict[str, Any]]:
    """Print files of all that waits, built."""
    answer = await user.post("/v1/afdrukbestanden", json=wish)
    assert answer.status_code == 202, answer.text
    await documents.work_all(handlers.PRINT_FILES)
    ids = [each["id"] for each in answer.json()["resultaten"]]
    return [(await user.get(f"/v1/afdrukbestanden/{each}")).json() for each in ids]


async def manifest(user: Any, file: dict[str, Any]) -> list[dict[str, str]]:
    """The lines of a print file's manifest."""
    answer = await user.get(f"/v1/afdrukbestanden/{file['id']}/manifest")
    return list(csv.DictReader(io.StringIO(answer.text), delimiter=";"))


async def test_letters_of_single_cases_wait_until_somebody_prints_them(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Counted with the oldest; in one print file only, numbered within the gemeente."""
    await waiting_letters(documents, gemeente, *(single(gemeente, n) for n in (1, 2, 3)))
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        listed = (await user.get("/v1/te-printen?perPagina=2")).json()
        chosen = [listed["resultaten"][1]["id"]]
        (first,) = await printed(documents, user, documentIds=chosen)
        again = await user.post("/v1/afdrukbestanden", json={"documentIds": chosen})
        (second,) = await printed(documents, user)
        empty = await user.post("/v1/afdrukbestanden", json={})
        left = (await user.get("/v1/te-printen")).json()
        files = (await user.get("/v1/afdrukbestanden")).json()
    assert (listed["aantal"], len(listed["resultaten"])) == (3, 2)
    assert listed["perDoel"][0] | {"oudsteOp": ""} == {
        "doel": "uitnodiging",
        "aantal": 3,
        "oudsteOp": "",
    }
    assert listed["oudsteOp"] == listed["resultaten"][0]["afgerondOp"]
    assert [(f["naam"], f["aantalBrieven"], f["status"]) for f in (first, second)] == [
        ("1", 1, "gereed"),
        ("2", 2, "gereed"),
    ]
    assert (again.status_code, empty.status_code) == (409, 409)
    assert "1 van de gekozen brieven" in again.json()["detail"]
    assert left["aantal"] == 0
    assert [f["naam"] for f in files["resultaten"]] == ["2", "1"]
    assert await office.told(documents, gemeente, AfdrukbestandGereed) == []
    async with office.client(stack, documents, new_gemeente(), Role.BEHANDELAAR) as other:
        assert (await other.get("/v1/afdrukbestanden")).json()["aantal"] == 0
    inside = await documents.rows(sa.select(tables.print_file_letters), gemeente)
    assert len(inside) == 3


async def test_of_two_print_files_at_once_one_has_the_letters(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Each letter is in one of them; the other colleague hears that there is nothing left."""
    await waiting_letters(documents, gemeente, *(single(gemeente, n) for n in (1, 2, 3)))
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        answers = await asyncio.gather(
            *(user.post("/v1/afdrukbestanden", json={}) for _ in range(4))
        )
    made = [one.json()["resultaten"] for one in answers if one.status_code == 202]
    late = [one.json()["detail"] for one in answers if one.status_code == 409]
    assert (len(made), len(late)) == (1, 3), [one.text for one in answers]
    assert [file["aantalBrieven"] for file in made[0]] == [3]
    assert all("geen brieven" in detail.lower() for detail in late), late
    inside = await documents.rows(sa.select(tables.print_file_letters), gemeente)
    assert len({row["document_id"] for row in inside}) == len(inside) == 3


async def test_by_postcode_in_parts_with_separators_every_total_is_right(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Each part is a file of its own with its own totals; no letter is split or lost."""
    streets = [("9999 ZZ", "1"), ("1000 AA", "12"), ("1000 AA", "2"), ("1000AA", "2 B")]
    orders = [
        single(gemeente, n, POSTCODE=postcode, HUISNUMMER=number)
        for n, (postcode, number) in enumerate(streets * 3, start=1)
    ]
    await waiting_letters(documents, gemeente, *orders)
    wish = {"volgorde": "postcode", "splitsenBij": 10, "scheidingsbladElke": 4}
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        files = await printed(documents, user, opties=wish)
        lines = [await manifest(user, file) for file in files]
        content = [
            (await user.get(f"/v1/afdrukbestanden/{file['id']}/pdf")).content for file in files
        ]
    assert [(f["naam"], f["aantalBrieven"], f["aantalScheidingsbladen"]) for f in files] == [
        ("1a", 10, 3),
        ("1b", 2, 1),
    ]
    numbers = [line["zaaknummer"] for part in lines for line in part]
    places = [int(number[-6:]) for number in numbers]
    assert [place % 4 for place in places] == [3] * 3 + [0] * 3 + [2] * 3 + [1] * 3
    assert sorted(places) == list(range(1, 13))
    for file, part, pdf in zip(files, lines, content, strict=True):
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        own = file["aantalPaginas"] + file["aantalBlanco"] + file["aantalScheidingsbladen"]
        assert len(pages) == own
        assert len(pages) == 2 * file["aantalVellen"]
        assert "Scheidingsblad" in pages[0].extract_text()
        assert part[0]["zaaknummer"] in pages[0].extract_text()
        for line in part:
            first = int(line["eerstePagina"])
            assert first % 2 == 1
            assert line["zaaknummer"] in pages[first - 1].extract_text()


async def test_a_batch_follows_the_choice_made_for_it(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Its own choice goes before that of the gemeente; parts of one file share its number."""
    batch = uuid4()
    async with office.client(stack, documents, gemeente, Role.COORDINATOR) as user:
        wish = {"dubbelzijdig": False}
        assert (await user.put("/v1/afdrukopties", json=wish)).json()["eigenKeuze"] is True
        shown = (await user.get(f"/v1/batches/{batch}/afdrukopties")).json()
        own = {"dubbelzijdig": False, "scheidingsbladElke": 1}
        chosen = await user.put(f"/v1/batches/{batch}/afdrukopties", json=own)
        wrong = await user.put(f"/v1/batches/{batch}/afdrukopties", json={"splitsenBij": 0})
        await documents.feed(office.settings(gemeente), office.approval(gemeente, batch, 1))
        await documents.feed(office.order(gemeente, batch, 1))
        await documents.work_all(handlers.LETTERS)
        await documents.tick(handlers.order_print_files)
        await documents.work_all(handlers.PRINT_FILES)
        listed = (await user.get(f"/v1/afdrukbestanden?batchId={batch}")).json()
    assert (shown["dubbelzijdig"], shown["eigenKeuze"]) == (False, False)
    assert (chosen.status_code, wrong.status_code) == (200, 400)
    (file,) = listed["resultaten"]
    assert (file["aantalBlanco"], file["aantalScheidingsbladen"]) == (0, 1)
    assert file["aantalVellen"] == file["aantalPaginas"] + 1
    (event,) = await office.told(documents, gemeente, AfdrukbestandGereed)
    assert event["aantalVellen"] == file["aantalVellen"]


async def test_posted_on_is_evidence_for_each_letter_and_is_corrected_with_a_reason(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Not in the future, not before it was made; told once per letter, again when corrected."""
    await waiting_letters(documents, gemeente, *(single(gemeente, n) for n in (1, 2)))
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        (file,) = await printed(documents, user)
        address = f"/v1/afdrukbestanden/{file['id']}/gepost"
        early, late = TODAY - timedelta(days=1), TODAY + timedelta(days=2)
        refused = [
            await user.post(address, json={"gepostDatum": str(day)}) for day in (early, late)
        ]
        answers = [await user.post(address, json={"gepostDatum": str(TODAY)}) for _ in range(2)]
        assert await documents.work_all(posting.POSTINGS) == 1
        async with documents.database.transaction(gemeente) as transaction:
            made = file["gereedOp"]
            await transaction.connection.execute(
                sa.update(tables.print_files).values(
                    ended_at=datetime.fromisoformat(made) - timedelta(days=3)
                )
            )
        silent = await user.post(address, json={"gepostDatum": str(early)})
        mended = await user.post(
            address, json={"gepostDatum": str(early), "reden": "Gisteren al opgehaald"}
        )
        await documents.work_all(posting.POSTINGS)
    assert [r.json()["invalidParams"][0]["code"] for r in refused] == [
        "datum-te-vroeg",
        "datum-in-toekomst",
    ], refused[0].text
    assert [a.status_code for a in answers] == [200, 200]
    assert (silent.status_code, mended.status_code) == (400, 200)
    assert mended.json()["gepostReden"] == "Gisteren al opgehaald"
    told = await office.told(documents, gemeente, BriefGepost)
    assert [(e["gepostDatum"], e["vorigeDatum"]) for e in told] == [
        *[(str(TODAY), None)] * 2,
        *[(str(early), str(TODAY))] * 2,
    ]
    assert len({e["documentId"] for e in told}) == 2


async def test_a_returned_letter_is_found_by_case_number_and_taken_once(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Unknown, not printed, and returned already each have their own answer; undone with reason."""
    await waiting_letters(documents, gemeente, single(gemeente, 1))
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:

        async def back(number: str, **more: Any) -> Any:
            body = {"zaaknummer": number, "reden": "verhuisd", "retourDatum": str(TODAY), **more}
            return await user.post("/v1/retourpost", json=body)

        unknown, unprinted = await back("HO-2026-999999"), await back("HO-2026-000001")
        await printed(documents, user)
        future = await back("HO-2026-000001", retourDatum=str(TODAY + timedelta(days=2)))
        other = await back("HO-2026-000001", documentId=str(uuid4()))
        taken, twice = await back(" ho-2026-000001 "), await back("HO-2026-000001")
        letter = taken.json()["id"]
        undo = f"/v1/retourpost/{letter}/intrekking"
        undone = await user.post(undo, json={"reden": "Verkeerd nummer getypt"})
        undone_twice = await user.post(undo, json={"reden": "Verkeerd nummer getypt"})
        again = await back("HO-2026-000001", documentId=letter, reden="onbekend")
        listed = (await user.get("/v1/retourpost?zaaknummer=HO-2026-000001")).json()
    codes = [a.status_code for a in (unknown, unprinted, future, other, taken, twice)]
    assert codes == [404, 409, 400, 404, 201, 409]
    assert "typefout" in unknown.json()["detail"]
    assert "door Sam" in twice.json()["detail"]
    assert [a.status_code for a in (undone, undone_twice, again)] == [200, 409, 201]
    assert undone.json()["ingetrokkenReden"] == "Verkeerd nummer getypt"
    assert [(r["reden"], r["ingetrokkenOp"]) for r in listed["resultaten"]] == [("onbekend", None)]
    assert [e["reden"] for e in await office.told(documents, gemeente, BriefRetour)] == [
        "verhuisd",
        "onbekend",
    ]
    assert len(await office.told(documents, gemeente, BriefRetourIngetrokken)) == 1
    async with office.client(stack, documents, new_gemeente(), Role.BEHANDELAAR) as stranger:
        assert (await stranger.get(f"/v1/retourpost/{letter}")).status_code == 404
        assert (await stranger.post(undo, json={"reden": "Niet van mij"})).status_code == 404


async def test_nothing_is_printed_or_made_for_who_died(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """What waits stays out of print files and a later order fails with the reason."""
    first = single(gemeente, 1)
    await waiting_letters(documents, gemeente, first)
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        await printed(documents, user)
        second, third = [
            replace(
                first,
                id=uuid4(),
                data=first.data.model_copy(
                    update={"bezorgingId": uuid4(), "pogingId": UUID(int=first.id.int + n)}
                ),
            )
            for n in (1, 2)
        ]
        await waiting_letters(documents, gemeente, second)
        body = {"zaaknummer": "HO-2026-000001", "reden": "overleden", "retourDatum": str(TODAY)}
        assert (await user.post("/v1/retourpost", json=body)).status_code == 201
        assert (await user.get("/v1/te-printen")).json()["aantal"] == 0
        await waiting_letters(documents, gemeente, third)
    (failed,) = await office.told(documents, gemeente, DocumentMislukt)
    assert "overleden" in failed["reden"]


async def test_a_large_print_file_is_told_in_chunks(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """A correction meanwhile ends the telling of the older date."""
    many = posting.CHUNK + 1
    file = uuid4()
    letters = [uuid4() for _ in range(many)]
    async with documents.database.transaction(gemeente) as transaction:
        await rows_of_a_file(transaction.connection, gemeente, file, letters)
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as user:
        address = f"/v1/afdrukbestanden/{file}/gepost"
        await user.post(address, json={"gepostDatum": str(TODAY)})
        assert await documents.work(posting.POSTINGS) == 1
        early = {"gepostDatum": str(TODAY - timedelta(days=1)), "reden": "Een dag eerder"}
        assert (await user.post(address, json=early)).status_code == 200
        await documents.work_all(posting.POSTINGS)
    told = await office.told(documents, gemeente, BriefGepost)
    assert len(told) == posting.CHUNK + many
    last = {event["documentId"]: event["gepostDatum"] for event in told}
    assert set(last.values()) == {early["gepostDatum"]}
    assert len(last) == many
    waiting = await documents.rows(
        sa.select(chassis.work_items).where(chassis.work_items.c.done_at.is_(None)), gemeente
    )
    assert waiting == []


async def rows_of_a_file(connection: Any, gemeente: str, file: UUID, letters: list[UUID]) -> None:
    """A print file that is ready, without the work of drawing its letters."""
    when = datetime.now(UTC) - timedelta(days=5)
    await connection.execute(
        sa.insert(tables.print_files).values(
            id=file,
            gemeente=gemeente,
            number=1,
            state="gereed",
            letters=len(letters),
            asked_at=when,
            ended_at=when,
            version=2,
            part=1,
            parts=1,
            ordering="bestand",
            double_sided=True,
            postings=0,
        )
    )
    letter = {"gemeente": gemeente, "purpose": "uitnodiging", "state": "gemaakt", "round": 1}
    rows = [
        letter
        | {
            "id": each,
            "case_id": each,
            "delivery_id": each,
            "case_number": f"HO-2026-{place:06d}",
            "place": place,
            "asked_at": when,
        }
        for place, each in enumerate(letters, start=1)
    ]
    await connection.execute(sa.insert(tables.documents), rows)
    inside = [
        {
            "document_id": row["id"],
            "gemeente": gemeente,
            "print_file_id": file,
            "place": row["place"],
            "case_number": row["case_number"],
        }
        for row in rows
    ]
    await connection.execute(sa.insert(tables.print_file_letters), inside)
