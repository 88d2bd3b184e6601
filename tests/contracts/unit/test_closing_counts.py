"""The counts that are published of a batch add up, whatever became of its letters and mails."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cases.domain import Batch, DeliveryState, Figures
from services.cases.handlers.closing import closing
from services.cases.queries.batches import FIGURE
from shared.contracts.codes import Channel
from shared.contracts.events import BatchAfgerond

BATCH = Batch(UUID(int=1), "1001", "a.xlsx", 9, "u-1", datetime(2026, 11, 23, tzinfo=UTC))
EXAMPLES = Path(__file__).parents[1] / "examples" / BatchAfgerond.type
ENDS = (
    DeliveryState.DONE,
    DeliveryState.FAILED,
    DeliveryState.EXCLUDED,
    DeliveryState.WITHDRAWN,
)
#: What can have become of a letter or mail when its batch ends; a letter does not bounce.
OUTCOMES = [(channel, end) for channel in Channel for end in ENDS]
OUTCOMES.append((Channel.EMAIL, DeliveryState.BOUNCED))


def counted(outcomes: list[tuple[Channel, DeliveryState]]) -> Figures:
    """The figures of these letters and mails, as the query counts them."""
    return Figures(**Counter(FIGURE[outcome] for outcome in outcomes))


def adds_up(told: BatchAfgerond) -> bool:
    """Whether each letter and each mail is in exactly one of the counts."""
    letters = (
        told.brievenGemaakt
        + told.brievenMislukt
        + told.brievenUitgesloten
        + told.brievenIngetrokken
    )
    mails = (
        told.emailsVerzonden
        + told.emailsNietBezorgd
        + told.emailsMislukt
        + told.emailsUitgesloten
        + told.emailsIngetrokken
    )
    return (letters, mails) == (told.aantalBrieven, told.aantalEmails)


@given(st.lists(st.sampled_from(OUTCOMES), max_size=60))
def test_for_any_mix_the_published_counts_are_all_there_were(
    outcomes: list[tuple[Channel, DeliveryState]],
) -> None:
    """As many letters and mails as there were, each counted once and under its own name."""
    told = closing(BATCH, counted(outcomes))
    assert adds_up(told)
    channels = Counter(channel for channel, _ in outcomes)
    assert told.aantalBrieven == channels[Channel.LETTER]
    assert told.aantalEmails == channels[Channel.EMAIL]
    assert told.emailsNietBezorgd == outcomes.count((Channel.EMAIL, DeliveryState.BOUNCED))
    assert told.brievenIngetrokken == outcomes.count((Channel.LETTER, DeliveryState.WITHDRAWN))
    assert told.emailsUitgesloten == outcomes.count((Channel.EMAIL, DeliveryState.EXCLUDED))


@given(st.lists(st.sampled_from(OUTCOMES), max_size=60), st.integers(0, 60))
def test_mails_that_come_back_after_the_end_leave_the_sum_as_it_was(
    outcomes: list[tuple[Channel, DeliveryState]], bounces: int
) -> None:
    """What is frozen at the end and changed by each of them is still what was counted."""
    figures = counted(outcomes)
    batch = BATCH.closed(figures, BATCH.confirmed_at)
    late = min(bounces, figures.mails_sent)
    for _ in range(late):
        batch = batch.bounced()
    after = Figures(**{name: getattr(batch, name) for name in figures.final()})
    told = closing(batch, after, late=late)
    assert adds_up(told)
    assert (told.aantalBrieven, told.aantalEmails) == (figures.letters, figures.mails)
    assert told.emailsNietBezorgd == figures.mails_bounced + late


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("[2-9].json")), ids=lambda path: path.stem)
def test_the_counts_of_every_newer_example_add_up(path: Path) -> None:
    """Who reads the examples learns what the fields mean; the first one had no totals."""
    assert adds_up(BatchAfgerond.model_validate(json.loads(path.read_text())["data"]))
