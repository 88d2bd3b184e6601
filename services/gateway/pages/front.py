"""The front door: what is not an address of the API is a page.

Pages and API are two apps with their own errors and headers. The API knows nothing of pages; pages
reach the API as any client does, in this process (`own_api.py`).
"""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

#: Addresses of the API, of who keeps it running, and of its description.
NOT_PAGES = ("/v1", "/health", "/metrics", "/docs")
#: Pages load from us alone, run no script that stands in them, and send forms to us alone.
PAGE_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        " object-src 'none'"
    ),
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Front:
    """ASGI middleware that hands each request to the pages or to the API."""

    def __init__(self, app: Any, pages: FastAPI) -> None:
        self.app = app
        self.pages = pages

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if scope["type"] != "http" or is_of_the_api(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_missing(message["headers"])]
            await send(message)

        scope["api"] = scope["app"]
        await self.pages(scope, receive, sending)


def is_of_the_api(path: str) -> bool:
    """Whether an address belongs to the API."""
    return any(path == place or path.startswith(f"{place}/") for place in NOT_PAGES)


def _missing(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    present = {name.lower() for name, _ in headers}
    given = ((name.encode(), value.encode()) for name, value in PAGE_HEADERS.items())
    return [pair for pair in given if pair[0] not in present]
