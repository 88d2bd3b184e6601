"""A small virus scanner that speaks clamd's INSTREAM and knows the EICAR test file alone."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deploy.local.ports import HOST

#: In two parts, so that no scanner calls this file itself by its name.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
TOO_LARGE = b"INSTREAM size limit exceeded. ERROR\0"


@dataclass
class Clamd:
    """What it was asked; `most` is its StreamMaxLength, `is_dumb` hangs up without a verdict."""

    most: int
    is_dumb: bool = False
    address: str = ""
    seen: list[bytes] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack("!I", await reader.readexactly(4))[0]:
                content += await reader.readexactly(size)
                if len(content) > self.most:
                    writer.write(TOO_LARGE)
                    return
            self.seen.append(content)
            if not self.is_dumb:
                found = b"Eicar-Test-Signature FOUND" if EICAR in content else b"OK"
                writer.write(b"stream: " + found + b"\0")
        finally:
            writer.close()


@asynccontextmanager
async def clamd(*, most: int = 100 * 1024 * 1024, is_dumb: bool = False) -> AsyncIterator[Clamd]:
    """A scanner on a port of its own."""
    scanner = Clamd(most, is_dumb=is_dumb)
    server = await asyncio.start_server(scanner.answer, HOST, 0)
    scanner.address = f"{HOST}:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield scanner
