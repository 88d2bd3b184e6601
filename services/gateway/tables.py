"""The tables of the gateway: users, sessions, wrong tries and the logboek.

Who signs in has no gemeente yet, so users, rights and sessions stand outside row-level security;
nothing about residents is in them. The logboek is data of a gemeente and only ever grows.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.gateway.inzage.rules import Inzage
from shared.chassis import tables as chassis
from shared.chassis.database import json_column, table
from shared.chassis.tables import NOW

metadata = sa.MetaData()

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("username", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    #: Empty for who signs in at a provider.
    sa.Column("password_hash", sa.Text),
    #: Until when a password that somebody else gave may be used, only to choose an own one.
    sa.Column("one_time_until", sa.DateTime(timezone=True)),
    #: The account at a provider: never known by its e-mail address, which can get another owner.
    sa.Column("issuer", sa.Text),
    sa.Column("subject", sa.Text),
    sa.UniqueConstraint("issuer", "subject"),
    sa.CheckConstraint("(issuer is null) = (subject is null)", name="users_account_is_whole"),
    sa.CheckConstraint("issuer is null or password_hash is null", name="users_one_way_in"),
)

#: The roles of a user, per gemeente. Who is deactivated keeps them, without any use of them.
user_rights = sa.Table(
    "user_rights",
    metadata,
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("gemeente", sa.Text, primary_key=True),
    sa.Column("roles", pg.JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("deactivated_at", sa.DateTime(timezone=True)),
    sa.Index("user_rights_in_gemeente", "gemeente", "user_id"),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id_hash", sa.LargeBinary, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
    sa.Column("gemeente", sa.Text, nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    #: Of who signed in at a provider: its session, and its ID token, sealed, to sign out with.
    sa.Column("provider_sid", sa.Text),
    sa.Column("id_token", sa.LargeBinary),
    sa.Index("sessions_of_user", "user_id"),
    sa.Index("sessions_created_at", "created_at"),
    sa.Index("sessions_seen_at", "seen_at"),
)

#: Wrong tries, by the keyed hash of a user name or an address: known and unknown names alike.
sign_in_tries = sa.Table(
    "sign_in_tries",
    metadata,
    sa.Column("subject", sa.LargeBinary, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("locked_until", sa.DateTime(timezone=True)),
    sa.Index("sign_in_tries_last_at", "last_at"),
)

#: Logout tokens of the provider that were used, until they would be refused for their age.
logout_tokens = sa.Table(
    "logout_tokens",
    metadata,
    sa.Column("jti_hash", sa.LargeBinary, primary_key=True),
    sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
    sa.Index("logout_tokens_forget_at", "forget_at"),
)

audit_log = table(
    "audit_log",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("result", sa.Integer, nullable=False),
    sa.Column("origin", sa.Text, nullable=False),
    sa.Column("trace_id", sa.Text),
    #: Whose data was looked at, or whose case was changed.
    sa.Column("case_id", sa.Uuid),
    #: What a change was, in ids and codes: never anything about a resident.
    sa.Column("detail", sa.Text),
    sa.Column("reason", sa.Text),
)
audit_log.info["append_only"] = True
sa.Index("audit_log_newest", audit_log.c.gemeente, audit_log.c.id)
sa.Index("audit_log_by_moment", audit_log.c.gemeente, audit_log.c.at, audit_log.c.id)
sa.Index("audit_log_by_actor", audit_log.c.gemeente, audit_log.c.actor, audit_log.c.id)
sa.Index("audit_log_by_object", audit_log.c.gemeente, audit_log.c.object, audit_log.c.id)
sa.Index(
    "audit_log_by_case",
    audit_log.c.gemeente,
    audit_log.c.case_id,
    audit_log.c.id,
    postgresql_where=audit_log.c.case_id.isnot(None),
)

#: The days of the logboek that are sealed; see seals.py.
audit_seals = table(
    "audit_seals",
    metadata,
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("mark", sa.LargeBinary, nullable=False),
    sa.Column("lines", sa.LargeBinary, nullable=False),
    sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
)
audit_seals.append_constraint(sa.PrimaryKeyConstraint(audit_seals.c.gemeente, audit_seals.c.day))
audit_seals.info["append_only"] = True

#: Who asked for everything of one resident, and where that stands; the files lie in the store.
inzagen = table(
    "inzagen",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("case_number", sa.Text, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("done", sa.Integer, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    json_column("case_ids"),
    sa.Column("size", sa.BigInteger),
    sa.Column("sha256", sa.Text),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("explanation", sa.Text),
    of=Inzage,
)
sa.Index("inzagen_newest", inzagen.c.gemeente, inzagen.c.asked_at, inzagen.c.id)
sa.Index("inzagen_by_user", inzagen.c.gemeente, inzagen.c.asked_by, inzagen.c.asked_at)
sa.Index(
    "inzagen_kept",
    inzagen.c.gemeente,
    inzagen.c.expires_at,
    postgresql_where=sa.text("status = 'gereed'"),
)

chassis.join(metadata)
