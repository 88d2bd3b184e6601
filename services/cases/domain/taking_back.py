"""What must not leave any more once something happened in a case: which purposes, how far along.

A mail that was not sent and a letter that was not made are always taken back. A letter that was
made is so only where it would be wrong to post it; there people may have to take it out of a
print file.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from services.cases.domain.case import Delivery, DeliveryState
from shared.contracts.codes import Channel, Purpose, TaskKind
from shared.contracts.merge_fields import DECISIONS

#: What asks the resident to react.
REMINDERS = frozenset(
    {Purpose.FIRST_REMINDER, Purpose.SECOND_REMINDER, Purpose.THIRD_REMINDER, Purpose.LAST_CALL}
)
_UNDER_WAY = frozenset({DeliveryState.PLANNED, DeliveryState.ASKED})


@dataclass(frozen=True, slots=True)
class TakingBack:
    """Why something must not leave, what, and whether that holds for letters that were made."""

    reason: str
    purposes: frozenset[Purpose]
    also_made: bool = False

    def concerns(self, delivery: Delivery) -> bool:
        """Whether this letter or mail must not leave, as far as it is known here."""
        if Purpose(delivery.purpose) not in self.purposes:
            return False
        if delivery.state in _UNDER_WAY:
            return True
        was_made = delivery.channel == Channel.LETTER and delivery.state == DeliveryState.DONE
        is_away = delivery.posted_on is not None or delivery.returned_on is not None
        return self.also_made and was_made and not is_away


_ALL = frozenset(Purpose)
#: A decision that was taken is told, whatever becomes of its case.
_ALL_BUT_DECISIONS = _ALL - DECISIONS
DECEASED = TakingBack("De inwoner is overleden.", _ALL, also_made=True)
STOPPED = TakingBack("De zaak is gestopt.", _ALL_BUT_DECISIONS, also_made=True)
CLOSED = TakingBack("De zaak is afgesloten.", _ALL_BUT_DECISIONS)
DECIDED = TakingBack("Er is een besluit genomen.", REMINDERS | {Purpose.INVITATION})
SUPPLIED = TakingBack("De gegevens zijn aangeleverd.", REMINDERS)


def task_to_pull(document_id: UUID) -> UUID:
    """The id of the task to take a letter out of its print file: there is one per letter."""
    return uuid5(document_id, TaskKind.PULL_LETTER)
