"""HTTP commands run like events: one transaction, the same handlers, the same collected writes.

The cause of a command is its Idempotency-Key: a double submit finds the first answer, and what
the command records has the same ids when it is done again after a crash.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from time import monotonic
from typing import Any
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from shared.chassis import tables
from shared.chassis.database import Database, Transaction
from shared.chassis.errors import Conflict, Transient
from shared.chassis.identity import Identity
from shared.chassis.inbox import meet
from shared.chassis.loads import Load, Loaded, load_all
from shared.chassis.mapper import Mapper
from shared.chassis.retry import is_transient, pause
from shared.chassis.work import Cause, Work

#: A person waits for the answer; after this the page says that it did not work.
PATIENCE_SECONDS = 5.0


class KeyReused(Conflict):
    """An Idempotency-Key that came before with another request."""

    title = "Deze sleutel is al gebruikt"


class Commands:
    """Runs commands against one service's database."""

    def __init__(self, database: Database, mapper: Mapper, source: str) -> None:
        self.database = database
        self.mapper = mapper
        self.source = source
        self._known: set[str] = set()
        self._met: dict[str, tuple[str, str]] = {}

    async def run(
        self,
        identity: Identity,
        handler: Callable[[Any, Work], Awaitable[Any]],
        command: Any,
        *,
        loads: Sequence[Load] = (),
        key: UUID | None = None,
        fingerprint: bytes = b"",
        traceparent: str | None = None,
    ) -> Any:
        """The handler's answer (JSON), or the one it gave before for the same key.

        Transient faults are tried again for a few seconds; raises Transient after that.
        """
        cause_id = uuid4() if key is None else uuid5(key, f"{identity.gemeente}|{identity.id}")
        cause = Cause(cause_id, identity.id, identity.gemeente, cause_id, traceparent)
        started, attempt = monotonic(), 0
        while True:
            try:
                return await self._once(identity, handler, command, loads, key, fingerprint, cause)
            except Exception as error:
                if not is_transient(error):
                    raise
                if monotonic() - started > PATIENCE_SECONDS:
                    raise Transient(type(error).__name__) from error
                await asyncio.sleep(pause(attempt))
                attempt += 1

    async def _once(
        self,
        identity: Identity,
        handler: Callable[[Any, Work], Awaitable[Any]],
        command: Any,
        loads: Sequence[Load],
        key: UUID | None,
        fingerprint: bytes,
        cause: Cause,
    ) -> Any:
        async with self.database.transaction(identity.gemeente) as transaction:
            await self._remember(transaction, identity)
            mark = hashlib.sha256(identity.id.encode() + b"|" + fingerprint).digest()
            if key is not None and (before := await _earlier(transaction, identity, key, mark)):
                return before[0]
            loaded = Loaded()
            await load_all(transaction, self.mapper, [(load, [command]) for load in loads], loaded)
            work = Work(transaction, self.mapper, self.source, cause, loaded)
            answer = await handler(command, work)
            await work.write()
            if key is not None:
                await _keep(transaction, identity, key, answer)
        self._known.add(identity.gemeente)
        self._met[identity.id] = (identity.name, identity.email)
        return answer

    async def _remember(self, transaction: Transaction, identity: Identity) -> None:
        await meet(transaction, identity.gemeente, self._known)
        if self._met.get(identity.id) != (identity.name, identity.email):
            values = {"name": identity.name, "email": identity.email}
            await transaction.connection.execute(
                pg.insert(tables.gebruikers)
                .values(id=identity.id, **values)
                .on_conflict_do_update(index_elements=["id"], set_=values)
            )


async def _earlier(
    transaction: Transaction, identity: Identity, key: UUID, mark: bytes
) -> tuple[Any] | None:
    """The answer that was given before, in a tuple; None when this is the first time.

    A second request waits here until the first one's transaction has ended.
    """
    table = tables.idempotency
    first = await transaction.connection.execute(
        pg.insert(table)
        .values(gemeente=identity.gemeente, key=key, fingerprint=mark)
        .on_conflict_do_nothing()
        .returning(table.c.key)
    )
    if first.first() is not None:
        return None
    row = (
        await transaction.connection.execute(
            sa.select(table.c.fingerprint, table.c.answer).where(
                table.c.gemeente == identity.gemeente, table.c.key == key
            )
        )
    ).one()
    if bytes(row.fingerprint) != mark:
        raise KeyReused("Gebruik voor elk nieuw verzoek een nieuwe Idempotency-Key.")
    return (row.answer,)


async def _keep(transaction: Transaction, identity: Identity, key: UUID, answer: Any) -> None:
    table = tables.idempotency
    await transaction.connection.execute(
        sa.update(table)
        .where(table.c.gemeente == identity.gemeente, table.c.key == key)
        .values(answer=answer)
    )
