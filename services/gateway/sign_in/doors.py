"""The HTTP doors of signing in with an account of the organisation."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel

from services.gateway.api import TheReception, knock_of
from services.gateway.domain import AuditEntry, Proof, Session
from services.gateway.guard import cookie_name, drop_cookie, set_cookie, settings_of
from services.gateway.handlers import BY_ACCOUNT, ID_TOKEN, Knock, Reception
from services.gateway.limits import BoundedRoute
from services.gateway.sign_in import people
from services.gateway.sign_in.attempt import LIFETIME, Attempt, cookie_of
from services.gateway.sign_in.errors import (
    AttemptUnknown,
    NoAccess,
    NoProvider,
    ProviderDeclined,
    ProviderRefusal,
    code_of,
)
from services.gateway.sign_in.next_page import FIRST_PAGE, own_path
from services.gateway.sign_in.places import (
    BACK,
    BACK_CHANNEL,
    BEGIN,
    PREFIX,
    WAYS,
    back_at,
    sign_in_page,
)
from services.gateway.sign_in.provider import Answered, Provider
from services.gateway.sign_in.rights import Account, rights_of, values_at

log = structlog.get_logger()

SEE_OTHER, OK = 303, 200
#: What a provider sends along; longer is none of ours.
LONGEST = 4000
SIGN_OUT = "afmelden"

router = APIRouter(route_class=BoundedRoute, tags=["Aanmelden"])


class Aanmeldlink(BaseModel):
    """A way in by an account of the organisation."""

    naam: str
    adres: str


class Aanmeldwijzen(BaseModel):
    """The ways in at this installation."""

    lokaal: bool
    oidc: Aanmeldlink | None


def provider_of(request: Request) -> Provider:
    """The provider of this installation; raises NoProvider."""
    found: Provider | None = request.app.state.provider
    if found is None:
        raise NoProvider
    return found


TheProvider = Annotated[Provider, Depends(provider_of)]


@router.get(WAYS)
async def aanmeldwijzen_lezen(request: Request) -> Aanmeldwijzen:
    """Say how somebody can sign in here."""
    settings = settings_of(request)
    link = Aanmeldlink(naam=settings.oidc_name, adres=f"{PREFIX}{BEGIN}")
    return Aanmeldwijzen(
        lokaal=settings.signs_in_locally, oidc=link if settings.oidc_issuer else None
    )


@router.get(BEGIN, include_in_schema=False)
async def werkaccount_kiezen(
    request: Request, reception: TheReception, volgende: str = FIRST_PAGE
) -> Response:
    """Go to the provider."""
    settings, attempt = settings_of(request), Attempt.begin(own_path(volgende))
    try:
        way = await provider_of(request).way_in(attempt, back_at(settings))
    except ProviderRefusal as refusal:
        return await _refused(request, reception, refusal, attempt.next_path)
    answer = RedirectResponse(way, SEE_OTHER)
    name = cookie_of(attempt.state, cookie_name(settings))
    seconds = int(LIFETIME.total_seconds())
    set_cookie(answer, settings, name, attempt.sealed(reception.keys), seconds)
    return answer


@router.get(BACK, include_in_schema=False)
async def werkaccount_aanmelden(
    request: Request,
    reception: TheReception,
    state: str = "",
    code: str = "",
    error: str = "",
) -> Response:
    """Come back from the provider."""
    settings, next_path = settings_of(request), FIRST_PAGE
    kept = cookie_of(state, cookie_name(settings))
    try:
        attempt = Attempt.opened(request.cookies.get(kept, ""), state, reception.keys)
        next_path = attempt.next_path
        if error or not code:
            raise ProviderDeclined(code_of(error))
        provider = provider_of(request)
        answered = await provider.answered(code[:LONGEST], attempt, back_at(settings))
        session = await _opened(reception, answered, knock_of(request))
    except ProviderRefusal as refusal:
        answer = await _refused(request, reception, refusal, next_path)
        drop_cookie(answer, settings, kept)
        return answer
    answer = RedirectResponse(next_path, SEE_OTHER)
    set_cookie(answer, settings, cookie_name(settings), session.token)
    drop_cookie(answer, settings, kept)
    return answer


@router.post(BACK_CHANNEL, include_in_schema=False)
async def werkaccount_afgemeld(
    request: Request,
    reception: TheReception,
    provider: TheProvider,
    logout_token: Annotated[str, Form(max_length=LONGEST * 4)],
) -> Response:
    """Hear from the provider that somebody signed out there (back-channel logout)."""
    try:
        logout = await (await provider.tokens()).logout(logout_token)
        async with reception.database.transaction() as transaction:
            ended = await people.end_by(transaction, provider.issuer, logout)
    except ProviderRefusal as refusal:
        log.warning("oidc_logout_refused", problem=refusal.problem, why=refusal.why)
        raise
    knock = knock_of(request)
    for session in ended:
        await reception.log(_ended(knock, session.user_id, session.gemeente))
    log.info("oidc_logged_out", sessions=len(ended))
    return Response(status_code=OK)


async def _opened(reception: Reception, answered: Answered, knock: Knock) -> Session:
    """A session of the account, with the rights that follow from it now; raises NoAccess."""
    settings, claims = reception.settings, answered.claims
    account = Account.of(claims)
    values = values_at(claims, settings.oidc_roles_claim)
    rights = rights_of(values, settings.oidc_rights)
    async with reception.database.transaction() as transaction:
        user = await people.keep(transaction, account, rights)
    if user is None or not user.rights:
        raise NoAccess(f"{len(values)} values, {len(rights)} gemeenten")
    proof = Proof(account.sid, reception.keys.seal(answered.id_token.encode(), ID_TOKEN))
    return await reception.open(user, None, knock, BY_ACCOUNT, proof)


async def _refused(
    request: Request, reception: Reception, refusal: ProviderRefusal, next_path: str
) -> Response:
    """A page for a browser, a problem for a program; both are logged.

    The logboek gets a line only of who began here, so that nobody fills it from outside.
    """
    log.warning("oidc_refused", problem=refusal.problem, why=refusal.why)
    if not isinstance(refusal, AttemptUnknown | NoProvider):
        why = f"{refusal.problem}: {refusal.why}"
        await reception.refused(knock_of(request), BY_ACCOUNT, refusal.status, why)
    if "text/html" not in request.headers.get("accept", ""):
        raise refusal
    return RedirectResponse(sign_in_page(refusal.problem, next_path), SEE_OTHER)


def _ended(knock: Knock, user_id: str, gemeente: str) -> AuditEntry:
    return AuditEntry(
        actor=user_id,
        gemeente=gemeente,
        action=SIGN_OUT,
        object=BACK_CHANNEL,
        result=OK,
        origin=knock.origin,
        trace_id=knock.trace_id,
        detail="bij de aanmelddienst",
    )
