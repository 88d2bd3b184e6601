"""Makes `.env` for Compose: `.env.example` with every key and password filled in.

`python -m deploy.secrets [file]` never writes over a file that is there: who loses SEAL_KEYS
loses the personal data that they sealed.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.local.installation import SERVICES_WITH_IDENTITY, Secrets

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / ".env.example"
EMPTY = re.compile(r"^(?P<name>[A-Z0-9_]+)=$", re.MULTILINE)


def values(secrets: Secrets) -> dict[str, str]:
    """All keys and passwords of an installation by the names that Compose reads."""
    found = {
        "POSTGRES_PASSWORD": secrets.database_password("postgres"),
        "S3_ACCESS_KEY": secrets.s3_access_key,
        "S3_SECRET_KEY": secrets.s3_secret_key,
        "SEAL_KEYS": secrets.seal_keys,
        "INDEX_KEYS": secrets.index_keys,
        "IDENTITY_KEYS": secrets.public_identity_keys(),
    }
    for service in SERVICES_WITH_IDENTITY:
        name = service.upper()
        found[f"{name}_IDENTITY_KEY"] = secrets.identity_key(service)
        found[f"{name}_DATABASE_PASSWORD"] = secrets.database_password(service)
        found[f"{name}_DATABASE_OWNER_PASSWORD"] = secrets.database_password(f"{service}_owner")
    return found


def filled_in(example: str, secrets: Secrets) -> str:
    """Fill in the example; an empty name in it that no secret is made for is a KeyError."""
    made = values(secrets)
    # Single quotes: a JWK holds double ones, and Compose must leave the value as it is.
    return EMPTY.sub(lambda line: f"{line['name']}='{made[line['name']]}'", example)


def new_secrets() -> Secrets:
    """Make the secrets of an installation that is not there yet."""
    with TemporaryDirectory() as folder:
        return Secrets.of_installation(Path(folder))


def main(arguments: list[str]) -> int:
    """Write the file; answers the exit code."""
    target = Path(arguments[0]) if arguments else ROOT / ".env"
    try:
        target.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        sys.stderr.write(
            f"{target} bestaat al en blijft zoals het is. Wie de sleutels erin kwijtraakt, kan de"
            " verzegelde gegevens niet meer lezen. Noem een ander bestand, of verplaats dit eerst:"
            " python -m deploy.secrets nieuw.env\n"
        )
        return 1
    target.write_text(filled_in(EXAMPLE.read_text(), new_secrets()))
    sys.stdout.write(
        f"{target} is gemaakt. Vul bovenin OIN, PUBLIC_URL, GEMEENTEN_FILE en SMTP_HOST in,"
        " en bewaar een kopie op een veilige plek.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
