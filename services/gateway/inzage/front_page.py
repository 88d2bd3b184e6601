"""The front page of an inzage: what is in the ZIP, to read without any program but a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any

_SHELL = Path(__file__).with_name("front.html")
#: camelCase on the wire; words for who reads.
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a service's share, in a case."""

    title: str
    explanation: str | None
    lines: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A case, or the logboek: its sections, its data and its files by their names in the ZIP."""

    anchor: str
    title: str
    sections: Sequence[Section]
    data: Sequence[str]
    files: Sequence[str]
    missing: Sequence[str] = ()


def front_page(name: str, bsn: str, made_on: str, chapters: Sequence[Chapter]) -> str:
    """The whole page."""
    shell = Template(_SHELL.read_text(encoding="utf-8"))
    contents = "".join(
        f'<li><a href="#{escape(each.anchor)}">{escape(each.title)}</a>'
        f" ({_counted(len(each.files), 'bestand', 'bestanden')})</li>"
        for each in chapters
    )
    return shell.substitute(
        name=escape(name),
        bsn=escape(bsn),
        made_on=escape(made_on),
        contents=contents,
        chapters="\n".join(map(_chapter, chapters)),
    )


def _chapter(chapter: Chapter) -> str:
    return "\n".join(
        [
            f'<section id="{escape(chapter.anchor)}"><h2>{escape(chapter.title)}</h2>',
            _links("Bestanden", chapter.files),
            _links("Dezelfde gegevens voor een computer (JSON)", chapter.data),
            *(
                f"<p>Het bestand {escape(each)} hoort hierbij, maar staat niet meer in de opslag."
                "</p>"
                for each in chapter.missing
            ),
            *map(_section, chapter.sections),
            "</section>",
        ]
    )


def _links(title: str, names: Sequence[str]) -> str:
    if not names:
        return ""
    items = "".join(
        f'<li><a href="{escape(name)}">{escape(name.rpartition("/")[2])}</a></li>' for name in names
    )
    return f"<h3>{escape(title)}</h3><ul>{items}</ul>"


def _section(section: Section) -> str:
    said = f"<p>{escape(section.explanation)}</p>" if section.explanation else ""
    lines = "".join(map(_entry, section.lines)) or "<p>Niets.</p>"
    return f"<h3>{escape(section.title)}</h3>{said}{lines}"


def _entry(line: Mapping[str, Any]) -> str:
    return f"<dl>{''.join(_pairs(line))}</dl>"


def _pairs(line: Mapping[str, Any]) -> Iterator[str]:
    """The values that there are; what is empty says nothing."""
    for name, value in line.items():
        if value is None or value in ("", [], {}):
            continue
        shown = _entry(value) if isinstance(value, Mapping) else escape(_text(value))
        yield f"<dt>{escape(_words(name))}</dt><dd>{shown}</dd>"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return ", ".join(map(_text, value)) if isinstance(value, list) else str(value)


def _words(name: str) -> str:
    return _CAPITAL.sub(" ", name).lower().capitalize()


def _counted(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"
