"""The tables of reminders, and of corrected contact data; services/cases/tables.py has them too."""

from __future__ import annotations

import sqlalchemy as sa

from services.cases.columns import flag, id_, metadata, moment, number, text
from services.cases.domain import ContactChange, Course, Pause, ReminderSettings, Step
from shared.chassis.database import sealed, table

#: When the timer of the reminders looks at a case again; the id is the case's.
courses = table(
    "reminder_courses",
    metadata,
    id_(key=True),
    id_("batch_id"),
    number("ordinal"),
    moment("started_at"),
    number("passed"),
    sa.Column("due_on", sa.Date),
    sa.Column("last_on", sa.Date),
    sa.Index(
        "reminder_courses_due",
        "gemeente",
        "due_on",
        "id",
        postgresql_where=sa.text("due_on is not null"),
    ),
    of=Course,
)

#: How each gemeente reminds; one that has no row does so as `Rhythm` is by itself.
reminder_settings = table(
    "reminder_settings",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    text("days"),
    number("hour"),
    flag("is_on"),
    flag("for_both"),
    number("version"),
    text("by"),
    moment("at"),
    sa.CheckConstraint("code = gemeente", name="reminder_settings_of_gemeente"),
    of=ReminderSettings,
)

#: Reminders that went or were passed over: evidence.
steps = table(
    "reminder_steps",
    metadata,
    id_(key=True),
    id_("case_id"),
    number("ordinal"),
    number("step"),
    sa.Column("day", sa.Date, nullable=False),
    moment("at"),
    id_("delivery_id", nullable=True),
    text("reason", nullable=True),
    sa.Index("reminder_steps_of_case", "gemeente", "case_id"),
    of=Step,
)

#: What holds the reminders of a case or of a whole batch; the id is theirs.
pauses = table(
    "reminder_pauses",
    metadata,
    id_(key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    text("reason", nullable=True),
    text("by"),
    moment("at"),
    of=Pause,
)

#: What was corrected in a case: both sides are personal data, so they are sealed.
contact_changes = table(
    "contact_changes",
    metadata,
    id_(key=True),
    id_("case_id"),
    number("number"),
    moment("at"),
    text("by"),
    text("reason"),
    sealed("before", nullable=False),
    sealed("after", nullable=False),
    sa.Index("contact_changes_of_case", "gemeente", "case_id", "number", unique=True),
    of=ContactChange,
)
