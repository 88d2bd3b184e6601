"""Which column of the workbook is which column of the contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from services.intake.contract.definition import Contract
from services.intake.contract.findings import Findings
from services.intake.contract.masking import describe_header

HEADER_ROW = 1
#: Stands in BSN of the example row of the empty workbook.
EXAMPLE = "VOORBEELD"
#: Columns that we add to a marked copy; in a file that comes back they are no data.
OURS = ("FOUTEN", "RIJ IN BESTAND")
_IGNORED = str.maketrans("", "", " \u00a0\t\r\n_-")
_ALPHABET = 26


How = Literal["naam", "alias", "overgeslagen", "onbekend"]
_UNKNOWN: tuple[None, How] = (None, "onbekend")
_SKIPPED: How = "overgeslagen"


@dataclass(frozen=True, slots=True)
class MatchedColumn:
    """A column of the workbook and what it was taken for (None: not read)."""

    letter: str
    header: str
    column: str | None
    how: How


@dataclass(frozen=True, slots=True)
class Header:
    """The outcome for a whole header row; `positions` gives each column's place in a row.

    `ours` are columns of a marked copy that came back; `width` is how far names go.
    """

    positions: Mapping[str, int]
    ours: Mapping[str, int]
    matched: tuple[MatchedColumn, ...]
    unnamed: tuple[int, ...]
    width: int
    is_usable: bool
    is_complete: bool


class UnknownAliasTarget(ValueError):
    """An alias of a gemeente points at a column that the contract does not have."""


def match_header(
    cells: Sequence[object], contract: Contract, aliases: Mapping[str, str], findings: Findings
) -> Header:
    """Match the cells of row 1; case, spaces, dashes and underscores make no difference."""
    names = _names(contract, aliases)
    texts = [_header_text(cell) for cell in cells]
    width = max((place + 1 for place, text in enumerate(texts) if text), default=0)
    known = [names.get(plain(text), _UNKNOWN) for text in texts]
    if not any(name for name, _ in known):
        filled = f"{len(list(filter(None, texts)))} gevulde cellen"
        findings.add("kopregel-ontbreekt", None, HEADER_ROW, filled)
        return Header({}, {}, (), (), width, is_usable=False, is_complete=False)
    positions, complete = _positions(texts, known, findings)
    missing = [c.name for c in contract.columns.values() if c.required and c.name not in positions]
    for name in missing:
        findings.add(
            "kolom-ontbreekt", name, HEADER_ROW, f"{len(positions)} andere bekende kolommen"
        )
    ours = {texts[place].upper(): place for place, (_, how) in enumerate(known) if how == _SKIPPED}
    matched = tuple(
        MatchedColumn(letters(place), text if name else describe_header(text), name, how)
        for place, (text, (name, how)) in enumerate(zip(texts, known, strict=True))
        if text
    )
    unnamed = tuple(place for place, text in enumerate(texts) if not text)
    whole = complete and not missing
    return Header(positions, ours, matched, unnamed, width, is_usable=True, is_complete=whole)


def _names(contract: Contract, aliases: Mapping[str, str]) -> dict[str, tuple[str | None, How]]:
    """What each header, made plain, stands for."""
    names: dict[str, tuple[str | None, How]] = {plain(name): (None, _SKIPPED) for name in OURS}
    names |= {plain(name): (name, "naam") for name in contract.columns}
    return names | {
        plain(word): (_target(name, contract), "alias") for word, name in aliases.items()
    }


def _positions(
    texts: Sequence[str], known: Sequence[tuple[str | None, How]], findings: Findings
) -> tuple[dict[str, int], bool]:
    """The place of each known column, and whether each stands there once."""
    positions: dict[str, int] = {}
    complete = True
    for place, (name, how) in enumerate(known):
        if name in positions:
            found = f"kolom {letters(positions[name])} en kolom {letters(place)}"
            findings.add("kolom-dubbel", name, HEADER_ROW, found)
            complete = False
        elif name:
            positions[name] = place
        elif texts[place] and how == "onbekend":
            shown = describe_header(texts[place])
            findings.add("kolom-onbekend", shown, HEADER_ROW, f"{shown} (kolom {letters(place)})")
    return positions, complete


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


def plain(text: str) -> str:
    """A header as it is compared."""
    return text.translate(_IGNORED).casefold()


def _target(name: str, contract: Contract) -> str:
    if name not in contract.columns:
        raise UnknownAliasTarget(
            f"De kolom {name} bestaat niet; een alias kan er niet naar wijzen."
        )
    return name
