"""The processes of communications."""

from __future__ import annotations

import sys
from pathlib import Path

from services.communications import api, inzage_doors, tables, worker
from services.communications.destroying import BELONGINGS
from services.communications.settings import Settings
from shared.chassis.destruction import DESTRUCTIONS, Destruction
from shared.chassis.run import Built, Parts, main
from shared.chassis.service import Service
from shared.contracts.events import case_of
from shared.contracts.subjects import named_cases


def build(_: Parts) -> Built:
    """Put communications together; nothing connects yet."""
    return Built(
        service=Service(
            "communications",
            tables.metadata,
            worker.SUBSCRIPTIONS,
            {DESTRUCTIONS: Destruction(BELONGINGS).queue},
            about=case_of,
        ),
        routers=[api.router, inzage_doors.router],
        title="Communicatie",
        words=Path(__file__).with_name("api.toml"),
        subjects=named_cases,
    )


if __name__ == "__main__":
    sys.exit(main("communications", Settings, build, "services.communications"))
