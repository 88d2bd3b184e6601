"""Brings each service's database up to date, and knows when it is.

`migrate` would find nothing to do at every later start, but to learn that it has to import the
service, which takes seconds of the processor that the services themselves need then. So the
code that a database was migrated with is remembered beside the data.
"""

from __future__ import annotations

import hashlib

from deploy.local.service_process import ROOT, run_to_end
from deploy.local.stack import Stack, create_database


def migrate(stack: Stack, service: str) -> None:
    """Make or update a service's database, if it keeps data."""
    if not (ROOT / "services" / service / "migrations").is_dir():
        return
    is_new = create_database(stack, service)
    mark, code = stack.state / "migrated" / service, _fingerprint(service)
    if not is_new and mark.exists() and mark.read_text() == code:
        return
    name, module = f"{service}-migrate", f"services.{service}"
    run_to_end(stack, name, module, "migrate", service=service)
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(code)


def _fingerprint(service: str) -> str:
    """Hash of all code that can decide what a migration does: the service's and the shared."""
    digest = hashlib.sha256()
    for folder in (ROOT / "services" / service, ROOT / "shared"):
        for file in sorted(folder.rglob("*.py")):
            digest.update(str(file.relative_to(ROOT)).encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()
