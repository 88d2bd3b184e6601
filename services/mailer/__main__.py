"""The processes of mailer."""

from __future__ import annotations

import sys
from pathlib import Path

from services.mailer import api, tables, worker
from services.mailer.sending import Sending
from services.mailer.settings import Settings
from services.mailer.smtp import MailServer
from shared.chassis.bucket import Bucket
from shared.chassis.run import Built, Parts, main
from shared.chassis.service import Service


def build(parts: Parts) -> Built:
    """Put mailer together; nothing connects yet."""
    settings: Settings = parts.settings
    bucket = Bucket(settings, parts.keys)
    server = MailServer(settings)
    sending = Sending(bucket, server, settings.mails_per_minute)
    return Built(
        service=Service("mailer", tables.metadata, worker.SUBSCRIPTIONS, worker.queues(sending)),
        routers=[api.router],
        state={"bucket": bucket},
        checks={"s3": bucket.ready},
        close=[server.close, bucket.close],
        title="Mailer",
        words=Path(__file__).with_name("api.toml"),
    )


if __name__ == "__main__":
    sys.exit(main("mailer", Settings, build, "services.mailer"))
