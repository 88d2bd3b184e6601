"""What happens when: one function per event, command or timer."""

from services.cases.handlers.batches import (
    close_batches,
    confirm_batch,
    note_failed_print_file,
    note_print_file,
    open_batches,
    tell_starters,
)
from services.cases.handlers.brakes import (
    OfBatch,
    Withdraw,
    pause_sending,
    resume_sending,
    stop_sending,
    withdraw_batch,
)
from services.cases.handlers.exclusions import Exclude, Include, exclude, include
from services.cases.handlers.office import change_office, introduce_office
from services.cases.handlers.outcomes import (
    note_letter_failed,
    note_letter_made,
    note_mail_failed,
    note_mail_sent,
)
from services.cases.handlers.post import note_posted, note_return_undone, note_returned
from services.cases.handlers.retries import Retry, try_again
from services.cases.handlers.rows import open_case, refuse_by_fault
from services.cases.handlers.sending import (
    Approval,
    NewMoment,
    PlanChange,
    SendBack,
    approve_sending,
    move_sending,
    offer_sending,
    plan_sending,
    send_back,
)
from services.cases.handlers.tasks import (
    Finish,
    NewTask,
    Reopen,
    add_task,
    finish_task,
    finish_tasks_of,
    open_task,
    reopen_task,
)

__all__ = [
    "Approval",
    "Exclude",
    "Finish",
    "Include",
    "NewMoment",
    "NewTask",
    "OfBatch",
    "PlanChange",
    "Reopen",
    "Retry",
    "SendBack",
    "Withdraw",
    "add_task",
    "approve_sending",
    "change_office",
    "close_batches",
    "confirm_batch",
    "exclude",
    "finish_task",
    "finish_tasks_of",
    "include",
    "introduce_office",
    "move_sending",
    "note_failed_print_file",
    "note_letter_failed",
    "note_letter_made",
    "note_mail_failed",
    "note_mail_sent",
    "note_posted",
    "note_print_file",
    "note_return_undone",
    "note_returned",
    "offer_sending",
    "open_batches",
    "open_case",
    "open_task",
    "pause_sending",
    "plan_sending",
    "refuse_by_fault",
    "reopen_task",
    "resume_sending",
    "send_back",
    "stop_sending",
    "tell_starters",
    "try_again",
    "withdraw_batch",
]
