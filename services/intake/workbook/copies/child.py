"""The child process that makes a copy of a workbook, within the limits of a check.

    python -m services.intake.workbook.copies.child IN MARKS OUTDIR KIND

KIND is `gemarkeerd` or `foute-rijen`. Writes copy.xlsx and copy.json into OUTDIR. Exit status
0: made; 3: refused, copy.json says why; anything else: it died.
"""

import sys
from dataclasses import asdict
from pathlib import Path

from pydantic_core import to_json

from services.intake.contract.marks import Marks
from services.intake.workbook.copies.marked import mark_workbook
from services.intake.workbook.copies.wrong_rows import write_wrong_rows
from services.intake.workbook.exits import run_limited
from services.intake.workbook.files import COPY_FILE, COPY_SUMMARY_FILE
from services.intake.workbook.limits import cpu_seconds, peak_mib
from services.intake.workbook.package import find_sheet
from services.intake.workbook.refusals import Refusal

_WRITERS = {"gemarkeerd": mark_workbook, "foute-rijen": write_wrong_rows}


def main() -> int:
    """Make one copy."""
    source, marks, folder = map(Path, sys.argv[1:4])
    writer = _WRITERS[sys.argv[4]]

    def tell(**told: object) -> None:
        usage = {"cpu_seconds": cpu_seconds(), "peak_mib": peak_mib()}
        (folder / COPY_SUMMARY_FILE).write_bytes(to_json(told | usage))

    def work() -> None:
        found = Marks.unpacked(marks.read_bytes())
        count = writer(source, folder / COPY_FILE, find_sheet(source), found)
        tell(count=count)

    def refuse(refusal: Refusal) -> None:
        tell(refusal=asdict(refusal))

    return run_limited(work, refuse)


if __name__ == "__main__":
    sys.exit(main())
