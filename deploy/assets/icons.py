"""One sprite with the icons that templates name, from Lucide."""

from __future__ import annotations

import re
from pathlib import Path

#: `icon("bell")`, or `icon="bell"` where a macro hands it on.
_NAMED = re.compile(r"\bicon(?:\(|=)\s*\"([a-z0-9-]+)\"")
_SHAPES = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


class NoSuchIconError(Exception):
    """A template names an icon that Lucide does not have."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(f"Lucide heeft deze iconen niet: {', '.join(names)}")


def named_in(templates: Path) -> list[str]:
    """The icons that templates name, each once."""
    found: set[str] = set()
    for file in sorted(templates.rglob("*.html")):
        found |= set(_NAMED.findall(file.read_text(encoding="utf-8")))
    return sorted(found)


def sprite(packages: Path, names: list[str]) -> str:
    """The sprite; raises NoSuchIconError."""
    folder = packages / "lucide-static" / "icons"
    if missing := [name for name in names if not (folder / f"{name}.svg").is_file()]:
        raise NoSuchIconError(missing)
    symbols = "".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{_shapes(folder / f"{name}.svg")}</symbol>'
        for name in names
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>'


def _shapes(file: Path) -> str:
    found = _SHAPES.search(file.read_text(encoding="utf-8"))
    return " ".join(found[1].split()) if found else ""
