"""What happens when: one function per event, command or timer."""

from services.cases.handlers.batches import (
    close_batches,
    confirm_batch,
    note_failed_print_file,
    note_print_file,
    open_batches,
    tell_starters,
)
from services.cases.handlers.bounced import LettersForBounced, write_letters
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
    note_mail_bounced,
    note_mail_failed,
    note_mail_sent,
)
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

__all__ = [
    "Approval",
    "Exclude",
    "Include",
    "LettersForBounced",
    "NewMoment",
    "OfBatch",
    "PlanChange",
    "Retry",
    "SendBack",
    "Withdraw",
    "approve_sending",
    "change_office",
    "close_batches",
    "confirm_batch",
    "exclude",
    "include",
    "introduce_office",
    "move_sending",
    "note_failed_print_file",
    "note_letter_failed",
    "note_letter_made",
    "note_mail_bounced",
    "note_mail_failed",
    "note_mail_sent",
    "note_print_file",
    "offer_sending",
    "open_batches",
    "open_case",
    "pause_sending",
    "plan_sending",
    "refuse_by_fault",
    "resume_sending",
    "send_back",
    "stop_sending",
    "tell_starters",
    "try_again",
    "withdraw_batch",
    "write_letters",
]
