"""What the PDF library makes of a style sheet: fonts that it has, rules that it does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from shared.templating.hostile_html import Problem

#: The names that lead to the house font, as every letter is drawn with it.
FONTS = frozenset(
    {"huisletter", "helvetica", "arial", "sans-serif", "sans", "times", "serif", "verdana", "lato"}
    | {"inherit", "initial"}
)
_UNKNOWN = re.compile(
    r"(?<![\w-])(display\s*:\s*(?:inline-)?(?:flex|grid)|position\s*:\s*(?:fixed|sticky|absolute)"
    r"|float|box-shadow|text-shadow|border-radius|transform|transition|animation|opacity|filter"
    r"|gap|object-fit|column-count|@media|calc\s*\(|var\s*\(|linear-gradient\s*\()",
    re.IGNORECASE,
)
_FAMILY = re.compile(r"font-family\s*:\s*([^;}]+)", re.IGNORECASE)
_FACE = re.compile(r"@font-face\s*\{[^}]*\}", re.IGNORECASE)


def font_problems(source: str) -> Iterator[Problem]:
    """Return the fonts that are not there: the letter would be drawn in another without a word."""
    sheets = _Sheets.of(source)
    own = {
        name
        for _, css in sheets.styles
        for face in _FACE.findall(css)
        for match in _FAMILY.finditer(face)
        for name in _names(match[1])
    }
    for line, css in sheets.styles:
        for match in _FAMILY.finditer(_FACE.sub(lambda face: "\n" * face[0].count("\n"), css)):
            if not own.union(FONTS).intersection(_names(match[1])):
                further = css.count("\n", 0, match.start())
                message = (
                    f"Het lettertype '{match[1].strip()[:60]}' is er niet. Gebruik Arial of een "
                    "lettertype dat bij het sjabloon is opgeslagen."
                )
                yield Problem("lettertype-ontbreekt", message, line + further)


def unknown_rules(source: str) -> Iterator[Problem]:
    """Return the rules that a browser knows and a letter does not."""
    for line, css in _Sheets.of(source).styles:
        for match in _UNKNOWN.finditer(css):
            message = f"'{match[1]}' werkt niet in een brief. Bekijk het voorbeeld goed."
            yield Problem("stijl-onbekend", message, line + css.count("\n", 0, match.start()))


def _names(families: str) -> set[str]:
    return {name.strip(" \t\r\n'\"").lower() for name in families.split(",")}


class _Sheets(HTMLParser):
    """Collects style sheets and style attributes, each with the line where it begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.styles: list[tuple[int, str]] = []
        self._in_style = False

    @classmethod
    def of(cls, source: str) -> _Sheets:
        """Read a template."""
        found = cls()
        found.feed(source)
        found.close()
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a style attribute; `<font face>` names a font too."""
        self._in_style = tag == "style"
        for name, value in attrs:
            if name == "style" and value:
                self.styles.append((self.getpos()[0], value))
            elif tag == "font" and name == "face" and value:
                self.styles.append((self.getpos()[0], f"font-family: {value}"))

    def handle_endtag(self, tag: str) -> None:
        """Leave a style sheet."""
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        """Keep a style sheet."""
        if self._in_style:
            self.styles.append((self.getpos()[0], data))
