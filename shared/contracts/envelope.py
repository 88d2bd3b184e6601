"""The envelope of every event: CloudEvents 1.0 in the NL GOV profile, structured JSON.

An event is a fact about one subject. Its data is a pydantic class (`EventData`); the attributes
around it are the same for all. Readers ignore attributes and fields that they do not know, so a
writer may add optional ones within v1.

Source: CloudEvents 1.0.2; NL GOV profile for CloudEvents 1.0 (Logius).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

SPEC_VERSION = "1.0"
CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
PLAIN_DATA = "application/json"
SEALED_DATA = "application/vnd.heronderzoek.sealed+json"
#: NL GOV profile: an event stays under 64 KB; larger data is linked.
MAX_EVENT_BYTES = 64 * 1024


class Wire(BaseModel):
    """Base of everything on the wire: immutable, unknown fields ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @classmethod
    def trusted(cls, **values: Any) -> Self:
        """An instance of values that were checked before; `model_construct` takes 5 times as long.

        Fields that are not given have their default; one without a default must be given.
        """
        made = cls.__new__(cls)
        put = object.__setattr__
        put(made, "__dict__", {**_defaults(cls), **values})
        put(made, "__pydantic_fields_set__", set(values))
        put(made, "__pydantic_extra__", None)
        put(made, "__pydantic_private__", None)
        return made


@lru_cache(maxsize=256)
def _defaults(kind: type[Wire]) -> dict[str, Any]:
    fields = kind.model_fields.items()
    return {name: field.default for name, field in fields if not field.is_required()}


class EventData(Wire):
    """The data of one kind of event.

    `type` is the CloudEvents type, `topic` the Kafka topic it travels on, `subject` the name of
    the field that holds the aggregate's id.
    """

    type: ClassVar[str]
    topic: ClassVar[str]
    subject: ClassVar[str]

    @property
    def subject_id(self) -> str:
        """The id of what this event is about."""
        return str(getattr(self, self.subject))


T = TypeVar("T", bound=EventData)
T_co = TypeVar("T_co", bound=EventData, covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[T_co]):
    """An event as a handler receives it.

    `actor` is an opaque user id, `inwoner` or `systeem:<job>`; `sequence` is the aggregate's
    version per source, so a reader can tell older news from newer.
    """

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    gemeente: str
    actor: str
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    sequence: int
    data: T_co


class Attributes(Wire):
    """The attributes of an event as they stand in its JSON; `data` is read apart, by type."""

    specversion: Literal["1.0"]
    id: UUID
    type: str = Field(min_length=1, max_length=200)
    source: str = Field(min_length=1, max_length=200)
    subject: str = Field(min_length=1, max_length=100)
    time: datetime
    gemeente: str = Field(pattern=r"^[0-9]{4}$", description="CBS-code van de gemeente")
    actor: str = Field(min_length=1, max_length=100)
    correlationid: UUID
    causationid: UUID | None = None
    traceparent: str | None = None
    sequence: int = 0
    datacontenttype: str = PLAIN_DATA
    data: Any = None
    data_base64: str | None = None


def source(oin: str, service: str) -> str:
    """The CloudEvents source of a service: a URN with the organisation's OIN (20 digits)."""
    return f"urn:nld:oin:{oin}:systeem:heronderzoek-{service}"
