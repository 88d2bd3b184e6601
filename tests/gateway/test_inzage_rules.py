"""What a resident may see of other people, and how long an inzage lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from services.gateway.inzage.errors import InzageGone, InzageNotReady, TooManyInzagen
from services.gateway.inzage.front_page import Chapter, Section, front_page
from services.gateway.inzage.rules import (
    MOST_AN_HOUR,
    Eyes,
    Inzage,
    Made,
    Status,
    check_rate,
    is_bsn,
)
from shared.contracts.inzage import Betrokkene, own_data

OWN, OTHER = "999990019", "999990020"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEPT = timedelta(days=14)
MADE = Made(["a"], 7, 1234, "ff")


def _inzage() -> Inzage:
    return Inzage(uuid4(), "9001", uuid4(), "HO-2026-000001", "inwoner", "Verzoek 12", "u", NOW)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (f"Belde over {OTHER}.", "Belde over *****0020."),
        (f"BSN:{OTHER}", "BSN:*****0020"),
        ("9999.90.020 en 999 990 020", "*****0020 en *****0020"),
        (f"Eigen nummer {OWN}", f"Eigen nummer {OWN}"),
        ("Eigen nummer 999.990.019", "Eigen nummer 999.990.019"),
        ("Bel 06-12345678 of 0612345678", "Bel 06-12345678 of 0612345678"),
        ("HO-2026-000001 van 2026-11-23", "HO-2026-000001 van 2026-11-23"),
        ("geen BSN: 123456789", "geen BSN: 123456789"),
        (f"a{OTHER} {OTHER}1", f"a{OTHER} {OTHER}1"),
    ],
)
def test_only_the_own_bsn_is_shown(written: str, shown: str) -> None:
    """However somebody wrote it; numbers that are no BSN stay as they are."""
    assert is_bsn(OWN)
    assert is_bsn(OTHER)
    assert Eyes(OWN).masked(written) == shown


def test_an_id_is_no_bsn() -> None:
    """A UUID of digits alone is left as it is, wherever eight or nine of them pass the test."""
    text = "11111112-1111-4111-8111-999990020999"
    assert is_bsn("11111112")
    assert Eyes(OWN).masked(text) == text


def test_a_colleague_has_a_number_and_keeps_it() -> None:
    """In every part of the same inzage; rules and the resident are named for what they are."""
    eyes = Eyes(OWN)
    first = eyes.seen([{"door": "u1", "wat": "Notitie"}, {"door": "u2"}, {"door": "systeem:cases"}])
    again = eyes.seen({"behandelaar": "u2", "door": "inwoner", "geopendDoor": None})
    assert [line["door"] for line in first] == ["medewerker 1", "medewerker 2", "het systeem"]
    assert again == {"behandelaar": "medewerker 2", "door": "de inwoner", "geopendDoor": None}


def test_nested_values_are_looked_through() -> None:
    """Lists in entries, entries in entries; numbers and empties stay."""
    found = Eyes(OWN).seen({"was": {"naam": [f"zie {OTHER}"]}, "rij": 999990020, "leeg": None})
    assert found == {"was": {"naam": ["zie *****0020"]}, "rij": 999990020, "leeg": None}


def test_a_row_shows_each_of_two_people_their_own() -> None:
    """Of the partner the name only; the partner gets nothing of the resident but the address."""
    partner = {"bsn": OTHER, "achternaam": "Vis", "geboortedatum": "1961-05-07"}
    row = {"bsn": OWN, "achternaam": "Bos", "email": "b@example.nl", "adres": {"straat": "Dam"}}
    whole = {**row, "partner": partner}
    mine, theirs = own_data(whole, Betrokkene.RESIDENT), own_data(whole, Betrokkene.PARTNER)
    assert mine["partner"] == {"voorletters": None, "tussenvoegsel": None, "achternaam": "Vis"}
    assert OTHER not in str(mine)
    assert theirs == {**partner, "adres": {"straat": "Dam"}}
    assert own_data(row, Betrokkene.RESIDENT)["partner"] is None


def test_there_is_a_file_from_ready_until_its_time_is_over() -> None:
    """Before that it is not ready; at the very moment it is over."""
    asked = _inzage()
    with pytest.raises(InzageNotReady):
        asked.require_file(NOW)
    ready = asked.made(MADE, NOW, KEPT)
    ready.require_file(NOW + KEPT - timedelta(seconds=1))
    with pytest.raises(InzageGone):
        ready.require_file(NOW + KEPT)
    with pytest.raises(InzageNotReady, match="Een zaak is weg"):
        asked.failed("Een zaak is weg", NOW).require_file(NOW)


def test_what_was_written_about_a_destroyed_case_goes() -> None:
    """The reason too; of one whose time is over the reason stays, as in the logboek."""
    ready = _inzage().made(MADE, NOW, KEPT)
    destroyed, expired = (ready.removed(because_destroyed=why) for why in (True, False))
    assert (destroyed.reason, expired.reason) == (None, "Verzoek 12")
    assert destroyed.status == expired.status == Status.REMOVED
    with pytest.raises(InzageGone, match="vernietigd"):
        destroyed.require_file(NOW)


def test_nobody_asks_for_more_in_an_hour_than_bsns_may_be_seen() -> None:
    """The twenty-first waits until the first is an hour old."""
    moments = [NOW - timedelta(minutes=number) for number in range(MOST_AN_HOUR)]
    check_rate(moments[:-1], NOW)
    with pytest.raises(TooManyInzagen) as refused:
        check_rate(moments, NOW)
    assert refused.value.extra["wachtSeconden"] == 41 * 60
    check_rate(moments, NOW + timedelta(minutes=41))


def test_open_is_what_is_still_being_made() -> None:
    """Asked and busy; not ready, failed or removed."""
    inzage = _inzage()
    assert [replace(inzage, status=status).is_open for status in Status] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_front_page_is_harmless_whatever_is_in_it() -> None:
    """Markup in a note is text; what is empty is left out; nothing is fetched from elsewhere."""
    line = {"wat": "<script>alert(1)</script>", "leeg": None, "isGelukt": True, "was": {"a": "b"}}
    section = Section("Notities", None, [line])
    chapter = Chapter("z", "Zaak", [section], ["gegevens/z.json"], ["bestanden/z/brief.pdf"], ["x"])
    page = front_page('Jan "<b>"', OWN, "23-11-2026", [chapter])
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "Leeg" not in page
    assert "<dt>Is gelukt</dt><dd>ja</dd>" in page
    assert 'href="bestanden/z/brief.pdf"' in page
    assert "x hoort hierbij" in page
    assert "http" not in page
