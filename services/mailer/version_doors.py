"""The HTTP doors of template versions: going back to one, and comparing two."""

from __future__ import annotations

import difflib
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from services.mailer import handlers, queries
from services.mailer.api import SjabloonVersie
from services.mailer.domain import Template
from services.mailer.errors import TemplateNotFound
from shared.chassis.web import Run, TheDoors, Who
from shared.contracts.codes import Role

router = APIRouter(tags=["e-mail"])


class Verschil(BaseModel):
    """What changed between two versions: the lines of a unified diff of each part."""

    id: UUID
    met: UUID | None
    onderwerp: list[str]
    tekst: list[str]
    html: list[str]


@router.post("/sjablonen/{id}/activering")
async def activate_template(
    doors: TheDoors, who: Who, run: Run, template_id: Annotated[UUID, Path(alias="id")]
) -> SjabloonVersie:
    """Let an older version count again; what was approved keeps its own version."""
    who.require(Role.BEHEERDER)
    await run(handlers.activate_template, handlers.ActivateTemplate(template_id))
    return SjabloonVersie.of(await _version(doors, who.gemeente, template_id))


@router.get("/sjablonen/{id}/verschil")
async def compare_templates(
    doors: TheDoors,
    who: Who,
    template_id: Annotated[UUID, Path(alias="id")],
    met: Annotated[UUID | None, Query()] = None,
) -> Verschil:
    """What a version changed, compared with another or else with the one before it."""
    who.require(Role.BEHEERDER)
    after = await _version(doors, who.gemeente, template_id)
    if met is not None:
        before: Template | None = await _version(doors, who.gemeente, met)
    else:
        async with doors.database.transaction(who.gemeente) as tx:
            before = await queries.version_before(tx.connection, after)
    return Verschil(
        id=after.id,
        met=before.id if before else None,
        onderwerp=_changed(before, after, "subject"),
        tekst=_changed(before, after, "text"),
        html=_changed(before, after, "html"),
    )


def _changed(before: Template | None, after: Template, part: str) -> list[str]:
    lines = difflib.unified_diff(
        getattr(before, part).splitlines() if before else [],
        getattr(after, part).splitlines(),
        f"versie {before.version}" if before else "leeg",
        f"versie {after.version}",
        lineterm="",
    )
    return list(lines)


async def _version(doors: TheDoors, gemeente: str, template_id: UUID) -> Template:
    async with doors.database.transaction(gemeente) as tx:
        found = await queries.template_versions(tx.connection, {template_id})
    if template_id not in found:
        raise TemplateNotFound("Kies een versie uit de lijst.")
    return found[template_id]
