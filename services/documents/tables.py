"""The tables of documents. A letter's values are sealed, and gone once it is made."""

from __future__ import annotations

import sqlalchemy as sa

from services.documents.domain import (
    Batch,
    Document,
    Office,
    PrintFile,
    PrintFileLetter,
    Template,
    TemplateAsset,
    TemplateVersion,
)
from services.documents.domain.printing import PrintOptions
from services.documents.domain.returned import ReturnedLetter
from services.documents.domain.withdrawing import WithdrawnOrder
from shared.chassis import tables as chassis
from shared.chassis.database import sealed, table

metadata = sa.MetaData()


offices = table(
    "offices",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),
    sa.Column("department", sa.Text, nullable=False),
    sa.Column("phone", sa.Text, nullable=False),
    sa.Column("opening_hours", sa.Text, nullable=False),
    sa.Column("return_address", sa.Text, nullable=False),
    sa.Column("link", sa.Text, nullable=False),
    of=Office,
)

#: One row per gemeente and purpose, so one version can be active and no more.
templates = table(
    "templates",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("versions", sa.Integer, nullable=False),
    sa.Column("active_version", sa.Uuid),
    sa.Column("active_since", sa.DateTime(timezone=True)),
    of=Template,
)
sa.Index("templates_by_purpose", templates.c.gemeente, templates.c.purpose, unique=True)

template_versions = table(
    "template_versions",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("template_id", sa.Uuid, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
    sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    of=TemplateVersion,
)
sa.Index(
    "template_versions_by_number",
    template_versions.c.gemeente,
    template_versions.c.template_id,
    template_versions.c.number,
    unique=True,
)

template_assets = table(
    "template_assets",
    metadata,
    sa.Column("version_id", sa.Uuid, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
    of=TemplateAsset,
)

documents = table(
    "documents",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("delivery_id", sa.Uuid, nullable=False),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("case_number", sa.Text, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("template_version", sa.Uuid),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sealed("merge_values"),
    sa.Column("pages", sa.Integer),
    sa.Column("size", sa.BigInteger),
    sa.Column("sha256", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("postal_key", sa.Text),
    of=Document,
)
sa.Index("documents_by_case", documents.c.gemeente, documents.c.case_id)
sa.Index("documents_by_batch", documents.c.gemeente, documents.c.batch_id, documents.c.state)
#: Few letters are made again; a timer asks for them every second.
sa.Index(
    "documents_made_again",
    documents.c.gemeente,
    documents.c.batch_id,
    postgresql_where=sa.text("round > 1"),
)

#: Letters of single cases, which wait until somebody prints them.
sa.Index(
    "documents_of_single_cases",
    documents.c.gemeente,
    documents.c.ended_at,
    postgresql_where=sa.text("batch_id is null"),
)
sa.Index("documents_by_case_number", documents.c.gemeente, documents.c.case_number)

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

batches = table(
    "batches",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("expected", sa.Integer),
    sa.Column("print_files", sa.Integer, nullable=False),
    sa.Column("brake_sequence", sa.BigInteger, nullable=False),
    sa.Column("stopped_at", sa.DateTime(timezone=True)),
    of=Batch,
)
sa.Index(
    "batches_without_print_file", batches.c.gemeente, postgresql_where=sa.text("print_files = 0")
)

print_files = table(
    "print_files",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("letters", sa.Integer, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("pages", sa.Integer),
    sa.Column("blank_pages", sa.Integer),
    sa.Column("sheets", sa.Integer),
    sa.Column("sha256", sa.Text),
    sa.Column("reason", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("part", sa.Integer, nullable=False),
    sa.Column("parts", sa.Integer, nullable=False),
    sa.Column("ordering", sa.Text, nullable=False),
    sa.Column("double_sided", sa.Boolean, nullable=False),
    sa.Column("separator_every", sa.Integer),
    sa.Column("separators", sa.Integer),
    sa.Column("posted_on", sa.Date),
    sa.Column("posted_by", sa.Text),
    sa.Column("posted_at", sa.DateTime(timezone=True)),
    sa.Column("posted_reason", sa.Text),
    sa.Column("postings", sa.Integer, nullable=False),
    of=PrintFile,
)
sa.Index(
    "print_files_by_number",
    print_files.c.gemeente,
    print_files.c.batch_id,
    print_files.c.number,
    print_files.c.part,
    unique=True,
)
sa.Index(
    "print_files_of_single_cases",
    print_files.c.gemeente,
    print_files.c.number,
    print_files.c.part,
    unique=True,
    postgresql_where=sa.text("batch_id is null"),
)

#: The key is the letter: it can be in one print file only.
print_file_letters = table(
    "print_file_letters",
    metadata,
    sa.Column("document_id", sa.Uuid, primary_key=True),
    sa.Column("print_file_id", sa.Uuid, nullable=False),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("case_number", sa.Text, nullable=False),
    of=PrintFileLetter,
)
sa.Index(
    "print_file_letters_in_order",
    print_file_letters.c.gemeente,
    print_file_letters.c.print_file_id,
    print_file_letters.c.place,
    unique=True,
)

#: Of a batch, or of the gemeente for all its batches.
print_options = table(
    "print_options",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("ordering", sa.Text, nullable=False),
    sa.Column("double_sided", sa.Boolean, nullable=False),
    sa.Column("split_at", sa.Integer),
    sa.Column("separator_every", sa.Integer),
    sa.Column("version", sa.Integer, nullable=False),
    of=PrintOptions,
)

#: The key is the letter: it comes back once, unless that was taken back.
returned_letters = table(
    "returned_letters",
    metadata,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("case_id", sa.Uuid, nullable=False),
    sa.Column("batch_id", sa.Uuid),
    sa.Column("delivery_id", sa.Uuid, nullable=False),
    sa.Column("case_number", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("returned_on", sa.Date, nullable=False),
    sa.Column("remark", sa.Text),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("undone_by", sa.Text),
    sa.Column("undone_at", sa.DateTime(timezone=True)),
    sa.Column("undone_reason", sa.Text),
    sa.Column("news", sa.Integer, nullable=False),
    of=ReturnedLetter,
)
sa.Index(
    "returned_letters_by_batch",
    returned_letters.c.gemeente,
    returned_letters.c.batch_id,
    returned_letters.c.at,
)
sa.Index("returned_letters_by_case", returned_letters.c.gemeente, returned_letters.c.case_id)

chassis.join(metadata)
