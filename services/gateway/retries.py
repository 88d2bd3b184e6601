"""Trying again what failed, with newer templates when that is approved anew."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.composed import CONFLICT, Akkoord, active_templates
from services.gateway.errors import ProposalChanged
from services.gateway.forwarding import TheUpstream, relayed
from services.gateway.guard import Admitted, May
from services.gateway.limits import BoundedRoute
from services.gateway.routes import Part
from services.gateway.upstream import Upstream
from shared.chassis.problems import Problem

router = APIRouter(route_class=BoundedRoute)


class Herkansing(BaseModel):
    """What of the failed letters and mails to try again, and with which templates."""

    model_config = ConfigDict(extra="forbid")

    bezorgingIds: Annotated[list[UUID], Field(min_length=1, max_length=10_000)] | None = None
    akkoord: Akkoord | None = None


class Herkanst(BaseModel):
    """What is tried again, or waits for a second person."""

    batchId: UUID
    aantalBrieven: int
    aantalEmails: int
    aangeboden: bool


@router.post(
    "/batches/{id}/opnieuw",
    tags=["Batches"],
    status_code=202,
    response_model=None,
    responses={
        202: {"model": Herkanst, "description": "Wordt opnieuw geprobeerd, of is aangeboden"},
        409: {"model": Problem, "description": "Er is intussen iets veranderd, of het kan nu niet"},
    },
)
async def opnieuw_proberen(
    id: UUID,  # noqa: A002
    herkansing: Herkansing,
    may: May,
    upstream: TheUpstream,
) -> Response:
    """Try failed letters and mails again; newer templates are approved as they are now."""
    if herkansing.akkoord is not None:
        await _refuse_outdated(herkansing.akkoord, may, upstream)
    return await relayed(
        may,
        upstream.open(
            may.caller,
            Part.CASES,
            "POST",
            f"/batches/{id}/opnieuw",
            headers={"content-type": "application/json"},
            body=herkansing.model_dump_json().encode(),
        ),
    )


async def _refuse_outdated(akkoord: Akkoord, may: Admitted, upstream: Upstream) -> None:
    """Raise ProposalChanged unless the templates are those that are active now."""
    letter, mail = await active_templates(upstream, may.caller)
    now = akkoord.model_copy(
        update={
            "briefSjabloonVersieId": letter and UUID(letter["id"]),
            "emailSjabloonVersieId": mail and UUID(mail["id"]),
        }
    )
    pairs = (
        (akkoord.aantalBrieven, akkoord.briefSjabloonVersieId, now.briefSjabloonVersieId),
        (akkoord.aantalEmails, akkoord.emailSjabloonVersieId, now.emailSjabloonVersieId),
    )
    if any(count and shown != active for count, shown, active in pairs):
        await may.log(CONFLICT)
        raise ProposalChanged(now.model_dump(mode="json"))
