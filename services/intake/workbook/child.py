"""The child process that opens the file: guard, read, check, write, within limits.

    python -m services.intake.workbook.child IN OUTDIR --gemeente CODE --today jjjj-mm-dd
        [--aliases JSON] [--before MARKS]

Writes summary.json, findings.ndjson, rows.ndjson and marks.bin into OUTDIR, and `rows <n>` to
standard output, before that `network shared` when the kernel did not let it leave the network.
Exit status 0: checked; 3: refused, summary.json says why; anything else: it died.
"""

import argparse
import datetime as dt
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from pydantic_core import to_json

from services.intake.contract.checking import SheetCheck, SheetChecker
from services.intake.contract.comparison import compare
from services.intake.contract.definition import load_contract
from services.intake.contract.findings import Findings, Group
from services.intake.contract.header import HEADER_ROW
from services.intake.contract.marks import Marks
from services.intake.contract.person import mark_wrong, row_number
from services.intake.workbook.exits import run_limited
from services.intake.workbook.files import FINDINGS_FILE, MARKS_FILE, ROWS_FILE, SUMMARY_FILE
from services.intake.workbook.guard import guard
from services.intake.workbook.limits import cpu_seconds, peak_mib
from services.intake.workbook.package import SheetPlace, find_sheet
from services.intake.workbook.reader import Row, SheetReader
from services.intake.workbook.refusals import Refusal, Refused

_PROGRESS_EVERY = 10_000
#: Kinds that the parent adds after the check: it compares them itself.
FOUND_ELSEWHERE = frozenset({"lopende-zaak"})


def main() -> int:
    """Check one file."""
    options = _parse(sys.argv[1:])

    def work() -> None:
        _write_summary(options.outdir, _check(options))

    def refuse(refusal: Refusal) -> None:
        usage = {"cpu_seconds": cpu_seconds(), "peak_mib": peak_mib()}
        _write_summary(options.outdir, {"refusal": asdict(refusal), **usage})

    return run_limited(work, refuse)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="services.intake.workbook.child")
    parser.add_argument("path", type=Path)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--gemeente", required=True)
    parser.add_argument("--aliases", type=json.loads, default={})
    parser.add_argument("--before", type=Path)
    parser.add_argument("--today", type=dt.date.fromisoformat, required=True)
    return parser.parse_args(arguments)


def _check(options: argparse.Namespace) -> dict[str, Any]:
    marks = guard(options.path)
    place = find_sheet(options.path)
    if place.part not in marks:
        raise Refused("geen-werkblad", "sheet outside the worksheets")
    reader = SheetReader(options.path, place, marks[place.part])
    contract = load_contract()
    findings = Findings(contract)
    checker = SheetChecker(
        contract,
        findings,
        aliases=options.aliases,
        today=options.today,
        since_1904=place.since_1904,
    )
    rows_path = options.outdir / ROWS_FILE
    with rows_path.open("wb") as file:
        checked = checker.check(_with_progress(reader.rows()), file.writelines)
    _mark_late(rows_path, checked.late_rows)
    hidden = _report_hidden(reader.hidden, checked, findings)
    _write_findings(options.outdir, findings)
    (options.outdir / MARKS_FILE).write_bytes(findings.marks.packed())
    return _summary(options, place, reader, checked, findings) | {
        "hidden_rows": hidden,
        "comparison": _compared(options.before, checked, findings),
    }


def _with_progress(rows: Iterable[Row]) -> Iterator[Row]:
    for count, row in enumerate(rows):
        if count and count % _PROGRESS_EVERY == 0:
            _tell(count)
        yield row


def _tell(count: int) -> None:
    sys.stdout.write(f"rows {count}\n")
    sys.stdout.flush()


def _mark_late(path: Path, late: set[int]) -> None:
    """Mark the rows that only proved wrong when the whole file was known."""
    if not late:
        return
    marked = path.with_suffix(".marked")
    with path.open("rb") as source, marked.open("wb") as target:
        target.writelines(_marked(source, late))
    marked.replace(path)


def _marked(lines: BinaryIO, late: set[int]) -> Iterator[bytes]:
    for line in lines:
        yield mark_wrong(line) if row_number(line) in late else line


def _report_hidden(hidden: list[int], checked: SheetCheck, findings: Findings) -> int:
    rows = [row for row in hidden if HEADER_ROW < row <= checked.last_row]
    for row in rows:
        findings.add("rij-verborgen", None, row, "een verborgen rij")
    return len(rows)


def _write_findings(outdir: Path, findings: Findings) -> None:
    with (outdir / FINDINGS_FILE).open("wb") as file:
        file.writelines(to_json(finding) + b"\n" for finding in findings.in_row_order())


def _compared(
    before: Path | None, checked: SheetCheck, findings: Findings
) -> dict[str, int] | None:
    """What became of the errors of the file before this one; None when there is none to read."""
    if before is None:
        return None
    try:
        marks = Marks.unpacked(before.read_bytes())
    except ValueError:
        return None
    if not (marks.is_complete and findings.marks.is_complete):
        return None
    return asdict(compare(marks, findings.marks, checked.identities, leaving_out=FOUND_ELSEWHERE))


def _summary(
    options: argparse.Namespace,
    place: SheetPlace,
    reader: SheetReader,
    checked: SheetCheck,
    findings: Findings,
) -> dict[str, Any]:
    return {
        "gemeente": options.gemeente,
        "contract_version": load_contract().version,
        "sheet": place.name,
        "other_sheets": place.others,
        "reader": "exact" if reader.is_exact else "snel",
        "columns": checked.columns,
        "rows": checked.rows,
        "wrong_rows": len(checked.wrong_rows),
        "ways": checked.ways,
        "indications": checked.indications,
        "counts": findings.counts,
        "groups": [_group(group, checked.rows) for group in findings.groups()],
        "cpu_seconds": cpu_seconds(),
        "peak_mib": peak_mib(),
    }


def _group(group: Group, rows: int) -> dict[str, Any]:
    return {
        "kind": group.kind.code,
        "severity": group.kind.severity,
        "title": group.kind.title,
        "column": group.column,
        "expected": group.expected,
        "message": group.message,
        "count": group.count,
        "stored": len(group.stored),
        "ranges": group.ranges,
        "ranges_complete": group.ranges_complete,
        "is_systematic": group.is_systematic(rows),
    }


def _write_summary(outdir: Path, summary: dict[str, Any]) -> None:
    (outdir / SUMMARY_FILE).write_bytes(to_json(summary))


if __name__ == "__main__":
    sys.exit(main())
