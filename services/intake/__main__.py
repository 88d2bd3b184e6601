"""Runs intake: `python -m services.intake api | worker | jobs | migrate | …`."""

from __future__ import annotations

import sys
from pathlib import Path

from services.intake import inzage_doors
from services.intake.api import router
from services.intake.cases_client import CasesClient
from services.intake.checks import WorkbookChecks
from services.intake.copying import WorkbookCopies
from services.intake.destroying import BELONGINGS
from services.intake.publisher import FramePublisher
from services.intake.retention import Retention
from services.intake.settings import Settings
from services.intake.tables import metadata
from services.intake.worker import SHELVES, SUBSCRIPTIONS, TIMERS, queues
from shared.chassis.bucket import Bucket
from shared.chassis.destruction import DESTRUCTIONS, Destruction
from shared.chassis.identity import Signer
from shared.chassis.malware import MalwareScanner
from shared.chassis.run import Built, Parts, main
from shared.chassis.scratch import Scratch
from shared.chassis.service import Service
from shared.chassis.shelves import SWEEPS, Shelves
from shared.contracts.events import case_of

NAME = "intake"


def build(parts: Parts) -> Built:
    """Wire the service; nothing connects yet."""
    settings: Settings = parts.settings
    bucket = Bucket(settings, parts.keys)
    signer = Signer(settings.identity_key.get_secret_value(), NAME)
    scanner = MalwareScanner(settings.clamd_address)
    scratch = Scratch.of(settings.work_dir, NAME)
    cases = CasesClient(settings.cases_url, signer)
    checks = WorkbookChecks(bucket, cases, parts.keys, parts.database, scratch)
    shelves = Shelves(SHELVES, bucket, parts.database, parts.keys, scratch)
    copies = WorkbookCopies(bucket, scratch)
    work = queues(checks, copies, FramePublisher(bucket), Retention(bucket))
    work[SWEEPS] = shelves.queue
    work[DESTRUCTIONS] = Destruction(BELONGINGS, bucket).queue
    return Built(
        service=Service(NAME, metadata, SUBSCRIPTIONS, work, TIMERS, case_of),
        routers=[router, inzage_doors.router],
        state={"bucket": bucket, "scratch": scratch, "scanner": scanner},
        checks={"s3": bucket.ready},
        scratch=scratch,
        shelves=shelves,
        close=[bucket.close, cases.close],
        title="Intake: bestanden controleren en aanbieden",
        words=Path(__file__).with_name("api.toml"),
    )


if __name__ == "__main__":
    sys.exit(main(NAME, Settings, build, "services.intake"))
