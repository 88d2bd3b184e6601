"""For the gateway: a letter as it would be, drawn and answered, and kept nowhere."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.documents import errors, queries
from services.documents.renderer import LetterFailed, LetterPool, LetterTemplate
from shared.chassis.web import Doors, TheDoors, Who
from shared.contracts.codes import Purpose, Role

router = APIRouter(tags=["documenten"])

PDF = "application/pdf"


class Voorbeeldvraag(BaseModel):
    """What a letter is made of; without a version, of the active one."""

    model_config = ConfigDict(extra="forbid")

    sjabloonVersieId: UUID | None
    doel: Purpose
    velden: dict[str, str] = Field(max_length=200)


def the_pool(request: Request) -> LetterPool:
    """The drawing processes of the app that got the request."""
    found: LetterPool = request.app.state.pool
    return found


@router.post(
    "/voorbeelden",
    response_class=Response,
    responses={
        200: {
            "description": "De brief",
            "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def draw_preview(
    body: Voorbeeldvraag,
    doors: TheDoors,
    who: Who,
    pool: Annotated[LetterPool, Depends(the_pool)],
) -> Response:
    """Draw one letter. Refused with what stops it, as the batch would."""
    who.require(Role.SYSTEEM)
    template = await _template(doors, who.gemeente, body)
    try:
        letter = await pool.render(template, body.velden)
    except LetterFailed as failure:
        raise errors.PreviewFailed(failure.reason) from failure
    return Response(letter.pdf, media_type=PDF)


async def _template(doors: Doors, gemeente: str, body: Voorbeeldvraag) -> LetterTemplate:
    async with doors.database.transaction(gemeente) as tx:
        version = body.sjabloonVersieId
        if version is None:
            active = await queries.active_version(tx.connection, body.doel)
            if active is None:
                raise errors.NoActiveTemplate(body.doel)
            version = active["id"]
        found = (await queries.letter_templates(tx.connection, [version])).get(version)
    if found is None:
        raise errors.TemplateUnknown
    return found
