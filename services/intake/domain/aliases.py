"""A gemeente's own names for columns: what its exports call BSN or ACHTERNAAM."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.contract.definition import Contract
from services.intake.contract.header import OURS, plain
from services.intake.errors import AliasesChanged, AliasesInvalid
from shared.chassis.errors import FieldError

MAX_ALIASES = 200
MAX_ALIAS = 60


@dataclass(frozen=True, slots=True)
class Alias:
    """A header of the gemeente, and the column of the contract that it means."""

    header: str
    column: str


@dataclass(frozen=True, slots=True)
class AliasList:
    """All own names of a gemeente; `version` rises with each change."""

    gemeente: str
    aliases: list[dict[str, str]]
    version: int
    changed_at: datetime
    changed_by: str

    @property
    def by_header(self) -> dict[str, str]:
        """What a check needs: the column of each header."""
        return {alias["header"]: alias["column"] for alias in self.aliases}


def check_aliases(aliases: Sequence[Alias], contract: Contract) -> list[dict[str, str]]:
    """The list as it is kept; raises AliasesInvalid with everything that is wrong."""
    wrong = list(_mistakes(aliases, contract))
    if wrong:
        raise AliasesInvalid("De lijst met kolomnamen klopt niet.", tuple(wrong))
    return [{"header": " ".join(a.header.split()), "column": a.column} for a in aliases]


def require_version(known: int, seen: int) -> None:
    """Raise AliasesChanged when somebody else changed the list after it was read."""
    if known != seen:
        raise AliasesChanged(
            "Een collega heeft de kolomnamen intussen gewijzigd. Bekijk de nieuwe lijst en wijzig"
            " haar opnieuw."
        )


def _mistakes(aliases: Sequence[Alias], contract: Contract) -> Iterator[FieldError]:
    known = {plain(name): name for name in contract.columns}
    ours = {plain(name) for name in OURS}
    seen: set[str] = set()
    for place, alias in enumerate(aliases):
        where, word = f"aliassen.{place}", plain(alias.header)
        if alias.column not in contract.columns:
            reason = f"De kolom {alias.column} bestaat niet. Kies een kolom uit de lijst."
            yield FieldError(f"{where}.kolom", "kolom-onbekend", reason)
        if not word:
            yield FieldError(f"{where}.kop", "leeg", "Vul de naam in die in uw bestand staat.")
        elif word in known:
            reason = f"{known[word]} is zelf al een kolom en kan niets anders betekenen."
            yield FieldError(f"{where}.kop", "is-kolom", reason)
        elif word in ours:
            reason = "Deze naam gebruiken wij zelf in de gemarkeerde kopie. Kies een andere."
            yield FieldError(f"{where}.kop", "is-van-ons", reason)
        elif word in seen:
            reason = "Deze naam staat er al. Hoofdletters en spaties maken geen verschil."
            yield FieldError(f"{where}.kop", "dubbel", reason)
        seen.add(word)
