"""How many letters and mails of a batch are in which state: each is in exactly one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """How many letters and mails are in which state; posted and returned ones were made."""

    letters_planned: int = 0
    letters_asked: int = 0
    letters_made: int = 0
    letters_failed: int = 0
    letters_excluded: int = 0
    letters_withdrawn: int = 0
    #: Of those that were made: they are counted beside it, never instead.
    letters_posted: int = 0
    letters_returned: int = 0
    mails_planned: int = 0
    mails_asked: int = 0
    mails_sent: int = 0
    mails_failed: int = 0
    mails_excluded: int = 0
    mails_withdrawn: int = 0
    mails_bounced: int = 0

    def final(self) -> dict[str, Any]:
        """The counts that stand when nothing is under way, by the name a batch has for them."""
        ends = ("made", "sent", "failed", "excluded", "withdrawn", "bounced")
        return {name: count for name, count in asdict(self).items() if name.endswith(ends)}

    @property
    def letters(self) -> int:
        """All letters, in whatever state; each is in one."""
        return sum(
            (
                self.letters_planned,
                self.letters_asked,
                self.letters_made,
                self.letters_failed,
                self.letters_excluded,
                self.letters_withdrawn,
            )
        )

    @property
    def mails(self) -> int:
        """All mails, in whatever state; one that came back was sent but is not counted so."""
        return sum(
            (
                self.mails_planned,
                self.mails_asked,
                self.mails_sent,
                self.mails_failed,
                self.mails_excluded,
                self.mails_withdrawn,
                self.mails_bounced,
            )
        )

    @property
    def letters_are_done(self) -> bool:
        """Whether every letter came to its end."""
        return not (self.letters_planned or self.letters_asked)

    @property
    def all_done(self) -> bool:
        """Whether nothing is under way."""
        return self.letters_are_done and not (self.mails_planned or self.mails_asked)
