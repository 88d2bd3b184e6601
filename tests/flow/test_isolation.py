"""Another gemeente is another world: every operation of every service, with real ids of the first.

The operations are read from the OpenAPI documents of the running system, so a new one is tried
without being asked for; one that the tests cannot fill in fails them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from deploy.local.environment import SERVICES
from deploy.local.ports import HOST
from shared.chassis.identity import Identity, Signer
from shared.chassis.identity import system as system_identity
from shared.chassis.sealing import KeyRing
from shared.contracts.codes import Role
from tests.support import (
    after_sending,
    before_sending,
    casework,
    destruction,
    inzage,
    life,
    reminding,
    returns,
    rounds,
    staff,
    templates,
    word,
)
from tests.support.caseworker import XLSX, Caseworker, agreement
from tests.support.expected import (
    FOR_EVERYBODY,
    MAY_BE_EMPTY,
    MAY_CONFLICT,
    NEEDS_LETTERS,
    NOTHING_OF_ITS_OWN,
    SENDER_ALONE,
)
from tests.support.operations import FILES, OK, Filling, Operation, operations, what_leaks
from tests.support.people import people, write
from tests.support.rest import is_at_rest
from tests.support.rights import OPEN, may
from tests.support.system import System
from tests.support.waiting import until

A, B = "9001", "9002"
ROLES: tuple[str, ...] = tuple(sorted(role for role in Role if role is not Role.SYSTEEM))
#: About who is signed in; they have a test of their own.
OWN_SESSION = "/sessies"
#: Who looked at what: grows with every look, so it has a test of its own.
ASIDE = (OWN_SESSION, "/logboek")


@dataclass(frozen=True)
class World:
    """Two gemeenten: A did everything there is to do, B did a little of its own."""

    system: System
    users: dict[tuple[str, str], Caseworker]
    filling: Filling
    #: Everything that names a thing of A.
    marks: frozenset[str]
    first_bsn: str

    def user(self, gemeente: str, role: str) -> Caseworker:
        """The user with this role alone."""
        return self.users[gemeente, role]

    def lists(self, gemeente: str) -> dict[str, Any]:
        """Every list and count of a gemeente that needs no id."""
        return {
            each.key: self.filling.ask(self.user(gemeente, each.roles[0]).http, each).json()
            for each in gateway_operations(self.system)
            if each.method == "GET" and not each.has_id and each.shape not in FILES
            if set(each.required) <= {"doel"}
        }


def gateway_operations(system: System) -> list[Operation]:
    """What the gateway says that it can do, sessions and logboek aside."""
    found = operations(httpx.get(f"{system.address}/v1/openapi.json").json())
    return [each for each in found if each.key not in OPEN and not each.shape.startswith(ASIDE)]


@pytest.fixture(scope="module")
def world(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A with a closed batch, an open one, a checked and a wrong file; B with one open batch."""
    folder = tmp_path_factory.mktemp("isolation")
    with ExitStack() as stack:
        users = {
            (gemeente, role): stack.enter_context(rounds.signed_in(system, f"{role}{suffix}"))
            for gemeente, suffix in ((A, ""), (B, f"-{B}"))
            for role in ROLES
        }
        worker = users[A, Role.BEHANDELAAR]
        rounds.opened(users[B, Role.BEHANDELAAR], folder, people(2))
        done = rounds.sent(worker, folder, people(6))
        ids = rounds.ids_of(worker, done)
        ids |= fresh_ids(worker, folder)
        ids |= casework.ids(worker, users[A, Role.BEHEERDER], ids["zaken"])
        ids |= life.ids(worker, ids["zaken"])
        ids |= after_sending.ids(worker, ids)
        ids |= before_sending.ids(worker, users[A, Role.BEHEERDER], folder)
        ids |= staff.ids(users[A, Role.BEHEERDER])
        ids |= destruction.ids(system, worker, folder)
        ids["inzagen"] = inzage.asked(users[A, Role.PERSOONSVERWERKER], ids["zaken"])["id"]
        ids |= returns.ids(system, users[A, Role.BEHEERDER])
        yield World(
            system=system,
            users=users,
            filling=Filling(ids, query_of(ids), bodies_of(users, ids, folder)),
            marks=frozenset(ids.values()),
            first_bsn=done.people[0]["BSN"],
        )


def fresh_ids(worker: Caseworker, folder: Any) -> dict[str, str]:
    """What can be confirmed, planned and approved once, and a file with findings."""
    batch = rounds.opened(worker, folder, people(3))
    findings, copy = rounds.marked_copy(worker, folder, people(2))
    return {
        "kopieen": copy,
        "GET /uploads/{}/kopieen": findings,
        "POST /uploads/{}/kopieen": findings,
        "GET /uploads/{}/bevindingen": findings,
        "POST /uploads/{}/bevestiging": rounds.checked(worker, folder, people(2)),
        "PUT /batches/{}/plan": batch,
        "POST /batches/{}/akkoord": batch,
    }


def query_of(ids: dict[str, str]) -> dict[str, str]:
    """Questions about A's things, what every gemeente has, and as a text that can be read."""
    own = {"zaakId": ids["zaken"], "batchId": ids["batches"], "formaat": "csv"}
    return own | {"doel": "uitnodiging"}


def bodies_of(
    users: dict[tuple[str, str], Caseworker], ids: dict[str, str], folder: Any
) -> dict[str, Callable[[], dict[str, Any]]]:
    """What each change says; plans and approvals say what A is shown."""
    worker, administrator = users[A, Role.BEHANDELAAR], users[A, Role.BEHEERDER]
    file = write(folder / "nieuw.xlsx", people(2)).read_bytes()
    batch = ids["PUT /batches/{}/plan"]

    return {
        "POST /uploads": lambda: {"files": {"bestand": ("nieuw.xlsx", file, XLSX)}},
        "POST /uploads/{}/bevestiging": lambda: {"json": {"akkoord": True}},
        "PUT /batches/{}/plan": lambda: {
            "json": rounds.plan_of(worker.get(f"/batches/{batch}/plan"))
        },
        "POST /batches/{}/akkoord": lambda: {
            "json": agreement(worker.get(f"/batches/{batch}/voorstel"))
        },
        "POST /uploads/{}/kopieen": lambda: {"json": {"soort": "foute-rijen"}},
        "PUT /kolomaliassen": partial(no_aliases, administrator),
        "PUT /verzendlimiet": lambda: {"json": {"emailsPerMinuut": None}},
        **before_sending.bodies(worker, ids),
        **after_sending.bodies(worker, ids),
        **casework.bodies(worker, administrator, ids),
        **life.bodies(worker, ids),
        **staff.bodies(administrator, ids),
        **destruction.bodies(administrator),
        "POST /zaken/{}/inzagen": lambda: {"json": inzage.ASKED},
        **reminding.bodies(worker, administrator, ids),
        "PUT /instellingen": partial(office, administrator),
        "POST /briefsjablonen": lambda: {"json": templates.letter_template("Brief")},
        "POST /briefsjablonen/omzetting": word.upload,
        "POST /emailsjablonen": lambda: {"json": templates.mail_template("E-mail")},
    }


def office(administrator: Caseworker) -> dict[str, Any]:
    """The settings as they stand."""
    found = administrator.get("/instellingen")
    return {"json": {name: value for name, value in found.items() if name != "code"}}


def no_aliases(administrator: Caseworker) -> dict[str, Any]:
    """No names of a gemeente's own for columns; changed from the version that stands now."""
    return {"json": {"versie": administrator.get("/kolommen")["versie"], "aliassen": []}}


def test_every_operation_gives_a_its_content_and_b_nothing(world: World) -> None:
    """With A's ids: 404 or an empty list for B, in every role's name; content for A afterwards."""
    before = world.lists(B)
    wrong: list[str] = []
    changes_last = sorted(
        gateway_operations(world.system), key=lambda each: (each.is_change, "akkoord" in each.path)
    )
    for each in changes_last:
        if each.has_id or not each.is_change:  # without an id it is about the own gemeente
            for role in each.roles:
                leak = what_leaks(world.filling.ask(world.user(B, role).http, each), world.marks)
                wrong += [f"{each.key} as {role} of B: {leak}"] if leak else []
        answer = world.filling.ask(world.user(A, each.roles[0]).http, each)
        if each.key in MAY_CONFLICT and answer.status_code == httpx.codes.CONFLICT:
            continue
        if answer.status_code not in OK:
            wrong.append(f"{each.key} of A: {answer.status_code} {answer.text[:300]}")
        elif each.key not in MAY_BE_EMPTY and "json" in answer.headers.get("content-type", ""):
            wrong += [f"{each.key} of A: empty"] if answer.json().get("aantal") == 0 else []
    assert wrong == []
    assert world.lists(B) == before


def test_a_leak_would_be_seen(world: World) -> None:
    """With row-level security off for one table, B gets A's letter, and the look tells so."""
    each = next(
        each for each in gateway_operations(world.system) if each.key == "GET /documenten/{}"
    )
    address = world.system.stack.superuser_url("documents")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("alter table documents disable row level security")
        try:
            answer = world.filling.ask(world.user(B, Role.BEHANDELAAR).http, each)
        finally:
            connection.execute("alter table documents enable row level security")
    assert "ids of A" in (what_leaks(answer, world.marks) or "")


def test_what_b_does_for_itself_changes_nothing_of_a(world: World) -> None:
    """Uploads, templates and settings of B stay in B."""
    colleagues = {role: world.user(A, role) for role in ROLES}
    until(lambda: is_at_rest(colleagues), 120, "nothing of A moves by itself")
    before, tried = world.lists(A), []
    colleague_b, beheer_b = world.user(B, Role.BEHANDELAAR), world.user(B, Role.BEHEERDER)
    own: dict[str, Callable[[], dict[str, Any]]] = {
        "PUT /kolomaliassen": partial(no_aliases, beheer_b),
        "PUT /instellingen": partial(office, beheer_b),
        "PUT /herinneringen": partial(reminding.settings, beheer_b),
        "PUT /bewaartermijnen": destruction.bodies(beheer_b)["PUT /bewaartermijnen"],
        **casework.own_bodies(colleague_b, beheer_b),
    }
    filling = replace(world.filling, bodies={**world.filling.bodies, **own})
    for each in gateway_operations(world.system):
        if each.is_change and not each.has_id:
            answer = filling.ask(world.user(B, each.roles[0]).http, each)
            if each.key in NEEDS_LETTERS | NOTHING_OF_ITS_OWN and answer.status_code in {404, 409}:
                continue  # other tests may have given B letters, also with a case number of A
            assert answer.status_code in OK, f"{each.key}: {answer.text}"
            tried.append(each.key)
    assert {"POST /uploads", "PUT /instellingen"} <= set(tried)
    assert world.lists(A) == before
    assert beheer_b.get("/instellingen")["code"] == B


def test_b_cannot_go_and_work_in_a(world: World) -> None:
    """Neither when signing in nor afterwards."""
    worker = world.user(B, Role.BEHANDELAAR)
    answer = worker.http.put("/sessies/huidige", json={"gemeente": A})
    assert answer.status_code == 403
    assert worker.get("/sessies/huidige")["gemeente"] == B
    sign_in = {"gebruikersnaam": f"behandelaar-{B}", "wachtwoord": "Welkom-in-de-demo-1"}
    answer = httpx.post(f"{world.system.address}/v1/sessies", json={**sign_in, "gemeente": A})
    assert answer.status_code == 403


def test_the_logboek_of_b_has_no_colleague_of_a(world: World) -> None:
    """Each gemeente reads about its own people, and A's own reads are there."""
    people_of = {
        gemeente: {
            worker.get("/sessies/huidige")["gebruiker"]["id"]
            for (of, _), worker in world.users.items()
            if of == gemeente
        }
        for gemeente in (A, B)
    }
    for gemeente, other in ((A, B), (B, A)):
        lines = world.user(gemeente, Role.AUDITOR).get("/logboek", perPagina=200)["resultaten"]
        actors = {line["gebruikerId"] for line in lines}
        assert actors & people_of[gemeente]
        assert not actors & people_of[other]


def signed(world: World, service: str, identity: Identity, issuer: str = "gateway") -> httpx.Client:
    """A client at a service itself, past the gateway, with a true signature."""
    stack = world.system.stack
    token = Signer(stack.environment(issuer)["IDENTITY_KEY"], issuer).sign(identity, service)
    return httpx.Client(
        base_url=f"http://{HOST}:{stack.ports.api(service)}/v1",
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )


def colleague(gemeente: str, *roles: str) -> Identity:
    """A colleague with these roles."""
    held = frozenset(Role(role) for role in roles)
    return Identity(f"collega-{gemeente}", "Collega", "collega@example.nl", held, gemeente)


def filling_at(world: World, service: str) -> Filling:
    """How the operations of a service are filled in: templates have other addresses there."""
    collection = {"documents": "briefsjablonen", "mailer": "emailsjablonen"}.get(service)
    if collection is None:
        return world.filling
    active = world.user(A, Role.BEHEERDER).get(f"/{collection}/actief", doel="uitnodiging")
    return replace(world.filling, ids={**world.filling.ids, "sjablonen": active["id"]})


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_keeps_the_gemeenten_apart_itself(world: World, service: str) -> None:
    """A signed colleague of B with every role finds nothing of A at the service itself."""
    filling, tried = filling_at(world, service), 0
    marks = frozenset(filling.ids.values())
    wrong: list[str] = []
    with (
        signed(world, service, colleague(B, *ROLES)) as b,
        signed(world, service, colleague(A, *ROLES)) as a,
    ):
        for each in operations(b.get("/openapi.json").json()):
            if each.key == "POST /open-zaken" or (each.is_change and not each.has_id):
                continue
            tried += 1
            if leak := what_leaks(filling.ask(b, each), marks):
                wrong.append(f"{each.key} of B: {leak}")
            due = range(403, 404) if each.key in SENDER_ALONE else OK
            if not each.is_change and filling.ask(a, each).status_code not in due:
                wrong.append(f"{each.key} of A: {filling.ask(a, each).text[:300]}")
    assert wrong == []
    assert tried >= 3


def test_the_question_for_open_cases_is_answered_per_gemeente(world: World) -> None:
    """Intake asks cases in the name of one gemeente, and hears of no other."""
    environment = world.system.stack.environment()
    keys = KeyRing.of(environment["SEAL_KEYS"], environment["INDEX_KEYS"])
    body = {"bsnIndexen": [keys.index(world.first_bsn).hex()]}
    found = {}
    for gemeente in (A, B):
        identity = system_identity("intake", gemeente)
        with signed(world, "cases", identity, issuer="intake") as client:
            answer = client.post("/open-zaken", json=body)
            assert answer.status_code == 200, answer.text
            found[gemeente] = len(answer.json()["gevonden"])
    assert found == {A: 1, B: 0}


def test_every_role_may_do_what_the_table_of_roles_says(world: World) -> None:
    """403 for the others, whatever they send; ids are made up, so that nothing changes."""
    document = httpx.get(f"{world.system.address}/v1/openapi.json").json()
    wrong: list[str] = []
    for each in operations(document):
        if each.shape.startswith(OWN_SESSION):
            continue
        for role in ROLES:
            answer = world.user(A, role).http.request(each.method, each.filled(str(uuid4())))
            if (answer.status_code != 403) is not may(role, each) or answer.status_code == 401:
                wrong.append(f"{each.key} as {role}: {answer.status_code}")
    assert wrong == []


def test_without_a_session_every_operation_is_closed(world: World) -> None:
    """401 with a problem, for all but signing in and the description itself."""
    with httpx.Client(base_url=f"{world.system.address}/v1") as nobody:
        for each in operations(nobody.get("/openapi.json").json()):
            if each.key not in OPEN:
                answer = nobody.request(each.method, each.filled(str(uuid4())))
                assert answer.status_code == 401, f"{each.key}: {answer.status_code}"


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_checks_the_role_and_the_signature_itself(world: World, service: str) -> None:
    """Past the gateway nobody gets further; a token for a neighbour is worth nothing."""
    neighbour = next(name for name in SERVICES if name != service)
    with (
        signed(world, service, colleague(A, Role.PERSOONSVERWERKER)) as stranger,
        signed(world, neighbour, colleague(A, *ROLES)) as astray,
    ):
        for each in operations(stranger.get("/openapi.json").json()):
            path = each.filled(str(uuid4()))
            if each.collection not in FOR_EVERYBODY:
                query = {name: world.filling.query[name] for name in each.required}
                body: dict[str, Any] | None = {} if each.has_body else None
                answer = stranger.request(each.method, path, params=query, json=body)
                assert answer.status_code in {400, 403}, f"{each.key}: {answer.status_code}"
                assert answer.status_code == 403 or each.has_body, each.key
            astray.base_url = stranger.base_url
            answer = astray.request(each.method, path)
            assert answer.status_code == 401, f"{each.key}: {answer.status_code}"
