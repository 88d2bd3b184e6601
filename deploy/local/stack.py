"""PostgreSQL, Kafka, S3 and mail as child processes of Python, without Docker.

For tests and for the supervisor. All calls block, and may be made from any thread::

    from deploy.local.stack import Stack, create_bucket, create_database

    stack = Stack(state=tmp_path, port_base=ports.free_base())
    stack.start()                  # the four parts at once; about 3 s, 6 s the first time
    stack.kafka.kill()             # kill -9; likewise .stop() .start() .wait_ready() .is_running
    stack.kafka.pause()            # SIGSTOP: alive and silent; .resume()
    stack.postgres, stack.s3, stack.mail   # the other parts, with the same methods
    create_database(stack, "cases")        # both roles and the empty database; repeatable
    create_bucket(stack)                   # repeatable
    stack.environment()            # what every process needs: brokers, S3, mail, keys, addresses
    stack.environment("cases")     # … plus DATABASE_URL, IDENTITY_KEY, PORT, METRICS_PORT
    stack.environment("cases", owner=True)  # … plus DATABASE_OWNER_URL (for `migrate`)
    stack.database_url("cases")    # also owner=True; superuser_url() for looking in as a test
    stack.ports                    # deploy.local.ports.Ports: .postgres .kafka .s3 .smtp .imap …
    stack.secrets                  # deploy.local.installation.Secrets
    stack.stop()                   # data stays in `state`; a next start() finds it again

`with Stack(state, port_base) as stack:` starts and stops. Stacks with other ports and
another state folder run beside each other. A taken port raises `PortTakenError`, a part that
does not come up raises `PartFailedError` with the end of its log (`state/log/<part>.log`). Parts
die with the process that started them, also when that is killed.

PostgreSQL, Kafka and S3 keep their data over `kill()`; mail over `stop()` only, because
GreenMail holds its mails in memory. To take SMTP away in the middle of sending, without
losing what was delivered: `stack.mail.close_door()` … `stack.mail.open_door()`.
`stack.mail.messages()` gives all mails (address -> list of bytes), `.messages_to(address)`
those of one mailbox, `.forget()` deletes them.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import boto3
import psycopg
from psycopg import sql

from deploy.local.environment import BUCKET, REGION, connection_settings
from deploy.local.environment import service_settings as settings_of_service
from deploy.local.installation import Secrets
from deploy.local.kafka import Kafka
from deploy.local.mail import Mail
from deploy.local.part import Part, PartFailedError
from deploy.local.ports import Ports, PortTakenError
from deploy.local.postgres import Postgres
from deploy.local.s3 import S3

__all__ = ["PartFailedError", "PortTakenError", "Stack", "create_bucket", "create_database"]


class Stack:
    """The four parts that the services need, on one set of ports and in one state folder."""

    def __init__(
        self, state: Path, port_base: int | None = None, ports: Ports | None = None
    ) -> None:
        self.state = state.absolute()
        self.ports = ports or (Ports.at(port_base) if port_base else Ports.from_environment())
        self.state.mkdir(parents=True, exist_ok=True)
        self.secrets = Secrets.of_installation(self.state)
        self.postgres = Postgres(self.state, self.ports, self.secrets)
        self.kafka = Kafka(self.state, self.ports)
        self.s3 = S3(self.state, self.ports, self.secrets)
        self.mail = Mail(self.state, self.ports)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The four parts, the slowest to start first."""
        return (self.kafka, self.mail, self.postgres, self.s3)

    def start(self) -> None:
        """Start all parts at once and return when each answers; a failure stops them all."""
        for part in self.parts:
            part.check_ports()
        try:
            with ThreadPoolExecutor(len(self.parts)) as threads:
                list(threads.map(lambda part: part.start(), self.parts))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all parts at once; their data stays."""
        with ThreadPoolExecutor(len(self.parts)) as threads:
            list(threads.map(lambda part: part.stop(), self.parts))

    def __enter__(self) -> Self:
        """Start, for a `with` block."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop at the end of a `with` block."""
        self.stop()

    def database_url(self, service: str, *, owner: bool = False) -> str:
        """SQLAlchemy address of a service's database, as the service or as its owner."""
        role = f"{service}_owner" if owner else service
        password = self.secrets.database_password(role)
        return f"postgresql+psycopg://{role}:{password}@127.0.0.1:{self.ports.postgres}/{service}"

    def superuser_url(self, database: str = "postgres") -> str:
        """Give the libpq address for looking into any database, past every policy."""
        return self.postgres.superuser_url(database)

    def environment(self, service: str | None = None, *, owner: bool = False) -> dict[str, str]:
        """Give a process its settings: the shared ones, or those of one service."""
        settings = connection_settings(self.ports, self.secrets)
        if service is None:
            return settings
        settings |= settings_of_service(service, self.ports, self.secrets)
        settings["DATABASE_URL"] = self.database_url(service)
        if owner:
            settings["DATABASE_OWNER_URL"] = self.database_url(service, owner=True)
        return settings


def create_database(stack: Stack, service: str) -> bool:
    """Make a service's two roles and its empty database; tell whether it was not there yet.

    The owner role owns the database and is used by `migrate` alone; the service role may log
    in and gets its rights on tables from the migrations. Neither may pass row-level security.
    """
    owner = f"{service}_owner"
    with psycopg.connect(stack.superuser_url(), autocommit=True) as connection:
        for role in (owner, service):
            _create_role(connection, role, stack.secrets.database_password(role))
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [service])
        is_new = found.fetchone() is None
        if is_new:
            names = {"database": sql.Identifier(service), "owner": sql.Identifier(owner)}
            connection.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
        _admit_only(connection, service)
    return is_new


def _create_role(connection: psycopg.Connection, role: str, password: str) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if found.fetchone() is None:
        statement = sql.SQL("CREATE ROLE {} LOGIN NOBYPASSRLS NOCREATEDB PASSWORD {}")
        connection.execute(statement.format(sql.Identifier(role), sql.Literal(password)))


def _admit_only(connection: psycopg.Connection, service: str) -> None:
    """Keep every other service out of this database, which PostgreSQL lets in by default."""
    name = sql.Identifier(service)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(name, name))


def create_bucket(stack: Stack) -> None:
    """Make the bucket of the system; one that exists is left as it is."""
    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{stack.ports.s3}",
        region_name=REGION,
        aws_access_key_id=stack.secrets.s3_access_key,
        aws_secret_access_key=stack.secrets.s3_secret_key,
    )
    if BUCKET not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=BUCKET)
