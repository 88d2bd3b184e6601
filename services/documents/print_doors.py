"""The HTTP doors of printing by choice: what waits, how it is printed, when it was posted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.documents import posting, tables, waiting
from services.documents.answers import Afdrukbestand, DocumentAntwoord
from services.documents.api import OPENERS, Page, print_file_of
from services.documents.domain.printing import (
    LARGEST_PART,
    SMALLEST_PART,
    PrintOptions,
    PrintOrdering,
    default_options_id,
)
from shared.chassis.identity import Identity
from shared.chassis.loads import Load
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Purpose, Role

router = APIRouter(tags=["afdrukbestanden"])

#: As many as a page of the list shows, a few times over; more is "all".
MOST_CHOSEN = 5_000
TOO_LATE: dict[int | str, dict[str, Any]] = {
    409: {"description": "Dit kan niet meer, of nog niet; de uitleg zegt waarom"}
}


class Afdrukopties(BaseModel):
    """How letters are printed."""

    model_config = ConfigDict(extra="forbid")

    volgorde: PrintOrdering = PrintOrdering.FILE
    dubbelzijdig: bool = True
    splitsenBij: int | None = Field(None, ge=SMALLEST_PART, le=LARGEST_PART)
    scheidingsbladElke: int | None = Field(None, ge=1, le=LARGEST_PART)

    def chosen(self, options_id: UUID, gemeente: str, version: int = 1) -> PrintOptions:
        """These options, for the rules."""
        return PrintOptions(
            options_id,
            gemeente,
            self.volgorde,
            self.dubbelzijdig,
            self.splitsenBij,
            self.scheidingsbladElke,
            version,
        )


class GekozenAfdrukopties(Afdrukopties):
    """How letters are printed, and whether that was chosen for this batch."""

    eigenKeuze: bool

    @classmethod
    def of(cls, options: PrintOptions, *, is_own: bool) -> GekozenAfdrukopties:
        """Options as they are kept."""
        return cls(
            volgorde=PrintOrdering(options.ordering),
            dubbelzijdig=options.double_sided,
            splitsenBij=options.split_at,
            scheidingsbladElke=options.separator_every,
            eigenKeuze=is_own,
        )


class WachtendDoel(BaseModel):
    """The letters of one purpose that wait."""

    doel: Purpose
    aantal: int
    oudsteOp: datetime


class TePrinten(BaseModel):
    """Letters of single cases that wait for a print file, the oldest first."""

    aantal: int
    pagina: int
    oudsteOp: datetime | None
    perDoel: list[WachtendDoel]
    resultaten: list[DocumentAntwoord]


class NieuwAfdrukbestand(BaseModel):
    """Which letters to print; without a choice all that wait."""

    model_config = ConfigDict(extra="forbid")

    documentIds: Annotated[list[UUID], Field(min_length=1, max_length=MOST_CHOSEN)] | None = None
    doel: Purpose | None = None
    opties: Afdrukopties = Field(default_factory=Afdrukopties)


class GemaakteAfdrukbestanden(BaseModel):
    """The print file that is being made; several when it has parts."""

    resultaten: list[Afdrukbestand]


class Geposting(BaseModel):
    """When a print file was brought to the post."""

    model_config = ConfigDict(extra="forbid")

    gepostDatum: date
    reden: (
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]
        | None
    ) = None
    nietPostenEruit: bool | None = None


class MetZaak(BaseModel):
    """Which case, and of which batch it is."""

    model_config = ConfigDict(extra="forbid")

    zaakId: UUID
    batchId: UUID | None = None


class AfdrukbestandenMetZaak(BaseModel):
    """The print files that a letter of the case is in."""

    afdrukbestandIds: list[UUID]


@router.get("/te-printen")
async def list_waiting(
    doors: TheDoors, who: Who, page: Page, doel: Purpose | None = None
) -> TePrinten:
    """Letters of single cases that are in no print file yet."""
    who.require(*OPENERS)
    async with doors.database.transaction(who.gemeente) as tx:
        counts = await waiting.counts(tx.connection, who.gemeente)
        total, rows = await waiting.page(
            tx.connection, who.gemeente, doel, page.page, page.per_page
        )
    return TePrinten(
        aantal=total,
        pagina=page.page,
        oudsteOp=min((one.oldest for one in counts), default=None),
        perDoel=[
            WachtendDoel(doel=Purpose(one.purpose), aantal=one.many, oudsteOp=one.oldest)
            for one in counts
        ],
        resultaten=[DocumentAntwoord.of(row) for row in rows],
    )


@router.post("/afdrukbestanden", status_code=202, responses=TOO_LATE)
async def make_print_file(
    doors: TheDoors, who: Who, run: Run, new: NieuwAfdrukbestand
) -> GemaakteAfdrukbestanden:
    """Make a print file of letters that wait: the chosen ones, or all."""
    who.require(*OPENERS)
    options = new.opties.chosen(default_options_id(who.gemeente), who.gemeente)
    chosen = None if new.documentIds is None else tuple(new.documentIds)
    command = posting.PrintWaiting(who.gemeente, chosen, new.doel, options)
    office = Load(tables.offices, lambda _: who.gemeente, column="code")
    made = await run(posting.print_waiting, command, loads=[office])
    files = [await print_file_of(doors, who.gemeente, UUID(each)) for each in made["ids"]]
    return GemaakteAfdrukbestanden(resultaten=[Afdrukbestand.of(file) for file in files])


@router.post("/afdrukbestanden/{bestandId}/gepost", responses=TOO_LATE)
async def post_print_file(
    doors: TheDoors,
    who: Who,
    run: Run,
    bestandId: UUID,  # noqa: N803 - the wire's name
    body: Geposting,
) -> Afdrukbestand:
    """Confirm on which day it was posted: evidence for each letter. Again, with a reason: other."""
    who.require(*OPENERS)
    command = posting.Post(bestandId, body.gepostDatum, body.reden, body.nietPostenEruit)
    await run(posting.post, command, loads=[Load(tables.print_files, lambda _: bestandId)])
    return Afdrukbestand.of(await print_file_of(doors, who.gemeente, bestandId))


@router.post("/afdrukbestanden-met-zaak")
async def find_print_files(doors: TheDoors, who: Who, body: MetZaak) -> AfdrukbestandenMetZaak:
    """For the gateway: the print files that a letter of a case is in, or was before it was gone."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        found = await waiting.print_files_with(
            tx.connection, who.gemeente, body.zaakId, body.batchId
        )
    return AfdrukbestandenMetZaak(afdrukbestandIds=found)


@router.get("/afdrukopties")
async def show_default_options(doors: TheDoors, who: Who) -> GekozenAfdrukopties:
    """How the letters of a batch are printed, unless something else is chosen for it."""
    who.require(*OPENERS)
    return await _default_options(doors, who.gemeente)


@router.put("/afdrukopties", responses=TOO_LATE)
async def choose_default_options(
    doors: TheDoors, who: Who, run: Run, body: Afdrukopties
) -> GekozenAfdrukopties:
    """Choose how the letters of batches are printed from now on."""
    who.require(Role.COORDINATOR)
    await _choose(doors, who, run, default_options_id(who.gemeente), body)
    return await _default_options(doors, who.gemeente)


@router.get("/batches/{batchId}/afdrukopties")
async def show_options(doors: TheDoors, who: Who, batchId: UUID) -> GekozenAfdrukopties:  # noqa: N803 - the wire's name
    """How the next print file of a batch is printed."""
    who.require(*OPENERS)
    return await _options(doors, who.gemeente, batchId)


@router.put("/batches/{batchId}/afdrukopties", responses=TOO_LATE)
async def choose_options(
    doors: TheDoors,
    who: Who,
    run: Run,
    batchId: UUID,  # noqa: N803 - the wire's name
    body: Afdrukopties,
) -> GekozenAfdrukopties:
    """Choose how the next print file of a batch is printed; one that was made stays as it is."""
    who.require(*OPENERS)
    await _choose(doors, who, run, batchId, body)
    return await _options(doors, who.gemeente, batchId)


async def _choose(
    doors: Doors, who: Identity, run: Any, options_id: UUID, body: Afdrukopties
) -> None:
    async with doors.database.transaction(who.gemeente) as tx:
        before = await waiting.options(tx.connection, options_id)
    version = before.version + 1 if before else 1
    stub = Load(
        tables.print_options,
        lambda _: options_id,
        stub=lambda _: PrintOptions(options_id, who.gemeente),
    )
    command = body.chosen(options_id, who.gemeente, version)
    await run(posting.choose_options, command, loads=[stub])


async def _options(doors: Doors, gemeente: str, batch_id: UUID) -> GekozenAfdrukopties:
    async with doors.database.transaction(gemeente) as tx:
        found = await waiting.options_of_batch(tx.connection, gemeente, batch_id)
    return GekozenAfdrukopties.of(found, is_own=found.id == batch_id)


async def _default_options(doors: Doors, gemeente: str) -> GekozenAfdrukopties:
    default = default_options_id(gemeente)
    async with doors.database.transaction(gemeente) as tx:
        found = await waiting.options(tx.connection, default)
    return GekozenAfdrukopties.of(
        found or PrintOptions(default, gemeente), is_own=found is not None
    )
