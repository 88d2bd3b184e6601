"""Where somebody goes after signing in: only ever to a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

FIRST_PAGE = "/"
#: No page of ours has a longer address; the answer of a provider has to carry it back.
LONGEST = 2000


def own_path(wanted: str | None) -> str:
    """The path and query that was asked for, or the first page when it could lead elsewhere.

    Browsers read two slashes, a backslash, or a tab in a path as the way to another site.
    """
    if not wanted or len(wanted) > LONGEST or not wanted.startswith("/"):
        return FIRST_PAGE
    if wanted.startswith("//") or "\\" in wanted or not wanted.isprintable():
        return FIRST_PAGE
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return FIRST_PAGE
    return FIRST_PAGE if parts.scheme or parts.netloc else wanted
