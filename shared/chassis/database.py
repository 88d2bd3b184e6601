"""PostgreSQL: the engine, the transaction that names its gemeenten, and the shape of tables.

Every row of data has a `gemeente`, and row-level security (forced, also on the owner) shows a
transaction only the rows of the gemeenten it named. What no gemeente is named for, sees nothing.
Business time is the database's clock plus an offset row that exists only where time travel is
allowed; leases, tokens and sessions use real time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from psycopg.types.array import ListBinaryDumper
from sqlalchemy.dialects import postgresql as pg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from shared.chassis.settings import ChassisSettings

#: Chassis tables live beside a service's own, in the same metadata, without row security.
BEGIN = sa.text(
    "select set_config('app.gemeenten', :gemeenten, true),"
    " clock_timestamp() + coalesce((select shift from business_clock), interval '0')"
)
POLICY = "gemeente = any(string_to_array(current_setting('app.gemeenten', true), ','))"
CONNECT_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Transaction:
    """An open transaction: its connection, its business time and the gemeenten it may see."""

    connection: AsyncConnection
    now: datetime
    gemeenten: tuple[str, ...]


class Database:
    """One service's database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @classmethod
    def of(cls, settings: ChassisSettings) -> Database:
        """The database of the settings; nothing connects yet."""
        engine = create_async_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.database_pool_size,
            max_overflow=settings.database_pool_size,
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,  # an error's message ends up in the log
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "prepare_threshold": 2,
                "application_name": "heronderzoek",
            },
        )
        sa.event.listen(engine.sync_engine, "connect", _send_arrays_in_binary)
        return cls(engine)

    @asynccontextmanager
    async def transaction(self, *gemeenten: str) -> AsyncIterator[Transaction]:
        """Commit at the end, roll back on any error. Without gemeenten no data is visible."""
        async with self.engine.connect() as connection, connection.begin():
            answer = await connection.execute(BEGIN, {"gemeenten": ",".join(gemeenten)})
            now = cast("datetime", answer.one()[1])
            yield Transaction(connection, now, gemeenten)

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()


def _send_arrays_in_binary(connection: Any, _: Any) -> None:
    """Rows travel as arrays; as text each string is searched for quotes, which costs the most."""
    connection.driver_connection.adapters.register_dumper(list, ListBinaryDumper)


def table(name: str, metadata: sa.MetaData, *columns: Any, of: type | None = None) -> sa.Table:
    """A table of data of one gemeente; `of` is the frozen dataclass that a row is."""
    return sa.Table(
        name,
        metadata,
        sa.Column("gemeente", sa.Text, nullable=False),  # first: indexes among `columns` name it
        *columns,
        info={"of": of, "isolated": True},
    )


def sealed(name: str, *, nullable: bool = True) -> sa.Column[bytes]:
    """A column whose value is sealed at rest; the dataclass holds it as text."""
    return sa.Column(name, sa.LargeBinary, nullable=nullable, info={"sealed": True})


def sealed_index(name: str, *, of: str, caseless: bool = False) -> sa.Column[bytes]:
    """The keyed hash of sealed column `of`, to find rows by it; not in the dataclass.

    With `caseless`, of the text without case: look for `text.casefold()`.
    """
    return sa.Column(
        name, sa.LargeBinary, nullable=True, info={"index_of": of, "caseless": caseless}
    )


def folded_text(name: str, *, of: str) -> sa.Column[str]:
    """Column `of` without case, accents and signs, to find rows by how it begins.

    In byte order, so that a prefix is a range; not in the dataclass.
    """
    return sa.Column(name, sa.Text(collation="C"), nullable=True, info={"folded_of": of})


def isolation(names: Iterable[str]) -> list[str]:
    """The statements that put row-level security on each table of data (for migrations)."""
    statements = []
    for name in names:
        statements += [
            f"alter table {name} enable row level security",
            f"alter table {name} force row level security",
            f"create policy per_gemeente on {name} using ({POLICY})",
        ]
    return statements


def json_column(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """A jsonb column."""
    return sa.Column(name, pg.JSONB, nullable=nullable)
