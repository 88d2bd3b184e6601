"""Tasks: opened once, done by one, and back on the list when they turn out not to be done."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4, uuid5

from services.cases import handlers
from shared.contracts.codes import Role, TaskKind
from tests.cases.files import Zaken, persoon, user
from tests.support.parts import new_gemeente

LETTER_BACK = "De brief kwam terug: verhuisd"


async def opened(zaken: Zaken, gemeente: str, *kinds: TaskKind) -> str:
    """A case with a task of each kind; the case's id."""
    file = await zaken.opened(gemeente, persoon(200))
    case = file.rows[0].data.zaakId

    async def open_all(_: Any, work: Any) -> None:
        for kind in kinds:
            name = uuid5(case, f"returned|{kind}")
            await handlers.open_task(work, case, kind, LETTER_BACK, id=name)

    for _ in range(2):
        await zaken.commands.run(user(gemeente), open_all, None)
    return str(case)


async def test_the_same_news_twice_opens_one_task(zaken: Zaken, door: Any, gemeente: str) -> None:
    """It is told in the case once, with its reason."""
    case = await opened(zaken, gemeente, TaskKind.CHECK_ADDRESS)
    page = (await door("GET", "/taken", user(gemeente))).json()
    assert (page["aantal"], page["aantalPerSoort"]) == (1, {"adres-nakijken": 1})
    task = page["resultaten"][0]
    assert (task["zaakId"], task["titel"]) == (case, "Adres nakijken")
    assert task["naam"] == "A. de Tester200"
    told = (await door("GET", f"/zaken/{case}", user(gemeente))).json()["tijdlijn"]
    assert [one["toelichting"] for one in told if one["wat"] == "Taak: Adres nakijken"] == [
        LETTER_BACK
    ]


async def test_a_task_is_done_once_and_can_be_opened_again(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The second colleague hears that the first was there before."""
    await opened(zaken, gemeente, TaskKind.CHECK_ADDRESS)
    task = (await door("GET", "/taken", user(gemeente))).json()["resultaten"][0]["id"]
    done = await door(
        "POST", f"/taken/{task}/afronding", user(gemeente, "anna"), json={"uitkomst": "Verhuisd"}
    )
    assert done.status_code == 200, done.text
    assert done.json()["afgerondDoor"] == "Collega anna"
    late = await door("POST", f"/taken/{task}/afronding", user(gemeente, "bas"), json={})
    assert (late.status_code, late.json()["title"]) == (409, "Deze taak is al afgerond")
    assert (await door("GET", "/taken", user(gemeente))).json()["aantal"] == 0
    listed = (await door("GET", "/taken?open=false", user(gemeente))).json()["resultaten"]
    assert [one["uitkomst"] for one in listed] == ["Verhuisd"]

    reason = {"reden": "Het nieuwe adres klopt niet"}
    again = await door("POST", f"/taken/{task}/heropening", user(gemeente), json=reason)
    assert again.json()["afgerondOp"] is None
    twice = await door("POST", f"/taken/{task}/heropening", user(gemeente), json=reason)
    assert twice.status_code == 409


async def test_a_raadpleger_adds_a_task_and_a_double_click_adds_one(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Who answers the telephone asks for a call back; the list keeps to its filters."""
    case = await opened(zaken, gemeente, TaskKind.CHECK_ADDRESS)
    today = date(2026, 1, 5).isoformat()
    body = {"soort": "terugbellen", "toelichting": "Belt graag", "uiterlijkDatum": today}
    key = {"Idempotency-Key": str(uuid4())}
    who = user(gemeente, roles={Role.RAADPLEGER})
    for _ in range(2):
        answer = await door("POST", f"/zaken/{case}/taken", who, json=body, headers=key)
        assert answer.status_code == 201, answer.text
    assert answer.json()["isTeLaat"] is True
    assert (await door("GET", "/taken", who)).status_code == 403

    async def kinds(query: str) -> list[str]:
        listed = (await door("GET", f"/taken?{query}", user(gemeente))).json()["resultaten"]
        return [one["soort"] for one in listed]

    assert await kinds("") == ["terugbellen", "adres-nakijken"]
    assert await kinds("soort=adres-nakijken") == ["adres-nakijken"]
    assert await kinds("vandaagKlaar=true") == ["terugbellen"]
    assert await kinds("mijn=true") == []
    assert await kinds(f"zaakId={uuid4()}") == []


async def test_what_makes_tasks_superfluous_finishes_them(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Those of one kind, with the outcome; the others stay."""
    await opened(zaken, gemeente, TaskKind.CHECK_ADDRESS, TaskKind.SEND_LETTER)
    listed = (await door("GET", "/taken", user(gemeente))).json()["resultaten"]
    case = listed[0]["zaakId"]

    async def settle(_: Any, work: Any) -> None:
        await handlers.finish_tasks_of(work, case, "Adres verbeterd", kind=TaskKind.CHECK_ADDRESS)

    await zaken.commands.run(user(gemeente), settle, None)
    left = (await door("GET", "/taken", user(gemeente))).json()["resultaten"]
    assert [one["soort"] for one in left] == ["brief-sturen"]


async def test_another_gemeente_has_no_such_task(zaken: Zaken, door: Any, gemeente: str) -> None:
    """To read, to finish, or to add to."""
    case = await opened(zaken, gemeente, TaskKind.CHECK_ADDRESS)
    task = (await door("GET", "/taken", user(gemeente))).json()["resultaten"][0]["id"]
    stranger = user(new_gemeente())
    assert (await door("GET", f"/taken/{task}", stranger)).status_code == 404
    assert (await door("POST", f"/taken/{task}/afronding", stranger, json={})).status_code == 404
    body = {"soort": "anders", "toelichting": "Kijk hier eens naar"}
    assert (await door("POST", f"/zaken/{case}/taken", stranger, json=body)).status_code == 404
    assert (await door("GET", "/taken", stranger)).json()["aantal"] == 0
