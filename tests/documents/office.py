"""What other services and colleagues say to documents, for its tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID, uuid4, uuid5

import httpx
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import tables
from services.documents.domain import template_id
from shared.chassis.identity import Identity, Signer
from shared.chassis.run import make_web
from shared.contracts.codes import Purpose, Role
from shared.contracts.envelope import Event
from shared.contracts.events import BatchVerzonden, BriefGevraagd, InstellingenGewijzigd
from shared.contracts.merge_fields import example_values
from tests.support.parts import Bench, event_of

EXAMPLE = example_values(Purpose.INVITATION)


def settings(gemeente: str, *, sequence: int = 1, name: str = "Gemeente Proefstad") -> Event[Any]:
    """The settings of a gemeente."""
    data = InstellingenGewijzigd(
        code=gemeente,
        naam=name,
        plaats="Proefstad",
        afdeling="Inkomen",
        telefoon="14 0999",
        openingstijden="op werkdagen van 9 tot 17",
        retouradres="Postbus 1, 1234 AB Proefstad",
        afzenderNaam=name,
        afzenderEmail="post@proefstad.example.nl",
        link="https://proefstad.example.nl",
    )
    return event_of(data, gemeente, sequence=sequence)


def default_version(gemeente: str) -> UUID:
    """The version of the invitation letter that a gemeente starts with."""
    return uuid5(template_id(gemeente, Purpose.INVITATION), "1")


def order(
    gemeente: str,
    batch: UUID,
    place: int,
    *,
    version: UUID | None = None,
    values: Mapping[str, str] = EXAMPLE,
    attempt: int = 1,
) -> Event[Any]:
    """An order for the letter of the resident at a place in the file."""
    case = uuid5(batch, str(place))
    delivery = uuid5(case, "uitnodiging|1|brief")
    data = BriefGevraagd(
        zaakId=case,
        bezorgingId=delivery,
        pogingId=uuid5(delivery, str(attempt)),
        batchId=batch,
        zaaknummer=f"HO-2026-{place:06d}",
        volgnummer=place,
        doel=Purpose.INVITATION,
        sjabloonVersieId=version or default_version(gemeente),
        velden={**values, "ZAAKNUMMER": f"HO-2026-{place:06d}"},
    )
    return event_of(data, gemeente, sequence=attempt)


def approval(gemeente: str, batch: UUID, letters: int, *, sequence: int = 3) -> Event[Any]:
    """Sending was approved."""
    data = BatchVerzonden(
        batchId=batch,
        aantalBrieven=letters,
        aantalEmails=0,
        verzendDatum=date(2026, 11, 23),
        reactieDatum=date(2026, 12, 21),
    )
    return event_of(data, gemeente, sequence=sequence)


async def letters(bench: Bench, gemeente: str) -> list[Any]:
    """The letters of a gemeente, in the file's order."""
    statement = sa.select(tables.documents).order_by(tables.documents.c.place)
    return await bench.rows(statement, gemeente)


async def told(bench: Bench, gemeente: str, kind: Any) -> list[dict[str, Any]]:
    """The data of the events of one kind that a gemeente's work recorded."""
    return [e["data"] for e in await bench.recorded(kind) if e["gemeente"] == gemeente]


def client(stack: Stack, bench: Bench, gemeente: str, *roles: Role) -> httpx.AsyncClient:
    """A colleague's client of the api of documents."""
    signer = Signer(stack.environment("gateway")["IDENTITY_KEY"], "gateway")
    who = Identity(str(uuid4()), "Sam", "sam@example.nl", frozenset(roles), gemeente)
    transport = httpx.ASGITransport(make_web(bench.parts, bench.built), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {signer.sign(who, 'documents')}"}
    return httpx.AsyncClient(transport=transport, base_url="http://documents", headers=headers)
