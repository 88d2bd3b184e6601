"""The processes of mailer."""

from __future__ import annotations

import sys
from pathlib import Path

import structlog

from services.mailer import api, inzage_doors, limit, previews, tables, version_doors, worker
from services.mailer.bounces import doors as returns
from services.mailer.bounces.again import REREAD, Rereading
from services.mailer.bounces.mailbox import Mailbox
from services.mailer.bounces.rounds import Rounds
from services.mailer.destroying import BELONGINGS
from services.mailer.sending import Sending
from services.mailer.settings import Settings
from services.mailer.smtp import MailServer
from services.mailer.still_wanted import CasesClient
from services.mailer.trials import TRIALS, TrialSending
from shared.chassis.bucket import Bucket
from shared.chassis.destruction import DESTRUCTIONS, Destruction
from shared.chassis.identity import Signer
from shared.chassis.run import Built, Parts, main
from shared.chassis.scratch import Scratch
from shared.chassis.service import Service
from shared.chassis.shelves import SWEEPS, Shelves
from shared.contracts.events import case_of
from shared.contracts.subjects import named_cases

log = structlog.get_logger()

NAME = "mailer"


def build(parts: Parts) -> Built:
    """Put mailer together; nothing connects yet."""
    settings: Settings = parts.settings
    if not settings.reads_mailbox:
        log.info("mailbox_not_set")
    bucket = Bucket(settings, parts.keys)
    server = MailServer(settings)
    cases = CasesClient(settings.cases_url, Signer(settings.identity_key.get_secret_value(), NAME))
    sending = Sending(bucket, server, settings, parts.keys, cases)
    trials = TrialSending(server, settings.bounce_address)
    rounds = Rounds(Mailbox(settings), bucket, parts.database, parts.keys)
    scratch = Scratch.of(settings.work_dir, NAME)
    shelves = Shelves(worker.SHELVES, bucket, parts.database, parts.keys, scratch)
    work = worker.queues(sending, rounds) | {SWEEPS: shelves.queue, TRIALS: trials.queue}
    work[REREAD] = Rereading(rounds).queue
    work[DESTRUCTIONS] = Destruction(BELONGINGS, bucket).queue
    timers = worker.timers(settings)
    return Built(
        service=Service(NAME, tables.metadata, worker.SUBSCRIPTIONS, work, timers, case_of),
        routers=[
            api.router,
            limit.router,
            previews.router,
            version_doors.router,
            inzage_doors.router,
            returns.router,
        ],
        state={
            "bucket": bucket,
            "usual_limit": settings.mails_per_minute,
            "mailbox_gemeente": settings.imap_gemeente,
        },
        checks={"s3": bucket.ready},
        close=[server.close, bucket.close, cases.close],
        scratch=scratch,
        shelves=shelves,
        title="Mailer",
        words=Path(__file__).with_name("api.toml"),
        subjects=named_cases,
    )


if __name__ == "__main__":
    sys.exit(main(NAME, Settings, build, "services.mailer"))
