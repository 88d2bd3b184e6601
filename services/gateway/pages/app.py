"""The app of the pages: which pages there are, and what is shown when one cannot be."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import Request

from services.gateway.errors import PartUnreachable
from services.gateway.guard import trace_id, traceparent_of
from services.gateway.pages import (
    assets,
    assigning,
    batch_page,
    batches,
    case_page,
    checking,
    communicating,
    copies,
    dashboard,
    excluding,
    house_style,
    notices,
    opening,
    previewing,
    searching,
    sending,
    signing_in,
    starting,
    withdrawing,
    work_list,
)
from services.gateway.pages.errors import NoRight, OwnPasswordWanted, SignInWanted
from services.gateway.pages.own_api import Declined, OwnApi
from services.gateway.pages.routing import needs_of
from services.gateway.pages.screens import Screens
from services.gateway.pages.visit import CHOOSE_PASSWORD, SEE_OTHER, Guest, Visit, session_of
from services.gateway.pages.watching import Watching
from services.gateway.settings import Settings
from shared.chassis.errors import Refused
from shared.chassis.retry import is_transient

log = structlog.get_logger()

BAD_REQUEST, FORBIDDEN, NOT_FOUND, SERVER_ERROR = 400, 403, 404, 500
NOT_SIGNED_IN = 401
#: Every page of the back office. A new one is a module with a router, and its line here.
ROUTERS = (
    assets.router,
    signing_in.router,
    house_style.router,
    dashboard.router,
    work_list.router,
    assigning.router,
    searching.router,
    case_page.router,
    notices.router,
    batches.router,
    starting.router,
    checking.router,
    copies.router,
    opening.router,
    communicating.router,
    previewing.router,
    excluding.router,
    withdrawing.router,
    sending.router,
    batch_page.router,
)


def make_pages() -> FastAPI:
    """The pages; `open_screens` makes them ready to be shown."""
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in ROUTERS:
        pages.include_router(router)
    pages.state.needs = needs_of([route for router in ROUTERS for route in router.routes])
    pages.state.watching = Watching()
    handlers: dict[type[Exception], Callable[[Request, Any], Awaitable[Response]]] = {
        SignInWanted: _to_sign_in,
        OwnPasswordWanted: _to_own_password,
        NoRight: _no_right,
        Declined: _declined,
        Refused: _refused,
        HTTPException: _http,
        RequestValidationError: _not_an_address,
        Exception: _unexpected,
    }
    for kind, handler in handlers.items():
        pages.add_exception_handler(kind, handler)
    return pages


def open_screens(pages: FastAPI, settings: Settings) -> None:
    """Read templates, assets and the names of the gemeenten; raises AssetsMissing."""
    pages.state.screens = Screens.of(settings.assets_dir)
    pages.state.assets = assets.read(settings.assets_dir)
    file = settings.gemeenten_file
    known = json.loads(file.read_text(encoding="utf-8")) if file else []
    pages.state.gemeenten = {one["code"]: one["naam"] for one in known}


async def _to_sign_in(_: Request, wanted: SignInWanted) -> Response:
    return RedirectResponse(signing_in.address(wanted), SEE_OTHER)


async def _to_own_password(_: Request, __: OwnPasswordWanted) -> Response:
    return RedirectResponse(CHOOSE_PASSWORD, SEE_OTHER)


async def _no_right(request: Request, _: NoRight) -> Response:
    return await _shown(request, FORBIDDEN)


async def _declined(request: Request, declined: Declined) -> Response:
    """What no page caught: the session ended meanwhile, or the words of the API."""
    if declined.status == NOT_SIGNED_IN:
        wanted = SignInWanted("/", had_session=True)
        return RedirectResponse(signing_in.address(wanted), SEE_OTHER)
    return await _shown(request, declined.status, declined.kind, declined.detail)


async def _refused(request: Request, refusal: Refused) -> Response:
    return await _shown(request, refusal.status, refusal.problem, refusal.detail)


async def _http(request: Request, error: HTTPException) -> Response:
    return await _shown(request, error.status_code)


async def _not_an_address(request: Request, _: RequestValidationError) -> Response:
    """An address with an id or a page number that cannot be one: somebody typed or cut it."""
    return await _shown(request, NOT_FOUND)


async def _unexpected(request: Request, error: Exception) -> Response:
    """A fault of ours: never a technical detail, always a number to find it by."""
    path = getattr(request.scope.get("route"), "path", "-")
    if is_transient(error):
        log.warning("request_unavailable", path=path, error=type(error).__name__)
        return await _shown(request, PartUnreachable.status)
    log.error("request_failed", path=path, exc_info=error)
    return await _shown(request, SERVER_ERROR)


async def _shown(request: Request, status: int, kind: str = "", detail: str = "") -> Response:
    """The page of an error, in the frame of the back office for who is signed in."""
    trace = trace_id(traceparent_of(request))
    told = {"kind": kind, "detail": detail, "trace": trace}
    guest = await _somebody(request)
    try:
        return await guest.show("error.html", status, code=status, told=told)
    except Exception:  # the frame itself may be what is broken
        log.exception("request_failed", path="error.html")
        stranger = Guest(request, OwnApi(request))
        return await stranger.show("error.html", status, code=status, told=told)


async def _somebody(request: Request) -> Guest:
    """Who asks, as far as that can be found out."""
    visit: Visit | None = getattr(request.state, "visit", None)
    if visit is not None:
        return visit
    guest = Guest(request, OwnApi(request))
    try:
        session = await session_of(guest)
    except Declined:
        return guest
    return guest if session is None else Visit(request, guest.api, session=session)
