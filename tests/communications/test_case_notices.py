"""What happens in the cases of a colleague is told to that colleague, or to who stands in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from deploy.local.stack import Stack
from services.communications.domain import Absence, Notice
from services.communications.domain.case_news import ASSIGNED, status_changed, task_opened
from shared.contracts.codes import CaseStatus, Role, TaskKind
from shared.contracts.envelope import Event
from shared.contracts.events import (
    AfwezigheidIngetrokken,
    AfwezigheidVastgelegd,
    ProefMislukt,
    TaakGeopend,
    ZaakstatusGewijzigd,
    ZaakToegewezen,
)
from tests.communications.conftest import token
from tests.support import parts

ANNA, BAS, BOSS = "u-anna", "u-bas", "u-baas"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def given(gemeente: str, case: UUID, whom: str | None = ANNA, **more: Any) -> Event[Any]:
    """A coordinator gives a case to a colleague."""
    actor, sequence = more.pop("actor", BOSS), more.pop("sequence", 2)
    data = ZaakToegewezen(zaakId=case, zaaknummer="HO-2026-000007", behandelaar=whom, **more)
    return parts.event_of(data, gemeente, actor=actor, sequence=sequence)


def task(
    gemeente: str,
    case: UUID,
    kind: TaskKind = TaskKind.CHECK_ADDRESS,
    whom: str | None = ANNA,
    actor: str = "systeem:cases",
) -> Event[Any]:
    """Something to do in a case."""
    data = TaakGeopend(
        zaakId=case, zaaknummer="HO-2026-000007", taakId=uuid4(), soort=kind, behandelaar=whom
    )
    return parts.event_of(data, gemeente, actor=actor)


def away(
    gemeente: str, absence: UUID, *, days: int = 3, ago: int = 0, deputy: str = BAS
) -> Event[Any]:
    """Anna is away, from so many days ago."""
    today = datetime.now(UTC).date()
    data = AfwezigheidVastgelegd(
        afwezigheidId=absence,
        gebruikerId=ANNA,
        waarnemer=deputy,
        vanafDatum=today - timedelta(days=ago),
        totEnMetDatum=today + timedelta(days=days),
    )
    return parts.event_of(data, gemeente, actor=BOSS, sequence=1)


def back(gemeente: str, absence: UUID) -> Event[Any]:
    """Anna is there after all."""
    data = AfwezigheidIngetrokken(afwezigheidId=absence, gebruikerId=ANNA)
    return parts.event_of(data, gemeente, actor=BOSS, sequence=2)


class Desk:
    """The notices of colleagues, as the door shows them."""

    def __init__(self, http: httpx.AsyncClient, stack: Stack, gemeente: str) -> None:
        self.http, self.stack, self.gemeente = http, stack, gemeente

    async def of(self, user: str, *roles: Role) -> list[dict[str, Any]]:
        """What this colleague sees."""
        who = token(self.stack, self.gemeente, *(roles or (Role.BEHANDELAAR,)), user=user)
        answer = await self.http.get("/meldingen", headers=who)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["resultaten"]
        return found

    async def read(self, notice: str, user: str, *roles: Role) -> int:
        """Read one; the status of the answer."""
        who = token(self.stack, self.gemeente, *(roles or (Role.BEHANDELAAR,)), user=user)
        return (await self.http.post(f"/meldingen/{notice}/gelezen", headers=who)).status_code


@pytest.fixture
def desk(http: httpx.AsyncClient, stack: Stack, gemeente: str) -> Desk:
    """The notices of this gemeente."""
    return Desk(http, stack, gemeente)


def test_a_second_case_of_the_same_day_makes_a_number() -> None:
    """Another kind of task, another day and another colleague are another notice."""
    one = ASSIGNED.notice(uuid4(), "HO-1", NOW, "1001", user_id=ANNA)
    two = ASSIGNED.bundled(ASSIGNED.notice(uuid4(), "HO-2", NOW, "1001", user_id=ANNA), one)
    assert (two.id, two.items, two.case_id) == (one.id, 2, None)
    assert two.text.startswith("2 zaken: aan u toegewezen")
    others = [
        ASSIGNED.notice(uuid4(), "HO-1", NOW + timedelta(days=1), "1001", user_id=ANNA),
        ASSIGNED.notice(uuid4(), "HO-1", NOW, "1002", user_id=ANNA),
        ASSIGNED.notice(uuid4(), "HO-1", NOW, "1001", user_id=BAS),
        task_opened(TaskKind.OTHER).notice(uuid4(), "HO-1", NOW, "1001", user_id=ANNA),
        task_opened(TaskKind.OBJECTION).notice(uuid4(), "HO-1", NOW, "1001", user_id=ANNA),
    ]
    assert len({one.id, *(other.id for other in others)}) == 6


@pytest.mark.parametrize("kind", list(TaskKind))
def test_every_kind_of_task_is_told_in_words(kind: TaskKind) -> None:
    """With the number of the case in it."""
    notice = task_opened(kind).notice(uuid4(), "HO-2026-000007", NOW, "1001", user_id=ANNA)
    assert "HO-2026-000007" in notice.text
    assert "{" not in notice.text


@pytest.mark.parametrize("status", list(CaseStatus))
def test_every_status_is_told_in_words(status: CaseStatus) -> None:
    """As it is called everywhere."""
    notice = status_changed(status).notice(uuid4(), "HO-1", NOW, "1001", user_id=ANNA)
    assert notice.text == f"Zaak HO-1 heeft nu de status '{status}'."


def test_an_absence_covers_its_first_and_last_day_only() -> None:
    """And none once it was withdrawn, whichever was told first."""
    absence = Absence(uuid4(), "1001", ANNA)
    assert not absence.covers(date(2026, 11, 23))
    told = absence.told(BAS, date(2026, 11, 23), date(2026, 11, 25))
    days = [told.covers(date(2026, 11, day)) for day in range(22, 27)]
    assert days == [False, True, True, True, False]
    assert not told.withdrawn().covers(date(2026, 11, 24))
    late = absence.withdrawn().told(BAS, date(2026, 11, 23), date(2026, 11, 25))
    assert not late.covers(date(2026, 11, 24))


def test_a_notice_for_a_role_is_for_who_has_it() -> None:
    """And for nobody else."""
    notice = Notice(uuid4(), "1001", None, "klacht", "", "", NOW, role=Role.COORDINATOR)
    assert notice.is_for(BAS, frozenset({Role.COORDINATOR}))
    assert not notice.is_for(BAS, frozenset({Role.BEHANDELAAR}))


async def test_who_is_given_a_case_hears_of_it_once(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """Told twice it is one; what one takes oneself, or is nobody's, is no news."""
    case, event = uuid4(), given(gemeente, uuid4())
    await communications.feed(event, event)
    await communications.feed(event)
    await communications.feed(given(gemeente, case, BAS, actor=BAS), given(gemeente, uuid4(), None))
    (notice,) = await desk.of(ANNA)
    assert notice["tekst"] == "Zaak HO-2026-000007 is aan u toegewezen."
    assert (notice["soort"], notice["aantal"]) == ("zaak-toegewezen", 1)
    assert notice["zaakId"] == str(event.data.zaakId)
    assert await desk.of(BAS) == []


async def test_twenty_cases_at_once_are_one_line(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """Each counts, also after it was read: then it is unread again."""
    await communications.feed(*(given(gemeente, uuid4()) for _ in range(19)))
    (notice,) = await desk.of(ANNA)
    assert await desk.read(notice["id"], ANNA) == 200
    await communications.feed(given(gemeente, uuid4()))
    (notice,) = await desk.of(ANNA)
    assert (notice["aantal"], notice["zaakId"], notice["gelezenOp"]) == (20, None, None)
    assert notice["tekst"].startswith("20 zaken: aan u toegewezen")


async def test_the_deputy_gets_the_notices_of_who_is_away(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """And sees for whom; each reads an own notice; afterwards only Anna gets them."""
    absence, case = uuid4(), uuid4()
    await communications.feed(away(gemeente, absence))
    await communications.feed(given(gemeente, case), task(gemeente, case))
    mine, his = await desk.of(ANNA), await desk.of(BAS)
    assert sorted(one["soort"] for one in his) == ["taak-geopend", "zaak-toegewezen"]
    assert {one["voorGebruikerId"] for one in his} == {ANNA}
    assert {one["voorNaam"] for one in his} == {"Sam Bakker"}
    assert {one["voorGebruikerId"] for one in mine} == {None}
    assert await desk.read(his[0]["id"], BAS) == 200
    assert [one["gelezenOp"] for one in await desk.of(ANNA)] == [None, None]
    await communications.feed(back(gemeente, absence))
    await communications.feed(task(gemeente, case, TaskKind.OBJECTION))
    assert (len(await desk.of(ANNA)), len(await desk.of(BAS))) == (3, 2)


async def test_an_absence_that_is_told_late_brings_what_waits_since_its_first_day(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """What was read already, and what is of an absence to come, does not go along."""
    case = uuid4()
    await communications.feed(task(gemeente, case), task(gemeente, case, TaskKind.OBJECTION))
    first, _ = await desk.of(ANNA)
    assert await desk.read(first["id"], ANNA) == 200
    await communications.feed(away(gemeente, uuid4(), ago=-2, deputy="u-later"))
    late = away(gemeente, uuid4(), ago=2)
    await communications.feed(late, late)
    assert len(await desk.of(BAS)) == 1
    assert await desk.of("u-later") == []


async def test_the_assignment_itself_names_the_deputy(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """The news of the absence may come later than that of the case; it is still one notice."""
    await communications.feed(given(gemeente, uuid4(), waarnemer=BAS))
    await communications.feed(away(gemeente, uuid4()))
    (notice,) = await desk.of(BAS)
    assert notice["voorGebruikerId"] == ANNA


async def test_an_absence_that_was_withdrawn_first_sends_nothing_on(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """The two may be told in the other order."""
    absence = uuid4()
    await communications.feed(back(gemeente, absence), away(gemeente, absence))
    await communications.feed(task(gemeente, uuid4()))
    assert await desk.of(BAS) == []


async def test_a_complaint_is_for_the_coordinators(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """Not for who does the case; who reads it first reads it for all of them."""
    await communications.feed(task(gemeente, uuid4(), TaskKind.COMPLAINT, whom=None))
    assert await desk.of(ANNA) == []
    (notice,) = await desk.of(BOSS, Role.COORDINATOR)
    assert (notice["soort"], notice["voorRol"]) == ("klacht", "coordinator")
    assert await desk.read(notice["id"], ANNA) == 404
    assert await desk.read(notice["id"], BOSS, Role.COORDINATOR) == 200
    (again,) = await desk.of("u-andere-baas", Role.COORDINATOR)
    assert again["gelezenOp"] is not None


async def test_a_status_that_a_colleague_gave_is_told_and_older_news_changes_no_hands(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """What the system or Anna herself did is not."""
    case = uuid4()
    await communications.feed(given(gemeente, case, actor=ANNA, sequence=5))
    await communications.feed(given(gemeente, case, BAS, sequence=4))
    for actor in (BAS, ANNA, "systeem:cases"):
        data = ZaakstatusGewijzigd(
            zaakId=case,
            zaaknummer="HO-2026-000007",
            batchId=uuid4(),
            van=CaseStatus.INVITED,
            naar=CaseStatus.EXAMINED,
        )
        await communications.feed(parts.event_of(data, gemeente, actor=actor, sequence=6))
    (notice,) = await desk.of(ANNA)
    assert (notice["soort"], notice["aantal"]) == ("status-gewijzigd", 1)
    assert await desk.of(BAS) == []


async def test_a_trial_that_failed_is_told_to_who_asked_for_it(
    communications: parts.Bench, desk: Desk, gemeente: str
) -> None:
    """Although it was the own act: it would be waited for in vain."""
    data = ProefMislukt(
        zaakId=uuid4(), proefId=uuid4(), gebruikerId=ANNA, reden="Het e-mailadres bestaat niet."
    )
    event = parts.event_of(data, gemeente, actor=ANNA)
    await communications.feed(event, event)
    (notice,) = await desk.of(ANNA)
    assert (notice["soort"], notice["tekst"]) == ("proef-mislukt", data.reden)
    assert notice["zaakId"] == str(data.zaakId)
    assert await desk.of(BAS) == []
