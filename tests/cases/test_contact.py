"""Contact data that is corrected: by which rules, with what history, and who hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from services.cases import handlers, tables
from services.cases.domain import contact
from services.intake.contract import cells
from services.intake.contract import contact as column_rules
from services.intake.contract.verdicts import Problem
from shared.chassis.errors import Invalid
from shared.contracts.events import BriefGevraagd, EmailGevraagd, PersoonVastgelegd
from tests.cases.files import Zaken, persoon, user
from tests.cases.test_outcomes import by_channel, unmailed

NEW_ADDRESS = {
    "straat": "Nieuwe Weg",
    "huisnummer": 7,
    "huisletter": "B",
    "postcode": "2345cd",
    "woonplaats": "Elders",
}
MOVED = {"versie": 1, "reden": "Doorgegeven aan de balie", "adres": NEW_ADDRESS}


def asked(person: Mapping[str, Any] | None = None, **wishes: Any) -> dict[str, Any]:
    """What the rules make of wishes."""
    before = person or persoon(1, "BEIDE").model_dump(mode="json")
    return contact.corrected(before, wishes)


def refused(person: Mapping[str, Any] | None = None, **wishes: Any) -> dict[str, str]:
    """What the rules have against wishes, by field."""
    with pytest.raises(Invalid) as found:
        asked(person, **wishes)
    return {one.name: one.code for one in found.value.errors}


@pytest.mark.parametrize(
    ("ours", "theirs", "values"),
    [
        (
            contact.read_postcode,
            cells.read_postcode,
            ["1234 AB", "1234ab", "0234 AB", "1234 SS", "12345", "1234  AB", "", "\u00a01234AB"],
        ),
        (contact.read_postbox, cells.read_postbox, ["Postbus 12", "123456", "0", "1234567", "x"]),
        (contact.read_house_letter, cells.read_house_letter, ["a", "B", "AB", "1", "é", ""]),
        (
            contact.read_email,
            column_rules.email_reader(),
            [
                "a@example.nl",
                "A.B+c@Sub.Example.NL",
                "a..b@example.nl",
                ".a@example.nl",
                "a@example",
                "a b@example.nl",
                "a@-example.nl",
                "o'neil@example.nl",
                "a" * 250 + "@example.nl",
                "a@example.nl>",
                "",
            ],
        ),
        (
            contact.read_phone,
            column_rules.read_phone,
            [
                "0612345678",
                "06-12345678",
                "06 12 34 56 78",
                "+31612345678",
                "0031612345678",
                "+31 (0)6 12345678",
                "020 624 1111",
                "(020) 624 11 11",
                "0800 1351",
                "+32 470 12 34 56",
                "12",
                "061234567",
                "telefoon",
                "",
            ],
        ),
    ],
)
def test_the_rules_are_those_of_the_columns(ours: Any, theirs: Any, values: list[str]) -> None:
    """The same values are right, become the same, and are wrong."""
    for value in values:
        expected = theirs(value)
        try:
            found = ours(value)
        except Exception as error:  # noqa: BLE001 - what is wrong is the answer here
            found = Problem(getattr(error, "code", ""))
        assert isinstance(found, Problem) == isinstance(expected, Problem), value
        assert isinstance(found, Problem) or found == expected, value


def test_everything_that_is_wrong_is_told_at_once() -> None:
    """With the field, as in the request."""
    wrong = {**NEW_ADDRESS, "postcode": "12", "huisnummer": 0}
    found = refused(adres=wrong, email="geen", telefoon="12")
    assert found == {
        "adres.postcode": "postcode-vorm",
        "adres.huisnummer": "huisnummer-vorm",
        "email": "email-vorm",
        "telefoon": "telefoon-ongeldig",
    }


def test_what_the_channel_needs_must_be_there() -> None:
    """Also when it was not what changed."""
    assert refused(email=None) == {"email": "email-ontbreekt"}
    assert "adres.straat" in refused(adres=None)
    assert asked(email=None, communicatievoorkeur="BRIEF")["communicatievoorkeur"] == "BRIEF"
    letters = persoon(1, "BRIEF").model_dump(mode="json")
    assert refused(letters, communicatievoorkeur="EMAIL") == {"email": "email-ontbreekt"}


def test_abroad_a_postcode_is_what_it_is_there() -> None:
    """And no house number is asked for; the home country is no foreign one."""
    abroad = {"straat": "Rue Haute 1", "postcode": "B-1000", "woonplaats": "Brussel"}
    assert asked(adres={**abroad, "land": "België"})["adres"]["postcode"] == "B-1000"
    assert refused(adres={**abroad, "land": "nederland"})["adres.postcode"] == "postcode-vorm"


def test_half_a_correspondent_is_refused() -> None:
    """The letter would be lost."""
    assert refused(correspondentie={"naam": "Bewind BV", "straat": "Plein"}) == {
        "correspondentie.postcode": "correspondentie-onvolledig",
        "correspondentie.woonplaats": "correspondentie-onvolledig",
    }
    assert asked(correspondentie={}) == {}


def test_what_is_as_it_was_is_no_change() -> None:
    """So that it makes no history."""
    before = persoon(1, "BEIDE").model_dump(mode="json")
    assert asked(before, email=before["email"], communicatievoorkeur="BEIDE") == {}


async def corrected(door: Any, gemeente: str, case: Any, **body: Any) -> Any:
    """The answer to a correction."""
    return await door("POST", f"/zaken/{case}/contactgegevens", user(gemeente), json=body)


async def test_a_correction_is_kept_sealed_with_its_reason(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The case shows the new data; the old ones stay, and stand nowhere in the open."""
    file = await zaken.sent(gemeente, persoon(1, "BEIDE"))
    case = file.rows[0].data.zaakId
    answer = await corrected(door, gemeente, case, **MOVED, email="nieuw@example.nl")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["versie"], found["gegevens"]["email"]) == (2, "nieuw@example.nl")
    (change,) = found["wijzigingen"]
    assert change["gewijzigd"] == ["adres", "email"]
    assert change["was"]["email"] == "tester1@example.nl"
    assert change["was"]["adres"]["straat"] == "Dorpsstraat"
    assert change["werd"]["adres"]["postcode"] == "2345 CD"
    page = (await door("GET", f"/zaken/{case}", user(gemeente))).json()
    assert page["inwoner"]["straat"] == "Nieuwe Weg"
    assert page["inwoner"]["huisnummer"] == "7B"
    (told,) = [one for one in page["tijdlijn"] if one["wat"] == "Contactgegevens gewijzigd"]
    assert told["toelichting"] == ("Gewijzigd: adres, e-mailadres. Reden: Doorgegeven aan de balie")
    (row,) = await zaken.rows(tables.contact_changes.select(), gemeente)
    assert b"example.nl" not in bytes(row["before"]) + bytes(row["after"])


async def test_everybody_hears_of_the_new_data(zaken: Zaken, door: Any, gemeente: str) -> None:
    """The person is told anew under a higher number, and is found by the new address."""
    file = await zaken.sent(gemeente, persoon(2, "EMAIL"))
    case = file.rows[0].data.zaakId
    await corrected(
        door, gemeente, case, versie=1, reden="Gebeld", email="Nieuw@Example.nl", telefoon=None
    )
    first, second = await zaken.told(PersoonVastgelegd, gemeente)
    assert second.sequence > first.sequence
    assert second.data.persoon.email == "Nieuw@example.nl"
    assert second.data.persoon.bsn == first.data.persoon.bsn
    indexes = zaken.parts.keys.indexes("nieuw@example.nl")
    found = await zaken.rows(
        sa.select(tables.persons.c.id).where(tables.persons.c.email_index.in_(indexes)), gemeente
    )
    assert [row["id"] for row in found] == [case]
    (person,) = await zaken.table(tables.persons, gemeente)
    assert (person.open, person.telephone) == (True, None)


async def test_a_retry_uses_the_new_address(zaken: Zaken, door: Any, gemeente: str) -> None:
    """As from the list of what failed: correct, then try again."""
    file = await zaken.sent(gemeente, persoon(3, "EMAIL"))
    await zaken.feed(unmailed((await by_channel(zaken, gemeente))["email"]))
    (failed,) = (await door("GET", f"/batches/{file.id}/mislukt", user(gemeente))).json()[
        "resultaten"
    ]
    await corrected(
        door, gemeente, failed["zaakId"], versie=1, reden="Tikfout", email="goed@example.nl"
    )
    await zaken.command(handlers.try_again, handlers.Retry(file.id, None), user(gemeente))
    await zaken.work_all("orders")
    assert [event.data.aan for event in await zaken.told(EmailGevraagd, gemeente)] == [
        "tester3@example.nl",
        "goed@example.nl",
    ]


async def test_of_a_retry_and_a_correction_at_once_neither_is_lost(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """One mail more, to the corrected address; until it is ordered the way cannot be changed."""
    file = await zaken.sent(gemeente, persoon(6, "EMAIL"))
    failed = (await by_channel(zaken, gemeente))["email"]
    await zaken.feed(unmailed(failed))
    retry, who = handlers.Retry(file.id, None), user(gemeente)
    put_right = {"versie": 1, "reden": "Tikfout", "email": "goed@example.nl"}
    corrections = (corrected(door, gemeente, failed.case_id, **put_right) for _ in range(2))
    first, second, given = await asyncio.gather(
        *corrections, zaken.command(handlers.try_again, retry, who)
    )
    assert sorted([first.status_code, second.status_code]) == [200, 409]
    assert given["aantalEmails"] == 1
    by_letter = {"versie": 2, "reden": "Liever brief", "communicatievoorkeur": "BRIEF"}
    refused = await corrected(door, gemeente, failed.case_id, **by_letter)
    assert (refused.status_code, "probeer" in refused.text.lower()) == (409, True), refused.text
    await zaken.work_all("orders")
    assert [event.data.aan for event in await zaken.told(EmailGevraagd, gemeente)] == [
        "tester6@example.nl",
        "goed@example.nl",
    ]


async def test_two_tabs_one_wins(zaken: Zaken, door: Any, gemeente: str) -> None:
    """The other is told to look again, and nothing of it is kept."""
    file = await zaken.opened(gemeente, persoon(4, "BEIDE"))
    case = file.rows[0].data.zaakId
    both = await asyncio.gather(
        *(
            corrected(door, gemeente, case, versie=1, reden="Gebeld", email=f"{who}@example.nl")
            for who in ("een", "twee")
        )
    )
    assert sorted(one.status_code for one in both) == [200, 409]
    assert len(await zaken.table(tables.contact_changes, gemeente)) == 1


async def test_the_row_of_the_file_stays(zaken: Zaken, door: Any, gemeente: str) -> None:
    """What was given stands in the first news of the person, and in the history."""
    file = await zaken.opened(gemeente, persoon(5, "BRIEF"))
    case = file.rows[0].data.zaakId
    await corrected(door, gemeente, case, **MOVED)
    back = {**MOVED, "versie": 2, "adres": persoon(5).model_dump()["adres"]}
    await corrected(door, gemeente, case, **back)
    page = (await door("GET", f"/zaken/{case}/contactgegevens", user(gemeente))).json()
    assert [one["werd"]["adres"]["straat"] for one in page["wijzigingen"]] == [
        "Dorpsstraat",
        "Nieuwe Weg",
    ]


async def test_before_sending_the_channels_follow_the_preference(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The plan counts what will be sent now."""
    file = await zaken.opened(gemeente, persoon(6, "EMAIL"))
    case = file.rows[0].data.zaakId
    await corrected(
        door, gemeente, case, versie=1, reden="Wil brieven", communicatievoorkeur="BRIEF"
    )
    plan = (await door("GET", f"/batches/{file.id}/plan", user(gemeente))).json()
    assert (plan["aantalBrieven"], plan["aantalEmails"]) == (1, 0)
    assert [one.channel for one in await zaken.table(tables.deliveries, gemeente)] == ["brief"]


async def test_while_it_is_ordered_the_preference_waits(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """What was approved is what is sent."""
    file = await zaken.approved(gemeente, persoon(7, "EMAIL"))
    answer = await corrected(
        door,
        gemeente,
        file.rows[0].data.zaakId,
        versie=1,
        reden="Wil brieven",
        communicatievoorkeur="BRIEF",
    )
    assert answer.status_code == 409
    assert await zaken.table(tables.contact_changes, gemeente) == []


@pytest.mark.parametrize("indication", ["curatele", "bewind"])
async def test_a_correspondent_gets_the_letter(
    zaken: Zaken, door: Any, gemeente: str, indication: str
) -> None:
    """From the file, and after a correction."""
    old = {"naam": "Bewind BV", "straat": "Plein", "postcode": "1111 AA", "woonplaats": "Dorp"}
    file = await zaken.sent(
        gemeente, persoon(8, "BRIEF", indicatie=indication, correspondentie=old)
    )
    case = file.rows[0].data.zaakId
    new = {**old, "naam": "Curator BV", "huisnummer": "12"}
    answer = await corrected(
        door, gemeente, case, versie=1, reden="Nieuwe bewindvoerder", correspondentie=new
    )
    assert answer.status_code == 200, answer.text
    await invited_again(door, gemeente, case)
    first, second = [event.data.velden for event in await zaken.told(BriefGevraagd, gemeente)]
    assert first["ADRESBLOK"].splitlines()[0] == "Bewind BV"
    assert second["ADRESBLOK"].splitlines()[:3] == [
        "Curator BV",
        "Inzake mevrouw A. de Tester8",
        "Plein 12",
    ]


async def test_who_emigrated_gets_it_abroad(zaken: Zaken, door: Any, gemeente: str) -> None:
    """With the country in capitals, also after a correction."""
    abroad = {"straat": "Rue Haute 1", "postcode": "1000", "woonplaats": "Brussel"}
    there = {**abroad, "land": "België"}
    file = await zaken.sent(gemeente, persoon(9, "BRIEF", indicatie="emigratie", adres=there))
    case = file.rows[0].data.zaakId
    moved = {"straat": "Gran Via 2", "postcode": "28013", "woonplaats": "Madrid", "land": "Spanje"}
    await corrected(door, gemeente, case, versie=1, reden="Verhuisd", adres=moved)
    await invited_again(door, gemeente, case)
    first, second = [event.data.velden for event in await zaken.told(BriefGevraagd, gemeente)]
    assert first["ADRESBLOK"].splitlines()[-2:] == ["1000 Brussel", "BELGIË"]
    assert second["ADRESBLOK"].splitlines()[-2:] == ["28013 Madrid", "SPANJE"]


async def invited_again(door: Any, gemeente: str, case: Any) -> None:
    """Another letter."""
    answer = await door("POST", f"/zaken/{case}/uitnodigingen", user(gemeente), json={})
    assert answer.status_code == 202, answer.text


async def test_bad_input_is_told_by_field(zaken: Zaken, door: Any, gemeente: str) -> None:
    """400 with everything; a case that is not there is 404."""
    file = await zaken.opened(gemeente, persoon(10, "BEIDE"))
    case = file.rows[0].data.zaakId
    wrong = await corrected(
        door, gemeente, case, versie=1, reden="Test", email="x", adres={"postcode": "1"}
    )
    assert wrong.status_code == 400
    names = {one["name"] for one in wrong.json()["invalidParams"]}
    assert {"email", "adres.postcode"} <= names
    missing = await corrected(door, gemeente, uuid4(), versie=1, reden="Test")
    assert missing.status_code == 404
