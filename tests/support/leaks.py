"""Looks for personal data everywhere that a system writes: logs, Kafka, databases, S3, mail, HTTP.

A needle is looked for as it is, and as hex, base64 and UTF-16, because data that is written down
twice is often written down differently.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import boto3
import httpx
import psycopg
from psycopg import sql

from deploy.local.environment import BUCKET, REGION, SERVICES
from deploy.local.ports import HOST
from tests.support.broker import Broker
from tests.support.system import System

DATABASES = (*SERVICES, "gateway")


@dataclass(frozen=True)
class Piece:
    """Some bytes and where they were found."""

    where: str
    content: bytes


def forms_of(needle: str) -> list[bytes]:
    """The ways in which a text may lie somewhere."""
    plain = needle.encode()
    return [
        plain,
        plain.hex().encode(),
        needle.encode("utf-16-le"),
        *(_in_base64(plain, lead) for lead in range(3)),
    ]


def _in_base64(plain: bytes, lead: int) -> bytes:
    """The part of a text's base64 that does not depend on what stands around it."""
    encoded = base64.b64encode(b"\0" * lead + plain)
    end = (lead + len(plain)) * 8 // 6
    return encoded[-(-lead * 8 // 6) : end]


def leaks(pieces: Iterable[Piece], needles: Iterable[str]) -> list[str]:
    """Which needle was found where; each once."""
    everything = list(pieces)
    whole = b"\n".join(piece.content for piece in everything)
    found = []
    for needle in needles:
        for form in forms_of(needle):
            if form in whole:
                found += [
                    f"{needle!r} in {piece.where}" for piece in everything if form in piece.content
                ]
    return sorted(set(found))


def log_lines(system: System) -> Iterator[Piece]:
    """The logs of all processes and of the parts they stand on."""
    for file in sorted((system.stack.state / "log").iterdir()):
        for number, line in enumerate(file.read_bytes().splitlines(), 1):
            yield Piece(f"log {file.name}:{number}", line)


def kafka_records(system: System) -> Iterator[Piece]:
    """All records of all topics: key, headers and value."""
    for record in Broker(system.stack.environment()["KAFKA_BOOTSTRAP"]).read():
        headers = repr(record.headers).encode()
        yield Piece(f"topic {record.topic}", b"\n".join((record.key, headers, record.value)))


def table_rows(system: System) -> Iterator[Piece]:
    """All tables of all databases: as text, and binary, in which bytea lies as it is."""
    for database in DATABASES:
        with psycopg.connect(system.stack.superuser_url(database), autocommit=True) as connection:
            tables = connection.execute(
                "select relname from pg_class where relkind in ('r', 'p')"
                " and relnamespace = 'public'::regnamespace order by 1"
            ).fetchall()
            for (table,) in tables:
                for style in ("text", "binary"):
                    statement = sql.SQL("copy (select * from {}) to stdout (format {})").format(
                        sql.Identifier(table), sql.SQL(style)
                    )
                    with connection.cursor().copy(statement) as copy:
                        yield Piece(
                            f"table {database}.{table}", b"".join(bytes(row) for row in copy)
                        )


def store(system: System) -> tuple[object, str]:
    """The S3 client and the bucket."""
    environment = system.stack.environment()
    client = boto3.client(
        "s3",
        endpoint_url=environment["S3_ENDPOINT"],
        region_name=REGION,
        aws_access_key_id=environment["S3_ACCESS_KEY"],
        aws_secret_access_key=environment["S3_SECRET_KEY"],
    )
    return client, BUCKET


def stored_objects(system: System, since: datetime) -> Iterator[Piece]:
    """All objects that were written since a moment, with their keys and metadata."""
    client, bucket = store(system)
    for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):  # type: ignore[attr-defined]
        for item in page.get("Contents", ()):
            if item["LastModified"] < since:
                continue
            answer = client.get_object(Bucket=bucket, Key=item["Key"])  # type: ignore[attr-defined]
            about = f"{item['Key']} {answer['Metadata']}".encode()
            yield Piece(f"object {item['Key']}", about + b"\n" + answer["Body"].read())


def metrics(system: System) -> Iterator[Piece]:
    """What every process tells Prometheus, labels included."""
    for name, process in system.supervisor.processes.items():
        answer = httpx.get(f"http://{HOST}:{process.role.port}/metrics")
        yield Piece(f"metrics {name}", answer.content)


class Traffic:
    """Every address and header that a client sees, noted by its event hooks."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.bodies: list[Piece] = []

    def follow(self, client: httpx.Client) -> None:
        """Note what this client asks and gets."""
        client.event_hooks["response"].append(self._note)

    def _note(self, answer: httpx.Response) -> None:
        request = answer.request
        sent = {k: v for k, v in request.headers.items() if k.lower() != "authorization"}
        told = f"{request.url} {sent} {dict(answer.headers)}".encode()
        self.pieces.append(Piece(f"HTTP {request.method} {request.url.path}", told))
        if "json" in answer.headers.get("content-type", ""):
            body = answer.read()
            self.bodies.append(Piece(f"answer to {request.method} {request.url.path}", body))
