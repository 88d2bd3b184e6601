"""The tables of keeping and destruction; services/cases/tables.py has them too."""

from __future__ import annotations

import sqlalchemy as sa

from services.cases.columns import id_, metadata, moment, number, text
from services.cases.domain.retention import Destroyed, Destruction, Hold, OwnTerms
from shared.chassis.database import json_column, table

#: The terms of keeping that a gemeente chose itself.
retention_terms = table(
    "retention_terms",
    metadata,
    json_column("months"),
    number("version"),
    text("changed_by"),
    moment("changed_at"),
    of=OwnTerms,
)
retention_terms.append_constraint(sa.PrimaryKeyConstraint(retention_terms.c.gemeente))

#: Cases that must be kept; the id is the case's.
holds = table("holds", metadata, id_(key=True), text("reason"), text("by"), moment("at"), of=Hold)

destructions = table(
    "destructions",
    metadata,
    id_(key=True),
    text("status"),
    text("asked_by"),
    moment("asked_at"),
    number("case_count"),
    text("decided_by", nullable=True),
    moment("decided_at", nullable=True),
    text("reason", nullable=True),
    moment("ended_at", nullable=True),
    sa.Index("destructions_newest", "gemeente", "asked_at", "id"),
    of=Destruction,
)

#: The register of destruction: it stays, and says nothing about anybody.
destroyed_cases = table(
    "destroyed_cases",
    metadata,
    id_(key=True),
    id_("destruction_id"),
    id_("batch_id"),
    text("number"),
    text("kind"),
    number("months"),
    moment("ended_at"),
    moment("destroyed_at", nullable=True),
    text("kept_because", nullable=True),
    moment("letters_gone_at", nullable=True),
    moment("mails_gone_at", nullable=True),
    moment("messages_gone_at", nullable=True),
    moment("row_gone_at", nullable=True),
    number("posted"),
    number("returned"),
    number("stopped"),
    sa.Index("destroyed_cases_of_list", "gemeente", "destruction_id", "number"),
    sa.Index("destroyed_cases_of_batch", "gemeente", "batch_id"),
    of=Destroyed,
)
