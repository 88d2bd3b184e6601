"""One resident of a batch, with all that a letter or mail is made of, and who stands next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic_core import from_json
from sqlalchemy.ext.asyncio import AsyncConnection

from services.cases import domain, tables
from services.cases.written import Addressee
from shared.chassis.mapper import Mapper

_cases, _persons = tables.cases.c, tables.persons.c


@dataclass(frozen=True, slots=True)
class Shown:
    """A resident to show a letter or mail of."""

    case: domain.Case
    addressee: Addressee
    before: UUID | None
    after: UUID | None


async def shown(
    connection: AsyncConnection, mapper: Mapper, gemeente: str, batch_id: UUID, case_id: UUID
) -> Shown | None:
    """A resident of a batch, or None when the batch has no such case."""
    statement = (
        sa.select(tables.cases, _persons.whole)
        .join(tables.persons, _persons.id == _cases.id)
        .where(_cases.gemeente == gemeente, _cases.batch_id == batch_id, _cases.id == case_id)
    )
    row = (await connection.execute(statement)).mappings().first()
    if row is None:
        return None
    case = mapper.to_item(tables.cases, row)
    whole = mapper.open(tables.persons, "whole", {"id": case.id, "whole": row["whole"]})
    person: Mapping[str, Any] = from_json(whole)
    before = _next(case, _cases.number < case.number, _cases.number.desc())
    after = _next(case, _cases.number > case.number, _cases.number.asc())
    return Shown(
        case,
        Addressee(person, case.number),
        (await connection.execute(before)).scalar_one_or_none(),
        (await connection.execute(after)).scalar_one_or_none(),
    )


def _next(
    case: domain.Case, there: sa.ColumnElement[bool], order: sa.UnaryExpression[str]
) -> sa.Select[Any]:
    """The nearest case of the same batch on one side, in the order of the list of cases."""
    same = sa.and_(_cases.gemeente == case.gemeente, _cases.batch_id == case.batch_id)
    return sa.select(_cases.id).where(same, there).order_by(order).limit(1)
