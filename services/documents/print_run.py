"""Builds a print file: fetches its letters, merges them, and stores PDF, ZIP and manifest.

Letters pass through a temporary folder that only this user may read and that is gone at the end;
merging happens in a process of its own. Whatever the number of letters, this process holds a few
of them at a time.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.documents import print_file, sealed_file
from services.documents.domain import PrintFile, PrintFileLetter, letter_key
from shared.chassis.bucket import Bucket
from shared.chassis.jobs import GoneWrong
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

    def __init__(self, bucket: Bucket, keys: KeyRing) -> None:
        self._bucket = bucket
        self._keys = keys

    async def build(self, item: Item, order: PrintOrder) -> Built:
        """Build one print file; raises GoneWrong when a letter of it cannot be read."""
        with tempfile.TemporaryDirectory(prefix="afdruk-") as name:
            folder = Path(name)
            letters = await self._fetch(order, folder)
            target = folder / "afdruk.pdf"
            try:
                made = await print_file.make_print_file(letters, target, double_sided=True)
            except print_file.LetterUnreadable as error:
                raise GoneWrong(str(error)) from error
            await self._store(order.file, "pdf", sealed_file.pieces_of(target), folder)
            await self._store(order.file, "zip", print_file.zip_letters(letters), folder)
            manifest = made.as_csv().encode()
            await self._bucket.put_sealed(order.file.key("csv"), manifest)
        log.info("print_file_built", item=str(item.id), letters=len(letters))
        return Built(order.file, made.totals, made.sha256)

    async def _fetch(self, order: PrintOrder, folder: Path) -> list[print_file.PrintLetter]:
        limit = asyncio.Semaphore(FETCHED_AT_ONCE)

        async def fetch(letter: PrintFileLetter) -> print_file.PrintLetter:
            async with limit:
                pdf = await self._bucket.get_sealed(letter_key(letter.gemeente, letter.document_id))
                if pdf is None:
                    raise GoneWrong(
                        f"De brief van zaak {letter.case_number} staat niet in de opslag. "
                        "Maak deze brief opnieuw en maak daarna het afdrukbestand."
                    )
                path = folder / f"{letter.place:06d}.pdf"
                await asyncio.to_thread(path.write_bytes, pdf)
                return print_file.PrintLetter(letter.place, letter.case_number, path)

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(fetch(letter)) for letter in order.letters]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None  # one is enough to try again, or to give up
        return [task.result() for task in tasks]

    async def _store(
        self, file: PrintFile, extension: str, content: Iterable[bytes], folder: Path
    ) -> None:
        """Seal content into a file beside the letters, store that, and take its room back."""
        key, sealed = file.key(extension), folder / f"{extension}.sealed"
        await asyncio.to_thread(sealed_file.seal_to_file, content, sealed, key, self._keys)
        await self._bucket.put_file(key, str(sealed), sealed_file.MEDIA_TYPE)
        sealed.unlink()
