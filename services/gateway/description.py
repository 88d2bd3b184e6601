"""The API description (OpenAPI) of all addresses, merged from the services' own documents.

deploy/docs/openapi.py writes it; at run time the gateway knows no service's code.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("openapi.json")


def load() -> dict[str, Any]:
    """The merged document; raises SystemExit when it was never made."""
    if not FILE.exists():
        raise SystemExit(f"{FILE} is missing: run python -m deploy.docs.openapi")
    document: dict[str, Any] = json.loads(FILE.read_text())
    return document
