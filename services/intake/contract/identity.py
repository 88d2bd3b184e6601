"""What tells a row again in a corrected file, also when it moved or its BSN was mended."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from hashlib import blake2b

from services.intake.contract.batch import Batch
from services.intake.contract.marks import Identity

#: Who a row is about, when its BSN is wrong or is what was mended.
_CONTENT = ("ACHTERNAAM", "VOORLETTERS", "GEBOORTEDATUM", "POSTCODE", "HUISNUMMER")
_BYTES = 8


class Identities:
    """The identities of all rows of a file, sixteen bytes each."""

    def __init__(self) -> None:
        self._rows = array("L")
        self._bsns = array("Q")
        self._contents = array("Q")

    def note(self, batch: Batch) -> None:
        """Remember the rows of a batch by their raw cells."""
        nothing = [""] * len(batch.rows)
        columns = [batch.raw.get(name, nothing) for name in ("BSN", *_CONTENT)]
        for row, (bsn, *content) in zip(batch.rows, zip(*columns, strict=True), strict=True):
            self._rows.append(row)
            self._bsns.append(_hash(_plain(bsn).zfill(9)) if bsn not in {"", None} else 0)
            text = "|".join(map(_plain, content))
            self._contents.append(_hash(text) if text.strip("|") else 0)

    def of(self, rows: set[int]) -> Iterator[tuple[int, Identity]]:
        """The rows of the file that are among these, with their identities."""
        for row, bsn, content in zip(self._rows, self._bsns, self._contents, strict=True):
            if row in rows:
                yield row, Identity(bsn, content)

    @property
    def bsns(self) -> frozenset[int]:
        """The hashes of all BSNs."""
        return frozenset(self._bsns) - {0}

    @property
    def contents(self) -> frozenset[int]:
        """The hashes of all contents."""
        return frozenset(self._contents) - {0}


def _plain(raw: object) -> str:
    """A cell as text in which typing differs least: a number as its digits, a text trimmed."""
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip().casefold() if raw else ""


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=_BYTES).digest())
