"""The chassis' own tables, which every service's database has beside its data.

They hold ids, states and sealed bytes, never personal data in the clear, and no row security:
the relay and the queues work for all gemeenten.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

metadata = sa.MetaData()

NOW = sa.text("clock_timestamp()")


def _at(name: str = "at") -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=NOW)


#: Events that were handled. Kept longer than topics and dead letters live, see `PURGE_AFTER`.
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("event_id", sa.Uuid, primary_key=True),
    _at(),
    sa.Index("inbox_at", "at"),
)

#: Events that must still reach Kafka, in the order of their ids.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("headers", pg.JSONB, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    _at(),
)

#: What could not be handled, with its original bytes; a copy goes to the dead-letter topic.
dead_letters = sa.Table(
    "dead_letters",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("partition", sa.Integer, nullable=False),
    sa.Column("offset", sa.BigInteger, nullable=False),
    sa.Column("key", sa.LargeBinary, nullable=False),
    sa.Column("headers", pg.JSONB, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("parked", sa.Boolean, nullable=False),
    _at(),
    sa.Column("replayed_at", sa.DateTime(timezone=True)),
    sa.UniqueConstraint("topic", "partition", "offset"),
)

#: A pulled brake: nothing of this topic is handled until `dead-letters resume`.
brakes = sa.Table(
    "brakes",
    metadata,
    sa.Column("topic", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    _at(),
)

#: Slow work. `turn` is the place in its queue; `claim` names who holds it until `leased_until`.
work_items = sa.Table(
    "work_items",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("gemeente", sa.Text, nullable=False),
    sa.Column("turn", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("priority", sa.SmallInteger, nullable=False),
    sa.Column("group_id", sa.Uuid),
    sa.Column("payload", pg.JSONB, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    sa.Column("claim", sa.Uuid),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("done_at", sa.DateTime(timezone=True)),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("correlation_id", sa.Uuid, nullable=False),
    sa.Column("traceparent", sa.Text),
    _at("created_at"),
    sa.Index(
        "work_items_waiting",
        "queue",
        "gemeente",
        "priority",
        "turn",
        postgresql_where=sa.text("done_at is null"),
    ),
    sa.Index("work_items_done", "done_at", postgresql_where=sa.text("done_at is not null")),
)

#: Groups of work that stand still (*Pauzeren*).
work_pauses = sa.Table(
    "work_pauses",
    metadata,
    sa.Column("queue", sa.Text, primary_key=True),
    sa.Column("group_id", sa.Uuid, primary_key=True),
    _at(),
)

#: Ids of what was destroyed: no event about them is handled any more, however late it comes.
tombstones = sa.Table(
    "tombstones",
    metadata,
    sa.Column("gemeente", sa.Text, primary_key=True),
    sa.Column("subject", sa.Uuid, primary_key=True),
    _at(),
)

#: The answer given to each Idempotency-Key, so that a double submit gets the same one.
idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("gemeente", sa.Text, primary_key=True),
    sa.Column("key", sa.Uuid, primary_key=True),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False),
    sa.Column("answer", pg.JSONB),
    _at(),
    sa.Index("idempotency_at", "at"),
)

#: The gemeenten that this service has met; timers run for each.
gemeenten = sa.Table("gemeenten", metadata, sa.Column("code", sa.Text, primary_key=True))

#: Colleagues that this service has met through a signed identity.
gebruikers = sa.Table(
    "gebruikers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    _at("met_at"),
)

#: At most one row: how far business time runs ahead of real time (tests and demos only).
business_clock = sa.Table(
    "business_clock",
    metadata,
    sa.Column("single", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("shift", sa.Interval, nullable=False),
    sa.CheckConstraint("single", name="one_row"),
)

NOTIFY = (
    (
        "create function wake() returns trigger language plpgsql as $$"
        " begin perform pg_notify(tg_argv[0], ''); return null; end $$"
    ),
    # Sealed bytes do not compress; trying to costs more than the row.
    "alter table outbox alter column payload set storage external",
    (
        "create trigger outbox_wake after insert on outbox"
        " for each statement execute function wake('outbox')"
    ),
    (
        "create trigger work_wake after insert on work_items"
        " for each statement execute function wake('work')"
    ),
)


def join(into: sa.MetaData) -> None:
    """Put the chassis' tables into a service's metadata."""
    for item in metadata.sorted_tables:
        item.to_metadata(into)
