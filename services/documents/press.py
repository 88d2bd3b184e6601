"""Makes one letter: drawn by the pool, sealed, and put under the letter's own key.

Done again after a crash it is the same letter under the same key, so nothing doubles.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from services.documents.domain import TEMPLATE_PATIENCE, Document
from services.documents.errors import TemplateNotKnownYet
from services.documents.renderer import LetterFailed, LetterPool, LetterTemplate
from shared.chassis.bucket import Bucket
from shared.chassis.jobs import GoneWrong
from shared.chassis.service import Item

TEMPLATE_NEVER_CAME = (
    "Het sjabloon waarmee deze brief is goedgekeurd, bestaat niet. "
    "Kies een sjabloon bij het goedkeuren en probeer het opnieuw."
)


@dataclass(frozen=True, slots=True)
class Order:
    """A letter to make; the template is None as long as its version is not known here.

    `unwanted` says why nobody wants it any more.
    """

    document: Document
    template: LetterTemplate | None
    unwanted: str | None = None


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A letter that is not made, because nobody wants it any more."""

    document: Document
    reason: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A letter that lies in the store. The hash is of the PDF itself, not of its sealed bytes."""

    document: Document
    pages: int
    size: int
    sha256: str


class Press:
    """Draws and stores letters."""

    def __init__(self, pool: LetterPool, bucket: Bucket) -> None:
        self._pool = pool
        self._bucket = bucket

    async def make(self, item: Item, order: Order) -> Stored | Unwanted:
        """Make one letter; raises GoneWrong with the user's words when that is impossible."""
        document = order.document
        if order.unwanted is not None:
            return Unwanted(document, order.unwanted)
        if order.template is None:
            if item.age < TEMPLATE_PATIENCE:
                raise TemplateNotKnownYet(str(document.template_version))
            raise GoneWrong(TEMPLATE_NEVER_CAME)
        values: dict[str, str] = json.loads(document.merge_values or "{}")
        try:
            letter = await self._pool.render(order.template, values)
        except LetterFailed as failure:
            raise GoneWrong(failure.reason) from failure
        await self._bucket.put_sealed(document.key, letter.pdf)
        digest = hashlib.sha256(letter.pdf).hexdigest()
        return Stored(document, letter.pages, len(letter.pdf), digest)
