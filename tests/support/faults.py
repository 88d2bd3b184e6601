"""A fault of ours in the middle of a handler, and its repair: a constraint that should not be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from deploy.local.stack import Stack


@contextmanager
def broken(stack: Stack, service: str, table: str, wrong: str) -> Iterator[None]:
    """As long as this lasts, a row for which `wrong` holds cannot be written."""
    name = {"table": sql.Identifier(table)}
    add = sql.SQL("alter table {table} add constraint fault check (not ({wrong})) not valid")
    with psycopg.connect(stack.superuser_url(service), autocommit=True) as connection:
        connection.execute(add.format(wrong=sql.SQL(wrong), **name))
        try:
            yield
        finally:
            drop = sql.SQL("alter table {table} drop constraint fault")
            connection.execute(drop.format(**name))
