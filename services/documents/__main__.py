"""The processes of documents."""

from __future__ import annotations

import sys
from pathlib import Path

from services.documents import (
    inzage_doors,
    previews,
    print_doors,
    return_doors,
    tables,
    template_doors,
    version_doors,
)
from services.documents.api import router
from services.documents.destroying import BELONGINGS
from services.documents.docx import DocxConversion
from services.documents.press import Press
from services.documents.print_run import PrintRun
from services.documents.renderer import LetterPool
from services.documents.settings import Settings
from services.documents.worker import SHELVES, SUBSCRIPTIONS, TIMERS, queues
from shared.chassis.bucket import Bucket
from shared.chassis.destruction import DESTRUCTIONS, Destruction
from shared.chassis.malware import MalwareScanner
from shared.chassis.run import Built, Parts, main
from shared.chassis.scratch import Scratch
from shared.chassis.service import Service
from shared.chassis.shelves import SWEEPS, Shelves
from shared.contracts.events import case_of
from shared.contracts.subjects import named_cases

NAME = "documents"


def build(parts: Parts) -> Built:
    """The service on its parts; nothing connects yet."""
    bucket = Bucket(parts.settings, parts.keys)
    pool = LetterPool(parts.settings.letter_processes)
    scanner = MalwareScanner(parts.settings.clamd_address)
    scratch = Scratch.of(parts.settings.work_dir, NAME)
    press, print_run = Press(pool, bucket), PrintRun(bucket, parts.keys, scratch)
    shelves = Shelves(SHELVES, bucket, parts.database, parts.keys, scratch)
    work = {**queues(press, print_run), SWEEPS: shelves.queue}
    work[DESTRUCTIONS] = Destruction(BELONGINGS, bucket).queue
    return Built(
        service=Service(NAME, tables.metadata, SUBSCRIPTIONS, work, TIMERS, case_of),
        routers=[
            router,
            version_doors.router,
            template_doors.router,
            previews.router,
            print_doors.router,
            return_doors.router,
            inzage_doors.router,
        ],
        state={"bucket": bucket, "pool": pool, "scanner": scanner, "conversion": DocxConversion()},
        checks={"s3": bucket.ready},
        scratch=scratch,
        shelves=shelves,
        close=[pool.close, bucket.close],
        title="Documenten: brieven, sjablonen en afdrukbestanden",
        words=Path(__file__).with_name("api.toml"),
        subjects=named_cases,
    )


if __name__ == "__main__":
    sys.exit(main(NAME, Settings, build, "services.documents"))
