"""The door for the rest of intake: check a workbook in a child process, or say why not.

Whatever the file does to the child (abort, endless work, all memory), the caller gets a Refusal
with a clear message, and nothing is left behind.
"""

import asyncio
import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from pydantic import TypeAdapter

from services.intake.contract.definition import load_contract
from services.intake.contract.header import UnknownAliasTarget
from services.intake.workbook.child import OUT_OF_MEMORY, REFUSED, SHARED_NETWORK
from services.intake.workbook.files import SUMMARY_FILE
from services.intake.workbook.outcome import CheckResult, Summary
from services.intake.workbook.refusals import MESSAGES, Refusal
from shared.chassis.confinement import tell_shared_network

WALL_CLOCK = dt.timedelta(seconds=120)  # the CPU limit is 60 s; a busy machine may take twice that
_MAX_STDERR = 4_096
_ROOT = Path(__file__).resolve().parents[3]
_OUT_OF_TIME = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
_OUT_OF_MEMORY = frozenset({-signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS, OUT_OF_MEMORY})

OnProgress = Callable[[int], Awaitable[None]]


async def check_workbook(
    path: Path,
    workdir: Path,
    *,
    gemeente: str,
    aliases: Mapping[str, str],
    on_progress: OnProgress,
    today: dt.date | None = None,
    wall_clock: dt.timedelta = WALL_CLOCK,
) -> CheckResult | Refusal:
    """Check the workbook at `path`; files of the result lie in a new directory under `workdir`.

    `aliases` maps a gemeente's own header names to columns of the contract. `on_progress` hears the
    number of rows read so far. `today` is the day that dates of birth are held against.
    """
    _check_aliases(aliases)
    directory = Path(tempfile.mkdtemp(prefix="controle-", dir=workdir))
    outcome: CheckResult | Refusal | None = None
    try:
        command = _command(path, directory, gemeente, aliases, today)
        outcome = await _run(command, directory, on_progress, wall_clock)
    finally:
        if not isinstance(outcome, CheckResult):
            shutil.rmtree(directory, ignore_errors=True)
    return outcome


def _check_aliases(aliases: Mapping[str, str]) -> None:
    for name in aliases.values():
        if name not in load_contract().columns:
            raise UnknownAliasTarget(f"De kolom {name} bestaat niet; verbeter de kolomaliassen.")


def _command(
    path: Path, directory: Path, gemeente: str, aliases: Mapping[str, str], today: dt.date | None
) -> list[str]:
    day = today or dt.datetime.now(tz=dt.UTC).astimezone().date()
    return [
        sys.executable,
        "-s",
        "-m",
        "services.intake.workbook.child",
        str(path.resolve()),
        str(directory.resolve()),
        f"--gemeente={gemeente}",
        f"--today={day.isoformat()}",
        f"--aliases={json.dumps(dict(aliases))}",
    ]


async def _run(
    command: list[str], directory: Path, on_progress: OnProgress, wall_clock: dt.timedelta
) -> CheckResult | Refusal:
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=_clean_environment(),
        cwd=directory,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(wall_clock.total_seconds()):
            _, said, status = await asyncio.gather(
                _follow(process.stdout, on_progress), _first_words(process.stderr), process.wait()
            )
    except TimeoutError:
        return Refusal("te-veel-tijd", MESSAGES["te-veel-tijd"], "wall clock")
    finally:
        await _end(process)
    return _outcome(status, said, directory)


def _clean_environment() -> dict[str, str]:
    """Hand over nothing of ours: no secrets, no proxies; only where the program lies."""
    return {
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "MALLOC_ARENA_MAX": "1",
    }


async def _follow(stdout: asyncio.StreamReader | None, on_progress: OnProgress) -> None:
    while stdout and (line := await stdout.readline()):
        said = line.decode("ascii", "replace").strip()
        if said == SHARED_NETWORK:
            tell_shared_network("workbook")
        word, _, count = said.partition(" ")
        if word == "rows" and count.isdigit():
            await on_progress(int(count))


async def _first_words(stderr: asyncio.StreamReader | None) -> str:
    said = b""
    while stderr and (block := await stderr.read(_MAX_STDERR)):
        said = (said + block)[:_MAX_STDERR]
    return said.decode("utf-8", "replace").strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill what still runs, with everything it may have started, and reap it."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


def _outcome(status: int, said: str, directory: Path) -> CheckResult | Refusal:
    if status == REFUSED:
        refusal = json.loads((directory / SUMMARY_FILE).read_bytes())["refusal"]
        return Refusal(**refusal)
    if status in _OUT_OF_MEMORY:
        return Refusal("te-veel-geheugen", MESSAGES["te-veel-geheugen"], f"exit {status}")
    if status in _OUT_OF_TIME:
        return Refusal("te-veel-tijd", MESSAGES["te-veel-tijd"], f"exit {status}")
    if status != 0:
        detail = f"exit {status}: {said.splitlines()[-1] if said else ''}"
        return Refusal("controle-mislukt", MESSAGES["controle-mislukt"], detail)
    summary = (directory / SUMMARY_FILE).read_bytes()
    return CheckResult(directory, TypeAdapter(Summary).validate_json(summary))
