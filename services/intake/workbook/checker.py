"""The door for the rest of intake: check a workbook in a child process, or say why not.

Whatever the file does to the child (abort, endless work, all memory), the caller gets a Refusal
with a clear message, and nothing is left behind.
"""

import datetime as dt
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import TypeAdapter

from services.intake.contract.definition import load_contract
from services.intake.contract.header import UnknownAliasTarget
from services.intake.workbook.exits import REFUSED
from services.intake.workbook.files import SUMMARY_FILE
from services.intake.workbook.isolation import WALL_CLOCK, OnProgress, run_child
from services.intake.workbook.outcome import CheckResult, Summary
from services.intake.workbook.refusals import Refusal

_CHILD = "services.intake.workbook.child"


async def check_workbook(
    path: Path,
    workdir: Path,
    *,
    gemeente: str,
    aliases: Mapping[str, str],
    on_progress: OnProgress,
    today: dt.date | None = None,
    before: Path | None = None,
    wall_clock: dt.timedelta = WALL_CLOCK,
) -> CheckResult | Refusal:
    """Check the workbook at `path`; files of the result lie in a new directory under `workdir`.

    `aliases` maps a gemeente's own header names to columns of the contract. `on_progress` hears the
    number of rows read so far. `today` is the day that dates of birth are held against. `before`
    holds the marks of the upload that this one corrects.
    """
    _check_aliases(aliases)
    directory = Path(tempfile.mkdtemp(prefix="controle-", dir=workdir))
    outcome: CheckResult | Refusal | None = None
    try:
        arguments = _arguments(path, directory, gemeente, aliases, today, before)
        ended = await run_child(
            _CHILD, arguments, directory, on_progress=on_progress, wall_clock=wall_clock
        )
        outcome = ended.refusal() or _outcome(ended.status, directory)
    finally:
        if not isinstance(outcome, CheckResult):
            shutil.rmtree(directory, ignore_errors=True)
    return outcome


def _check_aliases(aliases: Mapping[str, str]) -> None:
    for name in aliases.values():
        if name not in load_contract().columns:
            raise UnknownAliasTarget(f"De kolom {name} bestaat niet; verbeter de kolomaliassen.")


def _arguments(
    path: Path,
    directory: Path,
    gemeente: str,
    aliases: Mapping[str, str],
    today: dt.date | None,
    before: Path | None,
) -> list[str]:
    day = today or dt.datetime.now(tz=dt.UTC).astimezone().date()
    return [
        str(path.resolve()),
        str(directory.resolve()),
        f"--gemeente={gemeente}",
        f"--today={day.isoformat()}",
        f"--aliases={json.dumps(dict(aliases))}",
        *([f"--before={before.resolve()}"] if before else []),
    ]


def _outcome(status: int, directory: Path) -> CheckResult | Refusal:
    summary = (directory / SUMMARY_FILE).read_bytes()
    if status == REFUSED:
        return Refusal(**json.loads(summary)["refusal"])
    return CheckResult(directory, TypeAdapter(Summary).validate_json(summary))
