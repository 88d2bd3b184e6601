"""The tables of communications."""

from __future__ import annotations

import sqlalchemy as sa

from services.communications.domain import Absence, Batch, Case, Message, Notice, Participant
from shared.chassis import tables as chassis
from shared.chassis.database import sealed, sealed_index, table

metadata = sa.MetaData()

cases = table(
    "cases",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Text),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("assignee", sa.Text),
    sa.Column("assigned", sa.BigInteger, nullable=False),
    of=Case,
)

participants = table(
    "participants",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sealed("email"),
    sealed_index("email_index", of="email"),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    of=Participant,
)
sa.Index("participants_case", participants.c.gemeente, participants.c.case_id)
sa.Index("participants_email", participants.c.gemeente, participants.c.email_index)

messages = table(
    "messages",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("delivery_id", sa.Uuid, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("direction", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("pages", sa.Integer),
    sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
    of=Message,
)
sa.Index("messages_case", messages.c.gemeente, messages.c.case_id, messages.c.placed_at)

batches = table(
    "batches",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("started_by", sa.Text),
    sa.Column("closed_by", sa.Text),
    sa.Column("closing", sa.BigInteger, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("letters", sa.Integer, nullable=False),
    sa.Column("emails", sa.Integer, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("bounced", sa.Integer, nullable=False),
    sa.Column("print_file_id", sa.Uuid),
    sa.Column("print_file", sa.Integer, nullable=False),
    sa.Column("print_file_letters", sa.Integer, nullable=False),
    sa.Column("print_file_version", sa.BigInteger, nullable=False),
    sa.Column("print_file_failed", sa.Boolean, nullable=False),
    sa.Column("printed_by", sa.Text),
    of=Batch,
)

notices = table(
    "notices",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("read_at", sa.DateTime(timezone=True)),
    sa.Column("role", sa.Text),
    sa.Column("for_user", sa.Text),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("case_id", sa.Uuid),
    sa.Column("print_file_id", sa.Uuid),
    sa.Column("items", sa.Integer, nullable=False),
    of=Notice,
)
sa.Index("notices_user", notices.c.gemeente, notices.c.user_id, notices.c.placed_at)
sa.Index("notices_role", notices.c.gemeente, notices.c.role, notices.c.placed_at)

absences = table(
    "absences",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("deputy", sa.Text),
    sa.Column("from_on", sa.Date),
    sa.Column("until_on", sa.Date),
    sa.Column("is_withdrawn", sa.Boolean, nullable=False),
    of=Absence,
)
sa.Index("absences_user", absences.c.gemeente, absences.c.user_id)

chassis.join(metadata)
