"""The tables of cases as they began."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.chassis.first_tables import make_chassis_tables
from shared.chassis.migrate import chassis_statements

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: Tables of data, which row security guards.
ISOLATED = [
    "absences",
    "batches",
    "bulk_acts",
    "bulk_lines",
    "cases",
    "consents",
    "decisions",
    "contact_changes",
    "deliveries",
    "destroyed_cases",
    "destructions",
    "exclusions",
    "holds",
    "late_bounces",
    "members",
    "persons",
    "refusals",
    "retention_terms",
    "retry_offers",
    "saved_searches",
    "reminder_courses",
    "reminder_pauses",
    "reminder_settings",
    "reminder_steps",
    "settings",
    "tasks",
    "teams",
    "timeline",
    "unmaskings",
]


def upgrade() -> None:  # noqa: PLR0915 - one table after the other
    make_chassis_tables()
    op.create_table(
        "batches",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_count", sa.Integer(), nullable=True),
        sa.Column("refused_count", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("send_date", sa.Date(), nullable=True),
        sa.Column("response_days", sa.Integer(), nullable=True),
        sa.Column("declaration", sa.Text(), nullable=True),
        sa.Column("planned_by", sa.Text(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_date", sa.Date(), nullable=True),
        sa.Column("letters_approved", sa.Integer(), nullable=True),
        sa.Column("mails_approved", sa.Integer(), nullable=True),
        sa.Column("letter_template_id", sa.Uuid(), nullable=True),
        sa.Column("mail_template_id", sa.Uuid(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters_made", sa.Integer(), nullable=True),
        sa.Column("letters_failed", sa.Integer(), nullable=True),
        sa.Column("mails_sent", sa.Integer(), nullable=True),
        sa.Column("mails_failed", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("declaration_source", sa.Text(), nullable=True),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mails_per_day", sa.Integer(), nullable=True),
        sa.Column("offered_by", sa.Text(), nullable=True),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("offered_mail_template_id", sa.Uuid(), nullable=True),
        sa.Column("offered_letter_template_id", sa.Uuid(), nullable=True),
        sa.Column("sent_back_by", sa.Text(), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_reason", sa.Text(), nullable=True),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("is_replaced", sa.Boolean(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("order_round", sa.Integer(), nullable=False),
        sa.Column("ordering_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.Text(), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters_excluded", sa.Integer(), nullable=True),
        sa.Column("letters_withdrawn", sa.Integer(), nullable=True),
        sa.Column("mails_excluded", sa.Integer(), nullable=True),
        sa.Column("mails_withdrawn", sa.Integer(), nullable=True),
        sa.Column("mails_bounced", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "batches_by_moment", "batches", ["gemeente", "confirmed_at", "id"], unique=False
    )
    op.create_index("batches_by_status", "batches", ["gemeente", "status"], unique=False)
    op.create_table(
        "cases",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("preference", sa.Text(), nullable=False),
        sa.Column("has_address", sa.Boolean(), nullable=False),
        sa.Column("indication", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection_at", sa.Date(), nullable=True),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deceased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("response_date", sa.Date(), nullable=True),
        sa.Column("waiting_until", sa.Date(), nullable=True),
        sa.Column("waiting_reason", sa.Text(), nullable=True),
        sa.Column("supplied_on", sa.Date(), nullable=True),
        sa.Column("supplied_via", sa.Text(), nullable=True),
        sa.Column("supplied_from", sa.Text(), nullable=True),
        sa.Column("stopped_from", sa.Text(), nullable=True),
        sa.Column("stopped_reason", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("term_noted", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "cases_ended",
        "cases",
        ["gemeente", "closed_at"],
        unique=False,
        postgresql_where=sa.text("closed_at is not null"),
    )
    op.create_index("cases_by_number", "cases", ["gemeente", "number"], unique=True)
    op.create_index(
        "cases_of_team",
        "cases",
        ["gemeente", "team_id", "number"],
        unique=False,
        postgresql_where=sa.text("team_id is not null"),
    )
    op.create_index(
        "cases_of_assignee",
        "cases",
        ["gemeente", "assignee", "number"],
        unique=False,
        postgresql_where=sa.text("assignee is not null"),
    )
    op.create_index("cases_by_status", "cases", ["gemeente", "status", "number"], unique=False)
    op.create_index(
        "cases_by_term",
        "cases",
        ["gemeente", "response_date"],
        unique=False,
        postgresql_where=sa.text(
            "status = 'uitnodiging verzonden' and term_noted is distinct from response_date"
        ),
    )
    op.create_index("cases_of_batch", "cases", ["gemeente", "batch_id", "number"], unique=False)
    op.create_index(
        "cases_unanswered",
        "cases",
        ["gemeente", "response_date", "number"],
        unique=False,
        postgresql_where=sa.text("status in ('aangemaakt', 'uitnodiging verzonden')"),
    )
    op.create_index(
        "cases_in_order_of_term",
        "cases",
        ["gemeente", sa.text("coalesce(response_date, '9999-12-31'::date)"), "number"],
        unique=False,
    )
    op.create_index(
        "cases_in_order_of_change", "cases", ["gemeente", "changed_at", "number"], unique=False
    )
    op.create_index(
        "cases_waiting",
        "cases",
        ["gemeente", "waiting_until"],
        unique=False,
        postgresql_where=sa.text("status = 'in afwachting'"),
    )
    op.create_index(
        "cases_objected",
        "cases",
        ["gemeente", "number"],
        unique=False,
        postgresql_where=sa.text("objection_at is not null"),
    )
    op.create_table(
        "consents",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "decisions",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("motivation", sa.LargeBinary(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revises", sa.Uuid(), nullable=True),
        sa.Column("revision_reason", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "decisions_of_case", "decisions", ["gemeente", "case_id", "ordinal"], unique=True
    )
    op.create_table(
        "deliveries",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consent_id", sa.Uuid(), nullable=True),
        sa.Column("posted_on", sa.Date(), nullable=True),
        sa.Column("posted_news", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("return_reason", sa.Text(), nullable=True),
        sa.Column("return_news", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "deliveries_after_sending",
        "deliveries",
        ["gemeente", "batch_id"],
        unique=False,
        postgresql_where=sa.text("posted_on is not null or returned_on is not null"),
    )
    op.create_index(
        "deliveries_by_state",
        "deliveries",
        ["gemeente", "batch_id", "state", "channel"],
        unique=False,
    )
    op.create_index(
        "deliveries_in_file_order",
        "deliveries",
        ["gemeente", "batch_id", "place", "channel"],
        unique=False,
    )
    op.create_index("deliveries_of_case", "deliveries", ["gemeente", "case_id"], unique=False)
    op.create_table(
        "retry_offers",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("letter_template_id", sa.Uuid(), nullable=True),
        sa.Column("mail_template_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_back_by", sa.Text(), nullable=True),
        sa.Column("sent_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_back_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "late_bounces",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "exclusions",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("exclusions_of_batch", "exclusions", ["gemeente", "batch_id"], unique=False)
    op.create_table(
        "persons",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("bsn", sa.LargeBinary(), nullable=False),
        sa.Column("bsn_index", sa.LargeBinary(), nullable=True),
        sa.Column("birth_date", sa.LargeBinary(), nullable=False),
        sa.Column("birth_date_index", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=True),
        sa.Column("telephone", sa.LargeBinary(), nullable=True),
        sa.Column("telephone_index", sa.LargeBinary(), nullable=True),
        sa.Column("whole", sa.LargeBinary(), nullable=True),
        sa.Column("initials", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("infix", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("written_name", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("house_number", sa.Text(), nullable=True),
        sa.Column("postcode", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("name_key", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("persons_by_name", "persons", ["gemeente", "name_key"], unique=False)
    op.create_index("persons_by_bsn", "persons", ["gemeente", "bsn_index"], unique=False)
    op.create_index(
        "persons_by_email",
        "persons",
        ["gemeente", "email_index"],
        unique=False,
        postgresql_where=sa.text("email_index is not null"),
    )
    op.create_index(
        "persons_by_telephone",
        "persons",
        ["gemeente", "telephone_index"],
        unique=False,
        postgresql_where=sa.text("telephone_index is not null"),
    )
    op.create_index(
        "persons_by_postcode",
        "persons",
        ["gemeente", "postcode"],
        unique=False,
        postgresql_where=sa.text("postcode is not null"),
    )
    op.create_index(
        "persons_once_open",
        "persons",
        ["gemeente", "bsn_index"],
        unique=True,
        postgresql_where=sa.text("open"),
    )
    op.create_table(
        "refusals",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("running_number", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_fault", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("refusals_of_batch", "refusals", ["gemeente", "batch_id", "row"], unique=False)
    op.create_table(
        "retention_terms",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("months", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("gemeente"),
    )
    op.create_table(
        "holds",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "destructions",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_count", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "destructions_newest", "destructions", ["gemeente", "asked_at", "id"], unique=False
    )
    op.create_table(
        "destroyed_cases",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("destruction_id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_because", sa.Text(), nullable=True),
        sa.Column("letters_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mails_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("messages_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "destroyed_cases_of_batch", "destroyed_cases", ["gemeente", "batch_id"], unique=False
    )
    op.create_index(
        "destroyed_cases_of_list",
        "destroyed_cases",
        ["gemeente", "destruction_id", "number"],
        unique=False,
    )
    op.create_table(
        "settings",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("telephone", sa.Text(), nullable=False),
        sa.Column("opening_hours", sa.Text(), nullable=False),
        sa.Column("return_address", sa.Text(), nullable=False),
        sa.Column("sender_name", sa.Text(), nullable=False),
        sa.Column("sender_email", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("four_eyes", sa.Boolean(), nullable=False),
        sa.Column("default_response_days", sa.Integer(), nullable=False),
        sa.Column("brand_colour", sa.Text(), nullable=False),
        sa.Column("on_brand_colour", sa.Text(), nullable=False),
        sa.Column("action_colour", sa.Text(), nullable=False),
        sa.Column("accent_colour", sa.Text(), nullable=False),
        sa.CheckConstraint("code = gemeente", name="settings_of_gemeente"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "tasks",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("tasks_by_moment", "tasks", ["gemeente", "opened_at", "id"], unique=False)
    op.create_index("tasks_of_case", "tasks", ["gemeente", "case_id"], unique=False)
    op.create_index(
        "tasks_open",
        "tasks",
        ["gemeente", "due_on", "opened_at", "id"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_index(
        "tasks_of_assignee",
        "tasks",
        ["gemeente", "assignee"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_table(
        "teams",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("teams_by_name", "teams", ["gemeente", "name"], unique=True)
    op.create_index(
        "teams_once_default",
        "teams",
        ["gemeente"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "members",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", "user_id"),
    )
    op.create_index("members_by_user", "members", ["gemeente", "user_id"], unique=False)
    op.create_table(
        "absences",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("deputy", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("absences_by_end", "absences", ["gemeente", "until_on", "id"], unique=False)
    op.create_table(
        "unmaskings",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("unmaskings_by_user", "unmaskings", ["gemeente", "by", "at"], unique=False)
    op.create_table(
        "timeline",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id"),
    )
    _make_reminders()
    _make_work_list()
    for statement in chassis_statements(ISOLATED):
        op.execute(statement)


def _make_work_list() -> None:
    op.create_table(
        "bulk_acts",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("is_coordinator", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("bulk_acts_of_user", "bulk_acts", ["gemeente", "by", "at"], unique=False)
    op.create_table(
        "bulk_lines",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("act_id", "case_id"),
    )
    op.create_index(
        "bulk_lines_by_state",
        "bulk_lines",
        ["gemeente", "act_id", "state", "case_id"],
        unique=False,
    )
    op.create_index(
        "bulk_lines_by_number", "bulk_lines", ["gemeente", "act_id", "number"], unique=False
    )
    op.create_index("bulk_lines_of_case", "bulk_lines", ["gemeente", "case_id"], unique=False)
    op.create_table(
        "saved_searches",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "saved_searches_once", "saved_searches", ["gemeente", "user_id", "name"], unique=True
    )


def _make_reminders() -> None:
    op.create_table(
        "contact_changes",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "contact_changes_of_case",
        "contact_changes",
        ["gemeente", "case_id", "number"],
        unique=True,
    )
    op.create_table(
        "reminder_courses",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "reminder_courses_due",
        "reminder_courses",
        ["gemeente", "due_on", "id"],
        unique=False,
        postgresql_where=sa.text("due_on is not null"),
    )
    op.create_table(
        "reminder_pauses",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", "kind"),
    )
    op.create_table(
        "reminder_settings",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("days", sa.Text(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("for_both", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("code = gemeente", name="reminder_settings_of_gemeente"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_table(
        "reminder_steps",
        sa.Column("gemeente", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "reminder_steps_of_case", "reminder_steps", ["gemeente", "case_id"], unique=False
    )


def downgrade() -> None:
    raise RuntimeError("the first migration is not undone: drop the database")
