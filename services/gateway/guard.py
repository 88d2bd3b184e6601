"""Who comes in: the session of a request, its rights by the table, and its line in the logboek."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response

from services.gateway import domain, queries
from services.gateway.domain import AuditEntry, Session
from services.gateway.errors import CsrfMissing, OwnPasswordFirst
from services.gateway.routes import ROUTES, Route
from services.gateway.settings import Settings
from services.gateway.sign_in.trust import READING, is_passive, refuse_foreign
from services.gateway.upstream import Caller
from shared.chassis.errors import FieldError, Invalid, NotAllowed, NotSignedIn, Refused
from shared.chassis.web import Doors, doors

NOT_ALLOWED = 403
TRACEPARENT_PARTS = 4
OWN_SESSION = "/sessies"
#: Asking when a session ends must not make it last.
PASSIVE_READS = frozenset({"sessieEindeLezen"})
OF_A_CASE = "/zaken/{id}"
TRACE_ID = re.compile(r"[0-9a-f]{32}")
#: `__Host-` makes a browser refuse the cookie without https, for another path or another host.
SECURE_COOKIE = "__Host-heronderzoek"
#: On http (this machine only) a browser would not accept the name above.
PLAIN_COOKIE = "heronderzoek"


def settings_of(request: Request) -> Settings:
    """The gateway's settings."""
    found: Settings = request.app.state.settings
    return found


def cookie_name(settings: Settings) -> str:
    """The session cookie's name at this installation."""
    return SECURE_COOKIE if settings.is_secure else PLAIN_COOKIE


def set_cookie(
    response: Response, settings: Settings, name: str, value: str, seconds: int | None = None
) -> None:
    """A cookie that no script reads and no other site sends along with a change."""
    secure = settings.is_secure
    response.set_cookie(
        name, value, seconds, path="/", secure=secure, httponly=True, samesite="lax"
    )


def drop_cookie(response: Response, settings: Settings, name: str) -> None:
    """Let the browser forget a cookie."""
    secure = settings.is_secure
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


@dataclass(frozen=True)
class Admitted:
    """A request that may be done: its session, its line of the table and its ids."""

    session: Session
    route: Route
    ids: Mapping[str, str]
    caller: Caller
    origin: str
    doors: Doors

    async def log(
        self,
        result: int,
        reason: str | None = None,
        *,
        cases: Sequence[str] = (),
        detail: str | None = None,
    ) -> None:
        """Write the lines of the logboek, before the answer is sent: one per case that it shows."""
        if self.route.is_logged:
            named: Sequence[str | None] = cases or [self._case()]
            entries = [self.entry(result, case, detail, reason) for case in named]
            async with self.doors.database.transaction(self.session.gemeente) as transaction:
                await queries.write_audit(transaction, *entries)

    @contextlib.asynccontextmanager
    async def logged_refusal(self) -> AsyncIterator[None]:
        """What is refused inside has its line in the logboek as well."""
        try:
            yield
        except Refused as refusal:
            await self.log(refusal.status)
            raise

    def entry(
        self,
        result: int,
        case: str | None = None,
        detail: str | None = None,
        reason: str | None = None,
    ) -> AuditEntry:
        """The line of the logboek about this request."""
        return AuditEntry(
            actor=self.session.user.id,
            gemeente=self.session.gemeente,
            action=self.route.name,
            object=self.route.path.format_map(self.ids),
            result=result,
            origin=self.origin,
            trace_id=trace_id(self.caller.traceparent),
            case_id=case,
            detail=detail,
            reason=reason,
        )

    def _case(self) -> str | None:
        """The case that the address itself names, if it does."""
        return self.ids.get("id") if self.route.path.startswith(OF_A_CASE) else None


async def signed_in(request: Request) -> Session:
    """The session of a request, by bearer token or cookie; raises NotSignedIn or CsrfMissing."""
    settings = settings_of(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    by_cookie = scheme.lower() != "bearer"
    if by_cookie:
        token = request.cookies.get(cookie_name(settings), "")
    session = await _session(request, settings, token) if token else None
    if session is None:
        raise NotSignedIn("Meld u aan, of meld u opnieuw aan als uw sessie is verlopen.")
    if by_cookie and request.method not in READING:
        refuse_foreign(request, settings.public_url)
        given = request.headers.get("x-csrf-token")
        if not domain.same(given, session.csrf):
            raise CsrfMissing
    return session


async def _session(request: Request, settings: Settings, token: str) -> Session | None:
    async with doors(request).database.transaction() as transaction:
        return await queries.session_by_token(
            transaction, token, settings.session_limits, at_work=_is_at_work(request)
        )


def _is_at_work(request: Request) -> bool:
    line = ROUTES.get((request.method, request.scope["route"].path))
    return not is_passive(request) and (line is None or line.name not in PASSIVE_READS)


async def admitted(request: Request, session: Annotated[Session, Depends(signed_in)]) -> Admitted:
    """A request whose session has a role that its line of the table names; else NotAllowed."""
    route = ROUTES[request.method, request.scope["route"].path]
    identity = session.identity
    guarded = Admitted(
        session=session,
        route=route,
        ids=_ids(request),
        caller=Caller(identity, traceparent_of(request), request.headers.get("idempotency-key")),
        origin=origin_of(request),
        doors=doors(request),
    )
    try:
        identity.require(*route.roles)
        if session.user.one_time_until is not None and not route.path.startswith(OWN_SESSION):
            raise OwnPasswordFirst
    except NotAllowed:
        await guarded.log(NOT_ALLOWED)
        raise
    return guarded


May = Annotated[Admitted, Depends(admitted)]


def _ids(request: Request) -> dict[str, str]:
    """The ids in the address; raises Invalid when one is not a UUID."""
    ids: dict[str, str] = {}
    for name, value in request.path_params.items():
        try:
            ids[name] = str(UUID(value))
        except ValueError:
            error = FieldError(name, "uuid_parsing", "Dit is geen geldig kenmerk (UUID).")
            raise Invalid("Het adres klopt niet.", (error,)) from None
    return ids


def origin_of(request: Request) -> str:
    """The address that the request came from."""
    return request.client.host if request.client else "-"


def traceparent_of(request: Request) -> str:
    """The trace of the request; one that came without starts here, so the logboek can name it."""
    given: str | None = request.scope.get("traceparent")
    if given and trace_id(given):
        return given
    fresh = f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"
    request.scope["traceparent"] = fresh
    return fresh


def trace_id(traceparent: str) -> str | None:
    """The trace id of a W3C traceparent, or None when it is not one."""
    parts = traceparent.split("-")
    well_formed = len(parts) >= TRACEPARENT_PARTS and TRACE_ID.fullmatch(parts[1])
    return parts[1] if well_formed else None
