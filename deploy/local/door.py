"""A door before a server: connections pass while it is open, and are refused when it is gone.

GreenMail holds its mails in memory and cannot close SMTP alone. With a door, "SMTP is away"
costs no mail, and what is in the mailboxes can be written down while nothing comes in.

`python -m deploy.local.door <port> <port behind it>`
"""

from __future__ import annotations

import asyncio
import sys

from deploy.local.ports import HOST

CHUNK = 65536


async def keep_open(port: int, behind: int) -> None:
    """Pass on what arrives at one port to another, until this process ends."""

    async def pass_through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            inner_reader, inner_writer = await asyncio.open_connection(HOST, behind)
            await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))
        except OSError:
            writer.close()  # the server behind the door is away: so is the door

    server = await asyncio.start_server(pass_through, HOST, port)
    await server.serve_forever()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


if __name__ == "__main__":
    asyncio.run(keep_open(int(sys.argv[1]), int(sys.argv[2])))
