"""Teams, tasks and who does what, for the test of isolation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any
from uuid import uuid4

from tests.support.caseworker import Caseworker

Json = dict[str, Any]
ADDRESS = {"soort": "adres-nakijken", "toelichting": "De brief kwam terug"}
CALL = {"soort": "terugbellen", "toelichting": "Wil weten welke stukken nodig zijn"}
DEPUTY = "collega-die-waarneemt"
DAYS = {"waarnemer": DEPUTY, "vanafDatum": "2099-03-02", "totEnMetDatum": "2099-03-03"}
SEARCH = {"naam": "Termijn voorbij", "keuzes": "termijnVoorbij=true"}
LATER = {**DAYS, "vanafDatum": "2099-05-01", "totEnMetDatum": "2099-05-02"}


def ids(worker: Caseworker, administrator: Caseworker, case: str) -> dict[str, str]:
    """A task in a case, one to finish and open again, a team, and days on which one is away."""
    lasting, passing = (posted(worker, f"/zaken/{case}/taken", body) for body in (ADDRESS, CALL))
    return {
        "taken": lasting,
        "POST /taken/{}/afronding": passing,
        "POST /taken/{}/heropening": passing,
        "teams": posted(administrator, "/teams", team(worker)),
        "afwezigheden": posted(worker, "/afwezigheden", LATER),
        "bulkacties": asked(worker, case),
        "zoekopdrachten": posted(worker, "/zoekopdrachten", SEARCH),
    }


def asked(worker: Caseworker, case: str) -> str:
    """An act on many cases, of which this is the only one; its id."""
    answer = worker.post("/bulkacties", taken_over(worker, case))
    assert answer.status_code == 202, answer.text
    found: str = answer.json()["id"]
    return found


def taken_over(worker: Caseworker, case: str) -> Json:
    """To take over some cases at once."""
    return {
        "actie": "toewijzen",
        "zaakIds": [case],
        "aantal": 1,
        "behandelaar": own_id(worker),
    }


def own_id(worker: Caseworker) -> str:
    """The id of who is signed in."""
    found: str = worker.get("/sessies/huidige")["gebruiker"]["id"]
    return found


def team(worker: Caseworker) -> Json:
    """A team with this worker and a deputy, under a name of its own."""
    members = [
        {"gebruikerId": own_id(worker), "naam": "Anna Behandelaar"},
        {"gebruikerId": DEPUTY, "naam": "Dana Waarnemer"},
    ]
    return {"naam": f"Team {uuid4()}", "leden": members}


def posted(worker: Caseworker, path: str, body: Mapping[str, Any]) -> str:
    """Something new; its id."""
    answer = worker.post(path, dict(body))
    assert answer.status_code == 201, answer.text
    found: str = answer.json()["id"]
    return found


def bodies(
    worker: Caseworker, administrator: Caseworker, given: Mapping[str, str]
) -> dict[str, Callable[[], Json]]:
    """What each of these changes says."""
    cases, team_id = {"zaakIds": [given["zaken"]]}, {"teamId": given["teams"]}

    def changed() -> Json:
        version = administrator.get(f"/teams/{given['teams']}")["versie"]
        return {"json": {**team(worker), "versie": version}}

    said: dict[str, Json] = {
        "POST /zaken/{}/taken": CALL,
        "POST /taken/{}/afronding": {"uitkomst": "Gesproken"},
        "POST /taken/{}/heropening": {"reden": "Toch nog een vraag"},
        "POST /taken/{}/toewijzing": {"behandelaar": None},
        "POST /zaken/{}/overname": {},
        "POST /zaken/{}/teruggave": {"reden": "Hoort bij een ander team"},
        "POST /zaken/{}/notities": {"tekst": "Belde: de stukken komen morgen"},
        "POST /zaken/zoeken": {"zaaknummer": worker.get(f"/zaken/{given['zaken']}")["zaaknummer"]},
        "POST /zaken/{}/bsn-inzage": {"reden": "Nodig voor het opvragen van inkomen"},
        "PUT /batches/{}/team": team_id,
        "POST /verdelingen": {**cases, **team_id},
        "POST /toewijzingen": {**cases, "behandelaar": own_id(worker)},
        "POST /afwezigheden": DAYS,
        "POST /bulkacties": taken_over(worker, given["zaken"]),
        "POST /zoekopdrachten": {**SEARCH, "naam": str(uuid4())},
        "POST /zoekopdrachten/{}/verwijdering": {},
    }
    return {
        **{key: partial(_as_json, body) for key, body in said.items()},
        "POST /teams": lambda: {"json": team(worker)},
        "PUT /teams/{}": changed,
    }


def own_bodies(worker: Caseworker, administrator: Caseworker) -> dict[str, Callable[[], Json]]:
    """What a gemeente says about its own: its first case, and a team made for it."""
    given = {
        "zaken": worker.get("/zaken")["resultaten"][0]["id"],
        "teams": posted(administrator, "/teams", team(worker)),
    }
    return bodies(worker, administrator, given)


def _as_json(body: Json) -> Json:
    return {"json": body}
