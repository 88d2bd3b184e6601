"""A colleague who uploads files, and a cases of the tests' own that answers about them."""

from __future__ import annotations

import itertools
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from openpyxl import Workbook
from pydantic_core import from_json, to_json

from examples.residents import COLUMNS, residents
from shared.chassis import tables as chassis
from shared.chassis.bucket import Bucket
from shared.chassis.codec import Record, decode
from shared.chassis.identity import Identity, Signer, Verifier
from shared.contracts.codes import Role
from shared.contracts.envelope import Event
from tests.support import parts

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Changes = Mapping[int, Mapping[str, object]]


class FakeCases:
    """Answers `POST /v1/open-zaken` from what a test put in `open`: index (hex) -> case number."""

    def __init__(self, verifier: Verifier) -> None:
        self.open: dict[str, dict[str, str]] = {}
        self.away: set[str] = set()
        self.asked: dict[str, list[int]] = {}
        self._verifier = verifier

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request; the gemeente is that of the signed token."""
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        token = dict(scope["headers"])[b"authorization"].decode().removeprefix("Bearer ")
        who = self._verifier.verify(token)
        indexes = from_json(body)["bsnIndexen"]
        self.asked.setdefault(who.gemeente, []).append(len(indexes))
        known = self.open.get(who.gemeente, {})
        found = [{"bsnIndex": i, "zaaknummer": known[i]} for i in indexes if i in known]
        status = 503 if who.gemeente in self.away or who.roles != {Role.SYSTEEM} else 200
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": to_json({"gevonden": found})})


@dataclass
class Intake:
    """The service of one gemeente, as a colleague and as the jobs process use it."""

    bench: parts.Bench
    cases: FakeCases
    http: httpx.AsyncClient
    gateway: Signer
    gemeente: str
    folder: Path
    _files: Any = field(default_factory=itertools.count)

    @property
    def bucket(self) -> Bucket:
        """The object store."""
        bucket: Bucket = self.bench.built.state["bucket"]
        return bucket

    def work_folders(self) -> list[Path]:
        """The folders in which a file is being looked at now."""
        return list(self.bench.parts.settings.work_dir.glob("intake/*"))

    def token(
        self, role: Role = Role.BEHANDELAAR, gemeente: str | None = None, user: str = "u-1"
    ) -> dict[str, str]:
        """The header of a signed-in colleague."""
        name = {"u-1": "Sam Bakker", "u-2": "Robin Smit"}[user]
        who = Identity(user, name, "", frozenset({role}), gemeente or self.gemeente)
        return {"Authorization": f"Bearer {self.gateway.sign(who, 'intake')}"}

    async def call(
        self, method: str, path: str, *, status: int = 200, **given: Any
    ) -> dict[str, Any]:
        """The JSON of an answer, which must have this status."""
        headers = {**self.token(), **given.pop("headers", {})}
        answer = await self.http.request(method, f"/v1{path}", headers=headers, **given)
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def send(
        self, content: bytes, *, status: int = 202, name: str = "bewoners.xlsx", **headers: str
    ) -> dict[str, Any]:
        """Upload a file."""
        files = {"bestand": (name, content, XLSX)}
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        return await self.call("POST", "/uploads", status=status, files=files, headers=given)

    def workbook(self, rows: int, changes: Changes | None = None, seed: int = 1) -> bytes:
        """Made-up residents; `changes` maps a row of the file to other cells."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet("Heronderzoek")
        sheet.append(COLUMNS)
        chance = random.Random(seed)
        for number, row in enumerate(residents(rows, chance), 2):
            cells = {**row, **(changes or {}).get(number, {})}
            sheet.append([cells.get(name) for name in COLUMNS])
        path = self.folder / f"{next(self._files)}.xlsx"
        book.save(path)
        return path.read_bytes()

    async def checked(
        self, content: bytes, *, replaces: str | None = None, user: str = "u-1"
    ) -> dict[str, Any]:
        """Upload a file and check it; answers the upload as a colleague sees it."""
        path = f"/uploads?vervangt={replaces}" if replaces else "/uploads"
        files = {"bestand": ("bewoners.xlsx", content, XLSX)}
        headers = self.token(user=user)
        sent = await self.call("POST", path, status=202, files=files, headers=headers)
        await self.bench.work_all("checks")
        return await self.call("GET", f"/uploads/{sent['id']}")

    async def confirm(self, upload_id: str, *, status: int = 202, **more: Any) -> dict[str, Any]:
        """Agree."""
        path = f"/uploads/{upload_id}/bevestiging"
        return await self.call("POST", path, status=status, json={"akkoord": True, **more})

    async def copy(self, upload_id: str, kind: str = "gemarkeerd") -> dict[str, Any]:
        """Ask for a copy of an upload, and have it made."""
        path = f"/uploads/{upload_id}/kopieen"
        asked = await self.call("POST", path, status=202, json={"soort": kind})
        await self.bench.work_all("copies")
        return await self.call("GET", f"/kopieen/{asked['id']}")

    async def content(self, copy: Mapping[str, Any]) -> bytes:
        """The bytes of a copy that is ready."""
        assert copy["status"] == "gereed", copy
        path = f"/v1/kopieen/{copy['id']}/inhoud"
        answer = await self.http.get(path, headers=self.token())
        assert answer.status_code == 200, answer.text
        assert int(answer.headers["content-length"]) == len(answer.content) == copy["aantalBytes"]
        return answer.content

    @asynccontextmanager
    async def later(self, shift: timedelta) -> AsyncIterator[None]:
        """Business time is so much later until the end of the block."""
        table = chassis.business_clock
        async with self.bench.database.transaction() as transaction:
            await transaction.connection.execute(sa.insert(table).values(shift=shift))
        try:
            yield
        finally:
            async with self.bench.database.transaction() as transaction:
                await transaction.connection.execute(sa.delete(table))

    async def events(self, *kinds: type) -> list[Event[Any]]:
        """The events of this gemeente that wait to be published, opened, oldest first."""
        table = chassis.outbox
        rows = await self.bench.rows(sa.select(table).order_by(table.c.id))
        records = [
            Record(row["topic"], 0, row["id"], row["key"], row["payload"], row["headers"])
            for row in rows
        ]
        found = [decode(record, self.bench.parts.keys) for record in records]
        return [
            event
            for event in found
            if event.gemeente == self.gemeente and isinstance(event.data, kinds)
        ]

    async def rows(self, statement: Any) -> Sequence[Any]:
        """Rows of this gemeente."""
        return await self.bench.rows(statement, self.gemeente)

    def has_open_case(self, bsn: object, number: str) -> None:
        """Let cases know a person."""
        index = self.bench.parts.keys.index(str(bsn)).hex()
        self.cases.open.setdefault(self.gemeente, {})[index] = number
