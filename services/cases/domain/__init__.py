"""The rules of cases: plain Python, no library but the standard one."""

from services.cases.domain.batch import (
    PRINT_FILE_PATIENCE,
    READY_AFTER,
    Batch,
    BatchStatus,
    Figures,
    Plan,
    PlanCounts,
    PrintNews,
)
from services.cases.domain.case import (
    Case,
    Delivery,
    DeliveryState,
    Person,
    PersonRole,
    Refusal,
    TimelineEntry,
    attempt_of,
    delivery_of,
    partner_of,
)
from services.cases.domain.office import Office

__all__ = [
    "PRINT_FILE_PATIENCE",
    "READY_AFTER",
    "Batch",
    "BatchStatus",
    "Case",
    "Delivery",
    "DeliveryState",
    "Figures",
    "Office",
    "Person",
    "PersonRole",
    "Plan",
    "PlanCounts",
    "PrintNews",
    "Refusal",
    "TimelineEntry",
    "attempt_of",
    "delivery_of",
    "partner_of",
]
