"""The rules of cases: plain Python, no library but the standard one."""

from services.cases.domain.batch import (
    PRINT_FILE_PATIENCE,
    READY_AFTER,
    Batch,
    BatchStatus,
)
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
from services.cases.domain.figures import Figures
from services.cases.domain.office import Office
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
    "Delivery",
    "DeliveryState",
    "Exclusion",
    "Figures",
    "Member",
    "Office",
    "Pause",
    "PauseKind",
    "Person",
    "PersonRole",
    "Plan",
    "PlanCounts",
    "PrintNews",
    "Refusal",
    "ReminderSettings",
    "Rhythm",
    "Standing",
    "Step",
    "Task",
    "Team",
    "TimelineEntry",
    "Unmasking",
    "attempt_of",
    "delivery_of",
    "partner_of",
]
