"""Puts an inzage together: asks every service for its share, and writes one ZIP of all.

Whatever breaks it off (a kill, a service that is away), it is begun anew: reading twice harms
nobody, and half a file is never shown. Nothing readable lies on a disk: the ZIP is sealed while it
grows. It is written for the resident, so all of it goes past `Eyes` first.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog

from services.gateway import queries, seals, tables
from services.gateway.domain import AuditEntry
from services.gateway.inzage import reading
from services.gateway.inzage.archive import Archive
from services.gateway.inzage.front_page import Chapter, Section, front_page
from services.gateway.inzage.rules import Eyes, Inzage, Made, Status
from services.gateway.inzage.shares import Share, Shares
from services.gateway.routes import Part
from services.gateway.upstream import Upstream
from shared.chassis.bucket import Bucket
from shared.chassis.database import Database
from shared.chassis.jobs import GoneWrong
from shared.chassis.scratch import Scratch
from shared.chassis.sealed_file import MEDIA_TYPE
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.inzage import Inzagepersoon, Inzagezaak

#: The line of the logboek about each case that was read for this.
ACTION = "inzageVerzamelen"
FRONT = "lees-mij.html"
GONE = "De zaak is intussen vernietigd. Er zijn geen gegevens meer om in te zien."

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Collecting:
    """The slow work of making the file of one inzage."""

    upstream: Upstream
    bucket: Bucket
    keys: KeyRing
    scratch: Scratch
    database: Database

    async def prepare(self, items: Sequence[Item], work: Work) -> Mapping[Any, Inzage]:
        """The inzagen that are still to be made."""
        found = await reading.by_ids(work, [item.id for item in items])
        return {inzage.id: inzage for inzage in found if inzage.is_open}

    async def perform(self, item: Item, inzage: Inzage) -> Made:
        """Make the file; it lies in the store when this returns. Raises GoneWrong, Transient."""
        try:
            return await self._make(item, inzage)
        except GoneWrong:
            # an attempt that was killed after it stored its file may have left one
            await self.bucket.delete(inzage.key)
            raise

    async def _make(self, item: Item, inzage: Inzage) -> Made:
        shares = Shares.of(self.upstream, inzage.gemeente, item.traceparent)
        person = await shares.person(inzage.case_id, inzage.who)
        if person is None:
            raise GoneWrong(GONE)
        with self.scratch.folder() as folder:
            path = folder / "inzage.zip"
            with Archive(path, inzage.key, self.keys) as archive:
                made = await _Making(self, shares, inzage, person, archive).make()
            await self.bucket.put_file(inzage.key, str(path), MEDIA_TYPE)
        log.info("inzage_made", inzage=str(inzage.id), cases=len(person.zaken), bytes=made.size)
        return made


@dataclass
class _Making:
    """One file that grows."""

    by: Collecting
    shares: Shares
    inzage: Inzage
    person: Inzagepersoon
    archive: Archive
    done: int = 0
    total: int = 0
    chapters: list[Chapter] = field(default_factory=list)

    async def make(self) -> Made:
        """All cases, then the logboek (so that it holds this reading), then the front page."""
        eyes = Eyes(self.person.bsn)
        self.total = len(self.person.zaken) + 1
        await self._note_reading()
        for case in self.person.zaken:
            await self._add_case(case, eyes)
        await self._add_logboek(eyes)
        made_on = f"{datetime.now(seals.ZONE):%d-%m-%Y}"
        person = self.person
        page = front_page(eyes.masked(person.naam), person.bsn, made_on, self.chapters)
        self.archive.add(FRONT, page.encode())
        size, sha256 = self.archive.finish()
        ids = [str(case.zaakId) for case in person.zaken]
        return Made(ids, self.total, size, sha256)

    async def _add_case(self, case: Inzagezaak, eyes: Eyes) -> None:
        """What every service has about the person in one case."""
        place = f"{case.zaaknummer}-{case.wie}"
        shares = [share async for share in self._shares(case)]
        self.total += sum(len(share.files) for share in shares)
        sections: list[Section] = []
        data: list[str] = []
        files: list[str] = []
        missing: list[str] = []
        for share in shares:
            seen = eyes.seen(share.parts)
            sections += _sections(seen)
            data.append(f"gegevens/{place}/{share.part}.json")
            self.archive.add(data[-1], _as_json(seen))
            async for name, is_there in self._files(share, place):
                (files if is_there else missing).append(name)
        self.chapters.append(
            Chapter(place, f"Zaak {case.zaaknummer} ({case.wie})", sections, data, files, missing)
        )
        await self._progress()

    async def _shares(self, case: Inzagezaak) -> AsyncIterator[Share]:
        for part in self.shares.PARTS:
            share = await self.shares.share(part, case)
            if share is None and part is Part.CASES:
                raise GoneWrong(GONE)
            if share is not None:
                yield share

    async def _files(self, share: Share, place: str) -> AsyncIterator[tuple[str, bool]]:
        """Each file by its name in the ZIP, and whether it was in the store."""
        for name, path in share.files:
            whole = f"bestanden/{place}/{name}"
            pieces = await self.shares.file(share.part, path)
            if pieces is not None:
                await self.archive.add_pieces(whole, pieces)
            yield whole, pieces is not None
            await self._progress()

    async def _add_logboek(self, eyes: Eyes) -> None:
        """Who looked at or changed what, as kept for all cases of this person."""
        numbers = {str(case.zaakId): case.zaaknummer for case in self.person.zaken}
        inzage = self.inzage
        async with self.by.database.transaction(inzage.gemeente) as tx:
            rows = await reading.logboek_of(tx, inzage.gemeente, list(numbers))
        lines = [
            eyes.seen({**line, "zaaknummer": numbers[case]})
            for case, line in map(reading.logboek_line, rows)
        ]
        name = "gegevens/logboek.json"
        title = "Wie keek of iets deed"
        self.archive.add(name, _as_json([{"titel": title, "regels": lines}]))
        sections = [Section(title, "Ook elke keer dat iemand alleen keek.", lines)]
        self.chapters.append(Chapter("logboek", "Logboek", sections, [name], []))
        await self._progress()

    async def _note_reading(self) -> None:
        """One line per case, before anything of it is read."""
        inzage = self.inzage
        entries = [
            AuditEntry(
                actor=inzage.asked_by,
                gemeente=inzage.gemeente,
                action=ACTION,
                object=f"/inzagen/{inzage.id}",
                result=200,
                origin="-",
                trace_id=None,
                case_id=str(case.zaakId),
                reason=inzage.reason,
            )
            for case in self.person.zaken
        ]
        async with self.by.database.transaction(inzage.gemeente) as tx:
            await queries.write_audit(tx, *entries)
        await self._tell()

    async def _progress(self) -> None:
        self.done += 1
        await self._tell()

    async def _tell(self) -> None:
        """Say how far it is. Who lost the claim tells it too, which harms nobody."""
        row = tables.inzagen.c
        statement = (
            sa.update(tables.inzagen)
            .where(row.id == self.inzage.id, row.status.in_((Status.ASKED, Status.BUSY)))
            .values(status=Status.BUSY, done=self.done, total=self.total)
        )
        async with self.by.database.transaction(self.inzage.gemeente) as tx:
            await tx.connection.execute(statement)


def _sections(parts: Sequence[Mapping[str, Any]]) -> Iterator[Section]:
    for part in parts:
        yield Section(part["titel"], part["uitleg"], part["regels"])


def _as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()
