"""Whatever is sent, the answer is one that the API's description names, in the form it names.

Every operation of the gateway and of each service behind it is asked what its description allows
and what it does not. The operations come from the running system, so a new one is tried as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest
from schemathesis import GenerationMode

from deploy.local.environment import SERVICES
from deploy.local.ports import HOST
from shared.chassis.identity import Identity, Signer
from shared.contracts.codes import Role
from tests.support import (
    after_sending,
    before_sending,
    casework,
    destruction,
    inzage,
    returns,
    rounds,
    staff,
)
from tests.support.caseworker import Caseworker
from tests.support.people import people
from tests.support.strange_input import Door, operations_of, try_everything
from tests.support.system import System
from tests.support.waiting import until

GEMEENTE = "9099"
EVERY_ROLE = frozenset(Role)
#: They end or move the session that the others need, or lock an address after wrong passwords.
OWN_SESSION = (
    "PUT /sessies/huidige",
    "PUT /sessies/huidige/wachtwoord",
    "DELETE /sessies/huidige",
    "DELETE /sessies",
    "POST /sessies",
    "GET /aanmeldwijzen",  # nothing can be asked, so nothing can be asked wrongly
)
SETTINGS = {
    "naam": "Proefstad",
    "plaats": "Proefstad",
    "afdeling": "Team Heronderzoek",
    "telefoon": "088 000 90 99",
    "openingstijden": "maandag tot en met vrijdag van 9.00 tot 17.00 uur",
    "retouradres": "Gemeente Proefstad, Postbus 1, 1999 AB Proefstad",
    "afzenderNaam": "Gemeente Proefstad",
    "afzenderEmail": "heronderzoek@proefstad.example.nl",
    "link": "https://proefstad.example.nl/heronderzoek",
    "versie": 0,
}


@dataclass(frozen=True)
class Town:
    """A gemeente of these tests alone, in which one batch was sent."""

    system: System
    worker: Caseworker
    ids: dict[str, str]


@pytest.fixture(scope="module")
def town(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A user with every role, the gemeente's settings, and one of each thing."""
    system.query(
        "gateway",
        "insert into users (id, username, name, email, password_hash)"
        " select 'toetser', 'toetser', 'Toetser', 'toetser@example.nl', password_hash"
        " from users where username = 'behandelaar' returning id",
    )
    system.query(
        "gateway",
        "insert into user_rights (user_id, gemeente, roles)"
        " select 'toetser', %s, jsonb_agg(distinct role) from user_rights,"
        " jsonb_array_elements(roles) as role returning user_id",
        GEMEENTE,
    )
    with rounds.signed_in(system, "toetser") as worker:
        assert worker.http.put("/instellingen", json=SETTINGS).status_code == 200
        for kind in ("briefsjablonen", "emailsjablonen"):
            until(partial(has_template, worker, kind), 60, f"{kind} of the gemeente")
        done = rounds.sent(worker, tmp_path_factory.mktemp("town"), people(3))
        ids = rounds.ids_of(worker, done)
        ids |= casework.ids(worker, worker, ids["zaken"])
        ids |= after_sending.ids(worker, ids)
        ids |= staff.ids(worker)
        destruction.due(system, worker, tmp_path_factory.mktemp("oud"))
        ids["vernietigingen"] = destruction.asked(worker)
        batch = rounds.opened(worker, tmp_path_factory.mktemp("proef"), people(1))
        case = worker.get("/zaken", batchId=batch)["resultaten"][0]["id"]
        ids["proeven"] = before_sending.trial(worker, batch, case)
        ids["retourmail"] = returns.came_back(system, worker, ids["emails"])
        ids["inzagen"] = inzage.asked(worker, ids["zaken"])["id"]
        _, ids["kopieen"] = rounds.marked_copy(worker, tmp_path_factory.mktemp("fout"), people(2))
        yield Town(system, worker, ids)


def has_template(worker: Caseworker, kind: str) -> bool:
    """Whether the first templates have come."""
    return worker.http.get(f"/{kind}/actief", params={"doel": "uitnodiging"}).status_code == 200


def described(door: Door) -> dict[str, Any]:
    """What an API says of itself."""
    document: dict[str, Any] = httpx.get(f"{door.address}/v1/openapi.json").json()
    return document


def tried(door: Door, examples: int) -> list[str]:
    """Ask everything of one API; what was wrong."""
    wrong: list[str] = []
    for operation in operations_of(described(door)):
        if operation.label not in OWN_SESSION:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                wrong += try_everything(door, operation, mode, examples)
    return wrong


def test_the_gateway_answers_as_it_says(town: Town) -> None:
    """Through the door that users have."""
    token = town.worker.http.headers["Authorization"]
    door = Door(town.system.address, lambda: {"Authorization": token}, town.ids)
    with door.session:
        assert tried(door, 4) == []
    assert town.worker.get("/sessies/huidige")["gemeente"] == GEMEENTE
    # a test that only met refusals tried nothing
    reads = {name: met for name, met in door.met.items() if name.startswith("GET")}
    assert {name for name, met in reads.items() if 200 not in met} == set()
    taking = [each for each in operations_of(described(door)) if each.body]
    asked = [each.label for each in taking if each.label in door.met]
    assert len(asked) >= 6
    assert [name for name in asked if 400 not in door.met[name]] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_answers_as_it_says(town: Town, service: str) -> None:
    """Past the gateway, as a colleague with every role."""
    stack = town.system.stack
    signer = Signer(stack.environment("gateway")["IDENTITY_KEY"], "gateway")
    held = EVERY_ROLE - {Role.SYSTEEM}
    colleague = Identity("toetser", "Toetser", "toetser@example.nl", held, GEMEENTE)
    door = Door(
        f"http://{HOST}:{stack.ports.api(service)}",
        lambda: {"Authorization": f"Bearer {signer.sign(colleague, service)}"},
        town.ids,
    )
    with door.session:
        assert tried(door, 6) == []


def test_strange_sign_ins_are_refused_in_words(town: Town) -> None:
    """What is no sign-in at all is 400; the description of the rest is kept too."""
    door = Door(town.system.address, dict, {})
    with door.session:
        for operation in operations_of(described(door)):
            if operation.label == "POST /sessies":
                assert try_everything(door, operation, GenerationMode.NEGATIVE, 8) == []
    assert door.met["POST /sessies"][400] > 0
    # a right password wipes what the wrong ones counted, for the tests after this one
    with rounds.signed_in(town.system, "toetser") as again:
        assert again.gemeente == GEMEENTE
