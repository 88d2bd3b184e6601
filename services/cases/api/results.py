"""The results of a batch as a file to save."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from services.cases import queries, results, tables
from services.cases.api.cases import SENDERS, batch_of
from shared.chassis.web import Doors, TheDoors, Who

router = APIRouter(tags=["zaken"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Het bestand",
        "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}},
    }
}
#: Residents read at once: a transaction of some tens of milliseconds, never as long as a download.
AT_ONCE = 500


@router.get("/batches/{batch_id}/resultaten", response_class=Response, responses=FILE)
async def save_results(batch_id: UUID, who: Who, doors: TheDoors) -> StreamingResponse:
    """One row per resident: what was sent, what became of it, and the status of the case."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
    return StreamingResponse(
        results.workbook(_lines(doors, who.gemeente, batch_id)),
        media_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="resultaten-{batch_id}.xlsx"'},
    )


async def _lines(doors: Doors, gemeente: str, batch_id: UUID) -> AsyncIterator[list[list[str]]]:
    after = ""
    while True:
        async with doors.database.transaction(gemeente) as tx:
            rows, sent = await queries.result_page(
                tx.connection, gemeente, batch_id, after, AT_ONCE
            )
        if not rows:
            return
        yield [
            results.line_of(row, doors.mapper.open(tables.persons, "bsn", row), sent[row["id"]])
            for row in rows
        ]
        after = rows[-1]["number"]
