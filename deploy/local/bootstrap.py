"""Installs what the system needs, with nothing but Python 3.11 and its standard library.

`python3.11 -m deploy.local.bootstrap` makes `.venv` with the locked packages, fetches the jars of
Kafka and GreenMail, and makes the assets of the pages; `--with tests` adds what tests need: two
Debian packages and some more of npm included.
When nothing changed it returns at once; after an interruption it goes on where it was.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from deploy.assets.folder import is_made

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "deploy" / "requirements"
JARS = ROOT / ".local" / "jars"
JARS_LOCK = ROOT / "deploy" / "local" / "jars.lock"
# What each purpose installs; the second holds all of the first.
LOCKS = {"up": "up.txt", "tests": "all.txt"}
# Program -> Debian package that brings it: browser tests, and looking into PDFs.
DEBIAN_PROGRAMS = {"chromium": "chromium", "pdftotext": "poppler-utils"}
NEEDED_PYTHON = (3, 11)


def main(arguments: list[str]) -> None:
    """Install for one purpose, unless that was done."""
    if arguments not in ([], ["--with", "tests"]):
        raise SystemExit("Gebruik: python3.11 -m deploy.local.bootstrap [--with tests]")
    purpose = "tests" if arguments else "up"
    require_python()
    install(purpose)
    if not is_made():
        subprocess.run([PYTHON, "-m", "deploy.assets"], cwd=ROOT, check=True)
    if purpose == "tests":
        install_debian_programs()
        subprocess.run([PYTHON, "-m", "deploy.local.npm", "install"], cwd=ROOT, check=True)


def require_python() -> None:
    """Stop with advice under another Python: the locks are for this one."""
    if sys.version_info[:2] != NEEDED_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        raise SystemExit(
            f"Dit systeem vraagt Python 3.11; dit is {found}. Installeer Python 3.11 en wijs het"
            " zo nodig aan: make up PYTHON=/pad/naar/python3.11"
        )


def install(purpose: str) -> None:
    """Make the environment complete for a purpose and note that with a stamp."""
    wanted = fingerprint(purpose)
    if is_installed(purpose):
        return
    started = time.monotonic()
    print(f"Installeren ({purpose}); dat duurt de eerste keer een paar minuten.", flush=True)
    make_environment()
    install_packages(REQUIREMENTS / LOCKS[purpose])
    print("Kafka en GreenMail ophalen", flush=True)
    subprocess.run([PYTHON, "-m", "deploy.local.jars", "install"], cwd=ROOT, check=True)
    stamp(purpose).write_text(wanted)
    print(f"Klaar in {time.monotonic() - started:.0f} s.", flush=True)


def is_installed(purpose: str) -> bool:
    """Whether this purpose, or one that holds it, was installed from the locks as they are."""
    holders = [purpose, "tests"]
    return (
        PYTHON.exists()
        and JARS.is_dir()
        and any(
            stamp(holder).exists() and stamp(holder).read_text() == fingerprint(holder)
            for holder in holders
        )
    )


def stamp(purpose: str) -> Path:
    """File that tells from which locks a purpose was installed; it goes when .venv goes."""
    return VENV / f"installed-{purpose}.sha256"


def fingerprint(purpose: str) -> str:
    """Hash of all that decides what gets installed; a moved folder breaks the paths in .venv."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for lock in (REQUIREMENTS / LOCKS[purpose], JARS_LOCK):
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def make_environment() -> None:
    """Make `.venv` with pip in it; one that was left half-way is completed or made again."""
    if _has_pip():
        return
    print("Omgeving .venv maken", flush=True)
    if PYTHON.exists():
        subprocess.run([PYTHON, "-m", "ensurepip"], check=False, capture_output=True)
    if _has_pip():
        return
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV], check=False, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(
            f"De omgeving .venv kan niet worden gemaakt:\n{done.stdout}{done.stderr}\n"
            "Op Debian en Ubuntu helpt: apt-get install python3.11-venv"
        )


def _has_pip() -> bool:
    if not PYTHON.exists():
        return False
    done = subprocess.run([PYTHON, "-m", "pip", "--version"], check=False, capture_output=True)
    return done.returncode == 0


def install_packages(lock: Path) -> None:
    """Install a lock by hash, with one line per package that is fetched."""
    total = len(re.findall(r"^[a-z0-9][\w.-]*==", lock.read_text(), re.MULTILINE))
    options = ["--require-hashes", "--no-deps", "--progress-bar=off"]
    command = [str(PYTHON), "-m", "pip", "install", *options, "--requirement", str(lock)]
    environment = os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PYTHONUNBUFFERED": "1"}
    said: list[str] = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as pip:
        for line in pip.stdout or ():
            said.append(line.rstrip())
            _show(line, said, total)
    if pip.returncode:
        raise SystemExit(
            "\n".join(said[-15:])
            + "\nDe pakketten zijn niet allemaal geïnstalleerd. Is er verbinding met het"
            " pakketregister? Voer dezelfde opdracht opnieuw uit: wat er is, blijft."
        )


def _show(line: str, said: list[str], total: int) -> None:
    """Turn what pip says into a line per package, with the size of what is fetched."""
    fetched = re.match(r"\s*Downloading (?P<file>[^/\s-]+-[^-\s]+)\S* (?P<size>\(.*\))", line)
    if fetched:
        number = sum(earlier.startswith("Collecting") for earlier in said)
        print(f"  [{number}/{total}] {fetched['file']} {fetched['size']}", flush=True)
    elif line.startswith("Installing"):
        print("  pakketten uitpakken", flush=True)


def install_debian_programs() -> None:
    """Install the programs that tests start, where that is possible, else say what to do."""
    missing = [
        package for program, package in DEBIAN_PROGRAMS.items() if shutil.which(program) is None
    ]
    if not missing:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise SystemExit(
            f"De tests hebben nog nodig: {', '.join(missing)}. Installeer dat, bijvoorbeeld met:"
            f" sudo apt-get install {' '.join(missing)}"
        )
    print(f"Debian-pakketten installeren: {', '.join(missing)}", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quietly = ["apt-get", "--quiet", "--quiet", "--yes"]
    for step in (["update"], ["install", "--no-install-recommends", *missing]):
        subprocess.run([*quietly, *step], env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(sys.argv[1:])
