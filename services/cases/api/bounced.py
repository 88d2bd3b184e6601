"""The mails of a batch that came back, and letters instead."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from services.cases import answers, handlers, queries
from services.cases.api.cases import SENDERS, PageNumber, PageSize, batch_of
from services.cases.worker import BATCH_OF_COMMAND
from shared.chassis.web import Run, TheDoors, Who

router = APIRouter(tags=["zaken"])


@router.get("/batches/{batch_id}/niet-bezorgd")
async def list_bounced(
    batch_id: UUID, who: Who, doors: TheDoors, page: PageNumber = 1, size: PageSize = 50
) -> answers.Page[answers.BouncedAnswer]:
    """Mails that came back with their reason."""
    who.require(*SENDERS)
    async with doors.database.transaction(who.gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
        total, rows = await queries.bounced_page(
            tx.connection, who.gemeente, batch_id, (page - 1) * size, size
        )
    results = [answers.BouncedAnswer.of(row) for row in rows]
    return answers.Page[answers.BouncedAnswer](aantal=total, pagina=page, resultaten=results)


@router.post(
    "/batches/{batch_id}/niet-bezorgd/brieven",
    status_code=202,
    responses={409: {"description": "De batch is nog niet verzonden, of de rest is ingetrokken"}},
)
async def write_letters(
    batch_id: UUID, body: answers.LettersRequest, who: Who, run: Run
) -> answers.LettersAnswer:
    """Order letters for residents whose mail came back, all of them or those that are chosen."""
    who.require(*SENDERS)
    chosen = None if body.zaakIds is None else tuple(body.zaakIds)
    command = handlers.LettersForBounced(batch_id, chosen)
    answer = await run(handlers.write_letters, command, loads=[BATCH_OF_COMMAND])
    return answers.LettersAnswer.model_validate(answer)
