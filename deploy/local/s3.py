"""S3 on files, by nanio: small, with real signatures."""

from __future__ import annotations

import http.client
import os
import sys
from pathlib import Path

from deploy.local.environment import REGION
from deploy.local.installation import Secrets
from deploy.local.part import Part
from deploy.local.ports import HOST, Ports
from deploy.local.process import Process

ANSWER_SECONDS = 2.0


class S3(Part):
    """One object store."""

    name = "s3"
    listens_on = ("s3",)

    def __init__(self, state: Path, ports: Ports, secrets: Secrets) -> None:
        super().__init__(state, ports)
        self.secrets = secrets

    def prepare(self) -> None:
        """Make the data folder."""
        self.data.mkdir(parents=True, exist_ok=True)

    def process(self) -> Process:
        """Run one server process; the keys go by environment, out of sight of `ps`."""
        keys = {
            "NANIO_ACCESS_KEY": self.secrets.s3_access_key,
            "NANIO_SECRET_KEY": self.secrets.s3_secret_key,
        }
        options = ["--host", HOST, "--port", str(self.ports.s3), "--region", REGION]
        quiet = ["--data-dir", str(self.data), "--log-level", "warning", "--no-access-log"]
        command = [sys.executable, "-m", "nanio", "serve", *options, *quiet]
        return Process(command, self.log, environment=dict(os.environ) | keys)

    def answers(self) -> bool:
        """Whether it speaks HTTP (an unsigned request is refused, which is an answer)."""
        connection = http.client.HTTPConnection(HOST, self.ports.s3, timeout=ANSWER_SECONDS)
        try:
            connection.request("GET", "/")
            connection.getresponse()
        except OSError:
            return False
        finally:
            connection.close()
        return True
