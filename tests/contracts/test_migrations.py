"""The migrations make exactly the tables that the code uses, guarded as they should be."""

from __future__ import annotations

from importlib import import_module

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from deploy.local.stack import Stack
from tests.support.parts import migrated

SERVICES = ("intake", "cases", "documents", "mailer", "communications", "gateway")
UNGUARDED = sa.text(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    " and not (relrowsecurity and relforcerowsecurity)"
)


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrated_database_is_what_tables_py_says(stack: Stack, service: str) -> None:
    """No table, column or index differs; a change of tables.py without a migration fails here."""
    migrated(stack, service)
    metadata: sa.MetaData = import_module(f"services.{service}.tables").metadata
    engine = sa.create_engine(stack.database_url(service, owner=True))
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert found == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_of_data_has_forced_row_security(stack: Stack, service: str) -> None:
    """What belongs to a gemeente is hidden from a transaction that did not name it."""
    migrated(stack, service)
    metadata: sa.MetaData = import_module(f"services.{service}.tables").metadata
    data = {table.name for table in metadata.sorted_tables if table.info.get("isolated")}
    engine = sa.create_engine(stack.database_url(service, owner=True))
    with engine.connect() as connection:
        unguarded = set(connection.execute(UNGUARDED).scalars())
    engine.dispose()
    assert not data & unguarded
