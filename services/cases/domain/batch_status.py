"""How far a batch can be."""

from __future__ import annotations

from enum import StrEnum


class BatchStatus(StrEnum):
    """How far a batch is."""

    OPENING = "openen"
    OPEN = "open"
    OFFERED = "wacht op akkoord"
    SENDING = "verzenden"
    CLOSED = "afgerond"
    WITHDRAWING = "wordt ingetrokken"
    WITHDRAWN = "ingetrokken"


#: In these states a plan may still change.
BEFORE_APPROVAL = frozenset({BatchStatus.OPENING, BatchStatus.OPEN, BatchStatus.OFFERED})
