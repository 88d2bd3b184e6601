"""A visit: one request for a page by somebody who is signed in, and all that its page may do.

A page reads with `visit.read`, acts with `visit.send`, and answers with `visit.show` or `visit.go`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData
from starlette.requests import Request

from services.gateway import routes
from services.gateway.errors import PartUnreachable
from services.gateway.pages import forms, safety
from services.gateway.pages.errors import NoRight, OwnPasswordWanted, SignInWanted
from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined, OwnApi, Upload
from services.gateway.pages.routing import asked_of
from services.gateway.pages.screens import Screens
from services.gateway.sign_in import own_path, refuse_foreign

NOT_SIGNED_IN, SEE_OTHER = 401, 303
OK = 200
#: A sentence for the next page, such as what was just done.
SAID_COOKIE = "heronderzoek-gezegd"
SAID_SECONDS = 60
#: The frame of a page must not wait long for a part that is away: it has an answer without it.
FRAME_SECONDS = 2.0
CHOOSE_PASSWORD = "/wachtwoord"  # noqa: S105 - an address
#: What is open to who still has the password that somebody else gave.
BEFORE_OWN_PASSWORD = frozenset({CHOOSE_PASSWORD, "/uitloggen", "/huisstijl.css"})
HOUSE_STYLE = "huisstijlLezen"


@dataclass(frozen=True)
class Session:
    """Who is signed in, where, and as what."""

    user_id: str
    name: str
    gemeente: str
    gemeenten: tuple[str, ...]
    roles: frozenset[str]
    csrf: str
    must_choose_password: bool
    #: Whether the password is ours to change.
    has_password: bool

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Session:
        """What the API says of a session."""
        user = told["gebruiker"]
        return cls(
            user["id"],
            user["naam"],
            told["gemeente"],
            tuple(told["gemeenten"]),
            frozenset(told["rollen"]),
            told["csrf"],
            told["moetWachtwoordKiezen"],
            told["meldtZichAanMet"] == "lokaal",
        )


@dataclass
class Guest:
    """Somebody who asks for a page, signed in or not."""

    request: Request
    api: OwnApi
    form: FormData = field(default_factory=FormData)

    @property
    def path(self) -> str:
        """The address of the page."""
        return self.request.url.path

    @property
    def values(self) -> dict[str, str]:
        """What was typed."""
        return forms.typed(self.form)

    async def show(self, template: str, status: int = OK, **context: Any) -> HTMLResponse:
        """A whole page."""
        return self._drawn(template, status, {"visit": None, "guest": self, **context})

    def go(self, address: str, said: str | None = None) -> RedirectResponse:
        """Go on to another page of ours, which first says what was done."""
        answer = RedirectResponse(address, SEE_OTHER)
        if said:
            answer.set_cookie(SAID_COOKIE, quote(said), SAID_SECONDS, httponly=True, samesite="lax")
        return answer

    def _drawn(self, template: str, status: int, context: Mapping[str, Any]) -> HTMLResponse:
        screens: Screens = self.request.app.state.screens
        said = self.request.cookies.get(SAID_COOKIE)
        words = unquote(said) if said else ""
        answer = HTMLResponse(screens.drawn(template, **context, said=words), status)
        if said:
            answer.delete_cookie(SAID_COOKIE, httponly=True, samesite="lax")
        return answer


@dataclass
class Visit(Guest):
    """Somebody who is signed in."""

    session: Session = field(kw_only=True)
    #: Parts of the system that did not answer: the page is shown without them, and says so.
    away: set[str] = field(default_factory=set)

    def may(self, name: str) -> bool:
        """Whether the roles of this user allow an operation, by the one table of rights."""
        return routes.may(self.session.roles, name)

    def leads_to(self, path: str) -> bool:
        """Whether there is a page at this address, and this user may open it."""
        needs: Mapping[str, str | None] = self.request.app.state.needs
        return path in needs and (needs[path] is None or self.may(str(needs[path])))

    @property
    def gemeenten(self) -> dict[str, str]:
        """Where this user may work: names by code, where the installation knows them."""
        names: Mapping[str, str] = self.request.app.state.gemeenten
        return {code: names.get(code, code) for code in self.session.gemeenten}

    async def read(self, name: str, **given: Any) -> Any:
        """The JSON of an operation; raises Declined."""
        return await self.api.read(name, **given)

    async def perhaps(self, name: str, **given: Any) -> Any:
        """The JSON of an operation, or None: without the right to it, or with its part away."""
        if not self.may(name):
            return None
        try:
            return await self.read(name, **given)
        except Declined as declined:
            if declined.status != PartUnreachable.status:
                raise
            self.away.add(routes.OPERATIONS[name].part.label)
            return None

    async def send(
        self,
        name: str,
        *,
        json: Any = None,
        files: Mapping[str, Upload] | None = None,
        fields: Mapping[str, str] | None = None,
        **ids: Any,
    ) -> Any:
        """Do something with the form that came in, once; raises Declined."""
        answer = await self.api.send(
            name,
            csrf=str(self.form.get(forms.CSRF, "")),
            key=str(self.form.get(forms.KEY, "")) or None,
            json=json,
            files=files,
            fields=fields,
            **ids,
        )
        return answer.json() if answer.content else None

    async def show(self, template: str, status: int = OK, **context: Any) -> HTMLResponse:
        """A whole page, in the frame of the back office."""
        style, unread = await self._frame()
        whole = {
            "visit": self,
            "guest": self,
            "style": style,
            "unread": unread,
            "form": Form(),
            **context,
        }
        return self._drawn(template, status, whole)

    def drawn_part(self, template: str, **context: Any) -> str:
        """A piece of a page, as text."""
        screens: Screens = self.request.app.state.screens
        return screens.drawn(template, visit=self, form=Form(), **context)

    def part(self, template: str, **context: Any) -> HTMLResponse:
        """A piece of a page, which htmx puts in its place."""
        return self._drawn(template, OK, {"visit": self, "form": Form(), **context})

    def again(self, declined: Declined) -> Form:
        """The form that came in, with what is wrong with it."""
        return Form(self.values, declined)

    async def _frame(self) -> tuple[Any, int]:
        """What the frame shows besides: the house style, and how many notices are new."""
        known, notices = await asyncio.gather(
            self._soon(HOUSE_STYLE), self._soon("meldingenLezen", perPagina=1)
        )
        return known, notices["ongelezen"] if notices else 0

    async def _soon(self, name: str, **given: Any) -> Any:
        if not self.may(name):
            return None
        try:
            async with asyncio.timeout(FRAME_SECONDS):
                return await self.read(name, **given)
        except (Declined, TimeoutError):
            return None


async def guest_of(request: Request) -> AsyncIterator[Guest]:
    """Who asks for a page, with a form that may be trusted to be ours."""
    if request.method in {"GET", "HEAD"}:
        yield Guest(request, OwnApi(request))
        return
    refuse_foreign(request, request.scope["api"].state.settings.public_url)
    form = await safety.bounded(request, asked_of(request).sends).form()
    try:
        yield Guest(request, OwnApi(request), form)
    finally:
        await form.close()


TheGuest = Annotated[Guest, Depends(guest_of)]


async def visit_of(guest: TheGuest) -> Visit:
    """Who is signed in; raises SignInWanted, OwnPasswordWanted, NoRight or CsrfMissing."""
    request = guest.request
    session = await session_of(guest)
    if session is None:
        raise SignInWanted(next_address(request), had_session=safety.has_cookie(request))
    visit = Visit(request, guest.api, guest.form, session=session)
    request.state.visit = visit
    if session.must_choose_password and guest.path not in BEFORE_OWN_PASSWORD:
        raise OwnPasswordWanted
    asked = asked_of(request)
    operation = asked.needs or asked.sends
    if operation is not None and not visit.may(operation):
        raise NoRight
    if request.method not in {"GET", "HEAD"}:
        safety.refuse_forged(str(guest.form.get(forms.CSRF, "")), session.csrf)
    return visit


TheVisit = Annotated[Visit, Depends(visit_of)]


async def session_of(guest: Guest) -> Session | None:
    """The session of a request, if it has one that lives."""
    try:
        return Session.of(await guest.api.read("sessieLezen"))
    except Declined as declined:
        if declined.status == NOT_SIGNED_IN:
            return None
        raise


def next_address(request: Request) -> str:
    """Where somebody goes after signing in: what was asked for, if that can be asked for again."""
    if request.method != "GET":
        return "/"
    return own_path(f"{request.url.path}?{request.url.query}".removesuffix("?"))
