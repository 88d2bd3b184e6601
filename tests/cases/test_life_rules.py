"""The life of a case as a rule: every status with every act, without a database."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.cases import life_errors
from services.cases.domain import Case, Ground, Result, Verdict, life, working_days
from services.cases.domain.decision import GROUNDS, WORDS, holds_a_bsn
from services.cases.domain.life import TRANSITIONS, Act, Source
from services.cases.next_step import next_step
from shared.chassis.errors import Invalid
from shared.contracts.codes import CaseStatus, Role

S = CaseStatus
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
TODAY = date(2026, 11, 20)
OLD, NEW = uuid4(), uuid4()

#: Where each act leads from each status, written out once more and by hand; what is not here is
#: refused. `None` stands for: the status stays.
LEADS: dict[Act, dict[CaseStatus, CaseStatus | None]] = {
    Act.INVITE: {S.CREATED: S.INVITED},
    Act.SUPPLY: {S.CREATED: S.SUPPLIED, S.INVITED: S.SUPPLIED, S.WAITING: S.SUPPLIED},
    Act.TAKE_SUPPLY_BACK: {S.SUPPLIED: S.INVITED},
    Act.EXAMINE: {S.INVITED: S.EXAMINED, S.SUPPLIED: S.EXAMINED, S.WAITING: S.EXAMINED},
    Act.WAIT: {
        S.INVITED: S.WAITING,
        S.SUPPLIED: S.WAITING,
        S.EXAMINED: S.WAITING,
        S.WAITING: None,
    },
    Act.POSTPONE: dict.fromkeys((S.CREATED, S.INVITED, S.SUPPLIED, S.EXAMINED, S.WAITING)),
    Act.DECIDE: dict.fromkeys((S.INVITED, S.SUPPLIED, S.EXAMINED, S.WAITING), S.DECIDED),
    Act.REVISE: {
        S.SUPPLIED: S.DECIDED,
        S.EXAMINED: S.DECIDED,
        S.WAITING: S.DECIDED,
        S.DECIDED: None,
    },
    Act.CLOSE: {S.DECIDED: S.CLOSED},
    Act.REOPEN: {S.CLOSED: S.EXAMINED},
    Act.STOP: dict.fromkeys((S.CREATED, S.INVITED, S.SUPPLIED, S.EXAMINED, S.WAITING), S.STOPPED),
    Act.TAKE_STOP_BACK: {S.STOPPED: S.EXAMINED},
    Act.OBJECT: dict.fromkeys((S.SUPPLIED, S.EXAMINED, S.WAITING, S.DECIDED, S.CLOSED, S.STOPPED)),
    Act.TAKE_OBJECTION_BACK: dict.fromkeys(
        (S.SUPPLIED, S.EXAMINED, S.WAITING, S.DECIDED, S.CLOSED, S.STOPPED)
    ),
}

#: How each act of a colleague is done.
DO: dict[Act, Callable[[Case], Case]] = {
    Act.SUPPLY: lambda case: life.supplied(case, Source.POST, TODAY, NOW),
    Act.TAKE_SUPPLY_BACK: lambda case: life.supply_taken_back(case, NOW),
    Act.EXAMINE: lambda case: life.examined(case, NOW),
    Act.WAIT: lambda case: life.waiting(case, TODAY + timedelta(days=7), "Stukken", NOW),
    Act.POSTPONE: lambda case: life.postponed(case, 2, None, NOW),
    Act.DECIDE: lambda case: life.decided(case, NEW, "toegekend", NOW),
    Act.REVISE: lambda case: life.revised(case, OLD, NEW, "toegekend", NOW),
    Act.CLOSE: lambda case: life.closed(case, NOW),
    Act.REOPEN: lambda case: life.reopened(case, NOW),
    Act.STOP: lambda case: life.stopped(case, "Verhuisd", NOW),
    Act.TAKE_STOP_BACK: lambda case: life.stop_taken_back(case, NOW),
    Act.OBJECT: lambda case: life.objected(case, TODAY, NOW),
    Act.TAKE_OBJECTION_BACK: lambda case: life.objection_taken_back(case, NOW),
}
DECIDED_BEFORE = {Act.REVISE, Act.OBJECT, Act.TAKE_OBJECTION_BACK, Act.CLOSE, Act.REOPEN}


def a_case(status: str = S.EXAMINED, **changes: Any) -> Case:
    """A case of a batch whose term ends in December."""
    case = Case(
        id=UUID(int=1),
        gemeente="1000",
        number="HO-2026-000001",
        batch_id=UUID(int=2),
        row=2,
        place=1,
        status=status,
        preference="BEIDE",
        has_address=True,
        indication=None,
        opened_at=NOW - timedelta(days=30),
        changed_at=NOW - timedelta(days=30),
        version=3,
        response_date=date(2026, 12, 1),
    )
    return replace(case, **changes)


def ready_for(act: Act, status: CaseStatus) -> Case:
    """A case in which nothing but its status can stand in the way of an act."""
    return a_case(
        status,
        decision_id=OLD if act in DECIDED_BEFORE else None,
        objection_at=TODAY if act is Act.TAKE_OBJECTION_BACK else None,
        supplied_from=S.INVITED,
        stopped_from=S.EXAMINED if status is S.STOPPED else None,
    )


@pytest.mark.parametrize(("act", "status"), list(itertools.product(DO, CaseStatus)))
def test_every_act_from_every_status_leads_where_it_should_or_is_refused(
    act: Act, status: CaseStatus
) -> None:
    """Done, the version goes up by one; refused, the answer names what is possible instead."""
    case = ready_for(act, status)
    if status in LEADS[act]:
        after = DO[act](case)
        assert after.status == (LEADS[act][status] or status)
        assert (after.version, after.changed_at) == (4, NOW)
        assert act in life.possible(case)
        return
    with pytest.raises(life_errors.NotNow) as refused:
        DO[act](case)
    assert f"'{status}'" in refused.value.detail
    assert all(source in refused.value.detail for source in LEADS[act])
    assert refused.value.extra["mogelijk"] == [str(one) for one in life.possible(case)]
    assert act not in life.possible(case)


def test_the_table_has_every_act_and_says_who() -> None:
    """Colleagues do all of them but one; a rule invites, and ends the waiting."""
    assert set(TRANSITIONS) == set(Act) == set(LEADS)
    assert set(DO) == set(Act) - {Act.INVITE}
    for act, transition in TRANSITIONS.items():
        assert set(transition.sources) == set(LEADS[act])
    by_rule = {act for act, one in TRANSITIONS.items() if Role.SYSTEEM in one.by}
    assert by_rule == {Act.INVITE, Act.EXAMINE}
    assert Act.INVITE not in life.possible(a_case(S.CREATED))


@pytest.mark.parametrize("status", CaseStatus)
def test_the_news_that_an_invitation_left_moves_a_new_case_alone(status: CaseStatus) -> None:
    """Late news leaves a case that went on where it is."""
    after = a_case(status).invited(NOW)
    assert after.status == LEADS[Act.INVITE].get(status, status)
    assert after.version == (4 if status is S.CREATED else 3)


def test_another_version_is_refused_with_what_it_is_now() -> None:
    """Two tabs: the second hears where the case stands."""
    assert life.expected(a_case(), 3) == a_case()
    with pytest.raises(life_errors.CaseChanged) as refused:
        life.expected(a_case(S.DECIDED), 2)
    assert refused.value.extra == {"zaakstatus": "besloten", "versie": 3}


@pytest.mark.parametrize("origin", [S.CREATED, S.INVITED, S.WAITING])
def test_data_that_are_not_there_after_all_lead_back(origin: CaseStatus) -> None:
    """And nothing of them stays in the case."""
    case = a_case(origin)
    after = life.supply_taken_back(life.supplied(case, Source.DESK, TODAY, NOW), NOW)
    assert (after.status, after.supplied_on, after.supplied_via) == (origin, None, None)


@pytest.mark.parametrize("origin", [S.CREATED, S.SUPPLIED, S.WAITING])
def test_a_stop_that_is_taken_back_leads_where_it_was(origin: CaseStatus) -> None:
    """Also when the invitation arrived meanwhile."""
    stopped = life.stopped(a_case(origin), "Overleden", NOW)
    assert stopped.closed_at == NOW
    after = life.stop_taken_back(stopped.invited(NOW), NOW)
    assert after.status == (S.INVITED if origin is S.CREATED else origin)
    assert (after.closed_at, after.stopped_reason) == (None, None)


def test_what_ended_with_its_batch_stays_ended() -> None:
    """There is no way back from a withdrawal."""
    gone = a_case(S.CREATED).withdrawn("Verkeerd bestand", NOW)
    assert (gone.status, gone.closed_at) == (S.STOPPED, NOW)
    with pytest.raises(life_errors.BatchWasWithdrawn):
        life.stop_taken_back(gone, NOW)


@pytest.mark.parametrize(
    ("term", "weeks", "until", "ends"),
    [
        (date(2026, 12, 1), 1, None, date(2026, 12, 8)),
        (date(2026, 12, 11), 2, None, date(2026, 12, 28)),  # Christmas, then a weekend
        (date(2026, 11, 2), 4, None, date(2026, 12, 18)),  # it had passed: from today on
        (date(2026, 12, 1), None, date(2026, 12, 5), date(2026, 12, 7)),  # a Saturday
    ],
)
def test_more_time_ends_on_a_working_day(
    term: date, weeks: int | None, until: date | None, ends: date
) -> None:
    """Counted from the term, or from today when that has passed."""
    after = life.postponed(a_case(response_date=term), weeks, until, NOW)
    assert after.response_date == ends
    assert working_days.is_working_day(ends)


@pytest.mark.parametrize("until", [TODAY, date(2026, 12, 1), date(2036, 12, 1)])
def test_a_day_that_gives_no_time_is_refused(until: date) -> None:
    """In the past, not later than the term, or a mistyped year."""
    with pytest.raises(Invalid) as wrong:
        life.postponed(a_case(), None, until, NOW)
    assert [one.name for one in wrong.value.errors] == ["totDatum"]


def test_without_a_term_there_is_none_to_move() -> None:
    """Nothing was sent yet."""
    with pytest.raises(life_errors.NoTermYet):
        life.postponed(a_case(S.CREATED, response_date=None), 1, None, NOW)
    assert Act.POSTPONE not in life.possible(a_case(S.CREATED, response_date=None))


def test_a_day_that_has_not_come_is_no_day_of_receipt() -> None:
    """Of data as of an objection."""
    tomorrow = TODAY + timedelta(days=1)
    with pytest.raises(Invalid):
        life.supplied(a_case(S.INVITED), Source.MAIL, tomorrow, NOW)
    with pytest.raises(Invalid):
        life.objected(a_case(S.DECIDED, decision_id=OLD), tomorrow, NOW)


def test_one_decision_at_a_time_and_the_newest_is_revised() -> None:
    """A second one names the first; an older one cannot be named any more."""
    with pytest.raises(life_errors.AlreadyDecided):
        life.decided(a_case(decision_id=OLD), NEW, "toegekend", NOW)
    with pytest.raises(life_errors.DecisionOutdated):
        life.revised(a_case(S.DECIDED, decision_id=NEW), OLD, uuid4(), "toegekend", NOW)
    with pytest.raises(life_errors.NothingDecided):
        life.revised(a_case(), OLD, NEW, "toegekend", NOW)
    with pytest.raises(life_errors.NothingDecided):
        life.objected(a_case(), TODAY, NOW)
    with pytest.raises(life_errors.ObjectionKnown):
        life.objected(a_case(S.DECIDED, decision_id=OLD, objection_at=TODAY), TODAY, NOW)
    with pytest.raises(life_errors.NoObjection):
        life.objection_taken_back(a_case(S.DECIDED, decision_id=OLD), NOW)


def test_a_verdict_says_all_that_is_wrong_at_once() -> None:
    """The ground, the day, and a BSN that would be printed."""
    verdict = Verdict(Result.GRANTED, Ground.INCOME, "Uw BSN is 999990019.", date(2027, 1, 1))
    with pytest.raises(Invalid) as wrong:
        verdict.check(NOW, NOW)
    assert [one.name for one in wrong.value.errors] == ["reden", "besluitDatum", "motivering"]
    with pytest.raises(Invalid):
        Verdict(Result.REJECTED, None, "Zomaar afgewezen.", TODAY).check(NOW, NOW)


@pytest.mark.parametrize("result", Result)
def test_every_result_with_every_ground_has_its_words(result: Result) -> None:
    """The letter can always say what was decided."""
    for ground in GROUNDS[result]:
        Verdict(result, ground, "Uw inkomen is hoger.", TODAY).check(NOW, NOW)
        assert WORDS[(result, ground)].endswith(".")


@pytest.mark.parametrize("text", ["BSN 999990019", "9999.90.019", "999 990 019", "x:123456782."])
def test_a_bsn_is_seen_however_it_is_written(text: str) -> None:
    """With dots, spaces or words around it."""
    assert holds_a_bsn(text)


@pytest.mark.parametrize("text", ["123456789", "000000000", "zaak HO-2026-000001", "0612345678"])
def test_another_number_is_no_bsn(text: str) -> None:
    """A telephone number or a case number may stand in a text."""
    assert not holds_a_bsn(text)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (a_case(S.CREATED, response_date=None), "nog niet klaargezet"),
        (a_case(S.CREATED), "nog niet verstuurd. De inwoner kan reageren tot en met 1 december"),
        (a_case(S.INVITED), "tot en met 1 december 2026"),
        (a_case(S.INVITED, response_date=date(2026, 11, 19)), "was op 19 november 2026 voorbij"),
        (a_case(S.SUPPLIED, supplied_on=TODAY), "ontvangen op 20 november 2026"),
        (a_case(S.EXAMINED), "Neem een besluit"),
        (a_case(S.EXAMINED, decision_id=OLD), "Herzie het besluit"),
        (a_case(S.WAITING, waiting_until=date(2026, 12, 7)), "Wacht tot 7 december 2026"),
        (a_case(S.DECIDED, objection_at=TODAY), "bezwaar ontvangen op 20 november 2026"),
        (a_case(S.DECIDED), "Sluit de zaak"),
        (a_case(S.CLOSED), "afgesloten"),
        (a_case(S.STOPPED), "gestopt"),
    ],
)
def test_a_case_says_what_comes_next(case: Case, says: str) -> None:
    """One sentence, with the day until when where there is one."""
    assert says in next_step(case, TODAY)
