"""The settings that each process gets: one table for tests, `make up` and `make demo`."""

from __future__ import annotations

from pathlib import Path

from deploy.local.installation import Secrets
from deploy.local.ports import HOST, Ports

# The services that follow events, and so have a worker; the gateway answers people only.
SERVICES = ("intake", "cases", "documents", "mailer", "communications")
BUCKET = "heronderzoek"
REGION = "nl-local-1"
# The organisation number of the made-up municipality (range for tests of the Dutch register).
OIN = "00000001823288444000"
# Where mails that cannot be delivered come back to; the local mail server makes the mailbox.
RETURNS = "retour@heronderzoek.example.nl"
GEMEENTEN = Path(__file__).with_name("gemeenten.json")
# Made from this folder's files, so it belongs to the folder and not to the state of one run.
ASSETS = Path(__file__).resolve().parents[2] / ".local" / "assets"


def connection_settings(ports: Ports, secrets: Secrets) -> dict[str, str]:
    """Give what every process gets: where the parts and the other services are, and the keys."""
    addresses = {f"{name.upper()}_URL": f"http://{HOST}:{ports.api(name)}" for name in SERVICES}
    return addresses | {
        "ENVIRONMENT": "development",
        "HOST": HOST,  # some shells export the machine's name under this name
        "OIN": OIN,
        "KAFKA_BOOTSTRAP": f"{HOST}:{ports.kafka}",
        "S3_ENDPOINT": f"http://{HOST}:{ports.s3}",
        "S3_BUCKET": BUCKET,
        "S3_REGION": REGION,
        "S3_ACCESS_KEY": secrets.s3_access_key,
        "S3_SECRET_KEY": secrets.s3_secret_key,
        "SEAL_KEYS": secrets.seal_keys,
        "INDEX_KEYS": secrets.index_keys,
        "IDENTITY_KEYS": secrets.public_identity_keys(),
        "PUBLIC_URL": f"http://{HOST}:{ports.gateway}",
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(ports.smtp),
        "IMAP_HOST": HOST,
        "IMAP_PORT": str(ports.imap),
        "ALLOW_TIME_TRAVEL": "true",
    }


def service_settings(service: str, ports: Ports, secrets: Secrets) -> dict[str, str]:
    """Give what one service gets beside the shared settings, its database apart."""
    settings = {
        "IDENTITY_KEY": secrets.identity_key(service),
        "PORT": str(ports.api(service)),
    }
    if service in SERVICES:
        settings["METRICS_PORT"] = str(ports.worker(service))
    if service == "mailer":
        settings |= {
            "BOUNCE_ADDRESS": RETURNS,
            "IMAP_USERNAME": RETURNS,
            "IMAP_PASSWORD": "lokaal",  # the local mail server takes any
            "IMAP_SECURITY": "geen",
            "IMAP_INTERVAL": "0:00:05",
            "IMAP_GEMEENTE": "9001",  # the first of GEMEENTEN
        }
    if service == "gateway":
        settings["DEMO_USERS"] = "true"
        settings["ASSETS_DIR"] = str(ASSETS)
    if service in {"cases", "gateway"}:
        settings["GEMEENTEN_FILE"] = str(GEMEENTEN)
    return settings
