"""The column contract as read from its data files: columns, code lists and kinds of findings.

Rules that a municipality may want changed are data (columns.toml, kinds.toml); the code only
knows how to read each kind of cell.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any


class Severity(StrEnum):
    """How serious a finding is; only a `fout` makes a row wrong."""

    FOUT = "fout"
    WAARSCHUWING = "waarschuwing"
    MELDING = "melding"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the contract."""

    name: str
    kind: str
    expected: str
    required: bool = False
    limit: int | None = None
    codes: str | None = None
    needed: str = ""
    meaning: str = ""
    example: str = ""


@dataclass(frozen=True, slots=True)
class CodeList:
    """The values a coded column knows, and the words that are understood as one of them."""

    values: tuple[str, ...]
    synonyms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding: its code, how serious it is and the Dutch texts."""

    code: str
    severity: Severity
    title: str
    message: str
    expected: str | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything a workbook is checked against."""

    version: int
    columns: Mapping[str, Column]
    codes: Mapping[str, CodeList]
    kinds: Mapping[str, Kind]
    harmless: frozenset[str]


@cache
def load_contract() -> Contract:
    """Read the contract's data files; they are part of the program, so this is done once."""
    here = Path(__file__).parent
    data = tomllib.loads((here / "columns.toml").read_text(encoding="utf-8"))
    kinds = tomllib.loads((here / "kinds.toml").read_text(encoding="utf-8"))
    columns = [Column(**entry) for entry in data["column"]]
    return Contract(
        version=data["version"],
        columns={column.name: column for column in columns},
        codes={name: _code_list(entry) for name, entry in data["codes"].items()},
        kinds={code: _kind(code, entry) for code, entry in kinds.items()},
        harmless=frozenset(data["harmless"]),
    )


def _code_list(entry: Mapping[str, Any]) -> CodeList:
    return CodeList(tuple(entry["values"]), dict(entry.get("synonyms", {})))


def _kind(code: str, entry: Mapping[str, Any]) -> Kind:
    return Kind(
        code, Severity(entry["severity"]), entry["title"], entry["message"], entry.get("expected")
    )
