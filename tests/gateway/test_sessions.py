"""How long a session lasts, who ends it, and which requests it lets change something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from deploy.local.stack import Stack
from services.gateway import queries
from services.gateway.domain import SessionLimits, digest
from services.gateway.routes import OPERATIONS, ROUTES, may
from services.gateway.sign_in import PASSIVE, own_path
from shared.contracts.codes import Role
from tests.gateway.conftest import Gateway, sign_in
from tests.support.parts import new_gemeente

CURRENT = "/v1/sessies/huidige"
END = f"{CURRENT}/einde"


async def _idle(gateway: Gateway, client: httpx.AsyncClient, interval: str) -> None:
    """Time passes by moving the rows."""
    await gateway.rows(
        f"update sessions set seen_at = seen_at - interval '{interval}' where id_hash = :h",  # noqa: S608
        h=digest(_token(client)),
    )


def _token(client: httpx.AsyncClient) -> str:
    return str(client.headers["authorization"].removeprefix("Bearer "))


async def _remaining(client: httpx.AsyncClient) -> int:
    return int((await client.get(END)).json()["resterend"])


async def test_a_page_can_warn_before_a_session_ends(gateway: Gateway) -> None:
    """Asking does not keep it alive, so the warning is true; extending does."""
    client = await gateway.signed_in(Role.RAADPLEGER)
    await _idle(gateway, client, "28 minutes")
    for _ in range(2):
        assert 110 <= await _remaining(client) <= 120
    told = (await client.post(f"{CURRENT}/verlenging")).json()
    assert 1790 <= told["resterend"] <= 1800
    ends, latest = (datetime.fromisoformat(told[name]) for name in ("eindigtOp", "uiterlijkOp"))
    assert timedelta(hours=9) < latest - ends < timedelta(hours=9, minutes=31)
    assert told["verlengbaar"] is True


async def test_a_session_at_its_last_half_hour_cannot_be_extended(gateway: Gateway) -> None:
    """Ten hours are ten hours, and the page can say so."""
    client = await gateway.signed_in(Role.RAADPLEGER)
    await gateway.rows(
        "update sessions set created_at = created_at - interval '9 hours 50 minutes'"
        " where id_hash = :h",
        h=digest(_token(client)),
    )
    told = (await client.post(f"{CURRENT}/verlenging")).json()
    assert told["resterend"] <= 600
    assert told["verlengbaar"] is False


async def test_polling_keeps_no_session_alive(gateway: Gateway) -> None:
    """A page that is left open refreshes itself all night; a person who clicks is at work."""
    client = await gateway.signed_in(Role.RAADPLEGER)
    await _idle(gateway, client, "29 minutes")
    assert (await client.get(CURRENT, headers={PASSIVE: "ja"})).status_code == 200
    assert await _remaining(client) <= 60
    assert (await client.get(CURRENT)).status_code == 200
    assert await _remaining(client) > 1700


async def test_work_is_written_at_most_once_a_minute(gateway: Gateway) -> None:
    """A page makes many requests."""
    client = await gateway.signed_in(Role.RAADPLEGER)

    async def seen() -> Any:
        rows = await gateway.rows(
            "select seen_at from sessions where id_hash = :h", h=digest(_token(client))
        )
        return rows[0]["seen_at"]

    before = await seen()
    await client.get(CURRENT)
    assert await seen() == before
    await _idle(gateway, client, "61 seconds")
    await client.get(CURRENT)
    assert await seen() > before


async def test_signing_out_everywhere_ends_every_session(gateway: Gateway) -> None:
    """Of this user alone."""
    gemeente = new_gemeente()
    name = await gateway.user({gemeente: [Role.AUDITOR]})
    stranger = await gateway.signed_in(Role.AUDITOR, gemeente=gemeente)
    first, second = await gateway.client(), await gateway.client()
    await sign_in(first, name)
    session = (await sign_in(second, name)).json()
    answer = await second.delete("/v1/sessies", headers={"X-CSRF-Token": session["csrf"]})
    assert answer.json() == {"verderBij": None, "aantal": 2}
    assert [(await each.get(CURRENT)).status_code for each in (first, second)] == [401, 401]
    assert (await stranger.get(CURRENT)).status_code == 200


async def test_a_beheerder_signs_a_user_out(gateway: Gateway) -> None:
    """In the gemeenten that are the beheerder's, with a line; nobody else's user."""
    here, there = new_gemeente(), new_gemeente()
    name = await gateway.user({here: [Role.AUDITOR], there: [Role.AUDITOR]})
    clients = [await gateway.client() for _ in range(2)]
    for client, gemeente in zip(clients, (here, there), strict=True):
        await sign_in(client, name, gemeente=gemeente)
    beheer = await gateway.signed_in(Role.BEHEERDER, gemeente=here)
    address = f"/v1/gebruikers/{gateway.names[name]}/afmelding"
    assert (await beheer.post(address)).json() == {"aantal": 1}
    assert [(await each.get(CURRENT)).status_code for each in clients] == [401, 200]
    lines = await gateway.rows(
        "select detail from audit_log where action = 'gebruikerAfmelden'", here
    )
    assert [line["detail"] for line in lines] == ["1 sessies beëindigd"]
    assert (await (await gateway.signed_in(Role.BEHEERDER)).post(address)).status_code == 404


async def test_what_ended_is_swept(gateway: Gateway) -> None:
    """By the timer: sessions, counters and used logout tokens."""
    client = await gateway.signed_in(Role.RAADPLEGER)
    living = await gateway.signed_in(Role.RAADPLEGER)
    await _idle(gateway, client, "31 minutes")
    await gateway.rows(
        "insert into logout_tokens values ('\\x01', clock_timestamp() - interval '1 second'),"
        " ('\\x02', clock_timestamp() + interval '1 minute') on conflict do nothing"
    )
    async with gateway.database.transaction() as transaction:
        await queries.sweep(transaction, SessionLimits(timedelta(minutes=30), timedelta(hours=10)))
    left = await gateway.rows("select id_hash from sessions")
    hashes = {bytes(row["id_hash"]) for row in left}
    assert digest(_token(client)) not in hashes
    assert digest(_token(living)) in hashes
    assert len(await gateway.rows("select 1 from logout_tokens where jti_hash in ('\\x01')")) == 0
    assert len(await gateway.rows("select 1 from logout_tokens where jti_hash in ('\\x02')")) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://gateway.example.nl"}, 200),
        ({"Origin": "https://kwaad.example.nl"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[kapot"}, 403),
    ],
)
async def test_another_site_changes_nothing_even_with_the_token(
    gateway: Gateway, headers: dict[str, str], status: int
) -> None:
    """Nor does it sign anybody in."""
    gemeente = new_gemeente()
    name = await gateway.user({gemeente: [Role.AUDITOR]})
    client = await gateway.client()
    session = (await sign_in(client, name)).json()
    csrf = {"X-CSRF-Token": session["csrf"]}
    answer = await client.put(CURRENT, json={"gemeente": gemeente}, headers={**csrf, **headers})
    assert answer.status_code == status
    client.headers.update(headers)
    assert (await sign_in(client, name)).status_code == (201 if status == 200 else 403)
    assert (await client.get(CURRENT)).status_code == 200


async def test_two_sign_outs_at_once_are_one(gateway: Gateway) -> None:
    """The second finds no session, or nothing left to end."""
    name = await gateway.user({new_gemeente(): [Role.AUDITOR]})
    client = await gateway.client()
    session = (await sign_in(client, name)).json()
    csrf = {"X-CSRF-Token": session["csrf"]}
    answers = await asyncio.gather(*(client.delete(CURRENT, headers=csrf) for _ in range(2)))
    assert {answer.status_code for answer in answers} <= {200, 401}


async def test_production_has_exceptions_only_when_they_are_asked_for(
    make_gateway: Callable[..., Any], stack: Stack
) -> None:
    """Passwords of our own in production: with a setting of that name, and then they work."""
    _ = stack
    gateway: Gateway = await make_gateway(
        environment="production",
        allow_time_travel=False,
        public_url="https://heronderzoek.example.nl",
        local_users_in_production=True,
    )
    name = await gateway.user({new_gemeente(): [Role.AUDITOR]})
    client = await gateway.client("https")
    assert (await sign_in(client, name)).status_code == 201
    assert client.cookies.get("__Host-heronderzoek")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("/zaken?status=nieuw&pagina=2", "/zaken?status=nieuw&pagina=2"),
        ("/zaken#tijdlijn", "/zaken#tijdlijn"),
        ("", "/"),
        (None, "/"),
        ("zaken", "/"),
        ("//kwaad.example.nl", "/"),
        ("///kwaad.example.nl", "/"),
        ("/\\kwaad.example.nl", "/"),
        ("\\\\kwaad.example.nl", "/"),
        ("/\t/kwaad.example.nl", "/"),
        ("/zaken\r\nSet-Cookie: a=b", "/"),
        (" //kwaad.example.nl", "/"),
        ("https://kwaad.example.nl/", "/"),
        ("javascript:alert(1)", "/"),
        ("/" + "a" * 2000, "/"),
    ],
)
def test_only_a_page_of_ours_comes_next(wanted: str | None, expected: str) -> None:
    """Whatever a browser might read in it."""
    assert own_path(wanted) == expected


def test_buttons_follow_the_table_of_the_doors() -> None:
    """Every line has a name of its own, and a made-up one is a fault, not a silent no."""
    assert len(OPERATIONS) == len(ROUTES)
    for line in ROUTES.values():
        assert {role for role in Role if may({role}, line.name)} == line.roles
        assert not may(set(), line.name)
    with pytest.raises(KeyError):
        may({Role.BEHEERDER}, "verzonnenHandeling")
