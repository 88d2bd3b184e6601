"""Whether a decision reached who it is about: a case is not closed behind the resident's back.

A letter counts when it was posted. Without a letter a mail counts, when it was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.cases.domain.case import Delivery, DeliveryState
from shared.contracts.codes import Channel

_AGAIN = "Probeer het opnieuw bij de bezorgingen van de zaak, of verbeter eerst de contactgegevens."
_WAIT = "Wacht even en probeer het dan opnieuw."
_POST = (
    "Maak een afdrukbestand bij Te printen als dat er nog niet is, en leg vast op welke dag het is"
    " gepost."
)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A letter or mail about the decision that is not with the resident, and what to do."""

    delivery_id: UUID
    channel: str
    state: str
    explanation: str


def unsent(deliveries: Sequence[Delivery]) -> list[Unsent]:
    """What of a decision was not sent; empty when the resident was told of it."""
    letters = [one for one in deliveries if one.channel == Channel.LETTER]
    counting = letters or list(deliveries)
    return [found for one in counting if (found := _unsent(one)) is not None]


def _unsent(delivery: Delivery) -> Unsent | None:
    is_letter = delivery.channel == Channel.LETTER
    if delivery.state == DeliveryState.DONE and not is_letter:
        return None
    if delivery.state == DeliveryState.DONE and delivery.posted_on and not delivery.returned_on:
        return None
    words = _letter(delivery) if is_letter else _mail(delivery)
    return Unsent(delivery.id, delivery.channel, delivery.shown_state, words)


def _letter(delivery: Delivery) -> str:
    if delivery.returned_on:
        return f"De brief kwam terug op {delivery.returned_on:%d-%m-%Y}. {_BY_HAND}"
    if delivery.state == DeliveryState.DONE:
        return f"De brief is gemaakt, maar nog niet gepost. {_POST}"
    return _under_way(delivery, "De brief", "gemaakt")


def _mail(delivery: Delivery) -> str:
    if delivery.state == DeliveryState.BOUNCED:
        return f"De e-mail kwam terug: {delivery.reason} {_BY_HAND}"
    return _under_way(delivery, "De e-mail", "verzonden")


_BY_HAND = "Zoek uit hoe u de inwoner bereikt, of geef de beschikking zelf."


def _under_way(delivery: Delivery, what: str, done: str) -> str:
    if delivery.state == DeliveryState.FAILED:
        return f"{what} is mislukt: {delivery.reason} {_AGAIN}"
    if delivery.state in {DeliveryState.PLANNED, DeliveryState.ASKED}:
        return f"{what} wordt nog {done}. {_WAIT}"
    return f"{what} is niet verstuurd: {delivery.reason} {_AGAIN}"
