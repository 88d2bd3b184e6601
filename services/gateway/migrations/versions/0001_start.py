"""The tables of gateway as they began."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.chassis.first_tables import make_chassis_tables
from shared.chassis.migrate import chassis_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: What was written in the logboek stays: whatever a role was granted, no line changes or goes.
APPEND_ONLY = (
    (
        "create function refuse_change() returns trigger language plpgsql as $$"
        " begin raise exception '% only grows', tg_table_name; end $$"
    ),
    *(
        f"create trigger {name}_only_grows before update or delete or truncate on {name}"
        " for each statement execute function refuse_change()"
        for name in ("audit_log", "audit_seals")
    ),
)

#: Tables of data, which row security guards.
ISOLATED = ["audit_log", "audit_seals", "inzagen"]


def upgrade() -> None:
    make_chassis_tables()
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("result", sa.Integer(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_log_newest", "audit_log", ["gemeente", "id"], unique=False)
    op.create_index("audit_log_by_moment", "audit_log", ["gemeente", "at", "id"], unique=False)
    op.create_index("audit_log_by_object", "audit_log", ["gemeente", "object", "id"], unique=False)
    op.create_index("audit_log_by_actor", "audit_log", ["gemeente", "actor", "id"], unique=False)
    op.create_index(
        "audit_log_by_case",
        "audit_log",
        ["gemeente", "case_id", "id"],
        unique=False,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_table(
        "audit_seals",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("gemeente", "day"),
    )
    op.create_table(
        "inzagen",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("case_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("inzagen_newest", "inzagen", ["gemeente", "asked_at", "id"], unique=False)
    op.create_index(
        "inzagen_by_user", "inzagen", ["gemeente", "asked_by", "asked_at"], unique=False
    )
    op.create_index(
        "inzagen_kept",
        "inzagen",
        ["gemeente", "expires_at"],
        unique=False,
        postgresql_where=sa.text("status = 'gereed'"),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject"),
    )
    op.create_index("sign_in_tries_last_at", "sign_in_tries", ["last_at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.CheckConstraint("(issuer is null) = (subject is null)", name="users_account_is_whole"),
        sa.CheckConstraint("issuer is null or password_hash is null", name="users_one_way_in"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "logout_tokens",
        sa.Column("jti_hash", sa.LargeBinary(), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("jti_hash"),
    )
    op.create_index("logout_tokens_forget_at", "logout_tokens", ["forget_at"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column(
            "seen_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("provider_sid", sa.Text(), nullable=True),
        sa.Column("id_token", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    op.create_index("sessions_of_user", "sessions", ["user_id"], unique=False)
    op.create_index("sessions_created_at", "sessions", ["created_at"], unique=False)
    op.create_index("sessions_seen_at", "sessions", ["seen_at"], unique=False)
    op.create_table(
        "user_rights",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "gemeente"),
    )
    op.create_index("user_rights_in_gemeente", "user_rights", ["gemeente", "user_id"], unique=False)
    for statement in (*chassis_statements(ISOLATED), *APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the first migration is not undone: drop the database")
