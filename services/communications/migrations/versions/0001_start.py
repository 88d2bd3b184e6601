"""The tables of communications as they began."""

import sqlalchemy as sa
from alembic import op

from shared.chassis.first_tables import make_chassis_tables
from shared.chassis.migrate import chassis_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Tables of data, which row security guards.
ISOLATED = ["absences", "batches", "cases", "messages", "notices", "participants"]


def upgrade() -> None:
    make_chassis_tables()
    op.create_table(
        "absences",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("deputy", sa.Text(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("is_withdrawn", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("absences_user", "absences", ["gemeente", "user_id"], unique=False)
    op.create_table(
        "batches",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("emails", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("bounced", sa.Integer(), nullable=False),
        sa.Column("print_file_id", sa.Uuid(), nullable=True),
        sa.Column("print_file", sa.Integer(), nullable=False),
        sa.Column("print_file_letters", sa.Integer(), nullable=False),
        sa.Column("print_file_version", sa.BigInteger(), nullable=False),
        sa.Column("print_file_failed", sa.Boolean(), nullable=False),
        sa.Column("printed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "cases",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("assigned", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "messages",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("messages_case", "messages", ["gemeente", "case_id", "placed_at"], unique=False)
    op.create_table(
        "notices",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("for_user", sa.Text(), nullable=True),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("print_file_id", sa.Uuid(), nullable=True),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_role", "notices", ["gemeente", "role", "placed_at"], unique=False)
    op.create_index("notices_user", "notices", ["gemeente", "user_id", "placed_at"], unique=False)
    op.create_table(
        "participants",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("participants_case", "participants", ["gemeente", "case_id"], unique=False)
    op.create_index("participants_email", "participants", ["gemeente", "email_index"], unique=False)
    for statement in chassis_statements(ISOLATED):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the first migration is not undone: drop the database")
