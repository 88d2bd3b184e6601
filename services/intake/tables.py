"""The tables of intake."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql as pg

from services.intake.domain import AliasList, Batch, Copy, RefusedRow, Upload
from shared.chassis import tables as chassis
from shared.chassis.database import table

metadata = sa.MetaData()

#: A file, its check and its confirmation; deleted when its retention ends.
uploads = table(
    "uploads",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("sha256", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("received_by", sa.Text, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("progress", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("wrong_rows", sa.Integer, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("warnings", sa.Integer, nullable=False),
    sa.Column("groups", pg.JSONB, nullable=False),
    sa.Column("reason_code", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("replaces", sa.Uuid),
    sa.Column("sheet", sa.Text),
    sa.Column("other_sheets", pg.JSONB, nullable=False),
    sa.Column("columns", pg.JSONB, nullable=False),
    sa.Column("hidden_rows", sa.Integer, nullable=False),
    sa.Column("comparison", pg.JSONB(none_as_null=True)),
    of=Upload,
)
sa.Index("uploads_newest", uploads.c.gemeente, uploads.c.received_at, uploads.c.id)
sa.Index("uploads_same_file", uploads.c.gemeente, uploads.c.sha256)
sa.Index("uploads_expiring", uploads.c.gemeente, uploads.c.expires_at)

#: What the check found, in the order of the rows; what was found is masked.
findings = table(
    "findings",
    metadata,
    sa.Column("upload_id", sa.Uuid, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("column", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("severity", sa.Text, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("expected", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("related", pg.JSONB, nullable=False),
)
sa.Index("findings_in_order", findings.c.gemeente, findings.c.upload_id, findings.c.place)

#: Copies of an upload for who sent it; they are deleted after some days.
copies = table(
    "copies",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("upload_id", sa.Uuid, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("requested_by", sa.Text, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.Text),
    of=Copy,
)
sa.Index("copies_of_upload", copies.c.gemeente, copies.c.upload_id, copies.c.requested_at)
sa.Index("copies_expiring", copies.c.gemeente, copies.c.expires_at)

#: A gemeente's own names for columns, as one list with a version.
alias_lists = table(
    "alias_lists",
    metadata,
    sa.Column("aliases", pg.JSONB, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("changed_by", sa.Text, nullable=False),
    of=AliasList,
)
alias_lists.append_constraint(sa.PrimaryKeyConstraint(alias_lists.c.gemeente))

#: A confirmed file and the block of case numbers that was reserved for it.
batches = table(
    "batches",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("upload_id", sa.Uuid, nullable=False),
    sa.Column("file_name", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("first", sa.BigInteger, nullable=False),
    sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("confirmed_by", sa.Text, nullable=False),
    sa.Column("offered", sa.Integer, nullable=False),
    sa.Column("trouble", sa.Text),
    sa.Column("left_out", sa.Integer, nullable=False),
    of=Batch,
)
sa.Index("batches_newest", batches.c.gemeente, batches.c.confirmed_at)

#: Rows that cases refused; they may come in before anything else is known of their batch.
refused_rows = table(
    "refused_rows",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("batch_id", sa.Uuid, nullable=False),
    sa.Column("row", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("open_case", sa.Text),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("is_withdrawn", sa.Boolean, nullable=False),
    of=RefusedRow,
)
sa.Index(
    "refused_rows_of_batch", refused_rows.c.gemeente, refused_rows.c.batch_id, refused_rows.c.row
)

#: The last case number given out, per gemeente and year.
case_numbers = table(
    "case_numbers",
    metadata,
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
)
case_numbers.append_constraint(
    sa.PrimaryKeyConstraint(case_numbers.c.gemeente, case_numbers.c.year)
)

chassis.join(metadata)
