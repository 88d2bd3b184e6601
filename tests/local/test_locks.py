"""What a service imports is in its own lock: its image holds nothing else."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "deploy" / "requirements"
PINNED = re.compile(r"^(?P<name>[a-z0-9][\w.-]*)==(?P<version>[^\s;]+)", re.MULTILINE)
LOCKS = sorted(REQUIREMENTS.glob("*.txt"))
OURS = {"services", "shared", "deploy", "examples", "tests"}
# Lock -> folders whose code runs where only that lock is installed.
RUNS_ON = {
    "base": ["shared/chassis", "shared/contracts"],
    "intake": ["services/intake"],
    "cases": ["services/cases"],
    "documents": ["services/documents", "shared/templating"],
    "mailer": ["services/mailer", "shared/templating"],
    "communications": ["services/communications"],
    "gateway": ["services/gateway"],
    "up": ["services", "shared", "deploy", "examples"],
    "all": ["services", "shared", "deploy", "examples", "tests"],
}


@pytest.mark.parametrize(("lock", "folders"), RUNS_ON.items(), ids=RUNS_ON)
def test_what_is_imported_is_locked(lock: str, folders: list[str]) -> None:
    """An import that only works because another service needs it fails here, not in its image."""
    pinned = {normal(name) for name, _ in pins(REQUIREMENTS / f"{lock}.txt")}
    owners = packages_distributions()
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py")]
    missing = {
        f"{file.relative_to(ROOT)}: {module}"
        for file in files
        for module in imported(file)
        if not {normal(owner) for owner in owners.get(module, [module])} & pinned
    }
    assert missing == set()


def test_all_locks_agree_on_every_version() -> None:
    """A service's image has the packages that its tests ran with."""
    everything = pins(REQUIREMENTS / "all.txt")
    for lock in LOCKS:
        assert pins(lock) <= everything, lock.name


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.stem)
def test_a_lock_names_hashes_and_no_addresses(lock: Path) -> None:
    """Where packages come from is the reader's own setting."""
    text = lock.read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    assert len(entries) == len(pins(lock)) > 0
    assert all("--hash=sha256:" in entry for entry in entries)


def imported(file: Path) -> set[str]:
    """Top-level names of the foreign packages that a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module.split(".")[0])
    return names - OURS - sys.stdlib_module_names


def pins(lock: Path) -> set[tuple[str, str]]:
    """All packages of a lock with their versions."""
    return {(pin["name"], pin["version"]) for pin in PINNED.finditer(lock.read_text())}


def normal(name: str) -> str:
    """Spell a package's name as locks do."""
    return re.sub(r"[-_.]+", "-", name).lower()
