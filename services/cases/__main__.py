"""Runs cases: api | worker | jobs | migrate | dead-letters | rotate-keys."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from services.cases import seeding, tables, worker
from services.cases.api import router
from services.cases.settings import Settings
from shared.chassis.commands import Commands
from shared.chassis.run import Built, Parts, main, parts_of
from shared.chassis.service import Service
from shared.contracts.events import case_of
from shared.contracts.subjects import named_cases


def build(parts: Parts) -> Built:
    """Put cases together; nothing connects yet."""
    return Built(
        service=Service(
            "cases",
            tables.metadata,
            worker.SUBSCRIPTIONS,
            worker.queues(parts.settings.public_url),
            worker.TIMERS,
            case_of,
        ),
        routers=[router],
        title="Heronderzoek: zaken",
        words=Path(__file__).with_name("api.toml"),
        subjects=named_cases,
    )


async def seed(settings: Settings) -> int:
    """Bring in the first settings of the gemeenten; answers the exit code."""
    if settings.gemeenten_file is None:
        return 0
    parts = parts_of("cases", settings)
    try:
        offices = seeding.offices_in(settings.gemeenten_file)
        await seeding.introduce(Commands(parts.database, parts.mapper, parts.source), offices)
    except seeding.UnfitFile as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        await parts.database.close()
    return 0


def run() -> int:
    """Run one process; after `migrate` also bring in the first settings."""
    code = main("cases", Settings, build, "services.cases")
    if code == 0 and sys.argv[1:2] == ["migrate"]:
        code = asyncio.run(seed(Settings()))
    return code


if __name__ == "__main__":
    sys.exit(run())
