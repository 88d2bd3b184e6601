"""What a handler needs from the database, declared beside it.

So one query per table loads and locks it for a whole batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

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

    def find(self, kind: type, column: str, value: Any) -> Any | None:
        """The item, or None; raises KeyError when no load of this kind was declared."""
        return self._items[(kind, column)].get(value)

    def keep(self, item: Any) -> None:
        """Make a new or changed item the one that later events of the batch see."""
        for (kind, column), items in self._items.items():
            if isinstance(item, kind):
                items[getattr(item, column)] = item

    def open(self, name: tuple[type, str]) -> dict[Any, Any]:
        """The items under a name, to fill."""
        return self._items.setdefault(name, {})


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
            stubs = [mapper.to_row(load.table, load.stub(event)) for event in values.values()]
            await insert_new(transaction.connection, load.table, sorted(stubs, key=_by_key(load)))
        for item in await _fetch(transaction, mapper, load, values):
            items[getattr(item, load.column)] = item


def _by_key(load: Load) -> Callable[[dict[str, Any]], str]:
    names = [column.name for column in load.table.primary_key.columns]
    return lambda row: str([row[name] for name in names])


async def _fetch(
    transaction: Transaction, mapper: Mapper, load: Load, values: Iterable[Any]
) -> list[Any]:
    column = load.table.c[load.column]
    if column.info.get("sealed"):
        column = next(c for c in load.table.c if c.info.get("index_of") == load.column)
        values = [index for value in values for index in mapper.keys.indexes(value)]
    statement = (
        sa.select(load.table)
        .where(column == sa.any_(sa.bindparam("values", list(values), type_=sa.ARRAY(column.type))))
        .order_by(*load.table.primary_key.columns)
        .with_for_update()
    )
    if load.only is not None:
        statement = statement.where(load.only)
    rows = (await transaction.connection.execute(statement)).mappings()
    return [mapper.to_item(load.table, row) for row in rows]
