"""The tables of documents as they began."""

import sqlalchemy as sa
from alembic import op

from shared.chassis.first_tables import make_chassis_tables
from shared.chassis.migrate import chassis_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Tables of data, which row security guards.
ISOLATED = [
    "batches",
    "documents",
    "offices",
    "print_file_letters",
    "print_files",
    "print_options",
    "returned_letters",
    "template_assets",
    "template_versions",
    "templates",
    "withdrawn_orders",
]


def upgrade() -> None:
    make_chassis_tables()
    op.create_table(
        "batches",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("print_files", sa.Integer(), nullable=False),
        sa.Column("brake_sequence", sa.BigInteger(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "batches_without_print_file",
        "batches",
        ["gemeente"],
        unique=False,
        postgresql_where=sa.text("print_files = 0"),
    )
    op.create_table(
        "documents",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("merge_values", sa.LargeBinary(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("postal_key", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "documents_by_case_number", "documents", ["gemeente", "case_number"], unique=False
    )
    op.create_index(
        "documents_of_single_cases",
        "documents",
        ["gemeente", "ended_at"],
        unique=False,
        postgresql_where=sa.text("batch_id is null"),
    )
    op.create_index(
        "documents_by_batch", "documents", ["gemeente", "batch_id", "state"], unique=False
    )
    op.create_index("documents_by_case", "documents", ["gemeente", "case_id"], unique=False)
    op.create_index(
        "documents_made_again",
        "documents",
        ["gemeente", "batch_id"],
        unique=False,
        postgresql_where=sa.text("round > 1"),
    )
    op.create_table(
        "offices",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("opening_hours", sa.Text(), nullable=False),
        sa.Column("return_address", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "print_file_letters",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Uuid(), nullable=False),
        sa.Column("print_file_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("document_id"),
    )
    op.create_index(
        "print_file_letters_in_order",
        "print_file_letters",
        ["gemeente", "print_file_id", "place"],
        unique=True,
    )
    op.create_table(
        "print_files",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("blank_pages", sa.Integer(), nullable=True),
        sa.Column("sheets", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("ordering", sa.Text(), nullable=False),
        sa.Column("double_sided", sa.Boolean(), nullable=False),
        sa.Column("separator_every", sa.Integer(), nullable=True),
        sa.Column("separators", sa.Integer(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_by", sa.Text(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted_reason", sa.Text(), nullable=True),
        sa.Column("postings", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "print_files_by_number",
        "print_files",
        ["gemeente", "batch_id", "number", "part"],
        unique=True,
    )
    op.create_index(
        "print_files_of_single_cases",
        "print_files",
        ["gemeente", "number", "part"],
        unique=True,
        postgresql_where=sa.text("batch_id is null"),
    )
    op.create_table(
        "print_options",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("ordering", sa.Text(), nullable=False),
        sa.Column("double_sided", sa.Boolean(), nullable=False),
        sa.Column("split_at", sa.Integer(), nullable=True),
        sa.Column("separator_every", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "returned_letters",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_reason", sa.Text(), nullable=True),
        sa.Column("news", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "returned_letters_by_batch",
        "returned_letters",
        ["gemeente", "batch_id", "at"],
        unique=False,
    )
    op.create_index(
        "returned_letters_by_case", "returned_letters", ["gemeente", "case_id"], unique=False
    )
    op.create_table(
        "template_assets",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", "name"),
    )
    op.create_table(
        "template_versions",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "template_versions_by_number",
        "template_versions",
        ["gemeente", "template_id", "number"],
        unique=True,
    )
    op.create_table(
        "templates",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("versions", sa.Integer(), nullable=False),
        sa.Column("active_version", sa.Uuid(), nullable=True),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("templates_by_purpose", "templates", ["gemeente", "purpose"], unique=True)
    op.create_table(
        "withdrawn_orders",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "withdrawn_orders_by_case", "withdrawn_orders", ["gemeente", "case_id"], unique=False
    )
    for statement in chassis_statements(ISOLATED):
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("the first migration is not undone: drop the database")
