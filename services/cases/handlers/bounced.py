"""Residents whose mail came back get the invitation by letter, because a person asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid5

from services.cases import tables
from services.cases.answers.cases import full_name
from services.cases.domain import Case, TimelineEntry, delivery_of
from services.cases.domain.plan import DECEASED as IS_DECEASED
from services.cases.handlers.sending import batch_of
from services.cases.queries.bounced import Bounced, lock_bounced
from shared.chassis.work import FOR_A_PERSON, Work
from shared.contracts.codes import CaseStatus, Channel, Purpose

#: Documents gathers letters that are asked for after the first print file by their round.
ASKED_LATER = 2
HAS_LETTER = "Deze inwoner krijgt of kreeg al een brief."
NO_ADDRESS = "Het postadres is niet volledig. Vul het aan, of neem op een andere manier contact op."
DECEASED = "Deze inwoner is overleden. Er gaat geen brief."
NOT_NEEDED = "Deze zaak is verder dan de uitnodiging, of gestopt. Een brief is niet meer nodig."
_INVITED = frozenset({CaseStatus.CREATED, CaseStatus.INVITED})


@dataclass(frozen=True, slots=True)
class LettersForBounced:
    """A user wants letters for these residents; None means all whose mail came back."""

    batch_id: UUID
    case_ids: tuple[UUID, ...] | None


async def write_letters(command: LettersForBounced, work: Work) -> dict[str, Any]:
    """The letters are ordered with the batch's template and come in its next print file.

    Who has a letter gets no second one: asking twice does no harm.
    """
    batch = batch_of(command.batch_id, work)
    reopened = batch.redone()
    bounced = await lock_bounced(work, batch.id, command.case_ids)
    refused = [(one, reason) for one in bounced if (reason := _against(one))]
    wanted = [one.case for one in bounced if _against(one) is None]
    for case in wanted:
        _plan(case, work)
    if wanted:
        work.save(tables.batches, reopened)
        payload = {"batch": str(batch.id), "round": batch.order_round, "again": True}
        work.enqueue(
            "orders",
            uuid5(batch.id, f"orders|{reopened.version}"),
            {**payload, "channel": Channel.LETTER},
            priority=FOR_A_PERSON,
            group=batch.id,
        )
    return {
        "batchId": str(batch.id),
        "aantalBrieven": len(wanted),
        "nietGemaakt": [_told(one, reason) for one, reason in refused],
    }


def _against(one: Bounced) -> str | None:
    """Why this resident gets no letter now, in the user's words; None when nothing is."""
    if one.has_letter:
        return HAS_LETTER
    if one.case.status not in _INVITED:
        return NOT_NEEDED
    if one.case.indication == IS_DECEASED:
        return DECEASED
    return None if one.case.has_address else NO_ADDRESS


def _plan(case: Case, work: Work) -> None:
    letter = replace(delivery_of(case, Channel.LETTER, Purpose.INVITATION), round=ASKED_LATER)
    work.add(tables.deliveries, letter)
    entry = uuid5(letter.id, "instead of the mail")
    what, why = "Brief aangevraagd", "De e-mail is niet bezorgd."
    work.add(
        tables.timeline,
        TimelineEntry(entry, work.gemeente, case.id, work.now, work.actor, what, why),
    )


def _told(one: Bounced, reason: str) -> dict[str, Any]:
    return {
        "zaakId": str(one.case.id),
        "zaaknummer": one.case.number,
        "naam": full_name(one.name),
        "reden": reason,
    }
