"""Which requests are ours, and which of them are work: told by what a browser says itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request

from services.gateway.errors import CsrfMissing

#: A request that a page makes by itself, such as for progress: nobody is at work.
PASSIVE = "x-passief"
READING = frozenset({"GET", "HEAD", "OPTIONS"})
#: Of a page of ours, or typed by a person.
OWN_SITES = frozenset({"same-origin", "none"})


def is_passive(request: Request) -> bool:
    """Whether a request is polling, which keeps no session alive."""
    return request.headers.get(PASSIVE, "").lower() == "ja"


def refuse_foreign(request: Request, public_url: str) -> None:
    """Raise CsrfMissing for a change that another site makes a browser ask.

    Browsers tell it by Sec-Fetch-Site, older ones by Origin. What tells neither is no browser; it
    still needs the token of the session.
    """
    if request.method in READING:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in OWN_SITES:
        raise CsrfMissing
    origin = request.headers.get("origin")
    if origin is not None and not _is_own(origin, request, public_url):
        raise CsrfMissing


def _is_own(origin: str, request: Request, public_url: str) -> bool:
    try:
        place = urlsplit(origin).netloc
    except ValueError:
        return False
    return place in {request.headers.get("host"), urlsplit(public_url).netloc}
