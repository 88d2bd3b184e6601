"""What the documents point to exists: links, headings, files, metrics."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.chassis.telemetry import METRICS

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)(?:\s+\"[^\"]*\")?\)")
SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
#: A path from the root: at least one folder, and a suffix or a slash at its end.
PATH = re.compile(r"^[\w.-]+(?:/[\w.-]+)*(?:/|/[\w.-]+\.[a-z0-9]+)$")
#: Where files appear when the system runs; not there in a fresh clone.
MADE_LATER = (".local/", ".venv/")
TOP_FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
METRIC_ROW = re.compile(r"^\| `(?P<name>[a-z_]+)`", re.MULTILINE)


def pages() -> list[Path]:
    """Every Markdown file of the project."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    found = [ROOT / name for name in listed.decode().split("\0") if name]
    return [path for path in found if path.is_file()]


def text_of(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def headings_of(page: Path) -> set[str]:
    """The anchors that a page's headings make."""
    titles = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken_links(page: Path) -> Iterator[str]:
    """The relative links of a page that lead nowhere."""
    for match in LINK.finditer(text_of(page)):
        target = match["target"]
        if SCHEME.match(target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        is_lost = anchor and file.suffix == ".md" and file.exists()
        if not file.exists() or (is_lost and anchor not in headings_of(file)):
            yield f"{page.relative_to(ROOT)}: {target}"


def named_paths(page: Path) -> Iterator[str]:
    """The paths that a page names in code type, written from the root."""
    for name in INLINE.findall(text_of(page)):
        is_ours = name.split("/")[0] in TOP_FOLDERS and not name.startswith(MADE_LATER)
        if PATH.match(name) and is_ours:
            yield name


def test_every_link_leads_somewhere() -> None:
    """A reader who follows a link arrives."""
    assert [link for page in pages() for link in broken_links(page)] == []


def test_every_named_file_exists() -> None:
    """A reader who opens a named file finds it."""
    missing = [
        f"{page.relative_to(ROOT)}: {name}"
        for page in pages()
        for name in named_paths(page)
        if not (ROOT / name).exists()
    ]
    assert missing == []


def test_the_architecture_names_files_at_all() -> None:
    """The journey is told with the files that it goes through."""
    names = set(named_paths(ROOT / "docs" / "architecture.md"))
    assert {"services/intake/publisher.py", "shared/chassis/stream.py"} <= names


@pytest.mark.parametrize("folder", ["services", "shared/chassis"])
def test_the_architecture_forgets_no_room(folder: str) -> None:
    """Each service and each mechanism of the chassis is in the architecture."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rooms = [
        path.relative_to(ROOT).as_posix() + ("/" if path.is_dir() else "")
        for path in (ROOT / folder).iterdir()
        if path.name[0] not in "_." and (path.suffix == ".py" or path.is_dir())
    ]
    assert [room for room in rooms if f"`{room}`" not in page] == []


def exposed_metrics() -> set[str]:
    """The metrics of the chassis as Prometheus sees them."""
    found = set()
    for metric in vars(METRICS).values():
        for family in metric.collect():
            found.add(f"{family.name}_total" if family.type == "counter" else family.name)
    return found


def test_the_runbook_names_real_metrics() -> None:
    """An alert on a metric that does not exist never rings."""
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    section = page.split("## Metrics")[1].split("\n## ")[0]
    named = set(METRIC_ROW.findall(section))
    assert named
    assert named <= exposed_metrics()


def test_every_decision_has_its_four_parts() -> None:
    """A decision without what would reopen it is a law."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    assert decisions
    for page in decisions:
        titles = re.findall(r"^## (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert titles == ["Context", "Decision", "Consequences", "What would reopen it"], page.name
