"""Which files that colleagues save hold a resident: for who looks through the logboek.

A file with thousands of residents is one line in the logboek, under the address of the batch or
print file that it is of. Who asks for the lines about one case gets those too: the services say
which batch the case is of, and which print files a letter of it is in, also after its destruction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from pydantic_core import from_json, to_json

from services.gateway.errors import PartUnreachable
from services.gateway.guard import Admitted
from services.gateway.routes import ROUTES, Part
from services.gateway.upstream import Caller, Upstream
from shared.chassis.identity import system

OK = 200
#: The reads that hand out a file about all residents of a batch, or in a print file.
OF_A_BATCH = frozenset({"resultatenExporteren"})
OF_A_PRINT_FILE = frozenset({"afdrukbestandOpenen", "brievenAlsZipOpenen", "manifestOpenen"})


async def files_with(case_id: UUID, may: Admitted, upstream: Upstream) -> tuple[str, ...]:
    """The addresses of the files that hold a case. Raises PartUnreachable: never half of them."""
    batch = (await _asked(Part.CASES, "/batch-van-zaak", {"zaakId": case_id}, may, upstream)).get(
        "batchId"
    )
    question = {"zaakId": case_id, "batchId": batch}
    found = await _asked(Part.DOCUMENTS, "/afdrukbestanden-met-zaak", question, may, upstream)
    of_batch = _addresses(OF_A_BATCH, [batch] if batch else [])
    return (*of_batch, *_addresses(OF_A_PRINT_FILE, found.get("afdrukbestandIds", ())))


async def _asked(
    part: Part, path: str, question: dict[str, Any], may: Admitted, upstream: Upstream
) -> dict[str, Any]:
    """A question of the gateway itself: an auditor may not open cases, nor need to."""
    caller = Caller(system("gateway", may.session.gemeente), may.caller.traceparent)
    answer = await upstream.ask(
        caller,
        part,
        "POST",
        path,
        headers={"content-type": "application/json"},
        body=to_json(question),
    )
    if answer.status_code != OK:
        raise PartUnreachable(part.label)
    found: dict[str, Any] = from_json(answer.content)
    return found


def _addresses(names: Iterable[str], ids: Iterable[str]) -> list[str]:
    paths = [route.path for route in ROUTES.values() if route.name in names]
    return [path.format_map({"id": each}) for each in ids for path in paths]
