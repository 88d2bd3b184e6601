"""Signing in and out, the own password, and the gemeente to work in.

All that pages know of how somebody signs in stands here: it asks the API, and hands on its cookie.
"""

from __future__ import annotations

from urllib.parse import urlencode

import httpx
from fastapi.responses import RedirectResponse, Response

from services.gateway.pages.errors import SignInWanted
from services.gateway.pages.forms import CSRF, Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.screens import _
from services.gateway.pages.visit import (
    CHOOSE_PASSWORD,
    SEE_OTHER,
    Guest,
    TheGuest,
    TheVisit,
    own_address,
    session_of,
)
from services.gateway.sign_in.reasons import REASONS

SIGN_IN = "/inloggen"
#: Why somebody has to sign in, as the address tells it.
ENDED, LEFT = "verlopen", "uitgelogd"
OK, BAD_REQUEST = 200, 400
NEW, REPEATED = "nieuw", "herhaald"

router = Pages()


def address(wanted: SignInWanted) -> str:
    """Where to sign in, and what comes after."""
    query = {"volgende": wanted.address} if wanted.address != "/" else {}
    if wanted.had_session:
        query["reden"] = ENDED
    return f"{SIGN_IN}?{urlencode(query)}" if query else SIGN_IN


@router.page(SIGN_IN)
async def sign_in_page(guest: TheGuest, volgende: str = "/", reden: str = "") -> Response:
    """The page to sign in on."""
    if await session_of(guest) is not None:
        return guest.go(own_address(volgende))
    return await _shown(guest, Form({"volgende": own_address(volgende)}), reden)


@router.form(SIGN_IN)
async def sign_in(guest: TheGuest) -> Response:
    """Begin a session."""
    typed = guest.values
    named, secret = typed.get("gebruikersnaam", "").strip(), typed.get("wachtwoord", "")
    kept = {"gebruikersnaam": named, "volgende": own_address(typed.get("volgende", "/"))}
    try:
        answer = await guest.api.sign_in(gebruikersnaam=named, wachtwoord=secret)
    except Declined as declined:
        return await _shown(guest, Form(kept, declined), status=declined.status)
    return _with_cookies(guest.go(kept["volgende"]), answer)


@router.form("/uitloggen", sends="afmelden")
async def sign_out(visit: TheVisit) -> Response:
    """End the session."""
    answer = await visit.api.send("afmelden", csrf=str(visit.form[CSRF]))
    if further := answer.json()["verderBij"]:
        # a link and no redirect: after a form, a page of ours leads to pages of ours alone
        form = Form({"volgende": "/"})
        return _with_cookies(await _shown(visit, form, LEFT, further=further), answer)
    return _with_cookies(RedirectResponse(f"{SIGN_IN}?reden={LEFT}", SEE_OTHER), answer)


@router.form("/gemeente", sends="gemeenteKiezen")
async def choose_gemeente(visit: TheVisit) -> Response:
    """Go on in another gemeente."""
    await visit.send("gemeenteKiezen", json={"gemeente": visit.values.get("gemeente", "")})
    return visit.go("/")


@router.page(CHOOSE_PASSWORD)
async def password_page(visit: TheVisit) -> Response:
    """The page for an own password."""
    return await visit.show("password.html")


@router.form(CHOOSE_PASSWORD, sends="wachtwoordWijzigen")
async def choose_password(visit: TheVisit) -> Response:
    """An own password; other sessions end."""
    typed = visit.values
    change = {"huidig": typed.get("huidig", ""), NEW: typed.get(NEW, "")}
    try:
        if change[NEW] != typed.get(REPEATED):
            raise _typed_otherwise()
        await visit.send("wachtwoordWijzigen", json=change)
    except Declined as declined:
        return await visit.show("password.html", declined.status, form=Form({}, declined))
    return visit.go("/", said=_("Uw nieuwe wachtwoord is bewaard."))


async def _shown(
    guest: Guest, form: Form, reason: str = "", status: int = OK, further: str = ""
) -> Response:
    stranger = Guest(guest.request, guest.api)
    return await stranger.show(
        "sign_in.html",
        status,
        form=form,
        reason=reason,
        refused=REASONS.get(reason),
        ways=await guest.api.ways_in(),
        further=further,
    )


def _typed_otherwise() -> Declined:
    """The second time another password than the first."""
    reason = _("Dit is niet hetzelfde wachtwoord. Typ het nog een keer.")
    title = _("Het wachtwoord is niet gewijzigd.")
    return Declined(BAD_REQUEST, title, title, fields={REPEATED: [reason]})


def _with_cookies(answer: Response, told: httpx.Response) -> Response:
    """An answer with the cookies that the API set."""
    for cookie in told.headers.get_list("set-cookie"):
        answer.headers.append("set-cookie", cookie)
    return answer
