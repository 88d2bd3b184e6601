"""A service starts with the packages of its own lock: those are all that its image has."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import packages_distributions

import pytest

from tests.deploy.composition import ROOT, SERVICES

PIN = re.compile(r"^(?P<name>[a-z0-9][\w.-]*)==", re.MULTILINE)
TIMEOUT = 120
#: Imports a service's process while the modules on standard input are hidden. Packages import
#: others only when they are there, or not before they are needed: reading sources finds neither.
IMPORT = """
import importlib, json, sys
hidden = frozenset(json.load(sys.stdin))
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
importlib.import_module(f"services.{sys.argv[1]}.__main__")
"""


def normal(name: str) -> str:
    """Spell a package's name as locks do."""
    return re.sub(r"[-_.]+", "-", name).lower()


def absent(service: str) -> list[str]:
    """Top-level modules that are installed here and that the lock of a service does not bring."""
    lock = (ROOT / "deploy" / "requirements" / f"{service}.txt").read_text()
    brought = {normal(pin["name"]) for pin in PIN.finditer(lock)}
    return [
        module
        for module, owners in packages_distributions().items()
        if module.isidentifier() and not {normal(owner) for owner in owners} & brought
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_imports_with_nothing_but_its_lock(service: str) -> None:
    """What the tests' own environment happens to have as well does not count."""
    hidden = absent(service)
    assert "pytest" in hidden
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, service],
        cwd=ROOT,
        input=json.dumps(hidden),
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stderr[-1500:]
