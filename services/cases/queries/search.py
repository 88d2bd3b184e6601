"""Finding the cases of a resident by what is known of a person.

Under row-level security only leakproof operators are index conditions: equality, and for a name a
range in byte order (docs/decisions/0025). What is no condition of an index (birth date, house
number) narrows the few rows that the index found.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain.search import Sought, house_number_of, last_names
from services.cases.queries.parts import Rows
from shared.chassis.folding import AFTER_ALL, folded
from shared.chassis.sealing import KeyRing
from shared.chassis.work import Work

_persons, _cases = tables.persons.c, tables.cases.c


async def found_people(
    connection: AsyncConnection, gemeente: str, sought: Sought, keys: KeyRing, limit: int
) -> Rows:
    """People who fit, newest case first, with their case."""
    return (
        (await connection.execute(search_statement(gemeente, sought, keys, limit))).mappings().all()
    )


def search_statement(
    gemeente: str, sought: Sought, keys: KeyRing, limit: int
) -> sa.Select[tuple[object, ...]]:
    """The look-up of people; also what the test of its plan explains."""
    conditions = [_persons.gemeente == gemeente, *_conditions(gemeente, sought, keys)]
    return (
        sa.select(tables.persons, _cases.status, _cases.opened_at)
        .join(tables.cases, _cases.id == _persons.case_id)
        .where(*conditions)
        .order_by(_cases.opened_at.desc(), _persons.number.desc(), _persons.role)
        .limit(limit)
    )


def _conditions(gemeente: str, sought: Sought, keys: KeyRing) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if sought.last_name is not None:
        conditions.append(sa.or_(*map(_begins, last_names(sought.last_name))))
    if sought.number is not None:
        of_case = sa.select(_cases.id).where(
            _cases.gemeente == gemeente, _cases.number == sought.number
        )
        conditions.append(_persons.id == of_case.scalar_subquery())  # the resident
    if sought.postcode is not None:
        conditions.append(_persons.postcode == sought.postcode)
    if sought.house_number is not None:
        conditions.append(_at_number(sought.house_number))
    for column, value in (
        (_persons.birth_date_index, sought.birth_date),
        (_persons.telephone_index, sought.telephone),
        (_persons.email_index, sought.email and sought.email.casefold()),
        (_persons.bsn_index, sought.bsn),
    ):
        if value is not None:
            conditions.append(column == sa.any_(_bytes(keys.indexes(value))))
    return conditions


def _begins(name: str) -> sa.ColumnElement[bool]:
    """A last name begins so; a name of signs alone fits nobody."""
    key = folded(name)
    if not key:
        return sa.false()
    return sa.and_(_persons.name_key >= key, _persons.name_key < key + AFTER_ALL)


def _at_number(text: str) -> sa.ColumnElement[bool]:
    """The house number; without a letter or addition those with one fit too."""
    parts = house_number_of(text)
    if parts is None:
        return sa.false()
    number, more = parts
    kept = sa.func.regexp_replace(sa.func.lower(_persons.house_number), "[^0-9a-z]", "", "g")
    if more:
        return kept == number + more
    return _persons.house_number.regexp_match(f"^{number}([^0-9]|$)")


def _bytes(values: list[bytes]) -> sa.ColumnElement[object]:
    return sa.cast(pg.array([sa.literal(value) for value in values]), pg.ARRAY(sa.LargeBinary))


async def seen_by(
    connection: AsyncConnection, gemeente: str, user: str, limit: int
) -> list[datetime]:
    """The newest moments at which a user saw a whole BSN."""
    seen = tables.unmaskings.c
    statement = (
        sa.select(seen.at)
        .where(seen.gemeente == gemeente, seen.by == user)
        .order_by(seen.at.desc())
        .limit(limit)
    )
    return list((await connection.execute(statement)).scalars())


async def one_look_at_a_time(work: Work) -> None:
    """Two requests of one user wait for each other, so that both are counted."""
    key = sa.func.hashtextextended(f"unmasking by {work.gemeente}|{work.actor}", 0)
    await work.query(sa.select(sa.func.pg_advisory_xact_lock(key)))
