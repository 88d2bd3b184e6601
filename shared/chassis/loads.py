"""What a handler needs from the database, declared beside it.

So one query per table loads and locks it for a whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.chassis.database import Transaction
from shared.chassis.mapper import Mapper, insert_new
from shared.contracts.envelope import Event


@dataclass(frozen=True)
class Load:
    """Load and lock the rows of `table` whose `column` has the value of `key` for an event.

    `column` may be a sealed one that has an index. `only` narrows the rows (say, to open cases).
    With `stub`, a missing row is first made from the event, so that a handler always finds one and
    two workers never make two.
    """

    table: sa.Table
    key: Callable[[Event[Any]], Any]
    column: str = "id"
    only: sa.ColumnElement[bool] | None = None
    stub: Callable[[Event[Any]], Any] | None = None

    @property
    def name(self) -> tuple[type, str]:
        """Under what the loaded items are kept: their class and the column they are found by."""
        return self.table.info["of"], self.column


class Loaded:
    """The items of one transaction, by class, column and value; what is saved replaces it."""

    def __init__(self) -> None:
        self._items: dict[tuple[type, str], dict[Any, Any]] = {}
        self._of: dict[type, list[tuple[str, dict[Any, Any]]]] = {}

    def find(self, kind: type, column: str, value: Any) -> Any | None:
        """The item, or None; raises KeyError when no load of this kind was declared."""
        return self._items[(kind, column)].get(value)

    def keep(self, item: Any) -> None:
        """Make a new or changed item the one that later events of the batch see."""
        for column, items in self._of.get(type(item), ()):
            items[getattr(item, column)] = item

    def has(self, item: Any) -> bool:
        """Whether the item is known just as it is, so that there is nothing to write."""
        known = self._of.get(type(item), ())
        return any(items.get(getattr(item, column)) == item for column, items in known)

    def open(self, name: tuple[type, str]) -> dict[Any, Any]:
        """The items under a name, to fill."""
        if name not in self._items:
            kind, column = name
            self._items[name] = {}
            self._of.setdefault(kind, []).append((column, self._items[name]))
        return self._items[name]


async def load_all(
    transaction: Transaction,
    mapper: Mapper,
    wanted: Sequence[tuple[Load, Sequence[Event[Any]]]],
    loaded: Loaded,
) -> None:
    """Run each load once, tables in order of name and rows in order of id: nothing deadlocks."""
    for load, events in sorted(wanted, key=lambda pair: (pair[0].table.name, pair[0].column)):
        values = {load.key(event): event for event in events}
        values.pop(None, None)
        items = loaded.open(load.name)
        if not values:
            continue
        if load.stub is not None:
            stubs = sorted(map(load.stub, values.values()), key=_by_key(load))
            columns = mapper.to_columns(load.table, stubs)
            await insert_new(transaction.connection, load.table, columns)
        for item in await _fetch(transaction, mapper, load, values):
            items[getattr(item, load.column)] = item


def _by_key(load: Load) -> Callable[[Any], str]:
    names = [column.name for column in load.table.primary_key.columns]
    return lambda item: str([getattr(item, name) for name in names])


async def _fetch(
    transaction: Transaction, mapper: Mapper, load: Load, values: Iterable[Any]
) -> list[Any]:
    if load.table.c[load.column].info.get("sealed"):
        values = [index for value in values for index in mapper.keys.indexes(value)]
    given = {"values": list(values), "gemeenten": list(transaction.gemeenten)}
    rows = (await transaction.connection.execute(_selecting(load), given)).mappings()
    return [mapper.to_item(load.table, row) for row in rows]


@lru_cache(maxsize=256)
def _selecting(load: Load) -> sa.Select[Any]:
    """Lock the rows of a load. The policy sees to the gemeenten; naming them finds an index."""
    column = load.table.c[load.column]
    if column.info.get("sealed"):
        column = next(c for c in load.table.c if c.info.get("index_of") == load.column)
    values = sa.bindparam("values", type_=pg.ARRAY(column.type, dimensions=1))
    gemeenten = sa.bindparam("gemeenten", type_=pg.ARRAY(sa.Text, dimensions=1))
    statement = (
        sa.select(load.table)
        .where(load.table.c.gemeente == sa.any_(gemeenten), column == sa.any_(values))
        .order_by(*load.table.primary_key.columns)
        .with_for_update()
    )
    return statement if load.only is None else statement.where(load.only)
