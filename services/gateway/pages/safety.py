"""Which forms are taken: with the token of their session, and no larger than they may be."""

from __future__ import annotations

from starlette.requests import Request

from services.gateway import guard, limits
from services.gateway.domain import same
from services.gateway.errors import CsrfMissing
from services.gateway.routes import OPERATIONS


def refuse_forged(given: str, expected: str) -> None:
    """Raise CsrfMissing for a form without the token of this session."""
    if not same(given, expected):
        raise CsrfMissing


def bounded(request: Request, operation: str | None) -> Request:
    """The same request, which ends when its body is larger than its operation takes."""
    return limits.bounded(request, OPERATIONS[operation] if operation else None)


def has_cookie(request: Request) -> bool:
    """Whether a session cookie came along, living or not."""
    return guard.cookie_name(request.scope["api"].state.settings) in request.cookies
