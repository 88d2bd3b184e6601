"""Signing in with a password: what a session is, what ends it, and what wrong tries cost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.local.environment import GEMEENTEN
from deploy.local.stack import Stack
from services.gateway import seeding
from services.gateway.domain import digest
from services.gateway.settings import Settings
from shared.contracts.codes import Role
from tests.gateway.conftest import PASSWORD, Gateway, sign_in
from tests.support.parts import new_gemeente, settings_of

CURRENT = "/v1/sessies/huidige"


async def test_signing_in_says_who_you_are_and_where_you_may_work(gateway: Gateway) -> None:
    """The answer holds user, gemeenten, roles of the first gemeente, and the CSRF token."""
    first, second = sorted((new_gemeente(), new_gemeente()))
    name = await gateway.user({first: [Role.BEHANDELAAR], second: [Role.AUDITOR]})
    answer = await sign_in(await gateway.client(), name)
    assert answer.status_code == 201
    session = answer.json()
    assert session["gebruiker"] == {
        "id": gateway.names[name],
        "naam": "Sam Bakker",
        "email": "sam@example.nl",
    }
    assert (session["gemeente"], session["gemeenten"]) == (first, [first, second])
    assert session["rollen"] == ["behandelaar"]
    assert len(session["csrf"]) == 64


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(gateway: Gateway) -> None:
    """On http the name is plain, because a browser refuses the safe name there."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    answer = await sign_in(await gateway.client(), name)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("heronderzoek=")
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


async def test_on_https_the_cookie_is_bound_to_host_and_https(
    make_gateway: Callable[..., Any],
) -> None:
    """`__Host-` and Secure, and no Domain."""
    gateway: Gateway = await make_gateway(public_url="https://heronderzoek.example.nl")
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    client = await gateway.client("https")
    cookie = (await sign_in(client, name)).headers["set-cookie"]
    assert cookie.startswith("__Host-heronderzoek=")
    assert "Secure" in cookie
    assert "domain" not in cookie.lower()
    assert (await client.get(CURRENT)).status_code == 200


async def test_the_database_holds_no_usable_session(gateway: Gateway) -> None:
    """Only the hash of the session id is stored."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    token = (await sign_in(await gateway.client(), name)).json()["token"]
    rows = await gateway.rows(
        "select id_hash from sessions where user_id = :u", u=gateway.names[name]
    )
    assert [bytes(row["id_hash"]) for row in rows] == [digest(token)]
    assert token.encode() not in bytes(rows[0]["id_hash"])


async def test_an_unknown_user_and_a_wrong_password_get_the_same_answer(gateway: Gateway) -> None:
    """Nobody learns who has an account here."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    wrong = await sign_in(await gateway.client(), name, "onjuist")
    unknown = await sign_in(await gateway.client(), "bestaat-niet", "onjuist")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert wrong.json() == unknown.json()


async def test_an_unknown_user_takes_as_long_as_a_wrong_password(gateway: Gateway) -> None:
    """The password is hashed for both; without that the unknown user is ten times faster."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})

    async def fastest(*names: str) -> float:
        taken = []
        for each in names:
            client = await gateway.client()
            started = perf_counter()
            await sign_in(client, each, "onjuist")
            taken.append(perf_counter() - started)
        return min(taken)

    wrong = await fastest(name, name, name)
    unknown = await fastest("niemand-1", "niemand-2", "niemand-3")
    assert unknown > wrong / 2


async def _lock_out(gateway: Gateway, name: str) -> None:
    for _ in range(5):
        assert (await sign_in(await gateway.client(), name, "onjuist")).status_code == 401


@pytest.mark.parametrize("exists", [True, False])
async def test_after_five_wrong_tries_a_name_is_closed_for_a_minute(
    gateway: Gateway, exists: bool
) -> None:
    """Also for the right password, and also for a name that nobody has."""
    known = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    name = known if exists else f"niet-{known}"
    await _lock_out(gateway, name)
    answer = await sign_in(await gateway.client(), name.upper())
    assert answer.status_code == 429
    assert 50 < answer.json()["wachtSeconden"] <= 61
    assert answer.json()["detail"].startswith("Wacht 1 min")


async def _later(gateway: Gateway, interval: str) -> None:
    """Time passes by moving the rows."""
    await gateway.rows(
        f"update sign_in_tries set last_at = last_at - interval '{interval}',"  # noqa: S608
        f" locked_until = locked_until - interval '{interval}'"
    )


async def test_each_next_wrong_try_closes_a_name_twice_as_long(gateway: Gateway) -> None:
    """Up to an hour; the right password opens it and starts again at nothing."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    await _lock_out(gateway, name)
    waits = []
    for _ in range(7):
        await _later(gateway, "61 minutes")
        assert (await sign_in(await gateway.client(), name, "onjuist")).status_code == 401
        answer = await sign_in(await gateway.client(), name)
        waits.append(round(answer.json()["wachtSeconden"] / 60))
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    await _later(gateway, "61 minutes")
    assert (await sign_in(await gateway.client(), name)).status_code == 201
    await _lock_out(gateway, name)


async def test_after_a_day_of_quiet_nothing_is_counted(gateway: Gateway) -> None:
    """Five mistakes on Monday say nothing about Wednesday."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    await _lock_out(gateway, name)
    await _later(gateway, "25 hours")
    assert (await sign_in(await gateway.client(), name, "onjuist")).status_code == 401
    assert (await sign_in(await gateway.client(), name)).status_code == 201


async def test_ten_tries_at_once_are_no_way_round_the_lock(gateway: Gateway) -> None:
    """A try counts before it is made."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    clients = [await gateway.client() for _ in range(10)]
    answers = await asyncio.gather(*(sign_in(client, name, "onjuist") for client in clients))
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 5


async def test_a_right_password_wipes_the_wrong_tries(gateway: Gateway) -> None:
    """Four wrong, one right, four wrong: still open."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    for _ in range(2):
        for _ in range(4):
            await sign_in(await gateway.client(), name, "onjuist")
        assert (await sign_in(await gateway.client(), name)).status_code == 201


async def test_an_address_that_guesses_many_names_must_wait_longer_and_longer(
    gateway: Gateway,
) -> None:
    """The thirtieth wrong try closes the address for seconds, each next one for twice as long."""
    client = await gateway.client()
    before = {
        bytes(row["subject"]) for row in await gateway.rows("select subject from sign_in_tries")
    }
    await sign_in(client, "raden-1", "onjuist")
    rows = await gateway.rows("select subject from sign_in_tries")
    subjects = [row["subject"] for row in rows if bytes(row["subject"]) not in before]
    await gateway.rows("update sign_in_tries set tries = 29 where subject = any(:s)", s=subjects)
    waits = []
    for number in range(2, 5):
        assert (await sign_in(client, f"raden-{number}", "onjuist")).status_code == 401
        answer = await sign_in(client, f"raden-{number}", "onjuist")
        assert answer.status_code == 429
        waits.append(answer.json()["wachtSeconden"])
        await gateway.rows(
            "update sign_in_tries set locked_until = null where subject = any(:s)", s=subjects
        )
    assert waits[0] <= 6 < waits[1] <= 11 < waits[2] <= 21


async def test_without_rights_nobody_comes_in(gateway: Gateway) -> None:
    """A user without a role in any gemeente has nothing to do here."""
    name = await gateway.user({})
    assert (await sign_in(await gateway.client(), name)).status_code == 403


async def test_only_a_gemeente_of_your_own_can_be_chosen(gateway: Gateway) -> None:
    """At sign-in and afterwards."""
    first, second = sorted((new_gemeente(), new_gemeente()))
    name = await gateway.user({first: [Role.BEHANDELAAR], second: [Role.AUDITOR]})
    assert (await sign_in(await gateway.client(), name, gemeente="0363")).status_code == 403
    client = await gateway.client()
    session = (await sign_in(client, name, gemeente=second)).json()
    assert session["rollen"] == ["auditor"]
    csrf = {"X-CSRF-Token": session["csrf"]}
    assert (await client.put(CURRENT, json={"gemeente": "0363"}, headers=csrf)).status_code == 403
    moved = await client.put(CURRENT, json={"gemeente": first}, headers=csrf)
    assert moved.json()["rollen"] == ["behandelaar"]
    assert (await client.get(CURRENT)).json()["gemeente"] == first


@pytest.mark.parametrize(
    ("column", "age", "status"),
    [
        ("seen_at", "29 minutes", 200),
        ("seen_at", "31 minutes", 401),
        ("created_at", "9 hours 59 minutes", 200),
        ("created_at", "10 hours 1 minute", 401),
    ],
)
async def test_a_session_ends_when_idle_or_old(
    gateway: Gateway, column: str, age: str, status: int
) -> None:
    """Half an hour idle, ten hours in all."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    token = client.headers["authorization"].removeprefix("Bearer ")
    await gateway.rows(
        f"update sessions set {column} = {column} - interval '{age}' where id_hash = :h",  # noqa: S608
        h=digest(token),
    )
    assert (await client.get(CURRENT)).status_code == status


async def test_work_keeps_a_session_alive(gateway: Gateway) -> None:
    """Twice twenty minutes with a request between them."""
    client = await gateway.signed_in(Role.BEHANDELAAR)
    token = client.headers["authorization"].removeprefix("Bearer ")
    for _ in range(2):
        await gateway.rows(
            "update sessions set seen_at = seen_at - interval '20 minutes' where id_hash = :h",
            h=digest(token),
        )
        assert (await client.get(CURRENT)).status_code == 200


async def test_signing_out_ends_the_session(gateway: Gateway) -> None:
    """The cookie goes, and the token is worth nothing."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    client = await gateway.client()
    session = (await sign_in(client, name)).json()
    answer = await client.delete(CURRENT, headers={"X-CSRF-Token": session["csrf"]})
    assert (answer.status_code, answer.json()) == (200, {"verderBij": None})
    assert "Max-Age=0" in answer.headers["set-cookie"]
    bearer = {"Authorization": f"Bearer {session['token']}"}
    assert (await client.get(CURRENT, headers=bearer)).status_code == 401


async def test_rights_that_are_taken_away_are_gone_at_once(gateway: Gateway) -> None:
    """The session does not outlive them."""
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    client = await gateway.client()
    await sign_in(client, name)
    await gateway.rows("delete from user_rights where user_id = :u", u=gateway.names[name])
    assert (await client.get(CURRENT)).status_code == 401


async def test_a_change_with_a_cookie_needs_the_csrf_token(gateway: Gateway) -> None:
    """Another site can make a browser send the cookie, but does not know the token."""
    gemeente = new_gemeente()
    name = await gateway.user({gemeente: [Role.BEHANDELAAR]})
    client = await gateway.client()
    session = (await sign_in(client, name)).json()
    body = {"gemeente": gemeente}
    for headers, status in (
        ({}, 403),
        ({"X-CSRF-Token": "0" * 64}, 403),
        ({"X-CSRF-Token": session["csrf"]}, 200),
        ({"Authorization": f"Bearer {session['token']}"}, 200),
    ):
        answer = await client.put(CURRENT, json=body, headers=headers)
        assert answer.status_code == status, headers


async def test_local_sign_in_can_be_off(make_gateway: Callable[..., Any]) -> None:
    """Then a right password is not even looked at."""
    gateway: Gateway = await make_gateway(local_users=False)
    name = await gateway.user({new_gemeente(): [Role.BEHANDELAAR]})
    assert (await sign_in(await gateway.client(), name)).status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"demo_users": True}, "DEMO_USERS mag niet aan staan in productie"),
        ({"local_users": True}, "LOCAL_USERS mag niet aan staan in productie"),
        ({"public_url": "http://127.0.0.1:8080"}, "PUBLIC_URL moet in productie met https"),
        ({"oidc_issuer": "http://inloggen.example.nl"}, "OIDC_ISSUER moet in productie met https"),
        ({"oidc_issuer": None}, "OIDC_ISSUER nodig: anders komt niemand binnen"),
        ({"oidc_client_id": ""}, "OIDC_ISSUER heeft OIDC_CLIENT_ID nodig"),
        ({"oidc_rights": {}}, "OIDC_ISSUER heeft OIDC_RIGHTS nodig"),
        ({"oidc_rights": {"a": {"9001": ["systeem"]}}}, "een rol voor diensten"),
        ({"oidc_rights": {"a": {"Delft": ["auditor"]}}}, "oidc_rights"),
        ({"oidc_scope": "profile"}, "OIDC_SCOPE moet openid bevatten"),
        ({"oidc_issuer": "inloggen.example.nl"}, "oidc_issuer"),
    ],
)
def test_production_says_what_is_wrong_before_it_starts(
    stack: Stack, changes: dict[str, Any], words: str
) -> None:
    """The process does not start, and says which setting is wrong."""
    good = {
        "environment": "production",
        "allow_time_travel": False,
        "demo_users": False,
        "local_users": False,
        "gemeenten_file": GEMEENTEN,
        "public_url": "https://heronderzoek.example.nl",
        "oidc_issuer": "https://inloggen.example.nl",
        "oidc_client_id": "heronderzoek",
        "oidc_rights": {"a": {"9001": ["auditor"]}},
    }
    assert settings_of(stack, "gateway", Settings, **good).oidc_rights
    with pytest.raises(ValidationError, match=words):
        settings_of(stack, "gateway", Settings, **{**good, **changes})


async def test_demo_users_are_made_once_however_often_it_starts(
    make_gateway: Callable[..., Any],
) -> None:
    """One per role and gemeente, and one administrator for all gemeenten."""
    for _ in range(2):
        gateway: Gateway = await make_gateway(
            demo_users=True, demo_password=PASSWORD, gemeenten_file=GEMEENTEN
        )
    expected = {user.username for user in seeding.demo_users(["9001", "9002"])}
    users = await gateway.rows(
        "select username from users where username = any(:names)", names=sorted(expected)
    )
    made = [row["username"] for row in users]
    assert sorted(made) == sorted(expected)
    assert len(expected) == 13
    session = (await sign_in(await gateway.client(), "beheer")).json()
    assert (session["gemeenten"], session["rollen"]) == (["9001", "9002"], ["beheerder"])
