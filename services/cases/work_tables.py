"""The tables of who does what; services/cases/tables.py has them too."""

from __future__ import annotations

import sqlalchemy as sa

from services.cases.columns import flag, id_, metadata, moment, number, text
from services.cases.domain import Absence, Member, Task, Team, Unmasking
from shared.chassis.database import table

#: What somebody has to do. The lists are of open tasks, the one that ends first before the others.
tasks = table(
    "tasks",
    metadata,
    id_(key=True),
    id_("case_id"),
    text("kind"),
    text("explanation"),
    moment("opened_at"),
    text("opened_by"),
    sa.Column("due_on", sa.Date),
    id_("team_id", nullable=True),
    text("assignee", nullable=True),
    moment("done_at", nullable=True),
    text("done_by", nullable=True),
    text("outcome", nullable=True),
    sa.Index("tasks_of_case", "gemeente", "case_id"),
    sa.Index("tasks_by_moment", "gemeente", "opened_at", "id"),
    sa.Index(
        "tasks_open",
        "gemeente",
        "due_on",
        "opened_at",
        "id",
        postgresql_where=sa.text("done_at is null"),
    ),
    sa.Index(
        "tasks_of_assignee",
        "gemeente",
        "assignee",
        postgresql_where=sa.text("done_at is null"),
    ),
    of=Task,
)

teams = table(
    "teams",
    metadata,
    id_(key=True),
    text("name"),
    flag("is_default"),
    number("version"),
    sa.Index("teams_by_name", "gemeente", "name", unique=True),
    sa.Index("teams_once_default", "gemeente", unique=True, postgresql_where=sa.text("is_default")),
    of=Team,
)

members = table(
    "members",
    metadata,
    id_("team_id", key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    text("name"),
    sa.Index("members_by_user", "gemeente", "user_id"),
    of=Member,
)

absences = table(
    "absences",
    metadata,
    id_(key=True),
    text("user_id"),
    text("deputy"),
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("until_on", sa.Date, nullable=False),
    text("set_by"),
    moment("set_at"),
    text("withdrawn_by", nullable=True),
    moment("withdrawn_at", nullable=True),
    sa.Index("absences_by_end", "gemeente", "until_on", "id"),
    of=Absence,
)

#: Who saw a whole BSN and why; the newest ones are counted, so that nobody reads a file that way.
unmaskings = table(
    "unmaskings",
    metadata,
    id_(key=True),
    id_("case_id"),
    text("role"),
    text("by"),
    text("reason"),
    moment("at"),
    sa.Index("unmaskings_by_user", "gemeente", "by", "at"),
    of=Unmasking,
)
