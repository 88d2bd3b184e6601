"""The tables of mailer."""

from __future__ import annotations

import sqlalchemy as sa

from services.mailer.domain import (
    Batch,
    Bounce,
    Mail,
    Pace,
    Sender,
    Template,
    Trial,
    WithdrawnOrder,
)
from shared.chassis import tables as chassis
from shared.chassis.database import sealed, sealed_index, table

metadata = sa.MetaData()

#: The sender of each gemeente, as its settings say; `code` is the gemeente's.
senders = table(
    "senders",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    of=Sender,
)

#: Template versions; their texts never change. The one with the highest turn is active.
templates = table(
    "templates",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("active_since", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("activated_by", sa.Text, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    of=Template,
)
sa.Index(
    "templates_version",
    templates.c.gemeente,
    templates.c.purpose,
    templates.c.version,
    unique=True,
)

mails = table(
    "mails",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("delivery_id", sa.Uuid, nullable=False),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("case_number", sa.Text),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("template_id", sa.Uuid),
    sealed("recipient", nullable=False),
    sealed_index("recipient_index", of="recipient"),
    sa.Column("recipient_name", sa.Text),
    sealed("fields"),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("sent_at", sa.DateTime(timezone=True)),
    sa.Column("failed_at", sa.DateTime(timezone=True)),
    sa.Column("reason", sa.Text),
    sa.Column("message_id", sa.Text),
    sa.Column("smtp_reply", sa.Text),
    sa.Column("delayed_at", sa.DateTime(timezone=True)),
    sa.Column("bounced_at", sa.DateTime(timezone=True)),
    of=Mail,
)
sa.Index("mails_case", mails.c.gemeente, mails.c.case_id, mails.c.requested_at)
sa.Index("mails_recipient", mails.c.gemeente, mails.c.recipient_index)

#: Orders that are not wanted any more, perhaps before they came.
withdrawn_orders = table(
    "withdrawn_orders",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    of=WithdrawnOrder,
)
sa.Index("withdrawn_orders_by_case", withdrawn_orders.c.gemeente, withdrawn_orders.c.case_id)

#: Mails that came back; the files lie in the store.
bounces = table(
    "bounces",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("mail_id", sa.Uuid),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
    sealed("sender"),
    sa.Column("why", sa.Text),
    sa.Column("reread_at", sa.DateTime(timezone=True)),
    sa.Column("handled_by", sa.Text),
    sa.Column("handled_at", sa.DateTime(timezone=True)),
    sa.Column("handled_reason", sa.Text),
    of=Bounce,
)
sa.Index("bounces_came", bounces.c.gemeente, bounces.c.came_at)
sa.Index("bounces_mail", bounces.c.gemeente, bounces.c.mail_id)

#: Mails to colleagues who try one out.
trials = table(
    "trials",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("user_id", sa.Text, nullable=False),
    sealed("address", nullable=False),
    sealed("content"),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("case_id", sa.Uuid),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("reason", sa.Text),
    of=Trial,
)
sa.Index("trials_user", trials.c.gemeente, trials.c.user_id, trials.c.asked_at)

#: How far the mailbox of the installation was read; it is no gemeente's.
mailbox_places = sa.Table(
    "mailbox_places",
    metadata,
    sa.Column("mailbox", sa.Text, primary_key=True),
    sa.Column("validity", sa.BigInteger, nullable=False),
    sa.Column("uid", sa.BigInteger, nullable=False),
)

#: What was heard of pauses and stops of a batch.
batches = table(
    "batches",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("stopped_at", sa.DateTime(timezone=True)),
    of=Batch,
)

#: Until when each sender's sending slots are given out: one row, so the limit holds over all
#: processes.
paces = table(
    "paces",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    sa.Column("granted", sa.Integer, nullable=False),
    sa.Column("per_minute", sa.Integer),
    of=Pace,
)

chassis.join(metadata)
