"""Looking for a resident. What is looked for goes by POST, so it stands in no address or log."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Response

from services.gateway.pages.forms import Form
from services.gateway.pages.own_api import Declined
from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import OK, TheVisit, Visit

FIELDS = (
    "zaaknummer",
    "achternaam",
    "geboortedatum",
    "postcode",
    "huisnummer",
    "telefoon",
    "email",
    "bsn",
)
#: The one box of the bar: somebody types what there is, and we see what it is.
BOX = "zoek"
BSN_DIGITS = 9
_NUMBER = re.compile(r"[A-Za-z]{1,5}-\d{4}-\d+")
_DAY = re.compile(r"(?<!\d)(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?!\d)")
_POSTCODE = re.compile(r"(?<!\w)(\d{4}) ?([A-Za-z]{2})(?!\w)")
_TELEPHONE = re.compile(r"(?:\+|0)[\d ()-]{8,}")

router = Pages()


@router.page("/zoeken", needs="zakenZoeken")
async def search_page(visit: TheVisit) -> Response:
    """The page to look for a resident on."""
    return await _shown(visit, Form())


@router.form("/zoeken", sends="zakenZoeken")
async def search(visit: TheVisit) -> Response:
    """Who fits; straight to the case when there is one."""
    typed = visit.values
    sought = understood(typed[BOX]) if BOX in typed else typed
    wanted = {name: sought[name].strip() for name in FIELDS if sought.get(name, "").strip()}
    if "geboortedatum" in wanted:
        wanted["geboortedatum"] = iso_day(wanted["geboortedatum"])
    form = Form(wanted)
    try:
        found = await visit.send("zakenZoeken", json=wanted)
    except Declined as declined:
        return await _shown(visit, Form(sought, declined), declined.status)
    cases = {hit["zaakId"] for hit in found["resultaten"]}
    if len(cases) == 1:
        return visit.go(f"/zaken/{cases.pop()}")
    return await _shown(visit, form, found=found)


def understood(text: str) -> dict[str, str]:
    """What somebody typed in one box, as the parts that can be looked for."""
    rest = " ".join(text.split())
    digits = re.sub(r"[ .-]", "", rest)
    whole = {
        "email": "@" in rest,
        "zaaknummer": bool(_NUMBER.fullmatch(rest)),
        "bsn": digits.isdecimal() and len(digits) == BSN_DIGITS,
        "telefoon": bool(_TELEPHONE.fullmatch(rest)),
    }
    for name, fits in whole.items():
        if fits:
            return {name: digits if name == "bsn" else rest}
    return _in_parts(rest)


def _in_parts(rest: str) -> dict[str, str]:
    """A name, with a birth date or with a postcode and a house number."""
    if found := _POSTCODE.search(rest):
        return {
            "achternaam": rest[: found.start()].strip(" ,"),
            "postcode": f"{found[1]} {found[2].upper()}",
            "huisnummer": rest[found.end() :].strip(" ,"),
        }
    if found := _DAY.search(rest):
        name = (rest[: found.start()] + rest[found.end() :]).strip(" ,")
        return {"achternaam": name, "geboortedatum": iso_day(found[0])}
    return {"achternaam": rest}


def iso_day(text: str) -> str:
    """14-3-1968 as 1968-03-14; what is no such day stays as it was typed."""
    found = _DAY.fullmatch(text.strip())
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text.strip()


async def _shown(visit: Visit, form: Form, status: int = OK, found: Any = None) -> Response:
    return await visit.show("cases/search.html", status, form=form, found=found)
