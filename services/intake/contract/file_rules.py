"""Rules between the rows of one file, decided after the last row.

Only now is it known that a number comes back, so rows that seemed right can turn out wrong.
"""

from collections.abc import Mapping

from services.intake.contract.batch import Batch
from services.intake.contract.definition import Contract
from services.intake.contract.findings import Findings, named_rows
from services.intake.contract.masking import describe

_MAX_RELATED = 20
Seen = dict[object, int | list[int]]


class FileRules:
    """Remembers what must be unique in the file."""

    def __init__(self, contract: Contract, findings: Findings) -> None:
        """Start with no rows seen."""
        self._contract = contract
        self._findings = findings
        self._bsns: Seen = {}
        self._contracts: Seen = {}
        self._emails: Seen = {}
        self._partners: Seen = {}
        self._couples: dict[int, tuple[object, str]] = {}
        self._late: set[int] = set()

    def note(self, batch: Batch) -> None:
        """Remember the numbers and addresses of a batch."""
        values = batch.values
        for row, bsn, number, email, partner in zip(
            batch.rows,
            values["BSN"],
            values["CONTRACTNUMMER"],
            values["EMAIL"],
            values["PARTNER_BSN"],
            strict=True,
        ):
            if type(bsn) is str:
                _remember(self._bsns, int(bsn), row)
            if type(number) is str:
                _remember(self._contracts, number.casefold(), row)
            if type(email) is str:
                _remember(self._emails, email.casefold(), row)
            if type(partner) is str:
                _remember(self._partners, int(partner), row)
                if partner != bsn:
                    self._couples[row] = (bsn, partner)

    def decide(self) -> set[int]:
        """Report what comes back, and return the row numbers that are wrong because of it."""
        self._report_repeated(self._bsns, "bsn-dubbel", "BSN")
        self._report_repeated(self._contracts, "contractnummer-dubbel", "CONTRACTNUMMER")
        self._report_repeated(self._emails, "email-gedeeld", "EMAIL")
        self._report_repeated(self._partners, "partner-dubbel", "PARTNER_BSN")
        self._report_partners()
        return self._late

    def _report_repeated(self, seen: Seen, kind: str, name: str) -> None:
        groups = [rows for rows in seen.values() if isinstance(rows, list)]
        repeated = sorted(((row, group) for group in groups for row in group), key=_first)
        for row, group in repeated:
            others = [other for other in group[: _MAX_RELATED + 1] if other != row][:_MAX_RELATED]
            hint = {"rows": _named(others, len(group) - 1)}
            self._add(kind, name, row, f"komt {len(group)} keer voor", others, hint)

    def _report_partners(self) -> None:
        """Report partners that have a row themselves: a couple is one case."""
        for row, (bsn, partner) in sorted(self._couples.items(), key=_first):
            found = _rows(self._bsns.get(int(partner)))
            others = [other for other in found[: _MAX_RELATED + 1] if other != row]
            mutual = [other for other in others if self._couples.get(other) == (partner, bsn)]
            if mutual and row < mutual[0]:
                self._report_couple(row, mutual[0], partner)
            elif others and not mutual:
                hint = {"rows": _named(others, len(found))}
                shape = describe("bsn", partner)
                self._add("partner-is-hoofdpersoon", "PARTNER_BSN", row, shape, others, hint)

    def _report_couple(self, row: int, other: int, partner: str) -> None:
        """One finding for both rows: either of them may stay."""
        hint = {"rows": named_rows([row, other]).capitalize()}
        shape = describe("bsn", partner)
        self._add("echtpaar-in-twee-rijen", "PARTNER_BSN", row, shape, [other], hint)
        self._late.add(other)

    def _add(
        self,
        kind: str,
        name: str,
        row: int,
        found: str,
        related: list[int],
        hint: Mapping[str, str],
    ) -> None:
        if self._findings.add(kind, name, row, found, related=related, hint=hint):
            self._late.add(row)


def _remember(seen: Seen, key: object, row: int) -> None:
    """Keep a bare row number until a second one comes: most numbers are unique."""
    before = seen.setdefault(key, row)
    if isinstance(before, list):
        before.append(row)
    elif before != row:
        seen[key] = [before, row]


def _rows(entry: int | list[int] | None) -> list[int]:
    if entry is None:
        return []
    return entry if isinstance(entry, list) else [entry]


def _first(pair: tuple[int, object]) -> int:
    return pair[0]


def _named(rows: list[int], count: int) -> str:
    """Name the rows, and how many more there are beyond the list."""
    more = count - len(rows)
    return named_rows(rows) if not more else f"{named_rows(rows)} (en nog {more})"
