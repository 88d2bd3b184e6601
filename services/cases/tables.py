"""The tables of cases. Names and addresses stay plain: people search them by part."""

from __future__ import annotations

import sqlalchemy as sa

from services.cases.batch_tables import late_bounces, retry_offers
from services.cases.bulk_tables import bulk_acts, bulk_lines, saved_searches
from services.cases.columns import filled_index, metadata
from services.cases.columns import flag as _flag
from services.cases.columns import id_ as _id
from services.cases.columns import moment as _moment
from services.cases.columns import number as _number
from services.cases.columns import text as _text
from services.cases.domain import (
    Batch,
    Case,
    Consent,
    Decision,
    Delivery,
    Exclusion,
    Office,
    Person,
    Refusal,
    TimelineEntry,
)
from services.cases.reminder_tables import (
    contact_changes,
    courses,
    pauses,
    reminder_settings,
    steps,
)
from services.cases.retention_tables import destroyed_cases, destructions, holds, retention_terms
from services.cases.work_tables import absences, members, tasks, teams, unmaskings
from shared.chassis import tables as chassis
from shared.chassis.database import folded_text, sealed, sealed_index, table

batches = table(
    "batches",
    metadata,
    _id(key=True),
    _text("file_name"),
    _number("row_count"),
    _text("started_by"),
    _moment("confirmed_at"),
    _text("status"),
    _number("version"),
    _number("case_count", nullable=True),
    _number("refused_count", nullable=True),
    _moment("opened_at", nullable=True),
    sa.Column("send_date", sa.Date),
    _number("response_days", nullable=True),
    _text("declaration", nullable=True),
    _text("planned_by", nullable=True),
    _moment("planned_at", nullable=True),
    sa.Column("response_date", sa.Date),
    _number("letters_approved", nullable=True),
    _number("mails_approved", nullable=True),
    _id("letter_template_id", nullable=True),
    _id("mail_template_id", nullable=True),
    _text("approved_by", nullable=True),
    _moment("approved_at", nullable=True),
    _number("letters_made", nullable=True),
    _number("letters_failed", nullable=True),
    _number("mails_sent", nullable=True),
    _number("mails_failed", nullable=True),
    _moment("closed_at", nullable=True),
    _moment("told_at", nullable=True),
    _moment("sent_at", nullable=True),
    _moment("printed_at", nullable=True),
    _flag("four_eyes"),
    _text("declaration_source", nullable=True),
    _moment("send_at", nullable=True),
    _number("mails_per_day", nullable=True),
    _text("offered_by", nullable=True),
    _moment("offered_at", nullable=True),
    _id("offered_mail_template_id", nullable=True),
    _id("offered_letter_template_id", nullable=True),
    _text("sent_back_by", nullable=True),
    _moment("sent_back_at", nullable=True),
    _text("sent_back_reason", nullable=True),
    _text("withdrawn_by", nullable=True),
    _moment("withdrawn_at", nullable=True),
    _text("withdrawn_reason", nullable=True),
    _flag("is_replaced"),
    _number("order_round"),
    _moment("ordering_at", nullable=True),
    _text("paused_by", nullable=True),
    _moment("paused_at", nullable=True),
    _text("stopped_by", nullable=True),
    _moment("stopped_at", nullable=True),
    _number("letters_excluded", nullable=True),
    _number("letters_withdrawn", nullable=True),
    _number("mails_excluded", nullable=True),
    _number("mails_withdrawn", nullable=True),
    _number("mails_bounced", nullable=True),
    _id("team_id", nullable=True),
    sa.Index("batches_by_moment", "gemeente", "confirmed_at", "id"),
    sa.Index("batches_by_status", "gemeente", "status"),
    of=Batch,
)

#: Conditions of partial indexes; a query says them word for word, or it does not use the index.
UNANSWERED = "status in ('aangemaakt', 'uitnodiging verzonden')"
WAITING = "status = 'in afwachting'"
OBJECTED = "objection_at is not null"
#: By when somebody must answer; who has no day yet comes last. A list sorts by it word for word.
TERM = "coalesce(response_date, '9999-12-31'::date)"

cases = table(
    "cases",
    metadata,
    _id(key=True),
    _text("number"),
    _id("batch_id"),
    _number("row"),
    _number("place"),
    _text("status"),
    _text("preference"),
    sa.Column("has_address", sa.Boolean, nullable=False),
    _text("indication", nullable=True),
    _moment("opened_at"),
    _moment("changed_at"),
    _number("version"),
    _moment("closed_at", nullable=True),
    sa.Column("objection_at", sa.Date),
    _text("result", nullable=True),
    sa.Index(
        "cases_ended",
        "gemeente",
        "closed_at",
        postgresql_where=sa.text("closed_at is not null"),
    ),
    _id("team_id", nullable=True),
    _text("assignee", nullable=True),
    _moment("returned_at", nullable=True),
    _moment("deceased_at", nullable=True),
    sa.Column("response_date", sa.Date),
    sa.Column("term_noted", sa.Date),
    sa.Column("waiting_until", sa.Date),
    _text("waiting_reason", nullable=True),
    sa.Column("supplied_on", sa.Date),
    _text("supplied_via", nullable=True),
    _text("supplied_from", nullable=True),
    _text("stopped_from", nullable=True),
    _text("stopped_reason", nullable=True),
    _id("decision_id", nullable=True),
    sa.Index("cases_by_number", "gemeente", "number", unique=True),
    filled_index("cases_of_team", "team_id", "number"),
    filled_index("cases_of_assignee", "assignee", "number"),
    sa.Index("cases_of_batch", "gemeente", "batch_id", "number"),
    sa.Index("cases_by_status", "gemeente", "status", "number"),
    sa.Index(
        "cases_unanswered",
        "gemeente",
        "response_date",
        "number",
        postgresql_where=sa.text(UNANSWERED),
    ),
    sa.Index("cases_in_order_of_term", "gemeente", sa.text(TERM), "number"),
    sa.Index("cases_in_order_of_change", "gemeente", "changed_at", "number"),
    sa.Index("cases_waiting", "gemeente", "waiting_until", postgresql_where=sa.text(WAITING)),
    sa.Index("cases_objected", "gemeente", "number", postgresql_where=sa.text(OBJECTED)),
    sa.Index(
        "cases_by_term",
        "gemeente",
        "response_date",
        postgresql_where=sa.text(
            "status = 'uitnodiging verzonden' and term_noted is distinct from response_date"
        ),
    ),
    of=Case,
)

#: People are found by what they say at the desk or on the telephone, also in closed cases. A birth
#: date narrows a name, so it has no index of its own.
persons = table(
    "persons",
    metadata,
    _id(key=True),
    _id("case_id"),
    _text("number"),
    _text("role"),
    sa.Column("open", sa.Boolean, nullable=False),
    sealed("bsn", nullable=False),
    sealed_index("bsn_index", of="bsn"),
    sealed("birth_date", nullable=False),
    sealed_index("birth_date_index", of="birth_date"),
    sealed("email"),
    sealed_index("email_index", of="email", caseless=True),
    sealed("telephone"),
    sealed_index("telephone_index", of="telephone"),
    sealed("whole"),
    _text("initials", nullable=True),
    _text("first_name", nullable=True),
    _text("infix", nullable=True),
    _text("last_name"),
    _text("written_name", nullable=True),
    _text("street", nullable=True),
    _text("house_number", nullable=True),
    _text("postcode", nullable=True),
    _text("city", nullable=True),
    folded_text("name_key", of="last_name"),
    sa.Index("persons_by_name", "gemeente", "name_key"),
    sa.Index("persons_by_bsn", "gemeente", "bsn_index"),
    filled_index("persons_by_email", "email_index"),
    filled_index("persons_by_telephone", "telephone_index"),
    filled_index("persons_by_postcode", "postcode"),
    sa.Index(
        "persons_once_open",
        "gemeente",
        "bsn_index",
        unique=True,
        postgresql_where=sa.text("open"),
    ),
    of=Person,
)

deliveries = table(
    "deliveries",
    metadata,
    _id(key=True),
    _id("case_id"),
    _id("batch_id", nullable=True),
    _number("place"),
    _text("purpose"),
    _number("ordinal"),
    _text("channel"),
    _number("round"),
    _text("state"),
    _text("reason", nullable=True),
    _moment("asked_at", nullable=True),
    _moment("ended_at", nullable=True),
    _id("consent_id", nullable=True),
    sa.Column("posted_on", sa.Date),
    _number("posted_news"),
    sa.Column("returned_on", sa.Date),
    _text("return_reason", nullable=True),
    _number("return_news"),
    _moment("held_at", nullable=True),
    sa.Index("deliveries_in_file_order", "gemeente", "batch_id", "place", "channel"),
    sa.Index("deliveries_by_state", "gemeente", "batch_id", "state", "channel"),
    sa.Index("deliveries_of_case", "gemeente", "case_id"),
    sa.Index(
        "deliveries_after_sending",
        "gemeente",
        "batch_id",
        postgresql_where=sa.text("posted_on is not null or returned_on is not null"),
    ),
    of=Delivery,
)

#: Whom nothing is sent to; the id is the case's.
exclusions = table(
    "exclusions",
    metadata,
    _id(key=True),
    _id("batch_id"),
    _text("reason"),
    _text("by"),
    _moment("at"),
    sa.Index("exclusions_of_batch", "gemeente", "batch_id"),
    of=Exclusion,
)

#: What mails are sent by; a row never changes, so it is evidence of what was declared then.
consents = table(
    "consents",
    metadata,
    _id(key=True),
    _text("text"),
    _text("source"),
    _text("by"),
    _moment("at"),
    of=Consent,
)

#: A row never changes: a decision is revised by another.
decisions = table(
    "decisions",
    metadata,
    _id(key=True),
    _id("case_id"),
    _number("ordinal"),
    _text("result"),
    _text("ground", nullable=True),
    sealed("motivation", nullable=False),
    sa.Column("decided_on", sa.Date, nullable=False),
    _text("by"),
    _moment("at"),
    _id("revises", nullable=True),
    _text("revision_reason", nullable=True),
    _text("confirmed", nullable=True),
    sa.Index("decisions_of_case", "gemeente", "case_id", "ordinal", unique=True),
    of=Decision,
)

#: The key begins with the case, so that a case's entries are found by it.
timeline = table(
    "timeline",
    metadata,
    _id("case_id", key=True),
    _id(key=True),
    _moment("at"),
    _text("actor"),
    _text("what"),
    _text("explanation", nullable=True),
    of=TimelineEntry,
)

refusals = table(
    "refusals",
    metadata,
    _id(key=True),
    _id("batch_id"),
    _number("row"),
    _text("reason"),
    _text("running_number", nullable=True),
    _moment("at"),
    sa.Column("by_fault", sa.Boolean, nullable=False),
    sa.Index("refusals_of_batch", "gemeente", "batch_id", "row"),
    of=Refusal,
)

offices = table(
    "settings",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    _text("name"),
    _text("place"),
    _text("department"),
    _text("telephone"),
    _text("opening_hours"),
    _text("return_address"),
    _text("sender_name"),
    _text("sender_email"),
    _text("link"),
    _number("version"),
    _flag("four_eyes"),
    _number("default_response_days"),
    _text("brand_colour"),
    _text("on_brand_colour"),
    _text("action_colour"),
    _text("accent_colour"),
    sa.CheckConstraint("code = gemeente", name="settings_of_gemeente"),
    of=Office,
)

chassis.join(metadata)

__all__ = [
    "OBJECTED",
    "TERM",
    "UNANSWERED",
    "WAITING",
    "absences",
    "batches",
    "bulk_acts",
    "bulk_lines",
    "cases",
    "consents",
    "contact_changes",
    "courses",
    "decisions",
    "deliveries",
    "destroyed_cases",
    "destructions",
    "exclusions",
    "holds",
    "late_bounces",
    "members",
    "metadata",
    "offices",
    "pauses",
    "persons",
    "refusals",
    "reminder_settings",
    "retention_terms",
    "retry_offers",
    "saved_searches",
    "steps",
    "tasks",
    "teams",
    "timeline",
    "unmaskings",
]
