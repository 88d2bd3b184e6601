"""JSON Schemas and the AsyncAPI document of all events, from shared/contracts."""

from __future__ import annotations

import json
from typing import Any

import yaml
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from shared.contracts.envelope import CONTENT_TYPE, PLAIN_DATA, SEALED_DATA, EventData
from shared.contracts.events import EVENTS
from shared.contracts.topics import TOPICS, Topic

DIALECT = GenerateJsonSchema.schema_dialect
#: One version for the whole document; events carry their own in their type.
VERSION = "1.0.0"


def data_schema(kind: type[EventData]) -> dict[str, Any]:
    """The JSON Schema of an event's data."""
    _, document = models_json_schema([(kind, "serialization")], ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = document["$defs"]
    schema: dict[str, Any] = definitions.pop(kind.__name__)
    schema["required"] = _required(kind)
    return schema | ({"$defs": definitions} if definitions else {})


def _required(kind: type[EventData]) -> list[str]:
    return [name for name, field in kind.model_fields.items() if field.is_required()]


def event_schema(kind: type[EventData]) -> dict[str, Any]:
    """The JSON Schema of a whole event, as it stands on its topic."""
    topic = TOPICS[kind.topic]
    data = data_schema(kind)
    definitions = data.pop("$defs", {})
    properties = _attributes(kind, topic)
    if topic.sealed:
        properties["data_base64"] = {
            "type": "string",
            "contentEncoding": "base64",
            "description": "AES-256-GCM; na openen heeft het de vorm van $defs/data",
        }
        definitions["data"] = data
    else:
        properties["data"] = data
    required = [name for name in properties if name not in {"causationid", "traceparent"}]
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "$id": f"urn:heronderzoek:schema:{kind.type}",
        "title": kind.type,
        "description": (kind.__doc__ or "").strip(),
        "type": "object",
        "properties": properties,
        "required": required,
    }
    return schema | ({"$defs": definitions} if definitions else {})


def _attributes(kind: type[EventData], topic: Topic) -> dict[str, Any]:
    uuid = {"type": "string", "format": "uuid"}
    return {
        "specversion": {"const": "1.0"},
        "id": uuid,
        "type": {"const": kind.type},
        "source": {
            "type": "string",
            "pattern": f"^urn:nld:oin:[0-9]{{20}}:systeem:heronderzoek-{topic.writer}$",
        },
        "subject": {"type": "string", "description": f"De waarde van {kind.subject}"},
        "time": {"type": "string", "format": "date-time", "description": "Moment van vastleggen"},
        "gemeente": {"type": "string", "pattern": "^[0-9]{4}$"},
        "actor": {
            "type": "string",
            "description": "Gebruiker (kenmerk), inwoner of systeem:<taak>",
        },
        "correlationid": uuid,
        "causationid": uuid,
        "traceparent": {"type": "string"},
        "sequence": {"type": "integer", "description": "Versie van het onderwerp, per bron"},
        "datacontenttype": {"const": SEALED_DATA if topic.sealed else PLAIN_DATA},
    }


def asyncapi() -> dict[str, Any]:
    """The AsyncAPI 3 document: every topic, its messages, who sends and who receives."""
    messages = {kind.type: _message(kind) for kind in EVENTS.values()}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Heronderzoek",
            "version": VERSION,
            "description": "Events van Heronderzoek: CloudEvents 1.0, NL GOV-profiel, JSON.",
            "license": {"name": "EUPL-1.2"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {topic.name: _channel(topic) for topic in TOPICS.values()},
        "operations": _operations(),
        "components": {"messages": messages},
    }


def _channel(topic: Topic) -> dict[str, Any]:
    kinds = [kind.type for kind in EVENTS.values() if kind.topic == topic.name]
    access = "openbaar voor andere systemen" if topic.public else "verzegeld, alleen de lezers"
    return {
        "address": topic.name,
        "description": f"{topic.meaning} Sleutel: {topic.key}. Toegang: {access}.",
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in kinds},
    }


def _message(kind: type[EventData]) -> dict[str, Any]:
    return {
        "name": kind.type,
        "title": kind.__name__,
        "summary": (kind.__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"./schemas/{kind.type}.json"},
    }


def _operations() -> dict[str, Any]:
    found = {}
    for topic in TOPICS.values():
        channel = {"$ref": f"#/channels/{topic.name}"}
        found[f"{topic.writer}-schrijft-{topic.name}"] = {"action": "send", "channel": channel}
        for reader in topic.readers:
            found[f"{reader}-leest-{topic.name}"] = {"action": "receive", "channel": channel}
    return found


def files() -> dict[str, str]:
    """Every file of this generator: path under docs/ -> content."""
    made = {
        f"schemas/{kind.type}.json": json.dumps(event_schema(kind), ensure_ascii=False, indent=2)
        + "\n"
        for kind in EVENTS.values()
    }
    made["asyncapi.yaml"] = yaml.safe_dump(
        asyncapi(), sort_keys=False, allow_unicode=True, width=100
    )
    return made
