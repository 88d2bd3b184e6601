"""Events to bytes and back: CloudEvents as structured JSON, sealed where the topic asks it."""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from shared.chassis.errors import Malformed, SealBroken, UnknownType
from shared.chassis.sealing import KeyRing, key_of
from shared.contracts.envelope import (
    CONTENT_TYPE,
    MAX_EVENT_BYTES,
    PLAIN_DATA,
    SEALED_DATA,
    SPEC_VERSION,
    Attributes,
    Event,
    EventData,
)
from shared.contracts.events import EVENTS
from shared.contracts.topics import TOPICS

#: Kafka header with the CloudEvents type, so that a reader can skip what it does not follow.
TYPE_HEADER = "ce_type"
SEAL_HEADER = "sealkey"


@dataclass(frozen=True, slots=True)
class Record:
    """A message of a topic, as it came."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A row of the outbox."""

    topic: str
    key: bytes
    headers: dict[str, str]
    payload: bytes


def encode(event: Event[EventData], keys: KeyRing, data: bytes | None = None) -> Outgoing:
    """The outbox row of an event. `data` is its JSON when the caller has it already.

    Raises ValueError past 64 KB: link large data instead.
    """
    topic = TOPICS[event.data.topic]
    body: dict[str, Any] = {
        "specversion": SPEC_VERSION,
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "subject": event.subject,
        "time": event.time,
        "gemeente": event.gemeente,
        "actor": event.actor,
        "correlationid": event.correlation_id,
        "sequence": event.sequence,
    }
    if event.causation_id is not None:
        body["causationid"] = event.causation_id
    if event.traceparent is not None:
        body["traceparent"] = event.traceparent
    headers = {"content-type": CONTENT_TYPE, TYPE_HEADER: event.type}
    if topic.sealed:
        plain = data if data is not None else event.data.__pydantic_serializer__.to_json(event.data)
        sealed = keys.seal(
            plain, _context(event.id, event.type, event.source, event.subject, event.gemeente)
        )
        body["datacontenttype"] = SEALED_DATA
        body["data_base64"] = binascii.b2a_base64(sealed, newline=False).decode()
        headers[SEAL_HEADER] = str(key_of(sealed))
    else:
        body["datacontenttype"] = PLAIN_DATA
        body["data"] = event.data
    payload = to_json(body)
    if len(payload) > MAX_EVENT_BYTES:
        raise ValueError(f"{event.type} is {len(payload)} bytes; an event stays under 64 KB")
    return Outgoing(topic.name, str(getattr(event.data, topic.key)).encode(), headers, payload)


def decode(record: Record, keys: KeyRing) -> Event[EventData]:
    """Read a record; raises Malformed (never its content in the reason) or UnknownType."""
    try:
        attributes = Attributes.model_validate_json(record.value)
    except ValidationError as error:
        if error.errors()[0]["type"] == "json_invalid":
            raise Malformed("geen JSON") from None
        raise Malformed(f"envelope: {_fields(error)}") from None
    kind = EVENTS.get(attributes.type)
    if kind is None:
        raise UnknownType(f"onbekend type {attributes.type[:100]}")
    if kind.topic != record.topic:
        raise Malformed(f"{attributes.type} hoort niet op {record.topic}")
    return _event(attributes, _data(kind, attributes, keys))


def traceparent_of(payload: bytes) -> str | None:
    """The trace that an event belongs to, without opening its data; None when it names none."""
    try:
        found = from_json(payload)
    except ValueError:
        return None
    given = found.get("traceparent") if isinstance(found, dict) else None
    return given if isinstance(given, str) else None


def _data(kind: type[EventData], attributes: Attributes, keys: KeyRing) -> EventData:
    try:
        if not TOPICS[kind.topic].sealed:
            return kind.model_validate(attributes.data)
        sealed = binascii.a2b_base64(attributes.data_base64 or "", strict_mode=True)
        context = _context(
            attributes.id,
            attributes.type,
            attributes.source,
            attributes.subject,
            attributes.gemeente,
        )
        return kind.model_validate_json(keys.unseal(sealed, context))
    except ValidationError as error:
        raise Malformed(f"data: {_fields(error)}") from None
    except (SealBroken, binascii.Error):
        raise Malformed("het zegel past niet") from None


def _fields(error: ValidationError) -> str:
    return ", ".join(sorted({".".join(map(str, item["loc"])) for item in error.errors()}))


def _event(attributes: Attributes, data: EventData) -> Event[EventData]:
    return Event(
        id=attributes.id,
        type=attributes.type,
        source=attributes.source,
        subject=attributes.subject,
        time=attributes.time,
        gemeente=attributes.gemeente,
        actor=attributes.actor,
        correlation_id=attributes.correlationid,
        causation_id=attributes.causationid,
        traceparent=attributes.traceparent,
        sequence=attributes.sequence,
        data=data,
    )


def _context(event_id: UUID, kind: str, source: str, subject: str, gemeente: str) -> bytes:
    return f"{event_id}|{kind}|{source}|{subject}|{gemeente}".encode()
