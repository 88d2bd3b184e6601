"""What intake answers and takes about the columns of a workbook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from services.intake.contract.definition import Column, Contract
from services.intake.domain import MAX_ALIAS, MAX_ALIASES, Alias, AliasList


class Kolom(BaseModel):
    """A column of the contract, with the gemeente's own names for it."""

    naam: str
    verplicht: bool
    wanneer: str
    betekenis: str
    regel: str
    voorbeeld: str
    waarden: list[str]
    aliassen: list[str]

    @classmethod
    def of(cls, column: Column, contract: Contract, own: Mapping[str, str]) -> Self:
        """A column as the contract has it."""
        codes = contract.codes[column.codes].values if column.codes else ()
        return cls(
            naam=column.name,
            verplicht=column.required,
            wanneer=column.needed,
            betekenis=column.meaning,
            regel=column.expected,
            voorbeeld=column.example,
            waarden=list(codes),
            aliassen=[header for header, name in own.items() if name == column.name],
        )


class Kolommen(BaseModel):
    """Every column, and the version of the list of own names."""

    contractVersie: int
    versie: int
    gewijzigdOp: datetime | None
    gewijzigdDoor: str | None
    kolommen: list[Kolom]

    @classmethod
    def of(cls, contract: Contract, aliases: AliasList | None) -> Self:
        """The contract with the gemeente's own names."""
        own = aliases.by_header if aliases else {}
        return cls(
            contractVersie=contract.version,
            versie=aliases.version if aliases else 0,
            gewijzigdOp=aliases.changed_at if aliases else None,
            gewijzigdDoor=aliases.changed_by if aliases else None,
            kolommen=[Kolom.of(column, contract, own) for column in contract.columns.values()],
        )


class Kolomalias(BaseModel):
    """A name that stands in row 1 of the gemeente's own files."""

    model_config = ConfigDict(extra="forbid")

    kop: str = Field(max_length=MAX_ALIAS)
    kolom: str = Field(max_length=MAX_ALIAS)


class Kolomaliassen(BaseModel):
    """The whole list anew."""

    model_config = ConfigDict(extra="forbid")

    versie: int = Field(ge=0)
    aliassen: list[Kolomalias] = Field(max_length=MAX_ALIASES)

    def as_aliases(self) -> list[Alias]:
        """The list as the rules take it."""
        return [Alias(alias.kop, alias.kolom) for alias in self.aliassen]
