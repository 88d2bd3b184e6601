"""Red twins of a workbook's cell styles: a marked cell keeps its own format, font and borders."""

import re
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
    "</styleSheet>"
)


@dataclass(frozen=True, slots=True)
class RedStyles:
    """The styles of a workbook with red twins."""

    content: bytes
    first_twin: int
    twins: int

    def red(self, style: int) -> int:
        """The number of the red twin of a cell style."""
        return self.first_twin + (style if style < self.twins else 0)

    @property
    def wrapped(self) -> int:
        """The number of the style for our own column: text over several lines."""
        return self.first_twin + self.twins


def with_red_styles(content: bytes | None) -> RedStyles:
    """Add the red twins to styles.xml, or to the smallest one when the workbook has none."""
    text = content.decode("utf-8-sig") if content else _MINIMAL
    if not _CELL_STYLES.search(text):
        text = _MINIMAL
    text, fill = _with_red_fill(text)
    found = _CELL_STYLES.search(text)
    assert found  # noqa: S101 - looked for above; adding a fill does not take it away
    prefix, styles = found[1], _XF.findall(found[2])
    twins = styles if len(styles) <= MAX_TWINS else styles[:1]
    wrapped = (
        f'<{prefix}xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="1" applyAlignment="1"><{prefix}alignment vertical="top"'
        f' wrapText="1"/></{prefix}xf>'
    )
    entries = [*styles, *(_reddened(style, fill) for style in twins), wrapped]
    joined = "".join(entries)
    new = f'<{prefix}cellXfs count="{len(entries)}">{joined}</{prefix}cellXfs>'
    whole = text[: found.start()] + new + text[found.end() :]
    return RedStyles(whole.encode(), len(styles), len(twins))


def _with_red_fill(text: str) -> tuple[str, int]:
    """The styles with one fill more, and its number."""
    found = _FILLS.search(text)
    if found:
        prefix, fills = found[1], found[2] or ""
        start, end = found.span()
    else:
        place = _AFTER_FILLS.search(text)
        start = end = place.start() if place else 0
        prefix = place[0][1:].rpartition(":")[0] + ":" if place and ":" in place[0] else ""
        fills = _PLAIN_FILLS.format(p=prefix)
    count = len(_FILL_ENTRY.findall(fills))
    fills += _FILL.format(p=prefix, red=RED)
    new = f'<{prefix}fills count="{count + 1}">{fills}</{prefix}fills>'
    return text[:start] + new + text[end:], count


def _reddened(style: str, fill: int) -> str:
    tag, rest = style[: style.index(">")], style[style.index(">") :]
    is_closed = tag.endswith("/")
    tag = re.sub(r'\s(?:fillId|applyFill)\s*=\s*(?:"[^"]*"|\'[^\']*\')', "", tag.rstrip("/"))
    return f'{tag} fillId="{fill}" applyFill="1"{"/" if is_closed else ""}{rest}'
