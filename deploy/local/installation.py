"""Passwords and keys of one installation: made once, kept in its state folder, never elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from joserfc.jwk import OKPKey

SERVICES_WITH_IDENTITY = ("gateway", "intake", "cases", "documents", "mailer", "communications")
# AES-256 and HMAC-SHA-256 both take 32 bytes.
KEY_BYTES = 32


@dataclass(frozen=True)
class Secrets:
    """What only this installation knows."""

    superuser_password: str
    database_secret: str
    s3_access_key: str
    s3_secret_key: str
    seal_keys: str
    index_keys: str
    identity_keys: dict[str, dict[str, Any]]

    @classmethod
    def of_installation(cls, state: Path) -> Self:
        """Read the secrets of a state folder, after making them if this is its first start."""
        file = state / "secrets.json"
        if not file.exists():
            _write_once(file, json.dumps(asdict(cls._generated()), indent=2))
        return cls(**json.loads(file.read_text()))

    @classmethod
    def _generated(cls) -> Self:
        return cls(
            superuser_password=secrets.token_urlsafe(24),
            database_secret=secrets.token_hex(24),
            s3_access_key=secrets.token_hex(10).upper(),
            s3_secret_key=secrets.token_hex(20),
            seal_keys=f"1:{_key()}",
            index_keys=f"1:{_key()}",
            identity_keys={name: _identity_key(name) for name in SERVICES_WITH_IDENTITY},
        )

    def database_password(self, role: str) -> str:
        """Password of a database role; hexadecimal, so that it fits in a URL as it is."""
        material = f"{self.database_secret}:{role}".encode()
        return hashlib.sha256(material).hexdigest()[:40]

    def identity_key(self, service: str) -> str:
        """Private Ed25519 key of one service, as a JWK in JSON."""
        return json.dumps(self.identity_keys[service])

    def public_identity_keys(self) -> str:
        """Public keys of all services, as a JWKS in JSON; the key id is the service's name."""
        keys = [OKPKey.import_key(key) for key in self.identity_keys.values()]
        return json.dumps({"keys": [key.as_dict(private=False) for key in keys]})


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _identity_key(service: str) -> dict[str, Any]:
    key = OKPKey.generate_key("Ed25519", {"kid": service, "use": "sig"}, private=True)
    return key.as_dict(private=True)


def _write_once(file: Path, text: str) -> None:
    """Readable by the owner alone, never half written, and never written over.

    A link is made in one step and fails when the file exists: of two processes that start at
    once, both go on with the secrets of the first.
    """
    draft = file.with_suffix(f".{os.getpid()}.new")
    draft.touch(mode=0o600)
    draft.write_text(text)
    with suppress(FileExistsError):
        file.hardlink_to(draft)
    draft.unlink()
