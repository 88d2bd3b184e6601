"""One resident of a batch as an example: the letter and the mail as they would be, and a trial."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Response
from fastapi.responses import HTMLResponse

from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import TheVisit, Visit

CONFLICT, TOO_MANY = 409, 429
#: Only our own pages may show a letter or mail inside themselves.
IN_OUR_PAGE = "frame-ancestors 'self'"
LETTER_POLICY = f"default-src 'self'; {IN_OUR_PAGE}"
#: A mail is what a template made of it: it may have style and pictures of its own, and no more.
MAIL_POLICY = (
    f"default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox; {IN_OUR_PAGE}"
)

router = Pages()


@dataclass(frozen=True)
class Which:
    """Which resident is the example: by place in the batch, or one of the hardest."""

    number: int = 1
    case_id: UUID | None = None


FIRST = Which()


@dataclass(frozen=True)
class Example:
    """A resident to show, who else could be, and the mail to that resident."""

    case: Mapping[str, Any] | None
    number: int | None
    total: int
    hardest: list[Mapping[str, Any]]
    mail: Mapping[str, Any] | None
    gets_letter: bool
    why_no_mail: str | None


async def example(visit: Visit, batch_id: UUID, which: Which) -> Example:
    """The example to show; its letter comes by an address of its own."""
    page, hardest = await asyncio.gather(
        visit.read("zakenLezen", batchId=batch_id, pagina=which.number, perPagina=1),
        visit.read("voorbeeldenLezen", id=batch_id),
    )
    found = page["resultaten"]
    case_id = which.case_id or (found[0]["id"] if found else None)
    if case_id is None:
        return Example(None, which.number, page["aantal"], hardest["resultaten"], None, False, None)
    case, (mail, why) = await asyncio.gather(
        visit.read("zaakLezen", id=case_id), _mail(visit, batch_id, case_id)
    )
    number = which.number if which.case_id is None else None
    gets_letter = case["communicatievoorkeur"] != "EMAIL"
    return Example(case, number, page["aantal"], hardest["resultaten"], mail, gets_letter, why)


async def _mail(visit: Visit, batch_id: UUID, case_id: Any) -> tuple[Any, str | None]:
    try:
        return await visit.read("voorbeeldmailLezen", id=batch_id, zaakId=case_id), None
    except Declined as declined:
        if declined.status != CONFLICT:
            raise
        return None, declined.detail


@router.page("/batches/{id}/zaken/{zaakId}/brief", needs="voorbeeldbriefOpenen")
async def letter(visit: TheVisit, id: UUID, zaakId: UUID) -> Response:  # noqa: A002, N803
    """The letter, to be shown inside a page; or why there is none."""
    try:
        content = await visit.api.content("voorbeeldbriefOpenen", id=id, zaakId=zaakId)
    except Declined as declined:
        if declined.status != CONFLICT:
            raise
        page = visit.part("sending/no_letter.html", why=declined.detail)
        page.headers["content-security-policy"] = LETTER_POLICY
        return page
    headers = {
        "content-security-policy": LETTER_POLICY,
        "content-disposition": 'inline; filename="voorbeeld-brief.pdf"',
        "cache-control": "no-store",
    }
    return Response(content, media_type="application/pdf", headers=headers)


@router.page("/batches/{id}/zaken/{zaakId}/mail", needs="voorbeeldmailLezen")
async def mail_body(visit: TheVisit, id: UUID, zaakId: UUID) -> Response:  # noqa: A002, N803
    """The mail, to be shown inside a page as a mail program shows it."""
    told = await visit.read("voorbeeldmailLezen", id=id, zaakId=zaakId)
    headers = {"content-security-policy": MAIL_POLICY, "cache-control": "no-store"}
    return HTMLResponse(told["html"], headers=headers)


@router.form("/batches/{id}/zaken/{zaakId}/proef", sends="proefSturen")
async def try_it(visit: TheVisit, id: UUID, zaakId: UUID) -> Response:  # noqa: A002, N803
    """Send the example to who asks."""
    try:
        trial = await visit.send("proefSturen", id=id, zaakId=zaakId)
    except Declined as declined:
        if declined.status not in {CONFLICT, TOO_MANY}:
            raise
        batch = await visit.read("batchLezen", id=id)
        return await visit.show(
            "sending/trial.html", declined.status, batch=batch, trial=None, why=declined.detail
        )
    return visit.go(f"/batches/{id}/proeven/{trial['id']}")


@router.page("/batches/{id}/proeven/{proef}", needs="proefLezen")
async def trial_page(visit: TheVisit, id: UUID, proef: UUID) -> Response:  # noqa: A002
    """What became of a trial."""
    batch, trial = await asyncio.gather(
        visit.read("batchLezen", id=id), visit.read("proefLezen", id=proef)
    )
    return await visit.show("sending/trial.html", batch=batch, trial=trial, why=trial["reden"])


@router.page("/batches/{id}/proeven/{proef}/voortgang", needs="proefLezen")
async def trial_progress(visit: TheVisit, id: UUID, proef: UUID) -> Response:  # noqa: A002
    """The piece that waits until the mail server took it."""
    trial = await visit.read("proefLezen", id=proef)
    if trial["status"] != "onderweg":
        return Response(headers={"HX-Redirect": f"/batches/{id}/proeven/{proef}"})
    return visit.part("sending/trial_part.html", trial=trial)
