"""For the gateway: what a letter or mail to one resident would be made of.

The merge values go to documents or mailer and nowhere else, so no user may ask for them.
"""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.cases import errors, queries
from services.cases.answers.shapes import Request
from services.cases.api.cases import batch_of
from services.cases.domain import Batch, Office, delivery_of
from services.cases.handlers.office import announced
from services.cases.queries.previews import Shown, shown
from services.cases.written import Unsendable, Writing, order_of
from shared.chassis.database import Transaction
from shared.chassis.web import TheDoors, Who
from shared.contracts.codes import Channel, Preference, Purpose, Role
from shared.contracts.events import EmailGevraagd

router = APIRouter(tags=["zaken"])


class PreviewRequest(Request):
    """Which resident of which batch, and by which channel."""

    batchId: UUID
    zaakId: UUID
    kanaal: Channel


class PreviewAnswer(BaseModel):
    """What a letter or mail is made of; the version is empty until the approval names it."""

    zaakId: UUID
    zaaknummer: str
    doel: Purpose
    sjabloonVersieId: UUID | None
    aan: str | None
    aanNaam: str
    velden: dict[str, str]
    krijgtBrief: bool
    vorigeZaakId: UUID | None
    volgendeZaakId: UUID | None


@router.post("/samenvoegwaarden")
async def merge_values(body: PreviewRequest, who: Who, doors: TheDoors) -> PreviewAnswer:
    """The merge values of one resident, with who stands before and after."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        batch = await batch_of(doors, tx.connection, body.batchId)
        office = await queries.office(tx.connection, doors.mapper, who.gemeente)
        found = await shown(tx.connection, doors.mapper, who.gemeente, batch.id, body.zaakId)
        if found is None:
            raise errors.NoSuchCase
        if office is None:
            raise errors.SettingsMissing
        return _answer(found, body.kanaal, _writing(batch, office, tx))


def _writing(batch: Batch, office: Office, tx: Transaction) -> Writing:
    """As approved, or as it would be with the plan of this moment."""
    plan = batch.plan(tx.now)
    return Writing(
        announced(office).model_dump(),
        plan.send_date,
        batch.response_date or plan.response_date,
        batch.letter_template_id,
        batch.mail_template_id,
    )


def _answer(found: Shown, channel: Channel, writing: Writing) -> PreviewAnswer:
    case = found.case
    try:
        order = order_of(delivery_of(case, channel, Purpose.INVITATION), found.addressee, writing)
    except Unsendable as unsendable:
        raise errors.NotToBeShown(unsendable.reason) from None
    return PreviewAnswer(
        zaakId=case.id,
        zaaknummer=case.number,
        doel=Purpose.INVITATION,
        sjabloonVersieId=order.sjabloonVersieId,
        aan=order.aan if isinstance(order, EmailGevraagd) else None,
        aanNaam=order.velden["NAAM_VOLLEDIG"],
        velden=order.velden,
        krijgtBrief=Channel.LETTER in Preference(case.preference).channels,
        vorigeZaakId=found.before,
        volgendeZaakId=found.after,
    )
