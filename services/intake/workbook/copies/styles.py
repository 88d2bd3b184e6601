"""Red twins of a workbook's cell styles: a marked cell keeps its own format, font and borders."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

RED = "FFFFC7CE"
#: Excel opens no workbook with more cell styles than 65,490; above half of it one twin serves all.
MAX_TWINS = 30_000

_FILL = (
    '<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{red}"/>'
    '<{p}bgColor indexed="64"/></{p}patternFill></{p}fill>'
)
_XF = re.compile(r"<(?:\w+:)?xf\b[^>]*?(?:/>|>.*?</(?:\w+:)?xf>)", re.DOTALL)
_CELL_STYLES = re.compile(r"<((?:\w+:)?)cellXfs\b[^>]*>(.*?)</\1cellXfs>", re.DOTALL)
_FILLS = re.compile(r"<((?:\w+:)?)fills\b[^>]*?(?:/>|>(.*?)</\1fills>)", re.DOTALL)
_FILL_OF = re.compile(r"\bfillId\s*=\s*[\"'](\d+)[\"']")
_FILL_ENTRY = re.compile(r"<(?:\w+:)?fill\b(?!s)")
_AFTER_FILLS = re.compile(r"<(?:\w+:)?(?:borders|cellStyleXfs|cellXfs)\b")
_PLAIN_FILLS = (
    '<{p}fill><{p}patternFill patternType="none"/></{p}fill>'
    '<{p}fill><{p}patternFill patternType="gray125"/></{p}fill>'
)
_MINIMAL = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2">' + _PLAIN_FILLS.format(p="") + "</fills>"
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class RedStyles:
    """The styles of a workbook with red twins; `wrapped` is for our own column."""

    content: bytes
    reds: Sequence[int]
    wrapped: int
    #: Styles that are red already, from an earlier check, with what they were without it.
    without_red: Mapping[int, int]

    def red(self, style: int) -> int:
        """The number of the red twin of a cell style."""
        return self.reds[style if style < len(self.reds) else 0]

    def clean(self, style: int) -> int:
        """The number of the style without the red of an earlier check."""
        return self.without_red.get(style, style)


def with_red_styles(content: bytes | None) -> RedStyles:
    """Add the red twins to styles.xml, or to the smallest one when the workbook has none."""
    text = content.decode("utf-8-sig") if content else _MINIMAL
    if not _CELL_STYLES.search(text):
        text = _MINIMAL
    text, fill, old_fills = _with_red_fill(text)
    found = _CELL_STYLES.search(text)
    assert found  # noqa: S101 - looked for above; adding a fill does not take it away
    prefix, styles = found[1], _XF.findall(found[2])
    entries = _Entries(styles)
    was_red = [number for number, style in enumerate(styles) if _fill_of(style) in old_fills]
    is_red = frozenset(was_red)
    reds = [
        number if number in is_red else entries.place_of(_filled(style, fill))
        for number, style in enumerate(styles[:1] if len(styles) > MAX_TWINS else styles)
    ]
    wrapped = entries.place_of(
        f'<{prefix}xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="1" applyAlignment="1"><{prefix}alignment vertical="top"'
        f' wrapText="1"/></{prefix}xf>'
    )
    without_red = {number: entries.place_of(_filled(styles[number], 0)) for number in was_red}
    new = f'<{prefix}cellXfs count="{len(entries)}">{entries}</{prefix}cellXfs>'
    whole = text[: found.start()] + new + text[found.end() :]
    return RedStyles(whole.encode(), reds, wrapped, without_red)


class _Entries:
    """The cell styles; one that is there already is not added again."""

    def __init__(self, styles: Sequence[str]) -> None:
        self._styles = list(styles)
        self._places = {style: place for place, style in reversed(list(enumerate(styles)))}

    def place_of(self, style: str) -> int:
        """The number of a style, which is added when it is new."""
        place = self._places.setdefault(style, len(self._styles))
        if place == len(self._styles):
            self._styles.append(style)
        return place

    def __len__(self) -> int:
        return len(self._styles)

    def __str__(self) -> str:
        return "".join(self._styles)


def _with_red_fill(text: str) -> tuple[str, int, frozenset[int]]:
    """The styles with our red among the fills, its number, and which fills were red before."""
    found = _FILLS.search(text)
    if found:
        prefix, fills = found[1], found[2] or ""
        start, end = found.span()
    else:
        place = _AFTER_FILLS.search(text)
        start = end = place.start() if place else 0
        prefix = place[0][1:].rpartition(":")[0] + ":" if place and ":" in place[0] else ""
        fills = _PLAIN_FILLS.format(p=prefix)
    given = _FILL_ENTRY.split(fills)[1:]
    count = len(given)
    red = frozenset(number for number, entry in enumerate(given) if f'"{RED}"' in entry)
    if red:
        return text, min(red), red
    fills += _FILL.format(p=prefix, red=RED)
    new = f'<{prefix}fills count="{count + 1}">{fills}</{prefix}fills>'
    return text[:start] + new + text[end:], count, red


def _fill_of(style: str) -> int:
    match = _FILL_OF.search(style[: style.index(">")])
    return int(match[1]) if match else 0


def _filled(style: str, fill: int) -> str:
    """A cell style with another fill."""
    tag, rest = style[: style.index(">")], style[style.index(">") :]
    is_closed = tag.endswith("/")
    tag = re.sub(r'\s(?:fillId|applyFill)\s*=\s*(?:"[^"]*"|\'[^\']*\')', "", tag.rstrip("/"))
    return f'{tag} fillId="{fill}" applyFill="1"{"/" if is_closed else ""}{rest}'
