"""Which column of the workbook is which column of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.intake.contract.definition import Contract
from services.intake.contract.findings import Findings
from services.intake.contract.masking import describe_header

HEADER_ROW = 1
_IGNORED = str.maketrans("", "", " \u00a0\t\r\n_-")
_ALPHABET = 26


@dataclass(frozen=True, slots=True)
class MatchedColumn:
    """A column of the workbook and what it was taken for (None: not read)."""

    letter: str
    header: str
    column: str | None
    how: Literal["naam", "alias", "onbekend"]


@dataclass(frozen=True, slots=True)
class Header:
    """The outcome for a whole header row; `positions` gives each column's place in a row."""

    positions: Mapping[str, int]
    matched: tuple[MatchedColumn, ...]
    unnamed: tuple[int, ...]
    is_usable: bool
    is_complete: bool


class UnknownAliasTarget(ValueError):
    """An alias of a gemeente points at a column that the contract does not have."""


def match_header(
    cells: Sequence[object], contract: Contract, aliases: Mapping[str, str], findings: Findings
) -> Header:
    """Match the cells of row 1; case, spaces, dashes and underscores make no difference."""
    names = {_plain(name): (name, "naam") for name in contract.columns}
    names |= {_plain(alias): (_target(name, contract), "alias") for alias, name in aliases.items()}
    texts = [_header_text(cell) for cell in cells]
    known = [names.get(_plain(text), (None, "onbekend")) for text in texts]
    if not any(name for name, _ in known):
        findings.add(
            "kopregel-ontbreekt",
            None,
            HEADER_ROW,
            f"{len(list(filter(None, texts)))} gevulde cellen",
        )
        return Header({}, (), (), is_usable=False, is_complete=False)
    positions: dict[str, int] = {}
    complete = True
    for place, (name, _) in enumerate(known):
        if name in positions:
            found = f"kolom {letters(positions[name])} en kolom {letters(place)}"
            findings.add("kolom-dubbel", name, HEADER_ROW, found)
            complete = False
        elif name:
            positions[name] = place
        elif texts[place]:
            shown = describe_header(texts[place])
            findings.add("kolom-onbekend", shown, HEADER_ROW, f"{shown} (kolom {letters(place)})")
    missing = [c.name for c in contract.columns.values() if c.required and c.name not in positions]
    for name in missing:
        findings.add(
            "kolom-ontbreekt", name, HEADER_ROW, f"{len(positions)} andere bekende kolommen"
        )
    matched = tuple(
        MatchedColumn(letters(place), text if name else describe_header(text), name, how)  # type: ignore[arg-type]
        for place, (text, (name, how)) in enumerate(zip(texts, known, strict=True))
        if text
    )
    unnamed = tuple(place for place, text in enumerate(texts) if not text)
    return Header(positions, matched, unnamed, is_usable=True, is_complete=complete and not missing)


def letters(place: int) -> str:
    """Name a column as Excel does: 0 is A, 26 is AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, _ALPHABET)
        name = chr(ord("A") + rest) + name
    return name


def _header_text(cell: object) -> str:
    if isinstance(cell, str):
        return " ".join(cell.replace("\u00a0", " ").split())
    return "" if cell is None else "een getal of datum"


def _plain(text: str) -> str:
    return text.translate(_IGNORED).casefold()


def _target(name: str, contract: Contract) -> str:
    if name not in contract.columns:
        raise UnknownAliasTarget(
            f"De kolom {name} bestaat niet; een alias kan er niet naar wijzen."
        )
    return name
