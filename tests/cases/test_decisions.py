"""Decisions: taken, sent to both partners, revised, and tried again when a letter failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from services.cases import tables
from services.cases.domain import DeliveryState, delivery_of
from shared.contracts.codes import Channel, Purpose
from shared.contracts.events import BesluitGenomen, BriefGevraagd, EmailGevraagd
from tests.cases.files import Zaken, bsn, user
from tests.cases.lives import MOTIVATION, Life, invited
from tests.cases.test_life import set_case
from tests.cases.test_outcomes import made, unmade

PARTNER = {
    "bsn": bsn(401),
    "voorletters": "B.",
    "achternaam": "Partner",
    "geboortedatum": "1971-00-00",
}
NOTHING_CAME = {"reden": "geen-of-onvolledige-gegevens"}


async def test_one_decision_tells_both_partners_by_letter_and_mail(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Addressed to both, with the decision in words and its motivation; told to others without."""
    life = await invited(zaken, door, gemeente, 400, choice="EMAIL", partner=PARTNER)
    page = await life.decided()
    assert (page["status"], page["besluiten"][0]["resultaat"]) == ("besloten", "afwijzen")
    (letter,) = [o for o in await life.told(BriefGevraagd) if o.doel == Purpose.REJECTED]
    (mail,) = [o for o in await life.told(EmailGevraagd) if o.doel == Purpose.REJECTED]
    for order in (letter, mail):
        assert order.velden["BESLUIT"].startswith("U hebt geen recht meer")
        assert order.velden["MOTIVERING"] == MOTIVATION
        assert order.velden["AANHEF"] == "Geachte mevrouw De Tester400 en B. Partner,"
        assert order.velden["PARTNER_NAAM"] == "B. Partner"
        assert order.batchId is None
    assert letter.velden["ADRESBLOK"].startswith("Mevrouw A. de Tester400 en B. Partner\n")
    mails = [one for one in page["bezorgingen"] if one["doel"] == "besluit-afwijzen"]
    assert {one["kanaal"]: bool(one["toestemming"]) for one in mails} == {
        "brief": False,
        "email": True,
    }
    (told,) = await life.told(BesluitGenomen)
    assert str(told.besluitId) == page["besluiten"][0]["id"]
    assert MOTIVATION not in told.model_dump_json()


async def test_the_motivation_lies_sealed(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Who reads the database without the keys reads no reasons."""
    life = await invited(zaken, door, gemeente, 402, choice="BRIEF")
    await life.decided(resultaat="toekennen", reden=None)
    (row,) = await zaken.rows(tables.decisions.select(), gemeente)
    assert MOTIVATION.encode() not in bytes(row["motivation"])
    path = f"/zaken/{life.id}/besluiten"
    (shown,) = (await door("GET", path, user(gemeente))).json()["resultaten"]
    assert shown["motivering"] == MOTIVATION


async def test_a_decision_is_revised_and_the_old_one_stays(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The new one names it; a second tab cannot revise the old one again."""
    life = await invited(zaken, door, gemeente, 403, choice="BRIEF")
    first = (await life.decided())["besluiten"][0]["id"]
    assert (await life.ask("besluiten", **a_decision())).status_code == 409
    wish = a_decision(
        resultaat="toekennen", reden=None, herzietBesluitId=first, redenHerziening="Bezwaar gegrond"
    )
    page = await life.did("herzieningen", **wish)
    assert [one["resultaat"] for one in page["besluiten"]] == ["toekennen", "afwijzen"]
    assert (page["status"], page["besluiten"][0]["herzietBesluitId"]) == ("besloten", first)
    assert page["tijdlijn"][0]["wat"] == "Besluit herzien"
    late = await life.ask("herzieningen", **wish)
    assert (late.status_code, late.json()["title"]) == (409, "Dit besluit is al herzien")
    purposes = [one.doel for one in await life.told(BriefGevraagd)]
    assert purposes == [Purpose.INVITATION, Purpose.REJECTED, Purpose.GRANTED]
    named = [one.herzietBesluitId for one in await life.told(BesluitGenomen)]
    assert list(map(str, named)) == ["None", first]


async def test_the_same_decision_twice_is_taken_once(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """A double click, and two tabs with keys of their own."""
    life = await invited(zaken, door, gemeente, 404, choice="BRIEF")
    version, key = (await life.page())["versie"], str(uuid4())
    for _ in range(2):
        answer = await life.ask("besluiten", versie=version, key=key, **a_decision())
        assert answer.status_code == 200, answer.text
    other = await life.ask("besluiten", versie=version, **a_decision())
    assert other.status_code == 409
    assert len(await life.told(BesluitGenomen)) == 1
    assert len(await zaken.table(tables.decisions, gemeente)) == 1


async def test_without_data_the_resident_was_reminded_in_vain_first(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Not reminded, or still in time: 409, which can be confirmed for a reason."""
    life = await invited(zaken, door, gemeente, 405, choice="BRIEF")
    refused = await life.ask("besluiten", **a_decision(**NOTHING_CAME))
    assert (refused.status_code, refused.json()["teBevestigen"]) == (409, True)
    await set_case(zaken, gemeente, life.id, response_date=date(2020, 1, 1))
    assert (await life.ask("besluiten", **a_decision(**NOTHING_CAME))).status_code == 409
    await reminded(zaken, life)
    await set_case(zaken, gemeente, life.id, response_date=await life.today() + timedelta(days=1))
    assert (await life.ask("besluiten", **a_decision(**NOTHING_CAME))).status_code == 409
    await set_case(zaken, gemeente, life.id, response_date=date(2020, 1, 1))
    assert (await life.did("besluiten", **a_decision(**NOTHING_CAME)))["status"] == "besloten"


async def test_a_warning_is_confirmed_with_a_reason_that_stays(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Without the reason: 400."""
    life = await invited(zaken, door, gemeente, 406, choice="BRIEF")
    wish = a_decision(**NOTHING_CAME, bevestigd=True)
    assert (await life.ask("besluiten", **wish)).status_code == 400
    page = await life.did("besluiten", **wish, redenBevestiging="Inwoner wil niet meewerken")
    assert "Inwoner wil niet meewerken" in page["tijdlijn"][0]["toelichting"]


async def test_a_letter_that_failed_is_seen_and_written_again(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """With the same decision; one that did not fail, or that is of a batch, is not."""
    life = await invited(zaken, door, gemeente, 407, choice="BRIEF")
    await life.decided()
    of_batch, letter = sorted(
        await zaken.table(tables.deliveries, gemeente), key=lambda one: one.batch_id is None
    )
    path = "/zaken/{}/bezorgingen/{}/opnieuw"
    early = await door("POST", path.format(life.id, letter.id), user(gemeente))
    assert (early.status_code, early.json()["title"]) == (409, "Dit is niet mislukt")
    await zaken.feed(unmade(letter))
    page = await life.page()
    assert {one["status"] for one in page["bezorgingen"]} == {"gelukt", "mislukt"}
    again = await door("POST", path.format(life.id, letter.id), user(gemeente))
    assert again.status_code == 200, again.text
    orders = [one for one in await life.told(BriefGevraagd) if one.doel == Purpose.REJECTED]
    assert orders[0].velden == orders[1].velden
    assert orders[0].pogingId != orders[1].pogingId
    (after,) = [d for d in await zaken.table(tables.deliveries, gemeente) if d.id == letter.id]
    await zaken.feed(made(after))
    assert {one["status"] for one in (await life.page())["bezorgingen"]} == {"gelukt"}
    refused = await door("POST", path.format(life.id, of_batch.id), user(gemeente))
    assert (refused.status_code, refused.json()["title"]) == (409, "Dit hoort bij een batch")
    unknown = await door("POST", path.format(life.id, uuid4()), user(gemeente))
    assert unknown.status_code == 404


async def test_what_cannot_be_a_decision_is_told_at_once(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The ground, the day and a BSN in the text together; nothing is kept or sent."""
    life = await invited(zaken, door, gemeente, 408, choice="BRIEF")
    wish = a_decision(
        resultaat="toekennen",
        motivering=f"Over {bsn(408)} besluiten wij.",
        besluitDatum="2020-01-01",
    )
    refused = await life.ask("besluiten", **wish)
    assert refused.status_code == 400
    names = {one["name"] for one in refused.json()["invalidParams"]}
    assert names == {"reden", "besluitDatum", "motivering"}
    assert (await life.page())["besluiten"] == []
    assert len(await zaken.table(tables.deliveries, gemeente)) == 1


def a_decision(**changes: Any) -> dict[str, Any]:
    """A decision that rejects, unless told otherwise."""
    wish = {"resultaat": "afwijzen", "reden": "inkomen-te-hoog", "motivering": MOTIVATION}
    return {**wish, **changes}


async def reminded(zaken: Zaken, life: Life) -> None:
    """A reminder was sent by mail."""
    planned = delivery_of(await life.case(), Channel.EMAIL, Purpose.FIRST_REMINDER)
    sent = replace(planned, batch_id=None, state=DeliveryState.DONE)

    async def keep(_: Any, work: Any) -> None:
        work.add(tables.deliveries, sent)

    await zaken.commands.run(user(life.gemeente), keep, None)
