"""Cases to act on, for the test of isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tests.support.caseworker import Caseworker

Json = dict[str, Any]
WHY = {"reden": "Dat vroeg de inwoner"}
VERDICT = {
    "resultaat": "afwijzen",
    "reden": "inkomen-te-hoog",
    "motivering": "Uw inkomen is hoger dan de grens.",
}
#: What each act says beside the version.
ACTS: Mapping[str, Json] = {
    "aanleveringen": {"bron": "post", "ontvangstbevestiging": False},
    "aanlevering-terugdraaien": WHY,
    "onderzoeken": {},
    "afwachten": {**WHY, "totDatum": ""},
    "uitstel": {**WHY, "weken": 1},
    "besluiten": VERDICT,
    "herzieningen": {**VERDICT, "redenHerziening": "Bezwaar gegrond"},
    "sluiten": {"bevestigd": True, "redenBevestiging": "Meegegeven aan de balie"},
    "heropenen": WHY,
    "stoppen": WHY,
    "stoppen-terugdraaien": WHY,
    "bezwaar": {},
    "bezwaar-verwijderen": WHY,
}
AGAIN = "POST /zaken/{}/bezorgingen/{}/opnieuw"
#: Done one after the other with one case, some do not fit; nothing of it failed.
MAY_NOT_FIT = {f"POST /zaken/{{}}/{act}" for act in ACTS} | {AGAIN}
RELATED = "GET /zaken/{}/verwante-zaken"


def ids(worker: Caseworker, case: str) -> dict[str, str]:
    """Another case of the same batch, with a decision, and a letter of it."""
    batch = worker.get(f"/zaken/{case}")["batchId"]
    lines = worker.get("/zaken", batchId=batch)["resultaten"]
    other = next(line["id"] for line in lines if line["id"] != case)
    page = worker.get(f"/zaken/{other}")
    answer = worker.post(f"/zaken/{other}/besluiten", {"versie": page["versie"], **VERDICT})
    assert answer.status_code == 200, answer.text
    mine = dict.fromkeys(MAY_NOT_FIT, other)
    return {**mine, "GET /zaken/{}/besluiten": other, "bezorgingen": page["bezorgingen"][0]["id"]}


def bodies(worker: Caseworker, given: Mapping[str, str]) -> dict[str, Callable[[], Json]]:
    """What each of these changes says, with the version that is there then."""
    other = given[AGAIN]

    def said(act: str) -> Json:
        page = worker.get(f"/zaken/{other}")
        opened = page["geopendOp"][:10]
        days = {
            "aanleveringen": {"ontvangstDatum": opened},
            "bezwaar": {"ontvangstDatum": opened},
            "afwachten": {"totDatum": page["reactieDatum"]},
            "herzieningen": {"herzietBesluitId": page["besluiten"][0]["id"]},
        }
        return {"json": {"versie": page["versie"], **ACTS[act], **days.get(act, {})}}

    return {f"POST /zaken/{{}}/{act}": partial(said, act) for act in ACTS}
