"""Reminders of a case, a batch and a gemeente; an invitation anew, and the last call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import answers, errors, handlers, queries
from services.cases.api.cases import SENDERS, batch_of
from services.cases.domain import ReminderSettings, Rhythm, reminders
from services.cases.worker import (
    BATCH_OF_COMMAND,
    CASE_OF_COMMAND,
    COURSE_OF_COMMAND,
    PERSON_OF_COMMAND,
    REMINDERS_OF_COMMAND,
)
from shared.chassis.web import Doors, Run, TheDoors, Who
from shared.contracts.codes import Purpose, Role

router = APIRouter(tags=["zaken"])

NOT_NOW: dict[int | str, dict[str, Any]] = {
    409: {"description": "Dit kan nu niet, of een collega was u voor; de uitleg zegt waarom"}
}


@router.get("/zaken/{case_id}/herinneringen")
async def show_reminders(case_id: UUID, who: Who, doors: TheDoors) -> answers.RemindersAnswer:
    """What comes next, what went, and why nothing goes."""
    who.require(*SENDERS)
    return await _reminders(case_id, who.gemeente, doors)


@router.put("/zaken/{case_id}/herinneringen", responses=NOT_NOW)
async def switch_reminders(
    case_id: UUID, body: answers.SwitchRequest, who: Who, doors: TheDoors, run: Run
) -> answers.RemindersAnswer:
    """Switch the reminders of a case off or on."""
    who.require(*SENDERS)
    command = handlers.SwitchOfCase(case_id, body.aan, body.reden)
    await run(handlers.switch_case, command, loads=[CASE_OF_COMMAND])
    return await _reminders(case_id, who.gemeente, doors)


@router.post("/herinneringen-nagaan")
async def check_reminders(
    body: answers.StillWantedRequest, who: Who, doors: TheDoors
) -> answers.StillWantedAnswer:
    """For mailer, just before reminders leave: which of them are not wanted any more."""
    who.require(Role.SYSTEEM)
    async with doors.database.transaction(who.gemeente) as tx:
        settings = await queries.reminder_settings(tx.connection, doors.mapper, who.gemeente)
        found = await queries.of_deliveries(
            tx.connection, doors.mapper, who.gemeente, body.bezorgingIds
        )
        now = tx.now
    reasons = {
        each: reminders.unwanted(found[each].standing, settings.rhythm, now)
        if each in found
        else reminders.GONE
        for each in body.bezorgingIds
    }
    return answers.StillWantedAnswer(
        nietGewenst=[
            answers.UnwantedReminder(bezorgingId=each, reden=reason)
            for each, reason in reasons.items()
            if reason is not None
        ]
    )


@router.get("/batches/{batch_id}/herinneringen")
async def show_reminders_of_batch(
    batch_id: UUID, who: Who, doors: TheDoors
) -> answers.SwitchAnswer:
    """Whether residents of a batch are reminded."""
    who.require(*SENDERS)
    return await _switch_of_batch(batch_id, who.gemeente, doors)


@router.put("/batches/{batch_id}/herinneringen", responses=NOT_NOW)
async def switch_reminders_of_batch(
    batch_id: UUID, body: answers.SwitchRequest, who: Who, doors: TheDoors, run: Run
) -> answers.SwitchAnswer:
    """Switch the reminders of a batch off or on."""
    who.require(*SENDERS)
    command = handlers.SwitchOfBatch(batch_id, body.aan, body.reden)
    await run(handlers.switch_batch, command, loads=[BATCH_OF_COMMAND])
    return await _switch_of_batch(batch_id, who.gemeente, doors)


@router.get("/herinneringen")
async def show_reminder_settings(who: Who, doors: TheDoors) -> answers.ReminderSettingsAnswer:
    """How the gemeente reminds."""
    who.require(Role.BEHEERDER)
    return await _settings(who.gemeente, doors)


@router.put("/herinneringen", responses=NOT_NOW)
async def change_reminder_settings(
    body: answers.ReminderSettingsRequest, who: Who, doors: TheDoors, run: Run
) -> answers.ReminderSettingsAnswer:
    """Say how the gemeente reminds."""
    who.require(Role.BEHEERDER)
    rhythm = Rhythm(tuple(body.dagen), body.uur, body.aan, body.ookBijBrief)
    wish = ReminderSettings.of(who.gemeente, rhythm, body.versie)
    await run(handlers.change_settings, wish, loads=[REMINDERS_OF_COMMAND])
    return await _settings(who.gemeente, doors)


@router.post("/zaken/{case_id}/uitnodigingen", status_code=202, responses=NOT_NOW)
async def invite_again(
    case_id: UUID, body: answers.InvitationRequest, who: Who, run: Run
) -> answers.WrittenAgainAnswer:
    """Invite a resident anew, with new dates."""
    who.require(*SENDERS)
    command = _again(case_id, Purpose.INVITATION, body.reactietermijnDagen, body)
    loads = [CASE_OF_COMMAND, COURSE_OF_COMMAND, PERSON_OF_COMMAND]
    answer = await run(handlers.invite_again, command, loads=loads)
    return answers.WrittenAgainAnswer.model_validate(answer)


@router.post("/zaken/{case_id}/laatste-oproep", status_code=202, responses=NOT_NOW)
async def call_last(
    case_id: UUID, body: answers.LastCallRequest, who: Who, run: Run
) -> answers.WrittenAgainAnswer:
    """Send a last call, with a new last day to answer."""
    who.require(*SENDERS)
    command = _again(case_id, Purpose.LAST_CALL, body.reactietermijnDagen, body)
    answer = await run(handlers.call_last, command, loads=[CASE_OF_COMMAND, PERSON_OF_COMMAND])
    return answers.WrittenAgainAnswer.model_validate(answer)


def _again(
    case_id: UUID, purpose: Purpose, days: int, body: answers.WriteAgainRequest
) -> handlers.WriteAgain:
    return handlers.WriteAgain(
        case_id,
        purpose,
        days,
        tuple(body.kanalen) if body.kanalen else None,
        body.verklaring,
        body.verklaringBron,
        body.reden,
    )


async def _reminders(case_id: UUID, gemeente: str, doors: Doors) -> answers.RemindersAnswer:
    async with doors.database.transaction(gemeente) as tx:
        one = await queries.reminded(tx.connection, doors.mapper, gemeente, case_id)
        if one is None:
            raise errors.NoSuchCase
        settings = await queries.reminder_settings(tx.connection, doors.mapper, gemeente)
        passed = await queries.steps_of(tx.connection, gemeente, case_id)
        switch = await _switch(tx.connection, case_id)
    return answers.RemindersAnswer.of(one, settings.rhythm, tx.now, switch, passed)


async def _switch_of_batch(batch_id: UUID, gemeente: str, doors: Doors) -> answers.SwitchAnswer:
    async with doors.database.transaction(gemeente) as tx:
        await batch_of(doors, tx.connection, batch_id)
        return await _switch(tx.connection, batch_id)


async def _switch(connection: AsyncConnection, of: UUID) -> answers.SwitchAnswer:
    pause = await queries.switch_of(connection, of)
    names = await queries.names(connection, [pause["by"]] if pause else [])
    return answers.SwitchAnswer.of(pause, names)


async def _settings(gemeente: str, doors: Doors) -> answers.ReminderSettingsAnswer:
    async with doors.database.transaction(gemeente) as tx:
        found = await queries.reminder_settings(tx.connection, doors.mapper, gemeente)
    return answers.ReminderSettingsAnswer.of(found)
