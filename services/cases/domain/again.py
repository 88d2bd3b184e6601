"""Writing to a resident once more: an invitation anew, or the last call before a decision."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from services.cases import errors
from services.cases.domain import working_days
from services.cases.domain.case import Case, Delivery, Person
from services.cases.domain.plan import DECEASED, LONGEST_RESPONSE_DAYS
from shared.chassis.errors import FieldError, Invalid
from shared.contracts.codes import CaseStatus, Channel, Preference, Purpose

#: What a resident has after a last call: shorter than the first term, and time for the post.
LAST_CALL_DAYS = 14
_OVER = frozenset({CaseStatus.DECIDED, CaseStatus.CLOSED, CaseStatus.STOPPED})


def check_open(case: Case) -> None:
    """Raise when nothing may be sent in this case any more."""
    if case.deceased_at is not None or case.indication == DECEASED:
        raise errors.ResidentDied
    if case.status in _OVER:
        raise errors.CaseIsOver(case.status)


def check_invited(case: Case) -> None:
    """Raise when this resident was not invited, or something came in already."""
    check_open(case)
    if case.status == CaseStatus.CREATED:
        raise errors.NotInvitedYet


def channels_of(
    case: Case, resident: Person, chosen: Sequence[Channel] | None, *, may_mail: bool
) -> tuple[Channel, ...]:
    """The channels to write by: as chosen, else as preferred. Raises Invalid when one cannot be.

    `may_mail`: somebody declared that this resident chose e-mail (Wmebv).
    """
    channels = tuple(dict.fromkeys(chosen or Preference(case.preference).channels))
    wrong = []
    if Channel.EMAIL in channels and not resident.email:
        reason = "Er is geen e-mailadres. Vul het in bij de contactgegevens, of kies een brief."
        wrong.append(FieldError("kanalen", "email-ontbreekt", reason))
    elif Channel.EMAIL in channels and not may_mail:
        reason = "Vul in waaruit blijkt dat deze inwoner voor e-mail heeft gekozen."
        wrong.append(FieldError("verklaring", "verklaring-ontbreekt", reason))
    if Channel.LETTER in channels and not case.has_address:
        reason = "Er is geen volledig adres. Vul het in bij de contactgegevens, of kies e-mail."
        wrong.append(FieldError("kanalen", "adres-ontbreekt", reason))
    if wrong:
        raise Invalid("Dit kan zo niet worden verstuurd.", tuple(wrong))
    return channels


def next_ordinal(deliveries: Iterable[Delivery], purpose: Purpose) -> int:
    """The number of the next delivery of a purpose in a case."""
    return 1 + max((one.ordinal for one in deliveries if one.purpose == purpose), default=0)


def new_term(case: Case, send_date: date, days: int) -> date:
    """The last day to answer to what is sent now; never earlier than what was promised before."""
    if not 0 < days <= LONGEST_RESPONSE_DAYS:
        reason = f"Kies een termijn van 1 tot en met {LONGEST_RESPONSE_DAYS} dagen."
        wrong = FieldError("reactietermijnDagen", "buiten-bereik", reason)
        raise Invalid("Kies een andere termijn.", (wrong,))
    end = working_days.end_of_term(send_date, days)
    return max(end, case.response_date) if case.response_date else end


def with_term(case: Case, response_date: date, at: datetime) -> Case:
    """The case with another last day to answer."""
    return replace(case, response_date=response_date, changed_at=at, version=case.version + 1)
