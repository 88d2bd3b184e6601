"""The work list as a file to save: CSV or a workbook, written while it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Mapping, Sequence
from uuid import UUID

from services.cases.answers.cases import CaseLine
from services.cases.results import FORMULA, day_of

COLUMNS = (
    "Zaaknummer",
    "Naam",
    "Partner",
    "Woonplaats",
    "Status",
    "Team",
    "Behandelaar",
    "Reactiedatum",
    "Wacht tot",
    "Laatste contact",
    "Laatste contact op",
    "Bezwaar op",
    "Geopend op",
    "Gewijzigd op",
)
#: What a Dutch spreadsheet program opens as columns, with its accents.
_MARK = b"\xef\xbb\xbf"


def cells_of(line: CaseLine, teams: Mapping[UUID, str]) -> list[str]:
    """The row of one case."""
    contact = line.laatsteContact
    return [
        line.zaaknummer,
        line.naam,
        line.partnerNaam or "",
        line.woonplaats or "",
        line.status,
        teams.get(line.teamId, "") if line.teamId else "",
        line.behandelaarNaam or "",
        day_of(line.reactieDatum),
        day_of(line.wachtTotDatum),
        contact.soort if contact else "",
        day_of(contact.datum if contact else None),
        day_of(line.bezwaarDatum),
        day_of(line.geopendOp),
        day_of(line.gewijzigdOp),
    ]


async def as_csv(chunks: AsyncIterator[Sequence[Sequence[str]]]) -> AsyncIterator[bytes]:
    """Semicolons between, and no text that a program would take for a formula."""
    yield _MARK + _lines([COLUMNS])
    async for rows in chunks:
        yield _lines([[_harmless(text) for text in row] for row in rows])


def _lines(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
