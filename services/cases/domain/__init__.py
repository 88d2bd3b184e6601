"""The rules of cases: plain Python, no library but the standard one."""

from services.cases.domain.batch import (
    PRINT_FILE_PATIENCE,
    READY_AFTER,
    Batch,
)
from services.cases.domain.batch_status import BatchStatus
from services.cases.domain.case import (
    Case,
    Consent,
    Delivery,
    DeliveryState,
    Exclusion,
    Person,
    PersonRole,
    Refusal,
    TimelineEntry,
    attempt_of,
    delivery_of,
    partner_of,
)
from services.cases.domain.contact import ContactChange
from services.cases.domain.decision import Decision, Ground, Result, Verdict
from services.cases.domain.figures import Figures
from services.cases.domain.office import Office, OfficeChange
from services.cases.domain.plan import Plan, PlanCounts
from services.cases.domain.print_news import PrintNews
from services.cases.domain.reminder_settings import ReminderSettings
from services.cases.domain.reminders import Course, Pause, PauseKind, Rhythm, Standing, Step
from services.cases.domain.task import Task
from services.cases.domain.team import Absence, Member, Team
from services.cases.domain.unmasking import Unmasking

__all__ = [
    "PRINT_FILE_PATIENCE",
    "READY_AFTER",
    "Absence",
    "Batch",
    "BatchStatus",
    "Case",
    "Consent",
    "ContactChange",
    "Course",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Exclusion",
    "Figures",
    "Ground",
    "Member",
    "Office",
    "OfficeChange",
    "Pause",
    "PauseKind",
    "Person",
    "PersonRole",
    "Plan",
    "PlanCounts",
    "PrintNews",
    "Refusal",
    "ReminderSettings",
    "Result",
    "Rhythm",
    "Standing",
    "Step",
    "Task",
    "Team",
    "TimelineEntry",
    "Unmasking",
    "Verdict",
    "attempt_of",
    "delivery_of",
    "partner_of",
]
