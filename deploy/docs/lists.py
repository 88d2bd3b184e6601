"""Tables for people: settings per service, events, topics with their rights."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from pydantic_core import PydanticUndefined

from shared.chassis.settings import ChassisSettings
from shared.contracts.events import EVENTS
from shared.contracts.topics import PARTITIONS, TOPICS, dead_letter_topic

SERVICES = ("intake", "cases", "documents", "mailer", "communications", "gateway")
NOTE = "<!-- Gemaakt door `python -m deploy.docs`; niet met de hand wijzigen. -->\n"


def settings_table() -> str:
    """Every setting of every service, with its default and meaning."""
    parts = [
        NOTE,
        "# Settings\n",
        "Environment variables. A setting without a default is required.\n",
    ]
    for service in SERVICES:
        kind: type[ChassisSettings] = import_module(f"services.{service}.settings").Settings
        parts.append(f"\n## {service}\n\n| name | default | meaning |\n|---|---|---|")
        parts += [
            f"| `{name.upper()}` | {_default(field)} | {field.description or ''} |"
            for name, field in sorted(kind.model_fields.items())
        ]
    return "\n".join(parts) + "\n"


def _default(field: Any) -> str:
    if field.default is PydanticUndefined:
        return "" if field.default_factory is None else "see text"
    return f"`{field.default}`"


def events_table() -> str:
    """Every event: its type, topic, subject and meaning."""
    lines = [NOTE, "# Events\n", "| type | topic | subject | what happened |", "|---|---|---|---|"]
    lines += [
        f"| `{kind.type}` | `{kind.topic}` | `{kind.subject}` | {_first_line(kind)} |"
        for kind in EVENTS.values()
    ]
    lines += ["", "# Topics", "", "| topic | key | writer | readers | sealed | kept | what for |"]
    lines.append("|---|---|---|---|---|---|---|")
    lines += [
        f"| `{topic.name}` | `{topic.key}` | {topic.writer} | {', '.join(topic.readers) or '-'}"
        f" | {'yes' if topic.sealed else 'no'}"
        f" | {'latest per key' if topic.compacted else f'{topic.retention.days} days'}"
        f" | {topic.meaning} |"
        for topic in TOPICS.values()
    ]
    return "\n".join(lines) + "\n"


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def acls() -> str:
    """The rights of each service on Kafka, as commands of Kafka's own tool."""
    lines = [
        "#!/bin/sh",
        "# Made by `python -m deploy.docs`: the rights of each service on its topics.",
        "# Usage: KAFKA_ACLS='kafka-acls.sh --bootstrap-server … --command-config …' sh acls.sh",
        "set -eu",
    ]
    for service in SERVICES[:-1]:
        lines += [f"# {service}", *_rights(service)]
    lines.append("# other municipal systems, as members of the role subscriber: public topics only")
    lines += [
        _allow("subscriber", "Read,Describe", f"--topic {t.name}")
        for t in TOPICS.values()
        if t.public
    ]
    lines.append(
        _allow("subscriber", "Read", "--group subscriber- --resource-pattern-type prefixed")
    )
    return "\n".join(lines) + "\n"


def _rights(service: str) -> Iterator[str]:
    for topic in TOPICS.values():
        if topic.writer == service:
            yield _allow(service, "Write,Describe", f"--topic {topic.name}")
        if service in topic.readers:
            yield _allow(service, "Read,Describe", f"--topic {topic.name}")
            dead = dead_letter_topic(topic.name, service)
            yield _allow(service, "Write,Describe", f"--topic {dead}")
    yield _allow(service, "Read", f"--group heronderzoek-{service}")
    yield _allow(service, "IdempotentWrite", "--cluster")


def _allow(principal: str, operations: str, resource: str) -> str:
    given = " ".join(f"--operation {operation}" for operation in operations.split(","))
    return f"$KAFKA_ACLS --add --allow-principal User:{principal} {given} {resource}"


def topics_script() -> str:
    """Every topic with its settings, as commands of Kafka's own tool."""
    lines = [
        "#!/bin/sh",
        "# Made by `python -m deploy.docs`; `python -m shared.chassis.topics` makes the same.",
        "# Usage: KAFKA_TOPICS='kafka-topics.sh --bootstrap-server …' REPLICATION=3 sh topics.sh",
        "set -eu",
    ]
    for topic in TOPICS.values():
        kept = (
            "cleanup.policy=compact"
            if topic.compacted
            else f"retention.ms={int(topic.retention.total_seconds() * 1000)}"
        )
        lines.append(_make(topic.name, PARTITIONS, kept))
        lines += [
            _make(dead_letter_topic(topic.name, reader), 1, "retention.ms=2592000000")
            for reader in topic.readers
        ]
    return "\n".join(lines) + "\n"


def _make(name: str, partitions: int, config: str) -> str:
    return (
        f"$KAFKA_TOPICS --create --if-not-exists --topic {name} --partitions {partitions}"
        f' --replication-factor "${{REPLICATION:-3}}" --config {config}'
    )
