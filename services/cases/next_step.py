"""What comes next in a case, in one sentence, and until when."""

from __future__ import annotations

from datetime import date

from services.cases.domain import Case
from shared.contracts.codes import CaseStatus
from shared.templating.dutch import written_date


def next_step(case: Case, today: date) -> str:
    """The sentence that a case page begins with."""
    status = CaseStatus(case.status)
    if status in {CaseStatus.CREATED, CaseStatus.INVITED}:
        return _unanswered(case, status, today)
    if status is CaseStatus.WAITING and case.waiting_until is not None:
        until = written_date(case.waiting_until)
        return f"Wacht tot {until}. Dan komt de zaak vanzelf terug in onderzoek."
    if status is CaseStatus.SUPPLIED and case.supplied_on is not None:
        since = written_date(case.supplied_on)
        return f"De gegevens zijn ontvangen op {since}. Neem de zaak in onderzoek."
    if status is CaseStatus.EXAMINED:
        again = "Herzie het besluit" if case.decision_id else "Neem een besluit"
        return f"Onderzoek de gegevens. {again} als u genoeg weet."
    if status is CaseStatus.DECIDED and case.objection_at is not None:
        since = written_date(case.objection_at)
        return f"Er is bezwaar ontvangen op {since}. Herzie het besluit of sluit de zaak."
    return _ENDS[status]


_ENDS = {
    CaseStatus.DECIDED: "Sluit de zaak als het besluit is verstuurd.",
    CaseStatus.CLOSED: "De zaak is afgesloten. Er hoeft niets meer te gebeuren.",
    CaseStatus.STOPPED: "De zaak is gestopt. Er hoeft niets meer te gebeuren.",
}


def _unanswered(case: Case, status: CaseStatus, today: date) -> str:
    if case.response_date is None:
        return "De uitnodiging is nog niet klaargezet. Dat gebeurt na het akkoord op de batch."
    term = written_date(case.response_date)
    if case.response_date < today:
        return (
            f"De reactietermijn was op {term} voorbij."
            " Neem de zaak in onderzoek, geef uitstel of neem een besluit."
        )
    sent = "" if status is CaseStatus.INVITED else "De uitnodiging is nog niet verstuurd. "
    return f"{sent}De inwoner kan reageren tot en met {term}."
