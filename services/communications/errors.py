"""What can go wrong in communications, in the user's words.

Refused
├── CaseNotFound     404
└── NoticeNotFound   404, also for someone else's
"""

from __future__ import annotations

from shared.chassis.errors import NotFound


class CaseNotFound(NotFound):
    """No case with this id in this gemeente."""

    title = "Deze zaak bestaat niet"


class NoticeNotFound(NotFound):
    """No notice with this id for this user."""

    title = "Deze melding bestaat niet"
