"""Brings a service's database up to date, as its owner.

Migrations expand first and contract one release later, so the previous release runs on the new
schema. They wait at most two seconds for a lock and try again: a long lock would stop the service.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from sqlalchemy.engine import make_url

from shared.chassis.database import isolation
from shared.chassis.settings import ChassisSettings
from shared.chassis.tables import NOTIFY

LOCK_TIMEOUT = "2s"
TRIES = 30
LOCK = 0x0316


def migrate(settings: ChassisSettings, package: str) -> int:
    """Run the migrations of `services.<name>`; answers the exit code."""
    if settings.database_owner_url is None:
        sys.stderr.write("DATABASE_OWNER_URL is needed to migrate\n")
        return 2
    url = settings.database_owner_url.get_secret_value()
    role = make_url(settings.database_url.get_secret_value()).username or ""
    for attempt in range(TRIES):
        try:
            upgrade(url, package, role)
        except sa.exc.OperationalError as error:
            if attempt == TRIES - 1:
                sys.stderr.write(f"migrate: {type(error.orig).__name__}\n")
                return 1
            time.sleep(1)
        else:
            return 0
    return 1


def upgrade(url: str, package: str, role: str) -> None:
    """Migrate the database at `url` to the newest version, and let `role` use its tables."""
    engine = sa.create_engine(url, connect_args={"connect_timeout": 5})
    config = Config()
    config.set_main_option("script_location", str(_folder(package)))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.execute(sa.text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        connection.execute(sa.text(f"set local lock_timeout = '{LOCK_TIMEOUT}'"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _grant(connection, role, _append_only(package))
    engine.dispose()


def run_environment() -> None:
    """What a service's migrations/env.py calls."""
    package = Path(context.script.dir).parent.name
    tables = import_module(f"services.{package}.tables")
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=tables.metadata,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def chassis_statements(tables: list[str]) -> list[str]:
    """Row security for the named tables of data, and the triggers that wake relay and queues."""
    return [*isolation(tables), *NOTIFY]


def _folder(package: str) -> Path:
    file = import_module(package).__file__
    return Path(file or ".").parent / "migrations"


def _append_only(package: str) -> list[str]:
    """The tables whose rows are evidence: they say so in their `info`."""
    metadata: sa.MetaData = import_module(f"{package}.tables").metadata
    return [table.name for table in metadata.sorted_tables if table.info.get("append_only")]


def _grant(connection: sa.Connection, role: str, append_only: list[str]) -> None:
    """The service's role reads and writes rows; it changes no table, and no row of evidence."""
    name = connection.dialect.identifier_preparer.quote(role)
    connection.execute(
        sa.text(f"grant select, insert, update, delete on all tables in schema public to {name}")
    )
    connection.execute(sa.text(f"grant usage, select on all sequences in schema public to {name}"))
    for table in append_only:
        connection.execute(sa.text(f"revoke update, delete on {table} from {name}"))
