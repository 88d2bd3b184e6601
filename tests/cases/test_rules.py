"""Working days, terms, plans and counts: the rules without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from services.cases import errors, seeding
from services.cases.domain import Batch, BatchStatus, Figures, Plan, PlanCounts, working_days
from shared.chassis.errors import Invalid

FRIDAY = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2024, date(2024, 3, 31)), (2025, date(2025, 4, 20)), (2026, date(2026, 4, 5))],
)
def test_easter_is_where_the_calendar_has_it(year: int, easter: date) -> None:
    """The moving holidays follow from it."""
    assert working_days.easter(year) == easter


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 4, 3),
        date(2026, 4, 6),
        date(2026, 4, 27),
        date(2026, 5, 5),
        date(2026, 5, 14),
        date(2026, 5, 25),
        date(2026, 12, 25),
        date(2026, 11, 21),
        date(2026, 11, 22),
    ],
)
def test_nobody_works_on_a_holiday_or_in_the_weekend(day: date) -> None:
    """From New Year's Day to Christmas."""
    assert not working_days.is_working_day(day)


def test_kings_day_moves_when_it_is_a_sunday() -> None:
    """In 2025 it was kept on Saturday the 26th, and Monday the 28th was an ordinary day."""
    assert date(2025, 4, 26) in working_days.holidays(2025)
    assert date(2025, 4, 27) not in working_days.holidays(2025)
    assert working_days.is_working_day(date(2025, 4, 28))


def test_a_term_runs_on_over_weekend_and_holiday() -> None:
    """Four weeks after Friday 27 November ends on Christmas Day, so on Monday the 28th."""
    assert working_days.end_of_term(date(2026, 11, 27), 28) == date(2026, 12, 28)


def test_today_is_the_date_in_the_netherlands() -> None:
    """Half past eleven at night in UTC is the next day here."""
    assert working_days.today(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_plan_proposes_the_next_working_day_and_four_weeks() -> None:
    """On a Friday that is Monday."""
    plan = batch().plan(FRIDAY)
    assert (plan.send_date, plan.response_days) == (date(2026, 11, 23), 28)
    assert plan.response_date == date(2026, 12, 21)


def test_all_errors_of_a_plan_come_together() -> None:
    """A date in the past and a term of nothing."""
    with pytest.raises(Invalid) as wrong:
        batch().planned(Plan(date(2026, 11, 19), 0, None), "gebruiker", FRIDAY)
    assert [one.name for one in wrong.value.errors] == ["verzendDatum", "reactietermijnDagen"]


def test_a_plan_that_waited_too_long_is_not_approved() -> None:
    """The date in the letters may not have passed."""
    planned = batch().planned(Plan(date(2026, 11, 20), 28, "Keuze"), "gebruiker", FRIDAY)
    counts = PlanCounts(only_mail=1)
    with pytest.raises(errors.SendDatePassed):
        planned.approved(counts, (1, 0), (uuid4(), None), "b", FRIDAY + timedelta(days=1))
    approved = planned.approved(counts, (1, 0), (uuid4(), None), "b", FRIDAY)
    assert (approved.status, approved.mails_approved) == (BatchStatus.SENDING, 1)


def test_a_template_of_an_unused_channel_is_not_needed_nor_kept() -> None:
    """Without letters there is no letter template."""
    planned = batch().planned(Plan(date(2026, 11, 20), 28, "Keuze"), "gebruiker", FRIDAY)
    approved = planned.approved(PlanCounts(only_mail=1), (1, 0), (uuid4(), uuid4()), "b", FRIDAY)
    assert approved.letter_template_id is None


def test_counts_of_a_plan_add_up() -> None:
    """Who gets both counts for each channel."""
    counts = PlanCounts(only_mail=3, only_letter=4, both=2)
    assert (counts.mails, counts.letters) == (5, 6)


@pytest.mark.parametrize(
    ("figures", "closed", "hours", "told"),
    [
        (Figures(mails_sent=2), True, 0, True),
        (Figures(mails_sent=1, mails_asked=1), False, 0, False),
        (Figures(mails_sent=1, mails_asked=1), False, 1, True),
        (Figures(letters_made=1), False, 2, False),
        (Figures(letters_made=1), True, 2, True),
        (Figures(letters_failed=1, mails_asked=1), False, 1, True),
        (Figures(letters_asked=1), False, 2, False),
    ],
)
def test_who_gets_no_print_file_is_told_otherwise(
    figures: Figures, closed: bool, hours: int, told: bool
) -> None:
    """With letters the print file tells; without them or without news of it the end, or an hour."""
    planned = batch().planned(Plan(date(2026, 11, 20), 28, "Keuze"), "gebruiker", FRIDAY)
    sending = planned.approved(PlanCounts(only_mail=1), (1, 0), (uuid4(), None), "b", FRIDAY)
    ended = sending.closed(figures, FRIDAY) if closed else sending
    assert ended.may_tell(figures, FRIDAY + timedelta(hours=hours)) is told
    assert not ended.told(FRIDAY).may_tell(figures, FRIDAY + timedelta(hours=hours))


def test_a_file_of_settings_that_is_wrong_says_where(tmp_path: Path) -> None:
    """Which field of which gemeente, or that it is no JSON at all."""
    file = tmp_path / "gemeenten.json"
    file.write_text('[{"code": "12"}]')
    with pytest.raises(seeding.UnfitFile, match=r"0\.code.*0\.naam"):
        seeding.offices_in(file)
    file.write_text("[")
    with pytest.raises(seeding.UnfitFile, match="JSON"):
        seeding.offices_in(file)


def batch() -> Batch:
    """An open batch."""
    return Batch(uuid4(), "1000", "a.xlsx", 1, "gebruiker", FRIDAY, status=BatchStatus.OPEN)
