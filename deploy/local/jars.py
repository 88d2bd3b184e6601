"""The jars of Kafka and GreenMail: locked by hash, fetched by Maven coordinate.

`python -m deploy.local.jars lock` resolves the coordinates below and everything that they need
at run time, and writes `jars.lock`; `install` fetches what the lock names into `.local/jars`.
jgo finds the repository; no address stands in our files.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import jgo
from jgo.maven import Artifact, MavenContext, PythonResolver

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".local" / "jars"
LOCK = Path(__file__).with_name("jars.lock")
KAFKA = "org.apache.kafka:kafka_2.13:4.1.1"
# Alone in their line: resolved together with Kafka, the binding's own table of versions would
# rule over Kafka's; and GreenMail's jar holds all that it needs.
SINGLE_JARS = (
    # Makes Kafka's log lines reach a file; the version of the log4j-core that Kafka names.
    ("kafka", "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3"),
    ("greenmail", "com.icegreen:greenmail-standalone:2.1.8"),
)
# One connection fills a home line; a few more hide the waiting between small files.
DOWNLOADS_AT_ONCE = 4


class JarsMissingError(Exception):
    """The jars are not installed, or not all."""

    def __init__(self, jar: Path) -> None:
        super().__init__(
            f"{jar.name} ontbreekt in {jar.parent}. Voer `make up` of `make test` uit: dat haalt"
            " alles op. Of alleen dit: python -m deploy.local.jars install"
        )


@dataclass(frozen=True)
class Jar:
    """One line of the lock."""

    program: str
    coordinate: str
    sha256: str

    @classmethod
    def locked(cls, line: str) -> Self:
        """Read `<program> <group>:<artifact>:<version> <sha256>`."""
        return cls(*line.split())

    @cached_property
    def file(self) -> Path:
        """Where it is installed."""
        _, artifact, version = self.coordinate.split(":")
        return FOLDER / self.program / f"{artifact}-{version}.jar"

    @property
    def is_installed(self) -> bool:
        """Whether its file is there; files are only moved in when their hash was right."""
        return self.file.exists()


def lock() -> None:
    """Resolve all coordinates and write their hashes."""
    needed = [("kafka", artifact) for artifact in jgo.resolve(KAFKA)]
    needed += [(program, jgo.resolve(single)[0]) for program, single in SINGLE_JARS]
    LOCK.write_text("".join(_locked_line(program, artifact) for program, artifact in needed))


def _locked_line(program: str, artifact: Artifact) -> str:
    digest = hashlib.sha256(artifact.resolve().read_bytes()).hexdigest()
    coordinate = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
    return f"{program} {coordinate} {digest}\n"


def locked() -> list[Jar]:
    """All jars that the lock names."""
    return [Jar.locked(line) for line in LOCK.read_text().splitlines()]


def class_path(program: str) -> str:
    """All jars of a program as one class path; raises JarsMissingError."""
    jars = [jar for jar in locked() if jar.program == program]
    for jar in jars:
        if not jar.is_installed:
            raise JarsMissingError(jar.file)
    return ":".join(str(jar.file) for jar in jars)


def install() -> None:
    """Fetch what is missing, several at once, and tell each that arrives."""
    missing = [jar for jar in locked() if not jar.is_installed]
    if not missing:
        return
    downloads = FOLDER / "downloads"
    # What an interrupted run left behind may be half a file.
    shutil.rmtree(downloads, ignore_errors=True)
    maven = MavenContext(resolver=PythonResolver(), repo_cache=downloads, timeout=60)
    with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as threads:
        arrivals = threads.map(lambda jar: _fetch(jar, maven), missing)
        for number, jar in enumerate(arrivals, start=1):
            print(f"  [{number}/{len(missing)}] {jar.file.name}", flush=True)
    shutil.rmtree(downloads)


def _fetch(jar: Jar, maven: MavenContext) -> Jar:
    group, artifact, version = jar.coordinate.split(":")
    fetched = maven.project(group, artifact).at_version(version).artifact().resolve()
    found = hashlib.sha256(fetched.read_bytes()).hexdigest()
    if found != jar.sha256:
        raise SystemExit(
            f"{jar.coordinate} is niet het bestand dat wij kennen (sha256 {found} in plaats van"
            f" {jar.sha256}). Er is niets geïnstalleerd; meld dit voordat u verdergaat."
        )
    jar.file.parent.mkdir(parents=True, exist_ok=True)
    fetched.rename(jar.file)
    return jar


if __name__ == "__main__":
    lock() if sys.argv[1:] == ["lock"] else install()
