"""The HTTP doors of users: for the beheerder, and the own password for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from services.gateway import domain, users
from services.gateway.api import TheReception
from services.gateway.commanding import Run
from services.gateway.guard import Admitted, May
from services.gateway.limits import BoundedRoute
from services.gateway.users import Act, Person
from shared.chassis.errors import FieldError, Invalid
from shared.contracts.codes import Role

OK, CREATED, NO_CONTENT = 200, 201, 204
#: Source: NCSC, wachtwoordbeleid: length counts, not signs.
SHORTEST, LONGEST = 12, 500
EMAIL = r"^[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[A-Za-z]{2,}$"

router = APIRouter(route_class=BoundedRoute, tags=["Gebruikers"])


def _assignable(roles: list[Role]) -> list[Role]:
    if wrong := [role for role in roles if role not in domain.USER_ROLES]:
        raise ValueError(f"De rol {wrong[0]} is niet voor mensen. Kies een andere rol.")
    return roles


Rollen = Annotated[list[Role], Field(min_length=1, max_length=10), AfterValidator(_assignable)]
Naam = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
Emailadres = Annotated[str, Field(max_length=254, pattern=EMAIL)]


class NieuweGebruiker(BaseModel):
    """Somebody who will work here."""

    model_config = ConfigDict(extra="forbid")

    gebruikersnaam: str = Field(min_length=3, max_length=200, pattern=r"^\S+$")
    naam: Naam
    email: Emailadres
    rollen: Rollen


class Gebruikerwijziging(BaseModel):
    """A user as it should be, and the version that was looked at."""

    model_config = ConfigDict(extra="forbid")

    versie: int = Field(ge=1)
    naam: Naam
    email: Emailadres
    rollen: Rollen


class Versie(BaseModel):
    """The version that was looked at."""

    model_config = ConfigDict(extra="forbid")

    versie: int = Field(ge=1)


class Wachtwoordwijziging(BaseModel):
    """The password that counts, and the one that will."""

    model_config = ConfigDict(extra="forbid")

    huidig: str = Field(min_length=1, max_length=LONGEST)
    nieuw: str = Field(min_length=1, max_length=LONGEST)


class Gebruikergegevens(BaseModel):
    """A user as the beheerder sees one."""

    id: str
    gebruikersnaam: str
    naam: str
    email: str
    rollen: list[Role]
    versie: int
    gedeactiveerdOp: datetime | None
    wachtwoordVerlooptOp: datetime | None
    meldtZichAanMet: Literal["lokaal", "oidc"]


class Gebruikers(BaseModel):
    """A page of users."""

    aantal: int
    pagina: int
    resultaten: list[Gebruikergegevens]


class BeeindigdeSessies(BaseModel):
    """How many sessions ended."""

    aantal: int


class GebruikerMetWachtwoord(Gebruikergegevens):
    """A user with the password for once: this answer alone shows it."""

    eenmaligWachtwoord: str


@router.get("/gebruikers")
async def gebruikers_lezen(
    may: May,
    pagina: Annotated[int, Query(ge=1, le=100_000)] = 1,
    perPagina: Annotated[int, Query(ge=1, le=200)] = 50,  # noqa: N803 - a name on the wire
) -> Gebruikers:
    """List the users of the gemeente, deactivated ones as well."""
    async with may.doors.database.transaction() as transaction:
        total, found = await users.page(transaction, may.session.gemeente, pagina, perPagina)
    return Gebruikers(aantal=total, pagina=pagina, resultaten=[_shown(each) for each in found])


@router.get("/gebruikers/{id}")
async def gebruiker_lezen(id: UUID, may: May) -> Gebruikergegevens:  # noqa: A002
    """Show one user."""
    return await _user(may, str(id))


@router.post("/gebruikers", status_code=CREATED)
async def gebruiker_toevoegen(
    nieuw: NieuweGebruiker, may: May, run: Run, reception: TheReception
) -> GebruikerMetWachtwoord:
    """Add a user, with a password for once."""
    password = users.one_time_password(reception.keys, f"{may.session.user.id}|{run.key}")
    act = _act(
        may,
        status=CREATED,
        username=nieuw.gebruikersnaam,
        name=nieuw.naam.strip(),
        email=nieuw.email,
        roles=frozenset(nieuw.rollen),
        password_hash=await reception.passwords.hash(password),
    )
    made = await run(users.add, act)
    return await _with_password(may, made["id"], password)


@router.put("/gebruikers/{id}")
async def gebruiker_wijzigen(
    id: UUID,  # noqa: A002
    wijziging: Gebruikerwijziging,
    may: May,
    run: Run,
) -> Gebruikergegevens:
    """Change name, address and roles."""
    act = _act(
        may,
        user_id=str(id),
        version=wijziging.versie,
        name=wijziging.naam.strip(),
        email=wijziging.email,
        roles=frozenset(wijziging.rollen),
    )
    await run(users.change, act)
    return await _user(may, str(id))


@router.post("/gebruikers/{id}/deactivering")
async def gebruiker_deactiveren(id: UUID, gezien: Versie, may: May, run: Run) -> Gebruikergegevens:  # noqa: A002
    """Let a user work here no more; sessions end at once."""
    await run(users.deactivate, _act(may, user_id=str(id), version=gezien.versie))
    return await _user(may, str(id))


@router.post("/gebruikers/{id}/activering")
async def gebruiker_activeren(id: UUID, gezien: Versie, may: May, run: Run) -> Gebruikergegevens:  # noqa: A002
    """Let a user work here again."""
    await run(users.activate, _act(may, user_id=str(id), version=gezien.versie))
    return await _user(may, str(id))


@router.post("/gebruikers/{id}/afmelding")
async def gebruiker_afmelden(id: UUID, may: May, run: Run) -> BeeindigdeSessies:  # noqa: A002
    """Sign a user out on every computer."""
    return BeeindigdeSessies(**await run(users.end_sessions, _act(may, user_id=str(id))))


@router.post("/gebruikers/{id}/wachtwoord")
async def wachtwoord_herstellen(
    id: UUID,  # noqa: A002
    may: May,
    run: Run,
    reception: TheReception,
) -> GebruikerMetWachtwoord:
    """Give a user a password for once; every session of the user ends."""
    password = users.one_time_password(reception.keys, f"{id}|{run.key}")
    hashed = await reception.passwords.hash(password)
    await run(users.reset_password, _act(may, user_id=str(id), password_hash=hashed))
    return await _with_password(may, str(id), password)


@router.put("/sessies/huidige/wachtwoord", status_code=NO_CONTENT)
async def wachtwoord_wijzigen(
    wijziging: Wachtwoordwijziging, may: May, reception: TheReception
) -> None:
    """Choose an own password; other sessions of the user end."""
    async with may.logged_refusal():
        _refuse_weak(wijziging, may.session.user.username)
        await reception.change_password(may.session, may.origin, wijziging.huidig, wijziging.nieuw)
    await may.log(NO_CONTENT)


def _refuse_weak(change: Wachtwoordwijziging, username: str) -> None:
    """Raise Invalid, with everything that is wrong with a new password at once."""
    wrong = []
    if len(change.nieuw) < SHORTEST:
        wrong.append(("too_short", f"Kies een wachtwoord van {SHORTEST} tekens of meer."))
    if username in change.nieuw.casefold():
        wrong.append(("holds_username", "Gebruik uw gebruikersnaam niet in het wachtwoord."))
    if change.nieuw == change.huidig:
        wrong.append(("unchanged", "Kies een ander wachtwoord dan u nu hebt."))
    if wrong:
        errors = tuple(FieldError("nieuw", code, reason) for code, reason in wrong)
        raise Invalid("Dit wachtwoord kan niet.", errors)


def _act(may: Admitted, *, status: int = OK, **what: Any) -> Act:
    """What the beheerder does, with the line that the logboek gets when it is done."""
    rights = may.session.user.rights
    manages = frozenset(code for code, roles in rights.items() if Role.BEHEERDER in roles)
    return Act(may.session.user.id, manages, may.entry(status), **what)


async def _user(may: Admitted, user_id: str) -> Gebruikergegevens:
    async with may.doors.database.transaction() as transaction:
        return _shown(await users.person(transaction, may.session.gemeente, user_id))


async def _with_password(may: Admitted, user_id: str, password: str) -> GebruikerMetWachtwoord:
    shown = await _user(may, user_id)
    return GebruikerMetWachtwoord(**shown.model_dump(), eenmaligWachtwoord=password)


def _shown(found: Person) -> Gebruikergegevens:
    return Gebruikergegevens(
        id=found.id,
        gebruikersnaam=found.username,
        naam=found.name,
        email=found.email,
        rollen=sorted(found.roles),
        versie=found.version,
        gedeactiveerdOp=found.deactivated_at,
        wachtwoordVerlooptOp=found.one_time_until,
        meldtZichAanMet="lokaal" if found.issuer is None else "oidc",
    )
