"""One timeline per case, whatever the order in which the topics tell of it."""

from __future__ import annotations

import itertools
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.communications import tables
from shared.contracts.codes import Preference, Purpose, Role
from shared.contracts.envelope import Event
from shared.contracts.events import (
    BerichtGeplaatst,
    DocumentMislukt,
    DocumentOpgeslagen,
    EmailMislukt,
    EmailNietBezorgd,
    EmailVerzonden,
    PersoonVastgelegd,
)
from shared.contracts.persons import Persoon
from tests.communications.conftest import recorded, token
from tests.support import parts


class Story:
    """The events about one case."""

    def __init__(self, gemeente: str) -> None:
        self.gemeente = gemeente
        self.case, self.batch = uuid4(), uuid4()
        self.mail, self.letter = uuid4(), uuid4()

    def person(self, sequence: int = 1, **changes: Any) -> Event[Any]:
        """Who it is about."""
        given = {
            "bsn": "999990019",
            "voorletters": "A.",
            "tussenvoegsel": "de",
            "achternaam": "Vries",
            "geboortedatum": "1970-01-31",
            "email": "anna.devries@example.nl",
            "communicatievoorkeur": Preference.BOTH,
        }
        person = Persoon.model_validate({**given, **changes})
        data = PersoonVastgelegd(
            zaakId=self.case, zaaknummer="HO-2026-000007", batchId=self.batch, persoon=person
        )
        return parts.event_of(data, self.gemeente, sequence=sequence)

    def _about(self, attempt: UUID) -> dict[str, Any]:
        return {
            "zaakId": self.case,
            "bezorgingId": uuid4(),
            "pogingId": attempt,
            "batchId": self.batch,
            "doel": Purpose.INVITATION,
        }

    def mailed(self) -> Event[Any]:
        """The mail server accepted the mail."""
        data = EmailVerzonden(**self._about(self.mail), berichtId=self.mail)
        return parts.event_of(data, self.gemeente)

    def mail_failed(self) -> Event[Any]:
        """The mail server refused the mail."""
        about = self._about(self.mail)
        data = EmailMislukt(**about, berichtId=self.mail, reden="De mailbox is vol.")
        return parts.event_of(data, self.gemeente)

    def bounced(self) -> Event[Any]:
        """The mail came back."""
        about = self._about(self.mail)
        reason = "Het e-mailadres bestaat niet (meer)."
        data = EmailNietBezorgd(**about, berichtId=self.mail, reden=reason, blijvend=True)
        return parts.event_of(data, self.gemeente)

    def printed(self) -> Event[Any]:
        """The letter lies in the store."""
        about = self._about(self.letter)
        data = DocumentOpgeslagen(
            **about, documentId=self.letter, paginas=2, bytes=9000, sha256="0" * 64
        )
        return parts.event_of(data, self.gemeente)

    def letter_failed(self) -> Event[Any]:
        """The letter could not be made."""
        about = self._about(self.letter)
        data = DocumentMislukt(**about, documentId=self.letter, reden="Het adres is leeg.")
        return parts.event_of(data, self.gemeente)


@pytest.fixture
def story(gemeente: str) -> Story:
    """A case of the test's own."""
    return Story(gemeente)


async def _shown(http: httpx.AsyncClient, stack: Stack, story: Story) -> dict[str, Any]:
    who = token(stack, story.gemeente, Role.BEHANDELAAR)
    answer = await http.get(f"/zaken/{story.case}/berichten", headers=who)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


@pytest.mark.parametrize("places", list(itertools.permutations(range(3))))
async def test_every_order_of_topics_gives_the_same_timeline(
    communications: parts.Bench,
    http: httpx.AsyncClient,
    stack: Stack,
    story: Story,
    places: tuple[int, ...],
) -> None:
    """Person, mail and letter, each told twice, in each order."""
    events = [story.person(), story.mailed(), story.printed()]
    for place in places:
        await communications.feed(events[place])
    for place in reversed(places):
        await communications.feed(events[place])
    shown = await _shown(http, stack, story)
    assert (shown["zaaknummer"], shown["inwoner"]) == ("HO-2026-000007", "A. de Vries")
    assert shown["aantal"] == 2
    found = {item["kanaal"]: item for item in shown["resultaten"]}
    assert (found["email"]["status"], found["email"]["emailId"]) == ("verzonden", str(story.mail))
    assert (found["brief"]["status"], found["brief"]["documentId"]) == (
        "gemaakt",
        str(story.letter),
    )
    placed = await recorded(communications, BerichtGeplaatst, story.gemeente)
    assert sorted(item["berichtId"] for item in placed) == sorted(
        [str(story.mail), str(story.letter)]
    )


async def test_what_failed_stands_in_the_timeline_with_its_reason(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, story: Story
) -> None:
    """A failed letter has nothing to download."""
    mail, letter = story.mail_failed(), story.letter_failed()
    await communications.feed(mail, mail, letter, letter)
    shown = await _shown(http, stack, story)
    found = {item["kanaal"]: item for item in shown["resultaten"]}
    assert (found["email"]["status"], found["email"]["reden"]) == ("mislukt", "De mailbox is vol.")
    assert (found["brief"]["status"], found["brief"]["reden"]) == ("mislukt", "Het adres is leeg.")
    assert found["brief"]["documentId"] is None


async def test_the_same_mail_told_by_two_events_is_one_message(
    communications: parts.Bench, story: Story
) -> None:
    """A message stands once, and is announced once."""
    await communications.feed(story.mailed(), story.mailed())
    await communications.feed(story.mailed())
    placed = await recorded(communications, BerichtGeplaatst, story.gemeente)
    assert [item["berichtId"] for item in placed] == [str(story.mail)]


async def test_a_mail_to_a_colleague_is_no_message_of_a_case(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, story: Story
) -> None:
    """It names its batch as case; no case comes of that."""
    data = EmailVerzonden(
        zaakId=story.batch,
        bezorgingId=uuid4(),
        pogingId=story.mail,
        batchId=story.batch,
        doel=Purpose.BATCH_READY,
        berichtId=story.mail,
    )
    await communications.feed(parts.event_of(data, story.gemeente), story.mailed())
    who = token(stack, story.gemeente, Role.BEHANDELAAR)
    answer = await http.get(f"/zaken/{story.batch}/berichten", headers=who)
    assert answer.status_code == 404
    placed = await recorded(communications, BerichtGeplaatst, story.gemeente)
    assert [item["zaakId"] for item in placed] == [str(story.case)]


async def test_older_news_of_a_person_changes_nothing(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, story: Story
) -> None:
    """The newest name stays, also when the older event comes last."""
    await communications.feed(story.person(2, achternaam="Jansen", tussenvoegsel=None))
    await communications.feed(story.person(1))
    assert (await _shown(http, stack, story))["inwoner"] == "A. Jansen"


async def test_the_address_of_a_resident_is_sealed(
    communications: parts.Bench, story: Story
) -> None:
    """Neither address nor BSN stands readable in a row."""
    await communications.feed(story.person())
    (row,) = await communications.rows(sa.select(tables.participants), story.gemeente)
    written = b" ".join(bytes(v) if isinstance(v, bytes) else str(v).encode() for v in row.values())
    assert b"anna.devries" not in written
    assert b"999990019" not in written
    assert row["email"] is not None


async def test_pages_hold_all_messages_newest_first(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, story: Story
) -> None:
    """Two pages of one message each."""
    await communications.feed(story.mailed())
    await communications.feed(story.printed())
    who = token(stack, story.gemeente, Role.RAADPLEGER)
    pages = [
        (
            await http.get(f"/zaken/{story.case}/berichten?pagina={nr}&perPagina=1", headers=who)
        ).json()
        for nr in (1, 2)
    ]
    assert [page["aantal"] for page in pages] == [2, 2]
    assert [page["resultaten"][0]["kanaal"] for page in pages] == ["brief", "email"]


async def test_another_gemeente_does_not_find_the_case(
    communications: parts.Bench, http: httpx.AsyncClient, stack: Stack, story: Story
) -> None:
    """With the real id: 404, as for a case that does not exist."""
    await communications.feed(story.person(), story.mailed())
    for who in (parts.new_gemeente(), parts.new_gemeente()):
        headers = token(stack, who, Role.BEHANDELAAR)
        answer = await http.get(f"/zaken/{story.case}/berichten", headers=headers)
        assert answer.status_code == 404
    assert (await _shown(http, stack, story))["aantal"] == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1)])
async def test_a_mail_that_came_back_says_so_where_it_stands(
    communications: parts.Bench, gemeente: str, order: tuple[int, ...]
) -> None:
    """One message, not delivered, with the reason, whichever news came first."""
    story = Story(gemeente)
    news = [story.mailed(), story.bounced()]
    for place in order:
        await communications.feed(news[place])
    (message,) = await communications.rows(sa.select(tables.messages), gemeente)
    told = (message["status"], message["reason"])
    assert told == ("niet bezorgd", "Het e-mailadres bestaat niet (meer).")
    assert len(await recorded(communications, BerichtGeplaatst, gemeente)) == 1
