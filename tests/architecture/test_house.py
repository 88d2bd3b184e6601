"""The house rules that a machine can keep: sizes, names, files, imports, words."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAX_LINES = 400
CODE = {".py", ".js", ".css", ".html"}
#: Written by a tool, or rows for a test: nobody reads them from top to bottom.
NOT_READ = re.compile(r"(^|/)(migrations/versions|testdata|node_modules|static/vendor)/")
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}
SERVICES = ("intake", "cases", "documents", "mailer", "communications", "gateway")
#: The six that tell what a service does, and what every service has beside them.
SIX = ("worker", "handlers", "domain", "tables", "queries", "api")
ALWAYS = ("__init__", "__main__", "settings", "errors", "migrations")
#: What the chassis must not know. `gemeente` is its tenant and `gebruikers` are whom it met; a
#: letter is a dead one here, and an e-mail address belongs to an identity.
MUNICIPAL = {
    "zaak", "zaken", "case", "cases", "zaaknummer", "brief", "brieven", "bezorging", "sjabloon",
    "burger", "inwoner", "resident", "partner", "persoon", "bsn", "afdrukbestand",
    "uitnodiging", "invitation", "heronderzoek", "behandelaar",
}  # fmt: skip
#: The last net before a log line leaves must know what it catches.
KNOWN_ON_PURPOSE = {("log.py", "_is_bsn")}
#: Catching NotImplementedError is fine (zipfile raises it); raising it is a stub.
UNFINISHED = re.compile(r"\b(TODO|FIXME)\b|raise NotImplementedError")
#: In two pieces, so that this file does not name them either.
REGISTRIES = (
    ("pypi.", "org"),
    ("files.pythonhosted.", "org"),
    ("registry.npmjs.", "org"),
    ("registry.yarnpkg.", "com"),
    ("repo1.maven.", "org"),
    ("repo.maven.", "apache.org"),
    ("crates.", "io"),
    ("proxy.golang.", "org"),
    ("deb.debian.", "org"),
)


def project_files() -> list[Path]:
    """Every file that is in the project, or would be with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    found = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in found if path.is_file()]


def python_files(*folders: str) -> Iterator[Path]:
    """The Python files under folders of the root."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """A path as people write it."""
    return path.relative_to(ROOT).as_posix()


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    """A file that long is a package that nobody made yet."""
    long = {
        name_of(path): lines
        for path in project_files()
        if path.suffix in CODE and not NOT_READ.search(name_of(path))
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }
    assert not long


def test_no_file_has_a_name_that_says_nothing() -> None:
    """Where everything fits, nothing is found again."""
    assert not [
        name_of(path)
        for path in project_files()
        if path.suffix in CODE and path.stem.lower() in VAGUE_NAMES
    ]


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms(service: str) -> None:
    """Who learned one service knows all; a file that grew is a package of the same name."""
    package = ROOT / "services" / service
    missing = [
        name
        for name in (*SIX, *ALWAYS)
        if not ((package / f"{name}.py").is_file() or (package / name).is_dir())
    ]
    assert not missing
    assert (package / "migrations" / "env.py").is_file()


def test_there_is_no_service_that_these_rules_do_not_know() -> None:
    """A seventh service is named here, so that it keeps the rules too."""
    packages = {path.parent.name for path in (ROOT / "services").glob("*/__init__.py")}
    assert packages == set(SERVICES)


def test_every_module_says_what_it_is_for() -> None:
    """A module without a docstring is a room without a name on its door."""
    silent = [
        name_of(path)
        for path in python_files("services", "shared", "deploy", "examples")
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent


def test_imports_go_one_way() -> None:
    """The contracts in pyproject.toml hold: services, chassis, contracts, in that order."""
    program = Path(sys.executable).with_name("lint-imports")
    command = [str(program), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_the_chassis_knows_no_municipal_noun() -> None:
    """A mechanism that knows what a case is, cannot serve a seventh neighbour."""
    found = {
        f"{name_of(path)}:{line} {name}"
        for path in python_files("shared/chassis")
        for name, line in identifiers(ast.parse(path.read_text(encoding="utf-8")))
        if MUNICIPAL & words_of(name) and (path.name, name) not in KNOWN_ON_PURPOSE
    }
    assert not found


def identifiers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The names that a module makes: variables, attributes, arguments, functions, classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words_of(name: str) -> set[str]:
    """The words of an identifier, whatever its case."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)}


def test_nothing_is_left_for_later() -> None:
    """What is not built is not hinted at."""
    assert not [
        f"{name_of(path)}:{number}"
        for path in python_files("services", "shared")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the machine's setting; an address in a lock breaks elsewhere."""
    hosts = ["".join(pieces).encode() for pieces in REGISTRIES]
    assert not [
        f"{name_of(path)}: {host.decode()}"
        for path in project_files()
        for content in [path.read_bytes().lower()]
        for host in hosts
        if host in content
    ]
