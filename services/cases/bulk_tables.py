"""The tables of the work list: acts on many cases, and searches that somebody keeps."""

from __future__ import annotations

import sqlalchemy as sa

from services.cases.columns import flag, id_, metadata, moment, number, text
from services.cases.domain.bulk import BulkAct, BulkLine
from services.cases.domain.work_list import SavedSearch
from shared.chassis.database import table

bulk_acts = table(
    "bulk_acts",
    metadata,
    id_(key=True),
    text("kind"),
    text("wish"),
    text("by"),
    flag("is_coordinator"),
    moment("at"),
    number("total"),
    number("done"),
    number("skipped"),
    moment("ended_at", nullable=True),
    sa.Index("bulk_acts_of_user", "gemeente", "by", "at"),
    of=BulkAct,
)

#: The next cases of an act are found by its state, in order of id: as everybody locks cases.
bulk_lines = table(
    "bulk_lines",
    metadata,
    id_("act_id", key=True),
    id_("case_id", key=True),
    text("number"),
    text("state"),
    text("reason", nullable=True),
    text("assignee", nullable=True),
    sa.Index("bulk_lines_by_state", "gemeente", "act_id", "state", "case_id"),
    sa.Index("bulk_lines_by_number", "gemeente", "act_id", "number"),
    sa.Index("bulk_lines_of_case", "gemeente", "case_id"),
    of=BulkLine,
)

saved_searches = table(
    "saved_searches",
    metadata,
    id_(key=True),
    text("user_id"),
    text("name"),
    text("choices"),
    moment("at"),
    sa.Index("saved_searches_once", "gemeente", "user_id", "name", unique=True),
    of=SavedSearch,
)
