"""The life of a case: from which status which act is possible, by whom, and where it leads.

One table says it all. Each act is a function of a case that checks the table and answers the case
as it is afterwards; what stands in a case besides its status is changed here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from services.cases import life_errors as errors
from services.cases.domain import working_days
from services.cases.domain.case import Case
from shared.chassis.errors import FieldError, Invalid
from shared.contracts.codes import CaseStatus, Role

#: Longer ahead is a mistyped year: the law knows no term here that comes near it.
FURTHEST = timedelta(days=366)


class Act(StrEnum):
    """What can be done with a case, in the words of who does it."""

    INVITE = "uitnodigen"
    SUPPLY = "gegevens aanleveren"
    TAKE_SUPPLY_BACK = "aanlevering terugdraaien"
    EXAMINE = "in onderzoek nemen"
    WAIT = "afwachten"
    POSTPONE = "uitstel geven"
    DECIDE = "besluiten"
    REVISE = "besluit herzien"
    CLOSE = "sluiten"
    REOPEN = "heropenen"
    STOP = "stoppen"
    TAKE_STOP_BACK = "stoppen terugdraaien"
    OBJECT = "bezwaar vastleggen"
    TAKE_OBJECTION_BACK = "bezwaar verwijderen"


class Source(StrEnum):
    """How the data of a resident came in."""

    POST = "post"
    DESK = "balie"
    MAIL = "e-mail"
    PORTAL = "pip"


S = CaseStatus
_CASEWORK = frozenset({Role.BEHANDELAAR, Role.COORDINATOR})
_RULE = frozenset({Role.SYSTEEM})


@dataclass(frozen=True, slots=True)
class Transition:
    """From where an act is possible and by whom. Without `to` it leads back, or changes nothing."""

    sources: tuple[CaseStatus, ...]
    to: CaseStatus | None = None
    by: frozenset[Role] = _CASEWORK


_RUNNING = (S.CREATED, S.INVITED, S.SUPPLIED, S.EXAMINED, S.WAITING)
#: Where a case can stand once it has a decision: it may be opened again, or stopped after that.
_AFTER_DECISION = (S.SUPPLIED, S.EXAMINED, S.WAITING, S.DECIDED, S.CLOSED, S.STOPPED)

TRANSITIONS: Mapping[Act, Transition] = MappingProxyType(
    {
        Act.INVITE: Transition((S.CREATED,), S.INVITED, _RULE),
        Act.SUPPLY: Transition((S.CREATED, S.INVITED, S.WAITING), S.SUPPLIED),
        Act.TAKE_SUPPLY_BACK: Transition((S.SUPPLIED,)),
        Act.EXAMINE: Transition((S.INVITED, S.SUPPLIED, S.WAITING), S.EXAMINED, _CASEWORK | _RULE),
        Act.WAIT: Transition((S.INVITED, S.SUPPLIED, S.EXAMINED, S.WAITING), S.WAITING),
        Act.POSTPONE: Transition(_RUNNING),
        Act.DECIDE: Transition((S.INVITED, S.SUPPLIED, S.EXAMINED, S.WAITING), S.DECIDED),
        Act.REVISE: Transition((S.SUPPLIED, S.EXAMINED, S.WAITING, S.DECIDED), S.DECIDED),
        Act.CLOSE: Transition((S.DECIDED,), S.CLOSED),
        Act.REOPEN: Transition((S.CLOSED,), S.EXAMINED),
        Act.STOP: Transition(_RUNNING, S.STOPPED),
        Act.TAKE_STOP_BACK: Transition((S.STOPPED,)),
        Act.OBJECT: Transition(_AFTER_DECISION),
        Act.TAKE_OBJECTION_BACK: Transition(_AFTER_DECISION),
    }
)


def possible(case: Case) -> tuple[Act, ...]:
    """What a colleague can do with a case now."""
    return tuple(
        act
        for act, transition in TRANSITIONS.items()
        if case.status in transition.sources and transition.by & _CASEWORK and _fits(act, case)
    )


def _fits(act: Act, case: Case) -> bool:
    """Whether what stands in the case allows an act that its status allows."""
    fits = {
        Act.POSTPONE: case.response_date is not None,
        Act.DECIDE: case.decision_id is None,
        Act.REVISE: case.decision_id is not None,
        Act.OBJECT: case.decision_id is not None and case.objection_at is None,
        Act.TAKE_OBJECTION_BACK: case.objection_at is not None,
    }
    return fits.get(act, True)


def expected(case: Case, version: int) -> Case:
    """The case, when it is still as it was shown; raises CaseChanged."""
    if case.version != version:
        raise errors.CaseChanged(case.status, case.version)
    return case


def _checked(case: Case, act: Act) -> CaseStatus | None:
    transition = TRANSITIONS[act]
    if case.status not in transition.sources:
        sources = [str(source) for source in transition.sources]
        raise errors.NotNow(act, case.status, sources, [str(one) for one in possible(case)])
    return transition.to


def _moved(case: Case, act: Act, now: datetime, **changes: object) -> Case:
    """The case after an act, with other changes."""
    to = _checked(case, act)
    return _next(case, now, status=to or case.status, **changes)


def _next(case: Case, now: datetime, **changes: object) -> Case:
    return replace(case, changed_at=now, version=case.version + 1, **changes)  # type: ignore[arg-type]


def supplied(case: Case, source: Source, received_on: date, now: datetime) -> Case:
    """The resident's data are here, whichever way they came."""
    _checked(case, Act.SUPPLY)
    _received(case, received_on, now)
    return _moved(
        case,
        Act.SUPPLY,
        now,
        supplied_via=source,
        supplied_on=received_on,
        supplied_from=case.status,
    )


def supply_taken_back(case: Case, now: datetime) -> Case:
    """They are not here after all; the case goes back to where it came from."""
    _checked(case, Act.TAKE_SUPPLY_BACK)
    back = {"supplied_via": None, "supplied_on": None, "supplied_from": None}
    return _next(case, now, status=case.supplied_from or S.INVITED, **back)


def examined(case: Case, now: datetime) -> Case:
    """Somebody looks into it, or goes on doing so."""
    return _moved(case, Act.EXAMINE, now)


def waiting(case: Case, until: date, reason: str, now: datetime) -> Case:
    """Nothing can be done until a day, for a reason."""
    _checked(case, Act.WAIT)
    _ahead("totDatum", until, now)
    return _moved(case, Act.WAIT, now, waiting_until=until, waiting_reason=reason)


def postponed(case: Case, weeks: int | None, until: date | None, now: datetime) -> Case:
    """The resident gets more time: some weeks more, or until a day; it ends on a working day."""
    _checked(case, Act.POSTPONE)
    if case.response_date is None:
        raise errors.NoTermYet
    today = working_days.today(now)
    if until is None:
        until = max(case.response_date, today) + timedelta(weeks=weeks or 0)
    _ahead("totDatum", until, now)
    if until <= case.response_date:
        reason = (
            f"Kies een dag na {case.response_date:%d-%m-%Y}: tot dan mag de inwoner al reageren."
        )
        raise Invalid("Kies een andere dag.", (FieldError("totDatum", "te-vroeg", reason),))
    return _moved(case, Act.POSTPONE, now, response_date=working_days.working_day_from(until))


def decided(case: Case, decision_id: UUID, result: str, now: datetime) -> Case:
    """A first decision is taken."""
    if case.decision_id is not None:
        raise errors.AlreadyDecided
    return _moved(case, Act.DECIDE, now, decision_id=decision_id, result=result)


def revised(case: Case, old_id: UUID, decision_id: UUID, result: str, now: datetime) -> Case:
    """Another decision takes the place of the newest one, which stays to be read."""
    _checked(case, Act.REVISE)
    if case.decision_id is None:
        raise errors.NothingDecided
    if case.decision_id != old_id:
        raise errors.DecisionOutdated
    return _moved(case, Act.REVISE, now, decision_id=decision_id, result=result)


def closed(case: Case, now: datetime) -> Case:
    """Nothing more is to be done in it."""
    return _moved(case, Act.CLOSE, now, closed_at=now)


def reopened(case: Case, now: datetime) -> Case:
    """There is something to be done in it after all."""
    return _moved(case, Act.REOPEN, now, closed_at=None)


def stopped(case: Case, reason: str, now: datetime) -> Case:
    """It ends without a decision, for a reason."""
    return _moved(
        case, Act.STOP, now, stopped_from=case.status, stopped_reason=reason, closed_at=now
    )


def stop_taken_back(case: Case, now: datetime) -> Case:
    """It goes on where it was stopped; what ended with its batch does not."""
    _checked(case, Act.TAKE_STOP_BACK)
    if case.stopped_from is None:
        raise errors.BatchWasWithdrawn
    back = {"stopped_from": None, "stopped_reason": None, "closed_at": None}
    return _next(case, now, status=case.stopped_from, **back)


def objected(case: Case, received_on: date, now: datetime) -> Case:
    """The resident objects to the decision."""
    _checked(case, Act.OBJECT)
    if case.decision_id is None:
        raise errors.NothingDecided
    if case.objection_at is not None:
        raise errors.ObjectionKnown(case.objection_at)
    _received(case, received_on, now)
    return _moved(case, Act.OBJECT, now, objection_at=received_on)


def objection_taken_back(case: Case, now: datetime) -> Case:
    """It was written down wrongly, or was withdrawn."""
    _checked(case, Act.TAKE_OBJECTION_BACK)
    if case.objection_at is None:
        raise errors.NoObjection
    return _moved(case, Act.TAKE_OBJECTION_BACK, now, objection_at=None)


def _received(case: Case, day: date, now: datetime) -> None:
    first = working_days.today(case.opened_at)
    if not first <= day <= working_days.today(now):
        reason = f"Kies een dag van {first:%d-%m-%Y} (toen begon de zaak) tot en met vandaag."
        wrong = FieldError("ontvangstDatum", "geen-goede-dag", reason)
        raise Invalid("Kies een andere dag.", (wrong,))


def _ahead(name: str, day: date, now: datetime) -> None:
    today = working_days.today(now)
    if not today < day <= today + FURTHEST:
        reason = "Kies een dag vanaf morgen, en binnen een jaar."
        raise Invalid("Kies een andere dag.", (FieldError(name, "geen-goede-dag", reason),))
