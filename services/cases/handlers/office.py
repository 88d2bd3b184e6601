"""The settings of a gemeente: cases owns them and publishes them whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.cases import tables
from services.cases.domain import Office, OfficeChange
from shared.chassis.work import Work
from shared.contracts.events import InstellingenGewijzigd


async def change_office(office: Office, work: Work) -> dict[str, Any]:
    """The settings of a gemeente, whatever they were."""
    before = work.found(Office, office.code, by="code")
    return _keep(replace(office, version=before.version + 1 if before else 1), work)


async def replace_office(change: OfficeChange, work: Work) -> dict[str, Any]:
    """A beheerder replaces the settings that he looked at."""
    return _keep(change.applied(work.found(Office, change.code, by="code")), work)


async def introduce_office(office: Office, work: Work) -> bool:
    """The first settings of a gemeente; what was filled in before stays."""
    if work.found(Office, office.code, by="code") is not None:
        return False
    await change_office(office, work)
    return True


def _keep(office: Office, work: Work) -> dict[str, Any]:
    work.save(tables.offices, office)
    work.record(announced(office), sequence=office.version)
    return shown(office)


def shown(office: Office) -> dict[str, Any]:
    """The settings as a beheerder sees them, with their version."""
    return office.told() | {"versie": office.version}


def announced(office: Office) -> InstellingenGewijzigd:
    """The settings as other services know them; also what merge fields are filled from."""
    return InstellingenGewijzigd(**office.told())
