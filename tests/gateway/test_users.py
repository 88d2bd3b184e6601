"""A beheerder makes, changes and deactivates the users of the own gemeente."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.contracts.codes import Role
from tests.gateway.conftest import PASSWORD, Gateway, sign_in
from tests.support.parts import new_gemeente
from tests.support.staff import newcomer

OWN = "Mijn-eigen-wachtwoord-9"


async def _added(beheer: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await beheer.post("/v1/gebruikers", json={**newcomer(), **changes})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _signed_in(gateway: Gateway, name: str, password: str) -> httpx.AsyncClient:
    client = await gateway.client()
    answer = await sign_in(client, name, password)
    assert answer.status_code == 201, answer.text
    client.cookies.clear()
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return client


async def _beheer(gateway: Gateway, gemeente: str) -> tuple[str, httpx.AsyncClient]:
    name = await gateway.user({gemeente: [Role.BEHEERDER]})
    return gateway.names[name], await _signed_in(gateway, name, PASSWORD)


async def test_a_new_user_chooses_an_own_password_first(gateway: Gateway) -> None:
    """The password that the beheerder knows opens nothing else, and then never again."""
    beheer = await gateway.signed_in(Role.BEHEERDER)
    user = await _added(beheer, rollen=["auditor"])
    client = await _signed_in(gateway, user["gebruikersnaam"], user["eenmaligWachtwoord"])
    assert (await client.get("/v1/sessies/huidige")).json()["moetWachtwoordKiezen"] is True
    refused = await client.get("/v1/logboek")
    assert (refused.status_code, refused.json()["type"].split(":")[-1].split("/")[-1]) == (
        403,
        "wachtwoord-kiezen",
    )
    change = {"huidig": user["eenmaligWachtwoord"], "nieuw": OWN}
    answer = await client.put("/v1/sessies/huidige/wachtwoord", json=change)
    assert answer.status_code == 204
    assert (await client.get("/v1/logboek")).status_code == 200
    again = await sign_in(
        await gateway.client(), user["gebruikersnaam"], user["eenmaligWachtwoord"]
    )
    assert again.status_code == 401
    await _signed_in(gateway, user["gebruikersnaam"], OWN)


async def test_the_same_request_twice_makes_one_user(gateway: Gateway) -> None:
    """And shows the same password, which is stored nowhere but as a hash."""
    beheer = await gateway.signed_in(Role.BEHEERDER)
    body, key = newcomer(), {"Idempotency-Key": str(uuid4())}
    first = await beheer.post("/v1/gebruikers", json=body, headers=key)
    second = await beheer.post("/v1/gebruikers", json=body, headers=key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    taken = await beheer.post("/v1/gebruikers", json=body)
    assert taken.status_code == 409
    kept = await gateway.rows("select answer::text from idempotency where answer is not null")
    assert first.json()["eenmaligWachtwoord"] not in str(kept)


async def test_a_password_for_once_expires(gateway: Gateway) -> None:
    """After three days it is like any wrong one."""
    beheer = await gateway.signed_in(Role.BEHEERDER)
    user = await _added(beheer)
    await gateway.rows(
        "update users set one_time_until = clock_timestamp() - interval '1 second' where id = :id",
        id=user["id"],
    )
    answer = await sign_in(
        await gateway.client(), user["gebruikersnaam"], user["eenmaligWachtwoord"]
    )
    assert answer.status_code == 401


async def test_deactivating_ends_sessions_at_once(gateway: Gateway) -> None:
    """The very next request is refused, and so is signing in; activating takes it back."""
    gemeente = new_gemeente()
    _, beheer = await _beheer(gateway, gemeente)
    name = await gateway.user({gemeente: [Role.AUDITOR]})
    client = await _signed_in(gateway, name, PASSWORD)
    address = f"/v1/gebruikers/{gateway.names[name]}"
    answer = await beheer.post(f"{address}/deactivering", json={"versie": 1})
    assert answer.json()["gedeactiveerdOp"] is not None
    assert (await client.get("/v1/sessies/huidige")).status_code == 401
    assert (await sign_in(await gateway.client(), name)).status_code == 403
    listed = (await beheer.get("/v1/gebruikers")).json()["resultaten"]
    assert [each["rollen"] for each in listed if each["id"] == gateway.names[name]] == [["auditor"]]
    answer = await beheer.post(f"{address}/activering", json={"versie": 2})
    assert answer.json()["gedeactiveerdOp"] is None
    assert (await sign_in(await gateway.client(), name)).status_code == 201


async def test_other_roles_count_from_the_next_request(gateway: Gateway) -> None:
    """What changed, from which roles to which, is a line of the logboek."""
    gemeente = new_gemeente()
    by, beheer = await _beheer(gateway, gemeente)
    name = await gateway.user({gemeente: [Role.AUDITOR]})
    client = await _signed_in(gateway, name, PASSWORD)
    assert (await client.get("/v1/logboek")).status_code == 200
    address = f"/v1/gebruikers/{gateway.names[name]}"
    change = {"versie": 1, "naam": "Sam Smit", "email": "s@example.nl", "rollen": ["raadpleger"]}
    changed = (await beheer.put(address, json=change)).json()
    assert (changed["naam"], changed["rollen"], changed["versie"]) == (
        "Sam Smit",
        ["raadpleger"],
        2,
    )
    assert (await client.get("/v1/logboek")).status_code == 403
    late = await beheer.put(address, json=change)
    assert late.status_code == 409
    lines = await gateway.rows(
        "select * from audit_log where actor = :by and action = 'gebruikerWijzigen' order by id",
        gemeente,
        by=by,
    )
    assert [(line["result"], line["object"], line["detail"]) for line in lines] == [
        (200, f"/gebruikers/{gateway.names[name]}", "rollen: auditor -> raadpleger"),
        (409, f"/gebruikers/{gateway.names[name]}", None),
    ]


async def test_nobody_changes_the_own_rights(gateway: Gateway) -> None:
    """Not the roles, not by deactivating; the own name is fine."""
    own, beheer = await _beheer(gateway, new_gemeente())
    address = f"/v1/gebruikers/{own}"
    seen = (await beheer.get(address)).json()
    whole = {"versie": 1, "naam": "Bo", "email": seen["email"], "rollen": ["beheerder", "auditor"]}
    assert (await beheer.put(address, json=whole)).status_code == 403
    assert (await beheer.post(f"{address}/deactivering", json={"versie": 1})).status_code == 403
    assert (await beheer.put(address, json={**whole, "rollen": ["beheerder"]})).status_code == 200


async def test_two_beheerders_cannot_take_each_others_role(gateway: Gateway) -> None:
    """At the same moment one of them wins, so the gemeente keeps a beheerder."""
    gemeente = new_gemeente()
    (one, first), (two, second) = [await _beheer(gateway, gemeente) for _ in range(2)]
    answers = await asyncio.gather(
        first.post(f"/v1/gebruikers/{two}/deactivering", json={"versie": 1}),
        second.post(f"/v1/gebruikers/{one}/deactivering", json={"versie": 1}),
    )
    left = await gateway.rows(
        "select 1 from user_rights where gemeente = :g and deactivated_at is null", g=gemeente
    )
    assert len(left) == 1
    assert min(answer.status_code for answer in answers) == 200


async def test_a_user_of_another_gemeente_too_keeps_name_and_password(gateway: Gateway) -> None:
    """A beheerder of one of the two could else sign in at the other; roles here are his."""
    here, there = new_gemeente(), new_gemeente()
    _, beheer = await _beheer(gateway, here)
    name = await gateway.user({here: [Role.RAADPLEGER], there: [Role.AUDITOR]})
    address = f"/v1/gebruikers/{gateway.names[name]}"
    assert (await beheer.post(f"{address}/wachtwoord")).status_code == 403
    seen = (await beheer.get(address)).json()
    change = {"versie": 1, "naam": "Anders", "email": seen["email"], "rollen": ["auditor"]}
    assert (await beheer.put(address, json=change)).status_code == 403
    assert (await beheer.put(address, json={**change, "naam": seen["naam"]})).status_code == 200
    stranger = await gateway.signed_in(Role.BEHEERDER)
    assert (await stranger.get(address)).status_code == 404
    assert (await stranger.post(f"{address}/wachtwoord")).status_code == 404


async def test_a_reset_password_ends_every_session(gateway: Gateway) -> None:
    """The old one counts no more, the new one only to choose another."""
    gemeente = new_gemeente()
    _, beheer = await _beheer(gateway, gemeente)
    name = await gateway.user({gemeente: [Role.AUDITOR]})
    client = await _signed_in(gateway, name, PASSWORD)
    answer = await beheer.post(f"/v1/gebruikers/{gateway.names[name]}/wachtwoord")
    assert answer.status_code == 200
    assert (await client.get("/v1/sessies/huidige")).status_code == 401
    assert (await sign_in(await gateway.client(), name)).status_code == 401
    await _signed_in(gateway, name, answer.json()["eenmaligWachtwoord"])


@pytest.mark.parametrize(
    ("change", "status", "wrong"),
    [
        ({"huidig": "onjuist", "nieuw": OWN}, 400, ["huidig"]),
        ({"huidig": PASSWORD, "nieuw": "kort"}, 400, ["nieuw"]),
        ({"huidig": PASSWORD, "nieuw": PASSWORD}, 400, ["nieuw"]),
    ],
)
async def test_a_password_that_cannot_be_is_refused(
    gateway: Gateway, change: dict[str, str], status: int, wrong: list[str]
) -> None:
    """With the field and what to do; the present one stays."""
    name = await gateway.user({new_gemeente(): [Role.AUDITOR]})
    client = await _signed_in(gateway, name, PASSWORD)
    answer = await client.put("/v1/sessies/huidige/wachtwoord", json=change)
    assert answer.status_code == status
    assert [each["name"] for each in answer.json()["invalidParams"]] == wrong
    await _signed_in(gateway, name, PASSWORD)


async def test_trying_passwords_at_a_stolen_session_closes_the_user_name(gateway: Gateway) -> None:
    """Guessing the present password counts as guessing at the door."""
    name = await gateway.user({new_gemeente(): [Role.AUDITOR]})
    client = await _signed_in(gateway, name, PASSWORD)
    body = {"huidig": "onjuist", "nieuw": OWN}
    tries = [await client.put("/v1/sessies/huidige/wachtwoord", json=body) for _ in range(6)]
    assert [answer.status_code for answer in tries] == [400] * 5 + [429]
    assert (await sign_in(await gateway.client(), name)).status_code == 429


@pytest.mark.parametrize(
    "change",
    [{"rollen": []}, {"rollen": ["systeem"]}, {"email": "geen adres"}, {"naam": " "}],
)
async def test_a_user_who_cannot_be_is_refused(gateway: Gateway, change: dict[str, Any]) -> None:
    """With the field that is wrong."""
    beheer = await gateway.signed_in(Role.BEHEERDER)
    answer = await beheer.post("/v1/gebruikers", json={**newcomer(), **change})
    assert answer.status_code == 400
    assert [each["name"].split(".")[0] for each in answer.json()["invalidParams"]] == [*change]
