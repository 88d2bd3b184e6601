"""Filling in `$VELD$`: one pass, so a value that looks like a field stays as it is.

What held only empty fields goes away: a line between two breaks, a paragraph, a list item. A value
of several lines becomes several lines, and a list item that holds nothing else is repeated.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import MERGE_FIELDS
from shared.templating import dutch
from shared.templating.errors import RequiredFieldEmpty, SubjectHasLineBreak, UnknownField

FIELD = re.compile(r"\$([A-Z][A-Z0-9_]*)\$")
_TAG = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
_TAG_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9:]*)")
_REMOVABLE = frozenset({"p", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "address"})
_BLOCKS = _REMOVABLE | frozenset(
    {"html", "head", "body", "title", "style", "table", "thead", "tbody", "tfoot", "tr", "td"}
    | {"th", "h5", "h6", "hr", "header", "footer", "section", "blockquote", "center"}
)
_NOTHING = re.compile(r"(?:\s|&nbsp;|&#160;|\xa0|[,;:.\-–])*")  # noqa: RUF001 - a real dash


def fill_html(template: str, values: Mapping[str, str], purpose: Purpose) -> str:
    """Return the HTML with escaped values, safe in text and in quoted attributes."""
    items = _drop_empty_blocks(_drop_empty_lines(_items(template), values))
    filled = _Filled(values, purpose)
    return "".join(filled.html(part) for part in _repeat_list_items(items, values))


def fill_text(template: str, values: Mapping[str, str], purpose: Purpose) -> str:
    """Return plain text; a line with one field of several lines is repeated for each of them."""
    filled = _Filled(values, purpose)
    lines: list[str] = []
    for line in template.splitlines():
        if _holds_only_empty(line, values):
            filled.check(line)
            if lines and not lines[-1]:
                lines.pop()  # the blank line above belonged to it
            continue
        lines.extend(filled.text_lines(line))
    return "\n".join(lines) + ("\n" if template.endswith("\n") else "")


def fill_subject(template: str, values: Mapping[str, str], purpose: Purpose) -> str:
    """Return a subject of one line, whatever the values hold."""
    if len(template.splitlines()) > 1:
        raise SubjectHasLineBreak
    filled = _Filled(values, purpose)
    return dutch.clean(FIELD.sub(lambda match: " ".join(filled.lines(match[1])), template))


@dataclass
class _Filled:
    """The values of one letter, with the rules about what may be empty."""

    values: Mapping[str, str]
    purpose: Purpose

    def lines(self, name: str) -> list[str]:
        """Return the lines of a field's value; an empty optional field has one empty line."""
        known = MERGE_FIELDS.get(name)
        if known is None:
            raise UnknownField(name)
        lines = _value_lines(self.values, name)
        if not lines and self.purpose in known.required_for:
            raise RequiredFieldEmpty(name)
        return lines or [""]

    def check(self, source: str) -> None:
        """Complain about required fields of a part that is about to disappear."""
        for match in FIELD.finditer(source):
            self.lines(match[1])

    def html(self, part: _Item) -> str:
        """Return one item of the template, filled."""
        if part.dropped:
            self.check(part.source)
            return _unbalanced_tags(part) if part.kind == "line" else ""
        chosen = part.only_line

        def value(match: re.Match[str]) -> str:
            lines = self.lines(match[1])
            kept = lines if chosen is None else lines[chosen : chosen + 1]
            # Two spaces keep postcode and place apart, as the post likes it; HTML would join them.
            return "<br/>".join(html.escape(line).replace("  ", "\xa0 ") for line in kept)

        def attribute(match: re.Match[str]) -> str:
            return html.escape(" ".join(self.lines(match[1])))

        pieces = _TAG.split(part.source)
        return "".join(
            FIELD.sub(attribute if index % 2 else value, piece)
            for index, piece in enumerate(pieces)
        )

    def text_lines(self, line: str) -> list[str]:
        """Return one line of plain text, filled; several when its only field has several."""
        names = FIELD.findall(line)
        if len(names) == 1:
            before, _, after = line.partition(f"${names[0]}$")
            return [f"{before}{text}{after}" for text in self.lines(names[0])]
        return [FIELD.sub(lambda match: ", ".join(self.lines(match[1])), line)]


@dataclass(frozen=True)
class _Item:
    """A piece of a template: a line of text with inline tags, a break, or a block's tag."""

    kind: str  # "line", "break", "open" or "close"
    source: str
    tag: str = ""
    dropped: bool = False
    only_line: int | None = None


def _unbalanced_tags(part: _Item) -> str:
    """Keep `<b>` of a dropped line when its `</b>` stands in a line that stays."""
    tags: list[str] = _TAG.findall(part.source)
    closing = sum(tag.startswith("</") for tag in tags)
    return "" if closing * 2 == len(tags) else "".join(tags)


def _value_lines(values: Mapping[str, str], name: str) -> list[str]:
    text = values.get(name, "")
    lines = (_printable(line) for line in text.splitlines())
    return [line for line in lines if line]


def _printable(line: str) -> str:
    """Clean a line, and keep the double space between postcode and place."""
    return "  ".join(dutch.clean(part) for part in line.split("  ") if part.strip())


def _holds_only_empty(source: str, values: Mapping[str, str]) -> bool:
    """Say whether a piece has fields, all empty, and nothing else that would be seen."""
    names = FIELD.findall(source)
    if not names or any(_value_lines(values, name) for name in names):
        return False
    seen = [tag for tag in _TAG.findall(source) if _tag_name(tag) in {"img", "a"} or ":" in tag]
    rest = FIELD.sub("", _TAG.sub("", source))
    return not seen and _NOTHING.fullmatch(rest) is not None


def _tag_name(tag: str) -> str:
    match = _TAG_NAME.match(tag)
    return match[1].lower() if match else ""


def _items(template: str) -> list[_Item]:
    """Cut a template into lines, breaks and block tags."""
    items: list[_Item] = []
    line: list[str] = []
    for piece in _TAG.split(template):
        name = _tag_name(piece) if piece.startswith("<") else ""
        if name != "br" and name not in _BLOCKS:
            line.append(piece)
            continue
        items.append(_Item("line", "".join(line)))
        line = []
        kind = "break" if name == "br" else "close" if piece.startswith("</") else "open"
        items.append(_Item(kind, piece, name))
    items.append(_Item("line", "".join(line)))
    return [item for item in items if item.source]


def _drop_empty_lines(items: list[_Item], values: Mapping[str, str]) -> list[_Item]:
    """Mark lines of only empty fields, each with the break that belongs to it."""
    result = list(items)
    for index, item in enumerate(items):
        if item.kind != "line" or not _holds_only_empty(item.source, values):
            continue
        result[index] = replace(item, dropped=True)
        for neighbour in (index + 1, index - 1):
            if 0 <= neighbour < len(items) and result[neighbour].kind == "break":
                if result[neighbour].dropped:
                    continue
                result[neighbour] = replace(result[neighbour], dropped=True)
                break
    return result


def _drop_empty_blocks(items: list[_Item]) -> list[_Item]:
    """Mark paragraphs and list items in which every line went away."""
    result = list(items)
    opened: list[int] = []
    for index, item in enumerate(items):
        if item.kind == "open":
            opened.append(index)
        elif item.kind == "close":
            while opened and items[opened[-1]].tag != item.tag:
                opened.pop()  # an unclosed <p> or <li>
            start = opened.pop() if opened else index
            inside = result[start + 1 : index]
            if item.tag in _REMOVABLE and start < index and _is_void(inside):
                for position in range(start, index + 1):
                    result[position] = replace(result[position], dropped=True)
    return result


def _is_void(inside: list[_Item]) -> bool:
    return any(item.dropped for item in inside) and all(
        item.dropped or (item.kind == "line" and not item.source.strip()) for item in inside
    )


def _repeat_list_items(items: list[_Item], values: Mapping[str, str]) -> list[_Item]:
    """Repeat `<li>$VELD$</li>` for every line of the value."""
    result: list[_Item] = []
    index = 0
    while index < len(items):
        chunk = items[index : index + 3]
        names = FIELD.findall(chunk[1].source) if len(chunk) > 1 else []
        alone = [(item.kind, item.tag) for item in chunk] == [
            ("open", "li"),
            ("line", ""),
            ("close", "li"),
        ]
        count = len(_value_lines(values, names[0])) if alone and len(names) == 1 else 0
        if count <= 1:
            result.append(items[index])
            index += 1
            continue
        for line in range(count):
            result.extend((chunk[0], replace(chunk[1], only_line=line), chunk[2]))
        index += 3
    return result
