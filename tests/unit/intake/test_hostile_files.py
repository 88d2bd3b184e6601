"""What is no workbook, or means harm, is refused quickly, cheaply and by name."""

import asyncio
import datetime as dt
import json
import signal
import sys
from pathlib import Path

import psutil
import pytest

from examples.residents import write_workbook
from services.intake.workbook import limits
from services.intake.workbook.checker import check_workbook
from services.intake.workbook.refusals import MESSAGES, Refusal
from tests.unit.intake.hostile import HOSTILE, write_hostile
from tests.unit.intake.workbooks import GOOD_ROW, write

MAX_SECONDS, MAX_MIB = 5, 300
ROOT = Path(__file__).resolve().parents[3]


async def ignore(_: int) -> None:
    """Hear no progress."""


async def run_child(path: Path, outdir: Path) -> tuple[int, dict[str, object]]:
    """Run the child as an operator would, and return its status and its summary."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.intake.workbook.child", str(path), str(outdir),
        "--gemeente=voorbeeldstad", "--today=2026-11-22",
        cwd=ROOT, stdout=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    status = await process.wait()
    return status, json.loads((outdir / "summary.json").read_text())


@pytest.fixture(scope="module")
def residents_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a file that is large enough to be interrupted: 25,000 rows take a second."""
    path = tmp_path_factory.mktemp("residents") / "upload.xlsx"
    write_workbook(path, rows=25_000)
    return path


def left_in(directory: Path) -> list[Path]:
    """Return what lies in a directory."""
    return list(directory.iterdir())


def children_of(path: Path) -> list[psutil.Process]:
    """Return our child processes that check this file."""
    children = psutil.Process().children()
    return [child for child in children if str(path.resolve()) in child.cmdline()]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_by_name(name: str, tmp_path: Path) -> None:
    """In 5 seconds and 300 MiB by the child's own account."""
    path = tmp_path / "upload.xlsx"
    code = write_hostile(name, path)
    status, summary = await run_child(path, tmp_path)
    assert status == 3
    refusal = summary["refusal"]
    assert isinstance(refusal, dict)
    assert refusal["code"] == code
    assert refusal["message"] == MESSAGES[code]
    assert float(str(summary["cpu_seconds"])) <= MAX_SECONDS
    assert float(str(summary["peak_mib"])) <= MAX_MIB


async def test_a_file_over_50_megabytes_is_refused(tmp_path: Path) -> None:
    """Without reading it: the file is sparse."""
    path = tmp_path / "upload.xlsx"
    with path.open("wb") as file:
        file.truncate((50 << 20) + 1)
    status, summary = await run_child(path, tmp_path)
    assert (status, summary["refusal"]["code"]) == (3, "te-groot")  # type: ignore[index]


@pytest.mark.parametrize("name", ["csv", "corner", "docx"])
async def test_a_refusal_leaves_nothing_behind(name: str, tmp_path: Path) -> None:
    """The caller gets the reason, the disk gets its space back."""
    path, workdir = tmp_path / "upload.xlsx", tmp_path / "work"
    workdir.mkdir()
    code = write_hostile(name, path)
    outcome = await check_workbook(
        path, workdir, gemeente="voorbeeldstad", aliases={}, on_progress=ignore
    )
    assert isinstance(outcome, Refusal)
    assert outcome.code == code
    assert left_in(workdir) == []


async def test_a_check_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    """The child is killed, and nothing is left behind."""
    path = write(tmp_path / "upload.xlsx", [list(GOOD_ROW), list(GOOD_ROW.values())])
    workdir = tmp_path / "work"
    workdir.mkdir()
    outcome = await check_workbook(
        path,
        workdir,
        gemeente="voorbeeldstad",
        aliases={},
        on_progress=ignore,
        wall_clock=dt.timedelta(milliseconds=1),
    )
    assert isinstance(outcome, Refusal)
    assert outcome.code == "te-veel-tijd"
    assert left_in(workdir) == []
    assert children_of(path) == []


@pytest.mark.parametrize(
    ("death", "code"),
    [
        (signal.SIGABRT, "te-veel-geheugen"),
        (signal.SIGSEGV, "te-veel-geheugen"),
        (signal.SIGXCPU, "te-veel-tijd"),
        (signal.SIGKILL, "te-veel-tijd"),
        (signal.SIGTERM, "controle-mislukt"),
    ],
)
async def test_a_child_that_dies_is_a_refusal(
    residents_file: Path, tmp_path: Path, death: signal.Signals, code: str
) -> None:
    """Whatever kills it, here in the middle of its rows."""

    async def kill(_: int) -> None:
        for child in children_of(residents_file):
            child.send_signal(death)

    outcome = await check_workbook(
        residents_file, tmp_path, gemeente="voorbeeldstad", aliases={}, on_progress=kill
    )
    assert isinstance(outcome, Refusal)
    assert outcome.code == code
    assert left_in(tmp_path) == []


async def test_a_check_that_is_cancelled_leaves_nothing_behind(
    residents_file: Path, tmp_path: Path
) -> None:
    """A worker that must stop takes its child and its files with it."""
    started = asyncio.Event()

    async def note(_: int) -> None:
        started.set()

    task = asyncio.create_task(
        check_workbook(
            residents_file, tmp_path, gemeente="voorbeeldstad", aliases={}, on_progress=note
        )
    )
    await asyncio.wait_for(started.wait(), timeout=30)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert children_of(residents_file) == []
    assert left_in(tmp_path) == []


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("bytearray(1 << 30)", "MemoryError"),
        ("import socket; socket.socket().connect(('127.0.0.1', 9))", "PermissionError"),
        ("import subprocess; subprocess.run(['/bin/true'])", "PermissionError"),
        ("[open('/dev/null') for _ in range(40)]", "OSError"),
    ],
)
async def test_the_walls_of_the_child_hold(program: str, expected: str) -> None:
    """Memory, network, other programs and open files, with the limits of the child itself."""
    source = f"from services.intake.workbook.limits import apply_limits; apply_limits(); {program}"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", source, cwd=ROOT, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode != 0
    assert expected in said.decode()
    assert limits.MAX_MEMORY < 1 << 30
