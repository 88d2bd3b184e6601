"""What is asked and answered about reminders, and about writing to a resident again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from services.cases.answers.shapes import Reason, Request, Row
from services.cases.domain import ReminderSettings, Rhythm, again, reminders, working_days
from services.cases.domain.office import DEFAULT_RESPONSE_DAYS
from services.cases.domain.reminders import Verdict
from services.cases.queries.reminders import Reminded
from shared.contracts.codes import Channel

NO_MAIL = "Er is nog geen uitnodiging per e-mail aangekomen. Herinneringen gaan alleen per e-mail."


class ReminderState(StrEnum):
    """How it stands with the reminders of a case."""

    NONE = "geen"
    PLANNED = "gepland"
    PAUSED = "gepauzeerd"
    ENDED = "afgelopen"


class StepState(StrEnum):
    """What became of a reminder."""

    PLANNED = "gepland"
    SKIPPED = "overgeslagen"
    ASKED = "gevraagd"
    SENT = "verzonden"
    FAILED = "mislukt"


_OF_DELIVERY = {"gevraagd": StepState.ASKED, "gelukt": StepState.SENT}


class SwitchRequest(Request):
    """Whether reminders go, and why."""

    aan: bool
    reden: Reason


class SwitchAnswer(BaseModel):
    """Whether reminders go; when not: who decided so, and why."""

    aan: bool
    reden: str | None
    door: str | None
    doorNaam: str | None
    op: datetime | None

    @classmethod
    def of(cls, pause: Row | None, names: Mapping[str, str]) -> SwitchAnswer:
        """A switch that is off is a row."""
        if pause is None:
            return cls(aan=True, reden=None, door=None, doorNaam=None, op=None)
        by = pause["by"]
        return cls(
            aan=False, reden=pause["reason"], door=by, doorNaam=names.get(by), op=pause["at"]
        )


class StillWantedRequest(Request):
    """Which reminders are about to leave."""

    bezorgingIds: list[UUID] = Field(max_length=1000)


class UnwantedReminder(BaseModel):
    """A reminder that must not leave."""

    bezorgingId: UUID
    reden: str


class StillWantedAnswer(BaseModel):
    """The reminders that must not leave; the others may."""

    nietGewenst: list[UnwantedReminder]


class StepAnswer(BaseModel):
    """One reminder."""

    uitnodiging: int
    nummer: int
    datum: date
    status: StepState
    reden: str | None
    bezorgingId: UUID | None

    @classmethod
    def of(cls, row: Row) -> StepAnswer:
        """One that went, or was passed over."""
        passed_over = row["delivery_id"] is None
        state = StepState.SKIPPED if passed_over else _state_of(row["state"])
        return cls(
            uitnodiging=row["ordinal"],
            nummer=row["step"],
            datum=row["day"],
            status=state,
            reden=row["reason"] or row["failure"],
            bezorgingId=row["delivery_id"],
        )


def _state_of(delivery: str) -> StepState:
    return _OF_DELIVERY.get(delivery, StepState.FAILED)


class RemindersAnswer(BaseModel):
    """What comes next, what went, and why nothing goes."""

    status: ReminderState
    uitleg: str
    volgendeDatum: date | None
    schakelaar: SwitchAnswer
    stappen: list[StepAnswer]

    @classmethod
    def of(
        cls,
        one: Reminded,
        rhythm: Rhythm,
        now: datetime,
        switch: SwitchAnswer,
        passed: Sequence[Row],
    ) -> RemindersAnswer:
        """How it stands now: the rule itself says what the timer would do."""
        course = one.course
        gone = [StepAnswer.of(row) for row in passed]
        if course is None:
            return cls(
                status=ReminderState.NONE,
                uitleg=reminders.obstacle(one.standing, rhythm) or NO_MAIL,
                volgendeDatum=None,
                schakelaar=switch,
                stappen=gone,
            )
        verdict = reminders.decide(course, rhythm, one.standing, now)
        planned = [
            StepAnswer(
                uitnodiging=course.ordinal,
                nummer=step.step,
                datum=step.day,
                status=StepState.PLANNED,
                reden=None,
                bezorgingId=None,
            )
            for step in course.planned(rhythm)
            if one.standing.response_date is None or step.day <= one.standing.response_date
        ]
        state = _standing(verdict)
        if not planned and state is ReminderState.PLANNED:
            state = ReminderState.ENDED
        following = _following(verdict, planned, now) if state is ReminderState.PLANNED else None
        return cls(
            status=state,
            uitleg=_explanation(state, verdict, following),
            volgendeDatum=following,
            schakelaar=switch,
            stappen=[*gone, *(planned if state is not ReminderState.ENDED else [])],
        )


def _standing(verdict: Verdict) -> ReminderState:
    if verdict.why is None:
        return ReminderState.PLANNED
    return ReminderState.PAUSED if verdict.look_on else ReminderState.ENDED


def _following(verdict: Verdict, planned: Sequence[StepAnswer], now: datetime) -> date | None:
    """The day of the next reminder: today when one is due now."""
    if verdict.send is not None:
        return working_days.today(now)
    return verdict.look_on or (planned[0].datum if planned else None)


def _explanation(state: ReminderState, verdict: Verdict, following: date | None) -> str:
    if state is ReminderState.PLANNED and following is not None:
        return f"De volgende herinnering gaat op {following:%d-%m-%Y}."
    return verdict.why or reminders.AFTER_TERM


class ReminderSettingsRequest(Request):
    """How a gemeente reminds."""

    aan: bool
    dagen: list[int] = Field(max_length=len(reminders.PURPOSES))
    uur: int = Field(ge=0, le=23)
    ookBijBrief: bool
    versie: int = Field(ge=0)


class ReminderSettingsAnswer(BaseModel):
    """How a gemeente reminds."""

    aan: bool
    dagen: list[int]
    uur: int
    ookBijBrief: bool
    versie: int

    @classmethod
    def of(cls, settings: ReminderSettings) -> ReminderSettingsAnswer:
        """The settings as they stand."""
        rhythm = settings.rhythm
        return cls(
            aan=rhythm.is_on,
            dagen=list(rhythm.days),
            uur=rhythm.hour,
            ookBijBrief=rhythm.for_both,
            versie=settings.version,
        )


Declared = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)]
Source = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]


class WriteAgainRequest(Request):
    """How a resident is written to again."""

    kanalen: list[Channel] | None = Field(None, min_length=1, max_length=2)
    verklaring: Declared | None = None
    verklaringBron: Source | None = None
    reden: Reason | None = None


class InvitationRequest(WriteAgainRequest):
    """An invitation anew."""

    reactietermijnDagen: int = DEFAULT_RESPONSE_DAYS


class LastCallRequest(WriteAgainRequest):
    """The last call before a decision."""

    reactietermijnDagen: int = again.LAST_CALL_DAYS


class OrderedAnswer(BaseModel):
    """A letter or mail that was asked for."""

    id: UUID
    kanaal: Channel
    status: str
    reden: str | None


class WrittenAgainAnswer(BaseModel):
    """What was asked for, and until when the resident can answer."""

    zaakId: UUID
    reactieDatum: date
    bezorgingen: list[OrderedAnswer]
