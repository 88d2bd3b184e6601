"""Runs the reading of a document in a child process with limits and without a network."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import traceback
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import structlog

from services.documents.docx.package import DocxRefused
from services.documents.docx.reading import Converted, read_docx
from shared.chassis.confinement import confine, tell_shared_network

log = structlog.get_logger()

MAX_DOCX = 5 * 1024 * 1024
#: A letter takes 60 MB; what asks for more than this is no letter.
MEMORY_LIMIT = 512 * 1024 * 1024
#: A letter takes a tenth of a second; a busy machine may need some seconds to start the process.
CPU_SECONDS = 15
PATIENCE = timedelta(seconds=30)


class DocxConversion:
    """Converts documents, one at a time in each process: they are rare and may be heavy."""

    def __init__(self) -> None:
        """Nothing runs until a document comes."""
        self._turn = asyncio.Lock()

    async def convert(self, content: bytes) -> Converted:
        """The letter in a document; raises DocxRefused."""
        if len(content) > MAX_DOCX:
            raise DocxRefused("te-groot")
        async with self._turn:
            return await asyncio.to_thread(_in_child, content)


def _in_child(content: bytes) -> Converted:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True, name="docx-reader")
    process.start()
    theirs.close()
    try:
        ours.send_bytes(content)
        if not ours.poll(PATIENCE.total_seconds()):
            raise DocxRefused("te-zwaar")
        is_alone, answer = ours.recv()
    except (EOFError, OSError) as error:  # the process died on it
        raise DocxRefused("te-zwaar") from error
    finally:
        process.kill()
        process.join()
        process.close()
        ours.close()
    if not is_alone:
        tell_shared_network("docx")
    if isinstance(answer, Unforeseen):
        log.error("document_unforeseen", error=answer.error, place=answer.place)
        raise DocxRefused("beschadigd")
    if isinstance(answer, DocxRefused):
        raise answer
    converted: Converted = answer
    return converted


def _serve(pipe: Connection) -> None:
    """Read one document and answer; whatever it does, it can do nothing else."""
    is_alone = confine()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    pipe.send((is_alone, _answer(pipe.recv_bytes())))


@dataclass(frozen=True, slots=True)
class Unforeseen:
    """What went wrong in a reader: which kind of error and where, never what it says."""

    error: str
    place: str

    @classmethod
    def of(cls, error: Exception) -> Unforeseen:
        """The error by its name, and the line that raised it: its text may quote the document."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        return cls(type(error).__name__, f"{Path(last.filename).name}:{last.lineno} {last.name}")


def _answer(content: bytes) -> Converted | DocxRefused | Unforeseen:
    try:
        return read_docx(content)
    except DocxRefused as refused:
        return refused
    except MemoryError:
        return DocxRefused("te-zwaar")
    except Exception as error:  # noqa: BLE001 - the library meets what nobody foresaw
        return Unforeseen.of(error)
