"""A resident is found by what is known of a person, under row-level security and by its index."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from services.cases import queries
from services.cases.domain.search import Sought, bsn_of, house_number_of, last_names
from shared.chassis.folding import folded
from shared.contracts.codes import Role
from tests.cases.files import Zaken, bsn, persoon, user
from tests.support.parts import new_gemeente

READER = frozenset({Role.RAADPLEGER})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("de Vries-Jansen", "devriesjansen"),
        ("Ó Briain", "obriain"),
        ("Łukasiewicz", "lukasiewicz"),
        ("Şahin Çelik", "sahincelik"),
        ("Strauß", "strauss"),
        ("Ørsted", "orsted"),
        ("'t Hof", "thof"),
    ],
)
def test_a_name_is_folded_as_people_type_it(text: str, key: str) -> None:
    """Without accents, signs, spaces and capitals."""
    assert folded(text) == key


def test_a_last_name_may_come_with_the_words_before_it() -> None:
    """It is looked for with and without them; such a word alone is a name."""
    assert last_names("van der Berg") == ("van der Berg", "Berg")
    assert last_names("El Amrani") == ("El Amrani", "Amrani")
    assert last_names("Van") == ("Van",)


def test_what_is_typed_is_made_ready() -> None:
    """A BSN keeps its leading zero and passes the 11-proef; a house number has two parts."""
    assert bsn_of("123 456 782") == "123456782"
    assert bsn_of("123456789") is None
    assert bsn_of("0") is None
    assert house_number_of("12-A 2") == ("12", "a2")
    assert house_number_of("bis") is None


async def some_people(zaken: Zaken, gemeente: str) -> None:
    """Three residents, one with a partner."""
    partner = {"bsn": bsn(301), "achternaam": "Y\u0131ld\u0131z", "geboortedatum": "1971-00-00"}
    await zaken.opened(
        gemeente,
        persoon(300, "EMAIL", achternaam="Dönmez", partner=partner, email="Jan.D@example.nl"),
        persoon(302, achternaam="Donmezoglu", telefoon="+31612345999"),
        persoon(303, achternaam="Bakker", geboortedatum="1980-02-03"),
    )


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"achternaam": "donmez"}, ["Dönmez", "Donmezoglu"]),
        ({"achternaam": "van DÖNMEZ"}, ["Dönmez", "Donmezoglu"]),
        ({"achternaam": "Yildiz"}, ["Y\u0131ld\u0131z"]),
        ({"achternaam": "bakker", "geboortedatum": "1980-02-03"}, ["Bakker"]),
        ({"achternaam": "bakker", "geboortedatum": "1980-02-04"}, []),
        ({"postcode": "1234 ab", "huisnummer": "303"}, ["Donmezoglu"]),
        ({"telefoon": "06-12345999"}, ["Donmezoglu"]),
        ({"email": "jan.d@EXAMPLE.nl"}, ["Dönmez"]),
        ({"bsn": bsn(301)}, ["Y\u0131ld\u0131z"]),
        ({"bsn": bsn(300), "achternaam": "Bakker"}, []),
    ],
)
async def test_a_resident_is_found_by_what_is_known(
    zaken: Zaken, door: Any, gemeente: str, asked: dict[str, str], names: list[str]
) -> None:
    """All that is given must fit; a partner is found too; another gemeente finds nobody."""
    await some_people(zaken, gemeente)
    answer = await door("POST", "/zaken/zoeken", user(gemeente, roles=READER), json=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()["resultaten"]
    assert sorted(one["naam"].split()[-1] for one in found) == sorted(names)
    assert not any(bsn(number) in answer.text for number in (300, 301, 302, 303))
    assert all(one["bsn"].startswith("*****") for one in found)
    stranger = user(new_gemeente(), roles=READER)
    other = await door("POST", "/zaken/zoeken", stranger, json=asked)
    assert other.json()["aantal"] == 0


async def test_a_case_number_finds_its_resident(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Also of a case whose number was typed in small letters."""
    file = await zaken.opened(gemeente, persoon(304))
    number = file.rows[0].data.zaaknummer.lower()
    answer = await door("POST", "/zaken/zoeken", user(gemeente), json={"zaaknummer": number})
    assert [one["zaakId"] for one in answer.json()["resultaten"]] == [str(file.rows[0].data.zaakId)]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({}, ["achternaam"]),
        ({"geboortedatum": "1970-01-31"}, ["achternaam"]),
        ({"huisnummer": "12"}, ["postcode"]),
        ({"bsn": "123456789", "postcode": "12 AB"}, ["postcode", "bsn"]),
        ({"achternaam": "d"}, ["achternaam"]),
        ({"telefoon": "geen"}, ["telefoon"]),
    ],
)
async def test_what_cannot_be_looked_for_is_said_per_field(
    zaken: Zaken, door: Any, gemeente: str, asked: dict[str, str], fields: list[str]
) -> None:
    """All together, and without repeating what was typed."""
    assert zaken
    answer = await door("POST", "/zaken/zoeken", user(gemeente), json=asked)
    assert answer.status_code == 400, answer.text
    assert [one["name"] for one in answer.json()["invalidParams"]] == fields
    assert "123456789" not in answer.text


async def test_more_than_a_hundred_hits_ask_to_say_more(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """A hundred are shown."""
    await zaken.opened(gemeente, *(persoon(number, achternaam="Jansen") for number in range(101)))
    answer = (
        await door("POST", "/zaken/zoeken", user(gemeente), json={"achternaam": "jan"})
    ).json()
    assert (answer["aantal"], answer["isAfgekapt"]) == (100, True)
    assert "Verfijn" in answer["melding"]


PLANS = (
    (Sought(last_name="Naam 17"), "persons_by_name", "name_key"),
    (Sought(bsn=bsn(1)), "persons_by_bsn", "bsn_index"),
    (Sought(email="a@example.nl"), "persons_by_email", "email_index"),
    (Sought(telephone="+31612345678"), "persons_by_telephone", "telephone_index"),
    (Sought(postcode="1017AB", house_number="1"), "persons_by_postcode", "postcode"),
    (Sought(number="HO-9-17"), "cases_by_number", "number"),
)
#: As many people as a small gemeente has, so that the planner has something to choose.
CROWD = """
with made as (
  insert into cases (gemeente, id, number, batch_id, row, place, status, preference, has_address,
                     opened_at, changed_at, version)
  select %(gemeente)s, gen_random_uuid(), 'HO-9-' || nr, gen_random_uuid(), nr, nr, 'aangemaakt',
         'BRIEF', true, now(), now(), 1
  from generate_series(1, 5000) nr
  returning id, row)
insert into persons (gemeente, id, case_id, number, role, open, bsn, bsn_index, birth_date,
                     email_index, telephone_index, last_name, name_key, postcode)
select %(gemeente)s, id, id, 'HO-9-' || row, 'inwoner', false, '', sha256(row::text::bytea), '',
       sha256(row::text::bytea), sha256(row::text::bytea), 'Naam', 'naam' || row,
       1000 + row %% 4000 || 'AB'
from made
"""


async def test_the_service_itself_finds_by_the_index(
    stack: Stack, zaken: Zaken, gemeente: str
) -> None:
    """The plan under the service's own role and policy, for 5,000 people.

    An operator that may leak is no condition of an index here: it shows as a mere filter.
    """
    with psycopg.connect(stack.superuser_url("cases"), autocommit=True) as connection:
        connection.execute(CROWD, {"gemeente": gemeente})
        connection.execute("analyze persons")
        connection.execute("analyze cases")
    async with zaken.database.transaction(gemeente) as transaction:
        for sought, index, condition in PLANS:
            plan = await explained(transaction.connection, zaken, gemeente, sought)
            places = [number for number, line in enumerate(plan) if index in line]
            assert places, plan
            assert any(condition in plan[number + 1] for number in places), plan
            assert all("Index Cond" in plan[number + 1] for number in places), plan


async def explained(connection: Any, zaken: Zaken, gemeente: str, sought: Sought) -> list[str]:
    """How a search is done, line by line."""
    statement = queries.search_statement(gemeente, sought, zaken.parts.keys, 101)
    asked = statement.compile(dialect=connection.dialect)
    rows = await connection.exec_driver_sql(f"explain {asked}", asked.params)
    return [row[0] for row in rows]


async def test_a_search_by_like_would_not_use_the_index(
    stack: Stack, zaken: Zaken, gemeente: str
) -> None:
    """Why names have a column of their own: the operator of `like` may leak."""
    with psycopg.connect(stack.superuser_url("cases"), autocommit=True) as connection:
        connection.execute(CROWD, {"gemeente": gemeente})
        connection.execute("analyze persons")
    async with zaken.database.transaction(gemeente) as transaction:
        wish = "explain select * from persons where gemeente = %(g)s and name_key like %(n)s"
        rows = await transaction.connection.exec_driver_sql(wish, {"g": gemeente, "n": "naam17%"})
        conditions = [row[0] for row in rows if "Index Cond" in row[0]]
    assert not any("name_key" in line for line in conditions), conditions
