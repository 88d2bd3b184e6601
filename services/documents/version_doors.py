"""The HTTP doors of template versions: going back to one, comparing two, the fields to use."""

from __future__ import annotations

import difflib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.documents import errors, handlers, queries, tables
from services.documents.answers import ActiefSjabloon
from services.documents.domain import template_id
from shared.chassis.loads import Load
from shared.chassis.web import Run, TheDoors, Who
from shared.contracts.codes import Purpose, Role
from shared.contracts.merge_fields import MERGE_FIELDS, MergeField

router = APIRouter(tags=["sjablonen"])


class Samenvoegveld(BaseModel):
    """A field that a template may use."""

    naam: str
    schrijfwijze: str
    betekenis: str
    voorbeeld: str
    verplicht: bool
    meerdereRegels: bool

    @classmethod
    def of(cls, field: MergeField, purpose: Purpose) -> Samenvoegveld:
        """A field of the catalogue, for a purpose."""
        return cls(
            naam=field.name,
            schrijfwijze=field.token,
            betekenis=field.meaning,
            voorbeeld=field.example,
            verplicht=purpose in field.required_for,
            meerdereRegels=field.multiline,
        )


class Samenvoegvelden(BaseModel):
    """All fields of a purpose."""

    resultaten: list[Samenvoegveld]


class Verschil(BaseModel):
    """What changed between two versions: the lines of a unified diff."""

    id: UUID
    met: UUID | None
    regels: list[str]


@router.get("/samenvoegvelden")
async def list_fields(who: Who, doel: Purpose) -> Samenvoegvelden:
    """The fields that letters and mails of a purpose may use."""
    who.require(Role.BEHEERDER)
    fields = (field for field in MERGE_FIELDS.values() if doel in field.purposes)
    return Samenvoegvelden(resultaten=[Samenvoegveld.of(field, doel) for field in fields])


@router.post("/sjablonen/{versieId}/activering")
async def activate_version(doors: TheDoors, who: Who, run: Run, versieId: UUID) -> ActiefSjabloon:  # noqa: N803 - the wire's name
    """Let an older version count again; what was approved keeps its own version."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        row = await queries.template_version(tx.connection, versieId)
    if row is None:
        raise errors.TemplateUnknown
    template = Load(tables.templates, lambda _: template_id(who.gemeente, Purpose(row["purpose"])))
    command = handlers.ActivateVersion(versieId, row["template_id"])
    await run(handlers.activate_version, command, loads=[template])
    async with doors.database.transaction(who.gemeente) as tx:
        active = await queries.template_version(tx.connection, versieId)
    if active is None or not active["is_active"]:
        raise errors.OtherVersionActivated
    return ActiefSjabloon.of(active)


@router.get("/sjablonen/{versieId}/verschil")
async def compare_versions(
    doors: TheDoors,
    who: Who,
    versieId: UUID,  # noqa: N803 - the wire's name
    met: Annotated[UUID | None, Query()] = None,
) -> Verschil:
    """What a version changed, compared with another or else with the one before it."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        row = await queries.template_version(tx.connection, versieId)
        if row is None:
            raise errors.TemplateUnknown
        if met is None:
            other = await queries.version_before(tx.connection, row["template_id"], row["number"])
        elif (other := await queries.template_version(tx.connection, met)) is None:
            raise errors.TemplateUnknown
    before = other["html"].splitlines() if other else []
    changed = difflib.unified_diff(
        before,
        row["html"].splitlines(),
        f"versie {other['number']}" if other else "leeg",
        f"versie {row['number']}",
        lineterm="",
    )
    return Verschil(id=versieId, met=other["id"] if other else None, regels=list(changed))
