"""Whether a gemeente is at rest: nothing of it changes any more without somebody's act."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.codes import Role
from tests.support import before_sending, inzage
from tests.support.caseworker import Caseworker

#: A destruction that still goes on.
RUNNING = "bezig"


def is_at_rest(colleagues: Mapping[str, Caseworker]) -> bool:
    """No batch on its way, no notice still to come, no inzage or destruction going on."""
    return (
        _batches_rest(colleagues[Role.BEHANDELAAR])
        and inzage.at_rest(colleagues[Role.PERSOONSVERWERKER])
        and _destructions_rest(colleagues[Role.BEHEERDER])
        and _acts_rest(colleagues[Role.BEHANDELAAR])
    )


def _batches_rest(worker: Caseworker) -> bool:
    batches = worker.get("/batches", perPagina=200)["resultaten"]
    notices = worker.get("/meldingen", perPagina=200)["resultaten"]
    printed = {each["id"] for each in batches if each["brieven"]["gemaakt"]}
    told = {each["batchId"] for each in notices if each["afdrukbestandId"]}
    moving = [each for each in batches if not before_sending.rests(each)]
    return not moving and printed <= told


def _destructions_rest(administrator: Caseworker) -> bool:
    found = administrator.get("/vernietigingen")["resultaten"]
    return all(one["status"] != RUNNING for one in found)


def _acts_rest(worker: Caseworker) -> bool:
    return all(one["klaarOp"] for one in worker.get("/bulkacties")["resultaten"])
