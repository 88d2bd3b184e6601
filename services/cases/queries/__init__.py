"""The read side of cases, and the counts that rules need.

Every statement names the gemeente although row security does so too: the planner then walks the
indexes, which begin with it, in order.
"""

from services.cases.queries.batches import (
    batch,
    batch_page,
    figures,
    figures_of,
    is_opening,
    lock_batch,
    lock_batches,
    may_close,
    opened_rows,
    progress,
    refusal_page,
    rows_by_fault,
    waits_for_telling,
)
from services.cases.queries.cases import (
    case,
    case_page,
    deliveries,
    names,
    office,
    open_numbers,
    people,
    recipient,
    timeline,
)
from services.cases.queries.examples import examples
from services.cases.queries.results import result_page
from services.cases.queries.sending import (
    cases_with_deliveries,
    exclusion_page,
    failure_page,
    lock_cases_to_stop,
    lock_planned,
    ordered_counts,
    plan_counts,
    stopped_cases,
)
from services.cases.queries.tasks import TaskFilter, task, task_page

__all__ = [
    "TaskFilter",
    "batch",
    "batch_page",
    "case",
    "case_page",
    "cases_with_deliveries",
    "deliveries",
    "examples",
    "exclusion_page",
    "failure_page",
    "figures",
    "figures_of",
    "is_opening",
    "lock_batch",
    "lock_batches",
    "lock_cases_to_stop",
    "lock_planned",
    "may_close",
    "names",
    "office",
    "open_numbers",
    "opened_rows",
    "ordered_counts",
    "people",
    "plan_counts",
    "progress",
    "recipient",
    "refusal_page",
    "result_page",
    "rows_by_fault",
    "stopped_cases",
    "task",
    "task_page",
    "timeline",
    "waits_for_telling",
]
