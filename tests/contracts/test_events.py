"""The contracts hold: what was once sent can still be read, and the documents say what is true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from deploy.docs import schemas
from deploy.docs.__main__ import stale
from shared.chassis.codec import Record, decode
from shared.chassis.errors import UnknownType
from shared.chassis.sealing import KeyRing
from shared.contracts.events import EVENTS
from shared.contracts.topics import TOPICS

EXAMPLES = Path(__file__).parent / "examples"
EXAMPLE_FILES = sorted(EXAMPLES.glob("*/*.json"))
#: The key of the sealed examples; it guards made-up data only.
KEY = "1:" + "A" * 43 + "="


def record(path: Path) -> Record:
    """An example as it would come from Kafka."""
    kind = EVENTS[path.parent.name]
    return Record(kind.topic, 0, 0, b"", path.read_bytes(), {})


@pytest.mark.parametrize("path", EXAMPLE_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_example_can_still_be_read(path: Path) -> None:
    """Examples are only ever added: an event of long ago stays readable."""
    event = decode(record(path), KeyRing.of(KEY, KEY))
    assert event.type == path.parent.name
    assert event.subject == event.data.subject_id


@pytest.mark.parametrize("path", EXAMPLE_FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_example_fits_its_schema(path: Path) -> None:
    """What we publish as the schema is what we send."""
    schema = schemas.event_schema(EVENTS[path.parent.name])
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text()))


def test_every_event_has_an_example() -> None:
    """A new event comes with its first example."""
    assert {path.parent.name for path in EXAMPLE_FILES} == set(EVENTS)


def test_a_schema_refuses_what_lacks_a_field() -> None:
    """The schemas are not so wide that everything fits."""
    path = EXAMPLES / "nl.heronderzoek.zaken.zaak-geopend.v1" / "1.json"
    body = json.loads(path.read_text())
    del body["data"]["zaaknummer"]
    schema = schemas.event_schema(EVENTS[path.parent.name])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(body)


def test_fields_that_we_do_not_know_are_ignored() -> None:
    """A newer writer may add an optional field."""
    path = EXAMPLES / "nl.heronderzoek.zaken.zaak-geopend.v1" / "1.json"
    body: dict[str, Any] = json.loads(path.read_text())
    body["data"]["nieuwVeld"] = body["nieuwkenmerk"] = "x"
    newer = Record("zaken.zaken", 0, 0, b"", json.dumps(body).encode(), {})
    assert (
        decode(newer, KeyRing.of(KEY, KEY)).data == decode(record(path), KeyRing.of(KEY, KEY)).data
    )


def test_a_type_of_later_is_told_from_rubbish() -> None:
    """An unknown type is parked, not thrown with the unreadable ones."""
    path = EXAMPLES / "nl.heronderzoek.zaken.zaak-geopend.v1" / "1.json"
    body = path.read_text().replace("zaak-geopend.v1", "zaak-geopend.v2")
    with pytest.raises(UnknownType):
        decode(Record("zaken.zaken", 0, 0, b"", body.encode(), {}), KeyRing.of(KEY, KEY))


def test_every_event_travels_on_a_topic_that_has_its_key() -> None:
    """The key of a topic is a field of each of its events."""
    for kind in EVENTS.values():
        key = TOPICS[kind.topic].key
        assert key in kind.model_fields or isinstance(getattr(kind, key, None), property), kind
        assert kind.subject in kind.model_fields


def test_public_events_carry_no_personal_data() -> None:
    """Facts have ids, numbers, dates and codes; a field of a person has no place there."""
    personal = {"persoon", "velden", "aan", "aanNaam", "bsn", "achternaam", "email", "adres"}
    for kind in EVENTS.values():
        if TOPICS[kind.topic].public and TOPICS[kind.topic].name != "gemeenten.instellingen":
            assert not personal & set(kind.model_fields), kind


def test_the_generated_documents_are_up_to_date() -> None:
    """docs/ says what the code says; `python -m deploy.docs` writes it."""
    assert stale() == []
