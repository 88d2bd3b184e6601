"""The object store as time and operations leave it."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.local.stack import Stack

NEW_KEY = "9:" + base64.b64encode(b"9" * 32).decode()


def age(stack: Stack, key: str, by: timedelta) -> None:
    """As if an object was stored so long ago: the store keeps that beside it."""
    moment = (datetime.now(UTC) - by).isoformat()
    name = key.rpartition("/")[2]
    told = 0
    for path in stack.s3.data.rglob(f"*{name}*"):
        if path.is_file() and (about := _about(path.read_bytes())) is not None:
            path.write_text(json.dumps({**about, "last_modified": moment}), "utf-8")
            told += 1
    assert told == 1, key


def _about(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) and "last_modified" in found else None


def rotating(stack: Stack) -> dict[str, Any]:
    """Settings while keys rotate: the old ones open, a new one seals."""
    given = stack.environment()
    return {"seal_keys": f"{given['SEAL_KEYS']},{NEW_KEY}", "index_keys": given["INDEX_KEYS"]}


def rotated(stack: Stack) -> dict[str, Any]:
    """Settings after it: the old keys are gone."""
    return {"seal_keys": NEW_KEY, "index_keys": stack.environment()["INDEX_KEYS"]}
