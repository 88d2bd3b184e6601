"""The mail to who asked for an inzage: it is ready, or it could not be made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog

from services.gateway import seals
from services.gateway.errors import PartUnreachable
from services.gateway.inzage import reading
from services.gateway.inzage.errors import PartAway
from services.gateway.inzage.rules import Inzage, Status
from services.gateway.inzage.shares import JSON, caller_of
from services.gateway.routes import Part
from services.gateway.upstream import Upstream
from shared.chassis.identity import Identity
from shared.chassis.jobs import GoneWrong
from shared.chassis.service import Item
from shared.chassis.work import Work
from shared.contracts.codes import Role

ACCEPTED, FIRST_FAULT = 202, 500

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Telling:
    """Asks mailer for the mail, once per inzage. It says nothing about anybody."""

    upstream: Upstream
    public_url: str

    async def prepare(
        self, items: Sequence[Item], work: Work
    ) -> Mapping[Any, tuple[Inzage, Identity]]:
        """The inzagen, each with who asked for it; who has no address hears nothing."""
        ids = {UUID(item.payload["inzage"]): item.id for item in items}
        found: dict[Any, tuple[Inzage, Identity]] = {}
        for inzage in await reading.by_ids(work, ids):
            colleague = await reading.colleague(work, inzage.asked_by)
            if colleague is not None and colleague["email"]:
                identity = Identity(
                    inzage.asked_by,
                    colleague["name"],
                    colleague["email"],
                    frozenset({Role.SYSTEEM}),
                    inzage.gemeente,
                )
                found[ids[inzage.id]] = (inzage, identity)
        return found

    async def perform(self, item: Item, told: tuple[Inzage, Identity]) -> None:
        """Order the mail. Raises Transient, or GoneWrong when it cannot be sent."""
        inzage, identity = told
        until = inzage.expires_at
        body = {
            "inzageId": str(inzage.id),
            "isGelukt": inzage.status == Status.READY,
            "tot": f"{until.astimezone(seals.ZONE):%d-%m-%Y %H:%M}" if until else None,
            "link": f"{self.public_url.rstrip('/')}/inzagen/{inzage.id}",
        }
        caller = caller_of(identity, item.traceparent, inzage.id)
        try:
            answer = await self.upstream.ask(
                caller,
                Part.MAILER,
                "POST",
                "/inzage-meldingen",
                headers=JSON,
                body=json.dumps(body).encode(),
            )
        except PartUnreachable as error:
            raise PartAway(Part.MAILER) from error
        if answer.status_code >= FIRST_FAULT:
            raise PartAway(Part.MAILER)
        if answer.status_code != ACCEPTED:
            raise GoneWrong(f"mailer answered {answer.status_code}")

    async def record(self, _: Item, __: None, ___: Work) -> None:
        """Mailer has it now."""

    async def failed(self, item: Item, reason: str, _: Work) -> None:
        """The list of inzagen says the same as the mail would have."""
        log.warning("inzage_mail_failed", inzage=item.payload["inzage"], reason=reason)
