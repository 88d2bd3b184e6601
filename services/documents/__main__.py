"""The processes of documents."""

from __future__ import annotations

import sys
from pathlib import Path

from services.documents import tables
from services.documents.api import router
from services.documents.press import Press
from services.documents.print_run import PrintRun
from services.documents.renderer import LetterPool
from services.documents.settings import Settings
from services.documents.worker import SUBSCRIPTIONS, TIMERS, queues
from shared.chassis.bucket import Bucket
from shared.chassis.run import Built, Parts, main
from shared.chassis.service import Service


def build(parts: Parts) -> Built:
    """The service on its parts; nothing connects yet."""
    bucket = Bucket(parts.settings, parts.keys)
    pool = LetterPool(parts.settings.letter_processes)
    press, print_run = Press(pool, bucket), PrintRun(bucket, parts.keys)
    return Built(
        service=Service(
            "documents", tables.metadata, SUBSCRIPTIONS, queues(press, print_run), TIMERS
        ),
        routers=[router],
        state={"bucket": bucket, "pool": pool},
        checks={"s3": bucket.ready},
        close=[pool.close, bucket.close],
        title="Documenten: brieven, sjablonen en afdrukbestanden",
        words=Path(__file__).with_name("api.toml"),
    )


if __name__ == "__main__":
    sys.exit(main("documents", Settings, build, "services.documents"))
