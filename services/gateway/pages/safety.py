"""Which forms are taken: ours, from our own pages, and no larger than they may be."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from services.gateway import guard, limits
from services.gateway.domain import same
from services.gateway.errors import CsrfMissing
from services.gateway.pages.own_api import OPERATIONS

#: What browsers say of a form that was sent from a page of ours, or typed by a person.
OWN_SITES = frozenset({"same-origin", "none"})


def refuse_foreign(request: Request) -> None:
    """Raise CsrfMissing for a form that another site sent; it holds for signing in as well.

    Browsers tell it by Sec-Fetch-Site, older ones by Origin. What tells neither is no browser.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in OWN_SITES:
            raise CsrfMissing
        return
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise CsrfMissing


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
