"""How a page says what it is: its address, and the operation of the API that it rests on.

    router = Pages()

    @router.page("/zaken/{id}", needs="zaakLezen")
    async def case_page(visit: TheVisit, id: UUID) -> Response: ...

    @router.form("/zaken/{id}/sluiten", sends="zaakSluiten")
    async def close(visit: TheVisit, id: UUID) -> Response: ...

Who lacks the right to that operation gets no page, no form, and no link to it in the menu.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.requests import Request

from services.gateway.routes import OPERATIONS


@dataclass(frozen=True)
class Asked:
    """The operation that a page needs, or that its form sends."""

    needs: str | None = None
    sends: str | None = None


class Pages(APIRouter):
    """Some pages and forms."""

    def __init__(self) -> None:
        super().__init__(include_in_schema=False)

    def page(self, path: str, *, needs: str | None = None) -> Callable[[Any], Any]:
        """A page for who may do `needs`; None is everybody."""
        return self.get(path, response_model=None, openapi_extra=_known(needs=needs))

    def form(self, path: str, *, sends: str | None = None) -> Callable[[Any], Any]:
        """Where a form goes that does `sends`; the size of that operation's body holds here too."""
        return self.post(path, response_model=None, openapi_extra=_known(sends=sends))


def asked_of(request: Request) -> Asked:
    """What the page of a request said of itself."""
    return _said(request.scope.get("route"))


def needs_of(routes: Sequence[Any]) -> Mapping[str, str | None]:
    """The operation that each page needs, by the page's address."""
    return {
        route.path: _said(route).needs
        for route in routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }


def _said(route: Any) -> Asked:
    return Asked(**(getattr(route, "openapi_extra", None) or {}))


def _known(**named: str | None) -> dict[str, str | None]:
    """What a page names, which must be in the table of rights; raises KeyError when it is not."""
    for name in named.values():
        if name is not None:
            OPERATIONS[name]
    return named
