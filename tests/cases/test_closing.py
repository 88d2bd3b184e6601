"""A case whose decision is not with the resident is closed only by who says how it got there."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from services.cases import tables
from services.cases.domain import Delivery, announcing
from shared.contracts.codes import Purpose
from shared.contracts.events import BriefGepost
from tests.cases.files import Zaken
from tests.cases.lives import BY_HAND, Life, invited
from tests.cases.test_after_sending import POSTED, news, returned
from tests.cases.test_outcomes import made, mailed, unmade
from tests.cases.test_taking_back import withdrawn

DAY = date(2026, 12, 1)


def told_by(channel: str, state: str, **more: Any) -> Delivery:
    """A letter or mail about a decision."""
    plain: dict[str, Any] = {
        "gemeente": "1000",
        "case_id": uuid4(),
        "batch_id": None,
        "place": 1,
        "ordinal": 1,
    }
    return Delivery(
        id=uuid4(), purpose=Purpose.GRANTED, channel=channel, state=state, **plain, **more
    )


@pytest.mark.parametrize(
    ("deliveries", "words"),
    [
        ([told_by("brief", "gelukt", posted_on=DAY)], []),
        ([told_by("email", "gelukt")], []),
        ([told_by("brief", "gelukt", posted_on=DAY), told_by("email", "mislukt")], []),
        ([told_by("brief", "gelukt"), told_by("email", "gelukt")], ["nog niet gepost"]),
        ([told_by("brief", "gevraagd")], ["wordt nog gemaakt"]),
        ([told_by("brief", "mislukt", reason="Er is geen straat.")], ["Er is geen straat."]),
        ([told_by("brief", "ingetrokken", reason="Gestopt.")], ["niet verstuurd: Gestopt."]),
        (
            [told_by("brief", "gelukt", posted_on=DAY, returned_on=DAY)],
            ["kwam terug op 01-12-2026"],
        ),
        ([told_by("email", "niet bezorgd", reason="Vol.")], ["De e-mail kwam terug: Vol."]),
        ([told_by("email", "gevraagd")], ["wordt nog verzonden"]),
    ],
)
def test_a_decision_is_sent_when_its_letter_was_posted(
    deliveries: list[Delivery], words: list[str]
) -> None:
    """Without a letter when its mail was sent; otherwise it says what is wrong and what to do."""
    found = [one.explanation for one in announcing.unsent(deliveries)]
    assert len(found) == len(words)
    assert all(word in said for word, said in zip(words, found, strict=True))


async def decided(zaken: Zaken, door: Any, gemeente: str, number: int) -> tuple[Life, Delivery]:
    """A case with a decision, and its letter."""
    life = await invited(zaken, door, gemeente, number, choice="BRIEF")
    await life.decided()
    return life, await letter_of(zaken, gemeente)


async def letter_of(zaken: Zaken, gemeente: str) -> Delivery:
    """The letter about the decision, as it is now."""
    (found,) = [
        one
        for one in await zaken.table(tables.deliveries, gemeente)
        if one.purpose == "besluit-afwijzen"
    ]
    assert isinstance(found, Delivery)
    return found


async def test_closing_waits_for_the_letter(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Not made, failed, made, taken back, and returned: each time it is said what to do."""
    life, letter = await decided(zaken, door, gemeente, 720)
    heard = [await refused(life)]
    await zaken.feed(unmade(letter))
    heard.append(await refused(life))
    again = await life.ask(f"bezorgingen/{letter.id}/opnieuw")
    assert again.status_code == 200, again.text
    letter = await letter_of(zaken, gemeente)
    await zaken.feed(made(letter))
    heard.append(await refused(life))
    posted = news(BriefGepost, letter, 1, gepostDatum=POSTED)
    await zaken.feed(posted)
    await zaken.feed(returned(letter))
    heard.append(await refused(life))
    parts = ["wordt nog gemaakt", "is mislukt", "nog niet gepost", "kwam terug"]
    assert all(part in said for part, said in zip(parts, heard, strict=True))


async def test_closing_goes_when_the_letter_was_posted(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Nobody is asked anything then."""
    life, letter = await decided(zaken, door, gemeente, 721)
    await zaken.feed(made(letter), news(BriefGepost, letter, 1, gepostDatum=POSTED))
    assert (await life.did("sluiten"))["status"] == "afgesloten"


async def test_who_gave_the_decision_otherwise_says_how(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """It stands in the history of the case; a tick without words is not enough."""
    life, letter = await decided(zaken, door, gemeente, 722)
    await zaken.feed(withdrawn(letter))
    assert (await life.ask("sluiten", bevestigd=True)).status_code == 400
    page = await life.did("sluiten", **BY_HAND)
    (entry,) = [one for one in page["tijdlijn"] if one["wat"] == "Zaak afgesloten"]
    assert "Meegegeven aan de balie" in entry["toelichting"]


async def test_a_mail_is_enough_where_there_is_no_address(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Who chose mail and has no address gets the decision by mail alone."""
    life = await invited(zaken, door, gemeente, 723, choice="EMAIL", adres=None)
    await life.decided()
    mail = await letter_of(zaken, gemeente)
    await refused(life)
    await zaken.feed(mailed(mail))
    assert (await life.did("sluiten"))["status"] == "afgesloten"


async def refused(life: Life) -> str:
    """Closing is refused for now; what is said."""
    answer = await life.ask("sluiten")
    assert answer.status_code == 409, answer.text
    problem = answer.json()
    assert problem["type"].endswith("besluit-niet-verstuurd")
    assert (problem["teBevestigen"], len(problem["bezorgingen"])) == (True, 1)
    detail: str = problem["detail"]
    return detail
