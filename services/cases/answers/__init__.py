"""What the HTTP doors of cases take and give (JSON, Dutch camelCase)."""

from services.cases.answers.batches import (
    ApprovalAnswer,
    ApprovalRequest,
    BatchAnswer,
    ExampleAnswer,
    ExclusionAnswer,
    ExclusionRequest,
    FailureAnswer,
    InclusionRequest,
    MomentRequest,
    PlanAnswer,
    PlanRequest,
    ReasonRequest,
    RefusalAnswer,
    RetryAnswer,
    RetryRequest,
    WithdrawalRequest,
)
from services.cases.answers.bounced import (
    BouncedAnswer,
    LettersAnswer,
    LettersRequest,
)
from services.cases.answers.cases import (
    CaseAnswer,
    CaseLine,
    DeliveryAnswer,
    OpenCase,
    OpenCasesAnswer,
    OpenCasesRequest,
    TimelineAnswer,
)
from services.cases.answers.office import OfficeAnswer, OfficeRequest
from services.cases.answers.shapes import Page

__all__ = [
    "ApprovalAnswer",
    "ApprovalRequest",
    "BatchAnswer",
    "BouncedAnswer",
    "CaseAnswer",
    "CaseLine",
    "DeliveryAnswer",
    "ExampleAnswer",
    "ExclusionAnswer",
    "ExclusionRequest",
    "FailureAnswer",
    "InclusionRequest",
    "LettersAnswer",
    "LettersRequest",
    "MomentRequest",
    "OfficeAnswer",
    "OfficeRequest",
    "OpenCase",
    "OpenCasesAnswer",
    "OpenCasesRequest",
    "Page",
    "PlanAnswer",
    "PlanRequest",
    "ReasonRequest",
    "RefusalAnswer",
    "RetryAnswer",
    "RetryRequest",
    "TimelineAnswer",
    "WithdrawalRequest",
]
