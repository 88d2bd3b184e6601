"""The door for the rest of intake: a copy of a workbook, made in a child process."""

import json
from dataclasses import dataclass
from pathlib import Path

from services.intake.workbook.exits import REFUSED
from services.intake.workbook.files import COPY_FILE, COPY_SUMMARY_FILE
from services.intake.workbook.isolation import run_child
from services.intake.workbook.refusals import Refusal

_CHILD = "services.intake.workbook.copies.child"


@dataclass(frozen=True, slots=True)
class Made:
    """A copy that lies on the disk, and what it took to make it."""

    path: Path
    cpu_seconds: float
    peak_mib: float


async def copy_workbook(path: Path, marks: Path, folder: Path, kind: str) -> Made | Refusal:
    """Make a copy of the workbook at `path` in `folder`; `marks` is what its check left."""
    places = [str(place.resolve()) for place in (path, marks, folder)]
    ended = await run_child(_CHILD, [*places, kind], folder)
    if refusal := ended.refusal():
        return refusal
    summary = json.loads((folder / COPY_SUMMARY_FILE).read_bytes())
    if ended.status == REFUSED:
        return Refusal(**summary["refusal"])
    return Made(folder / COPY_FILE, summary["cpu_seconds"], summary["peak_mib"])
