"""The residents of a batch whose letter or mail most likely looks wrong: to look at first."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import tables
from services.cases.domain import PersonRole
from services.cases.queries.parts import NAME, Rows

_cases, _persons = tables.cases.c, tables.persons.c
_partners = tables.persons.alias("partners")
_FULL_NAME = sa.func.concat(_persons.initials, _persons.infix, _persons.last_name)
_ADDRESS = sa.func.concat(_persons.street, _persons.house_number, _persons.city)
#: Anything but the letters and signs of a plain keyboard.
_FOREIGN = "[^ -~]"

#: Row security leaves those of one gemeente.
_WITH_PARTNER = sa.select(_partners.c.number).where(_partners.c.role == PersonRole.PARTNER)

#: What to look for, and what comes first among those that have it.
_KINDS: tuple[tuple[str, sa.ColumnElement[bool], sa.ColumnElement[int]], ...] = (
    ("langste naam", sa.true(), sa.func.length(_FULL_NAME)),
    ("lange aanschrijfnaam", _persons.written_name != "", sa.func.length(_persons.written_name)),
    (
        "geen voornaam en geen voorletters",
        sa.func.coalesce(_persons.first_name, _persons.initials, "") == "",
        sa.func.length(_FULL_NAME),
    ),
    (
        "met partner",
        _cases.number.in_(_WITH_PARTNER),
        sa.func.length(_FULL_NAME),
    ),
    (
        "bijzondere tekens",
        sa.or_(_FULL_NAME.regexp_match(_FOREIGN), _ADDRESS.regexp_match(_FOREIGN)),
        sa.func.length(_FULL_NAME),
    ),
    ("langste adres", _ADDRESS != "", sa.func.length(_ADDRESS)),
)


async def examples(connection: AsyncConnection, gemeente: str, batch_id: UUID) -> Rows:
    """One resident per kind, of those who will be written to; a kind without one is left out."""
    is_excluded = sa.exists().where(tables.exclusions.c.id == _cases.id)
    found: list[sa.RowMapping] = []
    for kind, condition, first in _KINDS:
        statement = (
            sa.select(sa.literal(kind).label("kind"), _cases.id, _cases.number, _cases.row, *NAME)
            .join(tables.persons, _persons.id == _cases.id)
            .where(
                _cases.gemeente == gemeente, _cases.batch_id == batch_id, ~is_excluded, condition
            )
            .order_by(first.desc(), _cases.number)
            .limit(1)
        )
        found += (await connection.execute(statement)).mappings().all()
    return found
