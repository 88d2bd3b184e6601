"""What happens to letters after they were made: printed by choice, posted, returned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.documents import errors, handlers, queries, tables, waiting, withdrawing
from services.documents.domain import Office, PrintFile, print_files_of
from services.documents.domain.days import check_day
from services.documents.domain.printing import PrintOptions
from services.documents.domain.returned import ReturnedLetter
from shared.chassis.service import Item
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.codes import Purpose, ReturnReason
from shared.contracts.events import BriefGepost, BriefRetour, BriefRetourIngetrokken

POSTINGS = "postings"
#: Letters told in one transaction: a hundred thousand at once would hold the outbox for minutes.
CHUNK = 500
#: Five attempts failed for a reason of our own: somebody has to look first.
TRY_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PrintWaiting:
    """A colleague makes a print file of letters that wait; None means all (of the purpose)."""

    gemeente: str
    chosen: tuple[UUID, ...] | None
    purpose: Purpose | None
    options: PrintOptions


@dataclass(frozen=True, slots=True)
class Post:
    """A colleague brought a print file to the post, or says on which other day that was."""

    print_file_id: UUID
    posted_on: date
    reason: str | None
    #: Whether the letters that must not be posted were taken out; None when that was not said.
    taken_out: bool | None = None


@dataclass(frozen=True, slots=True)
class TakeReturn:
    """A letter came back; without a document the last one that was printed."""

    case_number: str
    document_id: UUID | None
    reason: ReturnReason
    returned_on: date
    remark: str | None


@dataclass(frozen=True, slots=True)
class UndoReturn:
    """The wrong letter was entered."""

    document_id: UUID
    reason: str


async def print_waiting(command: PrintWaiting, work: Work) -> dict[str, Any]:
    """Letters of single cases go into a print file; the lock on the office lets one at a time."""
    if work.found(Office, command.gemeente, by="code") is None:
        raise errors.NothingToPrint
    letters = await waiting.to_print(
        work.connection, work.gemeente, command.chosen, command.purpose
    )
    if command.chosen is not None and (missing := len(set(command.chosen)) - len(letters)):
        raise errors.LettersTaken(missing)
    if not letters:
        raise errors.NothingToPrint
    number = await waiting.last_number(work.connection, work.gemeente) + 1
    made = print_files_of(None, number, letters, command.options, now=work.now)
    handlers.place_print_files(made, work, priority=FOR_A_PERSON)
    return {"ids": [str(file.id) for file, _ in made]}


async def choose_options(chosen: PrintOptions, work: Work) -> None:
    """Print files that are made from now on follow it."""
    before = work.found(PrintOptions, chosen.id)
    if before is None:
        raise errors.BatchUnknown  # the id is taken elsewhere
    if chosen.version != before.version + 1:
        raise errors.OptionsChanged
    work.save(tables.print_options, chosen)


async def post(command: Post, work: Work) -> None:
    """A print file was posted: evidence for each of its letters, told in chunks."""
    file = work.found(PrintFile, command.print_file_id)
    if file is None:
        raise errors.PrintFileUnknown
    posted = file.posted(command.posted_on, command.reason, work.actor, work.now)
    if posted is file:
        return
    if file.posted_on is None:
        await _leave_out(file, command, work)
    work.save(tables.print_files, posted)
    before = None if file.posted_on is None else file.posted_on.isoformat()
    payload = {"printFileId": str(file.id), "posting": posted.postings, "before": before}
    _tell_next(uuid5(file.id, f"gepost|{posted.postings}"), {**payload, "after": 0}, work)


async def _leave_out(file: PrintFile, command: Post, work: Work) -> None:
    """Letters that must not be posted were taken out, or went after all: somebody says which."""
    pulled = await withdrawing.lock_to_pull(file, work)
    if pulled and command.taken_out is None:
        raise errors.LettersToPull([place for _, place in pulled])
    if command.taken_out:
        for letter, place in pulled:
            withdrawing.hold_back(letter, place.reason, work)


def _tell_next(item_id: UUID, payload: dict[str, Any], work: Work) -> None:
    work.enqueue(POSTINGS, item_id, payload, priority=FOR_A_PERSON)


async def nothing(_: Item, __: Any) -> None:
    """Telling is work for the database alone, so all of it happens in `tell_posted`."""


async def tell_posted(item: Item, _: None, work: Work) -> None:
    """Tell of the next letters when they were posted; a later correction tells it instead."""
    file = await queries.print_file(work.connection, UUID(item.payload["printFileId"]))
    if file is None or file.posted_on is None or file.postings != item.payload["posting"]:
        return
    after = item.payload["after"]
    rows = await waiting.letters_to_post(work.connection, work.gemeente, file.id, after, CHUNK)
    for row in rows:
        data = BriefGepost(
            zaakId=row["case_id"],
            documentId=row["id"],
            bezorgingId=row["delivery_id"],
            doel=row["purpose"],
            gepostDatum=file.posted_on,
            vorigeDatum=item.payload["before"],
        )
        work.record(data, sequence=file.postings)
    if len(rows) == CHUNK:
        _tell_next(uuid5(item.id, "next"), {**item.payload, "after": rows[-1]["place"]}, work)


async def try_telling_again(item: Item, _: str, work: Work) -> None:
    """Evidence is not given up: what could not be told waits for another try."""
    work.enqueue(
        POSTINGS, uuid5(item.id, "again"), item.payload, not_before=work.now + TRY_AGAIN_AFTER
    )


async def take_return(command: TakeReturn, work: Work) -> dict[str, Any]:
    """A letter came back."""
    letter = await _returned_letter(command, work)
    check_day(
        "retourDatum",
        command.returned_on,
        work.now,
        not_before=letter["posted_on"] or letter["printed_at"],
        since="de brief is gepost" if letter["posted_on"] else "de brief is afgedrukt",
    )
    before = await _return_of(letter["id"], work)
    if before is not None and before.stands:
        by = (await waiting.names(work.connection, [before.by])).get(before.by, "een collega")
        raise errors.AlreadyReturned(before.case_number, before.at, by)
    returned = ReturnedLetter(
        id=letter["id"],
        gemeente=work.gemeente,
        case_id=letter["case_id"],
        batch_id=letter["batch_id"],
        delivery_id=letter["delivery_id"],
        case_number=letter["case_number"],
        purpose=letter["purpose"],
        reason=command.reason,
        returned_on=command.returned_on,
        remark=command.remark,
        by=work.actor,
        at=work.now,
        news=1 if before is None else before.news + 1,
    )
    work.save(tables.returned_letters, returned)
    work.record(
        BriefRetour(**_about(returned), retourDatum=returned.returned_on), sequence=returned.news
    )
    return {"id": str(returned.id)}


async def _returned_letter(command: TakeReturn, work: Work) -> sa.RowMapping:
    """The letter that came back, locked; raises when there is none that can have."""
    rows = await waiting.printed_letters(work.connection, work.gemeente, command.case_number)
    if not rows:
        raise errors.NoLetterOfCase(command.case_number)
    chosen = [row for row in rows if command.document_id in {None, row["id"]}]
    if not chosen:
        raise errors.DocumentUnknown
    letter = chosen[0]
    if letter["printed_at"] is None:
        raise errors.NotPrintedYet(command.case_number)
    table = tables.documents
    await work.query(sa.select(table.c.id).where(table.c.id == letter["id"]).with_for_update())
    return letter


async def _return_of(document_id: UUID, work: Work) -> ReturnedLetter | None:
    table = tables.returned_letters
    row = (await work.query(sa.select(table).where(table.c.id == document_id))).mappings().first()
    return None if row is None else ReturnedLetter(**row)


async def undo_return(command: UndoReturn, work: Work) -> None:
    """A letter did not come back after all."""
    returned = work.found(ReturnedLetter, command.document_id)
    if returned is None:
        raise errors.ReturnUnknown
    undone = returned.undone(command.reason, work.actor, work.now)
    work.save(tables.returned_letters, undone)
    work.record(BriefRetourIngetrokken(**_about(undone)), sequence=undone.news)


def _about(returned: ReturnedLetter) -> dict[str, Any]:
    return {
        "zaakId": returned.case_id,
        "documentId": returned.id,
        "bezorgingId": returned.delivery_id,
        "doel": returned.purpose,
        "reden": returned.reason,
    }
