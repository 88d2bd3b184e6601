"""A small mail server that answers as a test wants: 4xx, 5xx, silence, or a cut line."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from time import monotonic

OK = "250 2.0.0 Ok"
#: Instead of a reply: say nothing until the client gives up, or cut the line.
SILENCE = "silence"
CUT = "cut"


@dataclass(frozen=True)
class Received:
    """A mail that came in whole, whatever the answer was."""

    recipient: str
    content: bytes
    at: float


@dataclass
class SmtpDouble:
    """Scripted replies; when a script is empty, everything is fine."""

    on_sender: deque[str] = field(default_factory=deque)
    on_recipient: deque[str] = field(default_factory=deque)
    on_message: deque[str] = field(default_factory=deque)
    by_recipient: dict[str, str] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    accepted: list[Received] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    _server: asyncio.Server | None = None
    _busy: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a free port of this machine."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and cut every line."""
        if self._server is not None:
            self._server.close()
            for task in list(self._busy):
                task.cancel()
            await asyncio.gather(*self._busy, return_exceptions=True)
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await self._talk(reader, writer)
        self._busy.discard(task)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "220 double ESMTP")
        recipient = ""
        while line := (await reader.readline()).decode().strip():
            verb = line.split(":")[0].upper()
            reply = OK
            if verb.startswith("EHLO"):
                reply = "250-double\r\n250 ENHANCEDSTATUSCODES"
            elif verb == "MAIL FROM":
                reply = self.on_sender.popleft() if self.on_sender else OK
            elif verb == "RCPT TO":
                recipient = line.partition(":")[2].strip(" <>")
                scripted = self.by_recipient.get(recipient)
                reply = scripted or (self.on_recipient.popleft() if self.on_recipient else OK)
            elif verb == "DATA":
                await self._say(writer, "354 go on")
                reply = await self._message(reader, recipient)
            if not await self._say(writer, reply) or verb == "QUIT":
                return

    async def _message(self, reader: asyncio.StreamReader, recipient: str) -> str:
        raw = await reader.readuntil(b"\r\n.\r\n")
        content = raw[:-3].replace(b"\r\n..", b"\r\n.")
        mail = Received(recipient, content, monotonic())
        self.received.append(mail)
        reply = self.on_message.popleft() if self.on_message else OK
        if reply.startswith("250"):
            self.accepted.append(mail)
        return reply

    async def _say(self, writer: asyncio.StreamWriter, reply: str) -> bool:
        """Answer; False when the line is to be cut."""
        if reply == SILENCE:
            await asyncio.Event().wait()
        if reply == CUT:
            return False
        writer.write(f"{reply}\r\n".encode())
        await writer.drain()
        return True
