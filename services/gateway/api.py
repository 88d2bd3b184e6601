"""Sessions: signing in, choosing a gemeente, signing out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.gateway.domain import Session
from services.gateway.guard import (
    May,
    cookie_name,
    origin_of,
    settings_of,
    trace_id,
    traceparent_of,
)
from services.gateway.handlers import Reception, SignIn
from services.gateway.limits import BoundedRoute
from shared.contracts.codes import Role

OK, NO_CONTENT = 200, 204

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


class NieuweSessie(Sessie):
    """A session that just began; also for API clients."""

    token: str


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
    command = SignIn(
        aanmelding.gebruikersnaam,
        aanmelding.wachtwoord,
        aanmelding.gemeente,
        origin_of(request),
        trace_id(traceparent_of(request)),
    )
    session = await reception.sign_in(command)
    settings = settings_of(request)
    response.set_cookie(
        cookie_name(settings),
        session.token,
        path="/",
        secure=settings.public_url.startswith("https://"),
        httponly=True,
        samesite="lax",
    )
    return NieuweSessie(**_shown(session), token=session.token)


@router.get("/sessies/huidige", tags=["Aanmelden"])
async def sessie_lezen(may: May) -> Sessie:
    """Give the current session."""
    return Sessie(**_shown(may.session))


@router.put("/sessies/huidige", tags=["Aanmelden"])
async def gemeente_kiezen(keuze: Gemeentekeuze, may: May, reception: TheReception) -> Sessie:
    """Go on in another gemeente."""
    session = await reception.choose(may.session, keuze.gemeente)
    await may.log(OK)
    return Sessie(**_shown(session))


@router.delete("/sessies/huidige", tags=["Aanmelden"], status_code=NO_CONTENT)
async def afmelden(may: May, request: Request, response: Response, reception: TheReception) -> None:
    """Sign out."""
    await reception.sign_out(may.session)
    await may.log(NO_CONTENT)
    settings = settings_of(request)
    secure = settings.public_url.startswith("https://")
    response.delete_cookie(
        cookie_name(settings), path="/", secure=secure, httponly=True, samesite="lax"
    )


def _shown(session: Session) -> dict[str, Any]:
    identity = session.identity
    return {
        "gebruiker": Gebruiker(id=identity.id, naam=identity.name, email=identity.email),
        "gemeenten": sorted(session.user.rights),
        "gemeente": session.gemeente,
        "rollen": sorted(identity.roles),
        "csrf": session.csrf,
        "moetWachtwoordKiezen": session.user.one_time_until is not None,
    }
