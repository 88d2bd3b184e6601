"""The gateway as a process: it starts, signs in its demo users and needs little memory."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local import ports
from deploy.local.environment import GEMEENTEN
from deploy.local.stack import Stack
from tests.gateway.conftest import PASSWORD, sign_in
from tests.gateway.fake_services import FakeServices
from tests.support.parts import environment_of, migrated

SIZE = 50 * 1024 * 1024
#: The file is five times as large; what may be added are buffers.
MOST_BYTES = 10 * 1024 * 1024


@pytest.fixture
async def process(
    stack: Stack, services: FakeServices
) -> AsyncIterator[tuple[asyncio.subprocess.Process, httpx.AsyncClient]]:
    """A running gateway and a client of it."""
    migrated(stack, "gateway")
    port = str(ports.free_base())
    urls = {name.upper(): url for name, url in services.urls().items()}
    own = {"PORT": port, "DEMO_PASSWORD": PASSWORD, "GEMEENTEN_FILE": str(GEMEENTEN)}
    environment = {**os.environ, **environment_of(stack, "gateway"), **urls, **own}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "services.gateway", "api", env=environment
    )
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        try:
            await _ready(client)
            yield process, client
        finally:
            process.terminate()
            await process.wait()


async def _ready(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                if (await client.get("/health/ready")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)


def _most_memory(pid: int) -> int:
    """The largest resident size so far, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError(pid)


async def _pieces() -> AsyncIterator[bytes]:
    piece = bytes(256 * 1024)
    for _ in range(SIZE // len(piece)):
        yield piece


async def test_large_files_pass_through_without_being_held(
    process: tuple[asyncio.subprocess.Process, httpx.AsyncClient], services: FakeServices
) -> None:
    """Fifty megabytes up and fifty down leave the gateway's memory as it was."""
    running, client = process
    session = (await sign_in(client, "behandelaar")).json()
    client.headers["Authorization"] = f"Bearer {session['token']}"
    file_id = session["gebruiker"]["id"]
    services.tell("documents", "GET", f"/afdrukbestanden/{file_id}/pdf", SIZE)
    await client.post("/v1/uploads", content=b"x")
    before = _most_memory(running.pid)
    answer = await client.post("/v1/uploads", content=_pieces())
    assert answer.status_code == 200
    received = 0
    async with client.stream("GET", f"/v1/afdrukbestanden/{file_id}/pdf") as download:
        assert int(download.headers["content-length"]) == SIZE
        async for piece in download.aiter_raw():
            received += len(piece)
    assert [seen.size for seen in services.seen] == [1, SIZE, 0]
    assert received == SIZE
    assert _most_memory(running.pid) - before < MOST_BYTES
