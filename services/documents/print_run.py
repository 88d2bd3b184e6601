"""Builds a print file: fetches its letters, merges them, and stores PDF, ZIP and manifest.

Letters lie in a scratch folder as they lie in the store: sealed. They are opened one at a time, in
the process that merges them, and what it writes is sealed too. Whatever the number of letters, no
process holds more than a few of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.documents import print_file
from services.documents.domain import PrintFile, PrintFileLetter, letter_key
from shared.chassis.bucket import Bucket
from shared.chassis.jobs import GoneWrong
from shared.chassis.scratch import Scratch
from shared.chassis.sealed_file import MEDIA_TYPE
from shared.chassis.sealing import KeyRing
from shared.chassis.service import Item

#: Letters fetched at once: as many as the store's client has connections.
FETCHED_AT_ONCE = 8

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PrintOrder:
    """A print file to build, with its letters in the order of printing."""

    file: PrintFile
    letters: Sequence[PrintFileLetter]


@dataclass(frozen=True, slots=True)
class Built:
    """A print file that lies in the store, with its totals."""

    file: PrintFile
    totals: print_file.Totals
    sha256: str


class PrintRun:
    """Builds print files, from the store into the store."""

    def __init__(self, bucket: Bucket, keys: KeyRing, scratch: Scratch) -> None:
        self._bucket = bucket
        self._keys = keys
        self._scratch = scratch

    async def build(self, item: Item, order: PrintOrder) -> Built:
        """Build one print file; raises GoneWrong when a letter of it cannot be read."""
        file = order.file
        layout = print_file.Layout(file.double_sided, file.separator_every)
        with self._scratch.folder() as folder:
            letters = await self._fetch(order, folder)
            pdf, archive = [
                print_file.Target(folder / f"afdruk.{kind}", file.key(kind))
                for kind in ("pdf", "zip")
            ]
            try:
                made = await print_file.make_print_file(letters, pdf, archive, self._keys, layout)
            except print_file.LetterUnreadable as error:
                raise GoneWrong(str(error)) from error
            for target in (pdf, archive):
                await self._bucket.put_file(target.key, str(target.path), MEDIA_TYPE)
            await self._bucket.put_sealed(file.key("csv"), made.as_csv().encode())
        log.info("print_file_built", item=str(item.id), letters=len(letters))
        return Built(file, made.totals, made.sha256)

    async def _fetch(self, order: PrintOrder, folder: Path) -> list[print_file.PrintLetter]:
        """Fetch the sealed letters, a few at a time."""
        waiting = iter(order.letters)
        fetched: list[print_file.PrintLetter] = []

        async def fetch() -> None:
            for letter in waiting:
                key = letter_key(letter.gemeente, letter.document_id)
                path = folder / f"{letter.place:06d}.sealed"
                if not await self._bucket.get_to_file(key, str(path)):
                    raise GoneWrong(
                        f"De brief van zaak {letter.case_number} staat niet in de opslag. "
                        "Maak deze brief opnieuw en maak daarna het afdrukbestand."
                    )
                fetched.append(print_file.PrintLetter(letter.place, letter.case_number, path, key))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(FETCHED_AT_ONCE):
                    group.create_task(fetch())
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # one is enough to try again, or to give up
        return sorted(fetched, key=lambda letter: letter.sequence)
