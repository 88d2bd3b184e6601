"""A gemeente chooses its colours, as long as everybody can read what stands in them."""

from __future__ import annotations

import pytest

from services.cases.domain.colours import (
    ACCENT,
    ACTION,
    BRAND,
    ON_BRAND,
    contrast,
    wrong_colours,
)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
    ],
)
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    """Whichever of the two comes first. The greys are those on either side of the limit."""
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_the_colours_of_who_chose_none_can_be_read() -> None:
    """So nobody has to choose before the first page."""
    assert wrong_colours(BRAND, ON_BRAND, ACTION, ACCENT) == []


def test_a_white_bar_is_fine_with_dark_text() -> None:
    """What counts is the pair."""
    assert wrong_colours("#ffffff", "#14323f", ACTION, ACCENT) == []


def test_every_pair_that_cannot_be_read_is_told_at_its_field() -> None:
    """All at once, with what was found and what is needed."""
    wrong = wrong_colours("#ffff00", "#ffffff", "#777777", "#ff99cc")
    assert [one.name for one in wrong] == ["kleurBalktekst", "kleurActie", "kleurAccent"]
    assert "het contrast is 4,5" not in wrong[0].reason
    assert all("moet 4,5 of meer zijn" in one.reason for one in wrong)


@pytest.mark.parametrize("given", ["rood", "#12345", "#1234567", "#GGGGGG", "red;}", ""])
def test_what_is_no_colour_is_refused(given: str) -> None:
    """It ends up in a style sheet."""
    (wrong,) = wrong_colours(BRAND, ON_BRAND, given, ACCENT)
    assert (wrong.name, wrong.code) == ("kleurActie", "geen-kleur")
