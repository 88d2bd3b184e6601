"""What happens when: one function per event, command or timer."""

from services.cases.handlers.batches import (
    close_batches,
    confirm_batch,
    note_failed_print_file,
    note_print_file,
    open_batches,
    tell_starters,
)
from services.cases.handlers.office import change_office, introduce_office
from services.cases.handlers.outcomes import (
    note_letter_failed,
    note_letter_made,
    note_mail_failed,
    note_mail_sent,
)
from services.cases.handlers.retries import Retry, try_again
from services.cases.handlers.rows import open_case, refuse_by_fault
from services.cases.handlers.sending import Approval, PlanChange, approve_sending, plan_sending

__all__ = [
    "Approval",
    "PlanChange",
    "Retry",
    "approve_sending",
    "change_office",
    "close_batches",
    "confirm_batch",
    "introduce_office",
    "note_failed_print_file",
    "note_letter_failed",
    "note_letter_made",
    "note_mail_failed",
    "note_mail_sent",
    "note_print_file",
    "open_batches",
    "open_case",
    "plan_sending",
    "refuse_by_fault",
    "tell_starters",
    "try_again",
]
