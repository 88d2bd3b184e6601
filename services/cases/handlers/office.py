"""The settings of a gemeente: cases owns them and publishes them whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.cases import tables
from services.cases.domain import Office
from shared.chassis.work import Work
from shared.contracts.events import InstellingenGewijzigd


async def change_office(office: Office, work: Work) -> dict[str, Any]:
    """A beheerder replaces the settings of the own gemeente."""
    before = work.found(Office, office.code, by="code")
    after = replace(office, version=before.version + 1 if before else 1)
    work.save(tables.offices, after)
    work.record(announced(after), sequence=after.version)
    return announced(after).model_dump(mode="json")


async def introduce_office(office: Office, work: Work) -> bool:
    """The first settings of a gemeente; what was filled in before stays."""
    if work.found(Office, office.code, by="code") is not None:
        return False
    await change_office(office, work)
    return True


def announced(office: Office) -> InstellingenGewijzigd:
    """The settings as other services know them; also what merge fields are filled from."""
    return InstellingenGewijzigd(
        code=office.code,
        naam=office.name,
        plaats=office.place,
        afdeling=office.department,
        telefoon=office.telephone,
        openingstijden=office.opening_hours,
        retouradres=office.return_address,
        afzenderNaam=office.sender_name,
        afzenderEmail=office.sender_email,
        link=office.link,
        vierOgen=office.four_eyes,
    )
