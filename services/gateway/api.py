"""Sessions: signing in with a password, how long it lasts, choosing a gemeente, signing out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.domain import Moments, Session
from services.gateway.guard import (
    May,
    cookie_name,
    drop_cookie,
    origin_of,
    set_cookie,
    settings_of,
    trace_id,
    traceparent_of,
)
from services.gateway.handlers import Knock, Reception, SignIn
from services.gateway.limits import BoundedRoute
from services.gateway.sign_in.places import after_sign_out
from services.gateway.sign_in.trust import refuse_foreign
from shared.contracts.codes import Role

OK = 200

router = APIRouter(route_class=BoundedRoute)


class Aanmelding(BaseModel):
    """Who signs in, and where to work."""

    model_config = ConfigDict(extra="forbid")

    gebruikersnaam: str = Field(min_length=1, max_length=200)
    #: Argon2 reads it all: a limit keeps a megabyte of password from costing a minute.
    wachtwoord: str = Field(min_length=1, max_length=500)
    gemeente: str | None = Field(None, pattern=r"^[0-9]{4}$")


class Gemeentekeuze(BaseModel):
    """Where to work on."""

    model_config = ConfigDict(extra="forbid")

    gemeente: str = Field(pattern=r"^[0-9]{4}$")


class Gebruiker(BaseModel):
    """The signed-in user."""

    id: str
    naam: str
    email: str


class Sessie(BaseModel):
    """A session: who, where, and what may be done there."""

    gebruiker: Gebruiker
    gemeenten: list[str]
    gemeente: str
    rollen: list[Role]
    csrf: str
    moetWachtwoordKiezen: bool
    meldtZichAanMet: Literal["lokaal", "oidc"]
    eindigtOp: datetime
    uiterlijkOp: datetime


class NieuweSessie(Sessie):
    """A session that just began; also for API clients."""

    token: str


class Sessieduur(BaseModel):
    """When a session ends."""

    eindigtOp: datetime
    uiterlijkOp: datetime
    resterend: int
    verlengbaar: bool


class Afmelding(BaseModel):
    """A session that ended."""

    verderBij: str | None


class AfmeldingOveral(Afmelding):
    """All sessions of a user that ended."""

    aantal: int


def reception(request: Request) -> Reception:
    """Where this app signs people in."""
    found: Reception = request.app.state.reception
    return found


TheReception = Annotated[Reception, Depends(reception)]


@router.post(
    "/sessies",
    tags=["Aanmelden"],
    status_code=201,
    responses={429: {"description": "Te vaak geprobeerd: wacht even en probeer het opnieuw"}},
)
async def aanmelden(
    aanmelding: Aanmelding, request: Request, response: Response, reception: TheReception
) -> NieuweSessie:
    """Sign in with a user name and password."""
    settings = settings_of(request)
    refuse_foreign(request, settings.public_url)
    command = SignIn(
        aanmelding.gebruikersnaam, aanmelding.wachtwoord, aanmelding.gemeente, knock_of(request)
    )
    session = await reception.sign_in(command)
    set_cookie(response, settings, cookie_name(settings), session.token)
    return NieuweSessie(**_shown(session), token=session.token)


@router.get("/sessies/huidige", tags=["Aanmelden"])
async def sessie_lezen(may: May) -> Sessie:
    """Give the current session."""
    return Sessie(**_shown(may.session))


@router.get("/sessies/huidige/einde", tags=["Aanmelden"])
async def sessie_einde_lezen(may: May) -> Sessieduur:
    """Say when the session ends; asking does not keep it alive."""
    return _duration(may.session.moments)


@router.post("/sessies/huidige/verlenging", tags=["Aanmelden"])
async def sessie_verlengen(may: May, reception: TheReception) -> Sessieduur:
    """Count the idle time from now."""
    moments = await reception.extend(may.session)
    await may.log(OK)
    return _duration(moments)


@router.put("/sessies/huidige", tags=["Aanmelden"])
async def gemeente_kiezen(keuze: Gemeentekeuze, may: May, reception: TheReception) -> Sessie:
    """Go on in another gemeente."""
    session = await reception.choose(may.session, keuze.gemeente)
    await may.log(OK)
    return Sessie(**_shown(session))


@router.delete("/sessies/huidige", tags=["Aanmelden"])
async def afmelden(
    may: May, request: Request, response: Response, reception: TheReception
) -> Afmelding:
    """Sign out."""
    return Afmelding(verderBij=await _signed_out(may, request, response, reception))


@router.delete("/sessies", tags=["Aanmelden"])
async def overal_afmelden(
    may: May, request: Request, response: Response, reception: TheReception
) -> AfmeldingOveral:
    """End every session of the user."""
    others = await reception.sign_out_everywhere(may.session)
    further = await _signed_out(may, request, response, reception)
    return AfmeldingOveral(verderBij=further, aantal=others + 1)


async def _signed_out(
    may: May, request: Request, response: Response, reception: Reception
) -> str | None:
    """End the session at hand; where to sign out at the provider as well."""
    settings, provider = settings_of(request), request.app.state.provider
    id_token = await reception.sign_out(may.session)
    await may.log(OK)
    drop_cookie(response, settings, cookie_name(settings))
    if provider is None or may.session.user.issuer != provider.issuer:
        return None
    further: str | None = await provider.way_out(id_token, after_sign_out(settings))
    return further


def knock_of(request: Request) -> Knock:
    """Where a request to come in is from, and the session that its browser still has."""
    former = request.cookies.get(cookie_name(settings_of(request)))
    return Knock(origin_of(request), trace_id(traceparent_of(request)), former)


def _shown(session: Session) -> dict[str, Any]:
    identity = session.identity
    return {
        "gebruiker": Gebruiker(id=identity.id, naam=identity.name, email=identity.email),
        "gemeenten": sorted(session.user.rights),
        "gemeente": session.gemeente,
        "rollen": sorted(identity.roles),
        "csrf": session.csrf,
        "moetWachtwoordKiezen": session.user.one_time_until is not None,
        "meldtZichAanMet": "lokaal" if session.user.issuer is None else "oidc",
        "eindigtOp": session.moments.ends_at,
        "uiterlijkOp": session.moments.latest_at,
    }


def _duration(moments: Moments) -> Sessieduur:
    return Sessieduur(
        eindigtOp=moments.ends_at,
        uiterlijkOp=moments.latest_at,
        resterend=moments.remaining,
        verlengbaar=moments.can_grow,
    )
