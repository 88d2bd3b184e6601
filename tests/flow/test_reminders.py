"""Twenty days in the life of a batch, with the clock moved: who is reminded when."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deploy.local.clocks import move_clocks
from services.cases.domain import reminders
from services.cases.domain.working_days import ZONE
from tests.flow.test_mail_server import LATER, in_the_place_of_the_mail_server
from tests.mailer.smtp_double import SmtpDouble
from tests.support import rounds
from tests.support.caseworker import Caseworker
from tests.support.people import people
from tests.support.system import System
from tests.support.waiting import until

GEMEENTE = "9098"
SETTINGS = {
    "naam": "Wachtstad",
    "plaats": "Wachtstad",
    "afdeling": "Team Heronderzoek",
    "telefoon": "088 000 90 98",
    "openingstijden": "maandag tot en met vrijdag van 9.00 tot 17.00 uur",
    "retouradres": "Gemeente Wachtstad, Postbus 1, 1999 AB Wachtstad",
    "afzenderNaam": "Gemeente Wachtstad",
    "afzenderEmail": "heronderzoek@wachtstad.example.nl",
    "link": "https://wachtstad.example.nl/heronderzoek",
    "versie": 0,
}


@pytest.fixture(scope="module")
def town(system: System) -> Iterator[Caseworker]:
    """A gemeente of this test alone, since its clock goes ahead; others are not reminded."""
    system.query(
        "gateway",
        "insert into users (id, username, name, email, password_hash)"
        " select 'wachter', 'wachter', 'Wachter', 'wachter@example.nl', password_hash"
        " from users where username = 'behandelaar' returning id",
    )
    system.query(
        "gateway",
        "insert into user_rights (user_id, gemeente, roles)"
        " select 'wachter', %s, jsonb_agg(distinct role) from user_rights,"
        " jsonb_array_elements(roles) as role returning user_id",
        GEMEENTE,
    )
    with rounds.signed_in(system, "wachter") as worker:
        answer = worker.http.put("/instellingen", json=SETTINGS)
        assert answer.status_code == 200, answer.text
        for kind in ("briefsjablonen", "emailsjablonen"):
            until(partial(has_template, worker, kind), 60, f"{kind} of the gemeente")
        try:
            yield worker
        finally:
            move_clocks(system.stack, "reset")


def has_template(worker: Caseworker, kind: str) -> bool:
    """Whether the first templates have come."""
    return worker.http.get(f"/{kind}/actief", params={"doel": "uitnodiging"}).status_code == 200


def go_to(system: System, day: date) -> None:
    """It is ten o'clock on this day, everywhere."""
    _, now = move_clocks(system.stack, "show")["cases"]
    minutes = (datetime.combine(day, time(10), ZoneInfo(ZONE)) - now) // timedelta(minutes=1)
    move_clocks(system.stack, f"{'+' if minutes >= 0 else '-'}{abs(minutes)}m")


def reminded(system: System, address: str) -> list[str]:
    """The kinds of reminders that lie in a mailbox; who never got a mail has none."""
    mails = [
        email.message_from_bytes(raw, policy=email.policy.default)
        for raw in system.stack.mail.messages().get(address, ())
    ]
    return sorted(str(mail["Subject"]) for mail in mails if "erinnering" in str(mail["Subject"]))


def has(system: System, address: str, count: int) -> bool:
    """Whether so many reminders lie in a mailbox."""
    return len(reminded(system, address)) >= count


def test_twenty_days_bring_three_mails_at_most(
    system: System, town: Caseworker, tmp_path: Path
) -> None:
    """One answers and is switched off, one gets letters only, one gets both."""
    rows = people(4, ("EMAIL", "EMAIL", "BEIDE", "BRIEF"), partners=False)
    done = rounds.sent(town, tmp_path, rows)
    system.query(
        "cases",
        "update reminder_courses set due_on = null where batch_id <> %s returning id",
        done.batch,
    )
    cases = town.get("/zaken", batchId=done.batch)["resultaten"]
    ids = [case["id"] for case in sorted(cases, key=lambda case: case["rij"])]
    courses = system.query(
        "cases", "select started_at from reminder_courses where batch_id = %s", done.batch
    )
    assert len(courses) == 3
    start = courses[0]["started_at"].astimezone(ZoneInfo(ZONE)).date()
    silent, stopped, both = (row["EMAIL"] for row in rows[:3])
    for number, days in enumerate((5, 10, 14), start=1):
        go_to(system, reminders.sending_day_from(start + timedelta(days=days)))
        for address in (silent, both):
            until(partial(has, system, address, number), 30, f"reminder {number}")
        if number == 1:
            body = {"aan": False, "reden": "Belde: de stukken zijn onderweg"}
            until(partial(has, system, stopped, 1), 30, "reminder of the second")
            answer = town.http.put(f"/zaken/{ids[1]}/herinneringen", json=body)
            assert answer.status_code == 200, answer.text
    go_to(system, start + timedelta(days=20))
    told: Any = until(partial(ended, town, ids[0]), 30, "the course has ended")
    assert [len(reminded(system, address)) for address in (silent, stopped, both)] == [3, 1, 3]
    assert len(set(reminded(system, silent))) == 3
    assert reminded(system, str(rows[3]["EMAIL"])) == []
    assert [step["status"] for step in told["stappen"]] == ["verzonden"] * 3
    sent = town.get(f"/zaken/{ids[0]}/communicatie")
    assert len(sent["emails"]) == 4
    assert town.get(f"/zaken/{ids[1]}/herinneringen")["status"] == "gepauzeerd"


def test_who_reacts_stops_or_dies_after_the_order_gets_nothing(
    system: System, town: Caseworker, tmp_path: Path
) -> None:
    """The mail server says "later"; meanwhile things happen. What is printed is told to people."""
    move_clocks(system.stack, "reset")
    rows = people(5, ("EMAIL", "EMAIL", "BEIDE", "EMAIL", "BRIEF"), partners=False)
    done = rounds.sent(town, tmp_path, rows)
    cases = sorted(
        town.get("/zaken", batchId=done.batch)["resultaten"], key=lambda case: case["rij"]
    )
    reacted, switched, died, silent, stopped = (case["id"] for case in cases)
    addresses = [str(row["EMAIL"]) for row in rows[:4]]
    begun = town.get(f"/zaken/{silent}")["geopendOp"][:10]
    day = reminders.sending_day_from(date.fromisoformat(begun) + timedelta(days=6))
    double = SmtpDouble(by_recipient=dict.fromkeys(addresses[:3], LATER))
    with in_the_place_of_the_mail_server(system, double):
        go_to(system, day)
        for case in (reacted, switched, died, silent):
            until(partial(reminder_of, town, case), 30, "the reminder is ordered")
        came = {"bron": "post", "ontvangstDatum": begun, "ontvangstbevestiging": False}
        change(town, reacted, "aanleveringen", came)
        off = {"aan": False, "reden": "Belde: de stukken zijn onderweg"}
        assert town.http.put(f"/zaken/{switched}/herinneringen", json=off).status_code == 200
        back = {"zaaknummer": cases[2]["zaaknummer"], "reden": "overleden", "retourDatum": begun}
        assert town.post("/retourpost", back).status_code == 201
        change(town, stopped, "stoppen", {"reden": "Verhuisd naar een andere gemeente"})
        for case in (reacted, switched, died):
            until(partial(has_state, town, case, "ingetrokken"), 60, "the reminder is taken back")
        until(partial(has_state, town, silent, "gelukt"), 30, "the other one was reminded")
    assert {mail.recipient for mail in double.accepted} & set(addresses) == {addresses[3]}
    pulled(town, done.batch, stopped)


def change(worker: Caseworker, case: str, act: str, body: dict[str, Any]) -> None:
    """Do something with a case as it is now."""
    version = worker.get(f"/zaken/{case}")["versie"]
    answer = worker.post(f"/zaken/{case}/{act}", {"versie": version, **body})
    assert answer.status_code == 200, answer.text


def reminder_of(worker: Caseworker, case: str) -> dict[str, Any] | None:
    """The first reminder of a case, once it was ordered."""
    sent = worker.get(f"/zaken/{case}")["bezorgingen"]
    return next((one for one in sent if one["doel"] == "herinnering-1"), None)


def has_state(worker: Caseworker, case: str, state: str) -> bool:
    """Whether its first reminder is so by now."""
    found = reminder_of(worker, case)
    return found is not None and found["status"] == state


def pulled(worker: Caseworker, batch: str, case: str) -> None:
    """The letter of a stopped case is a task, a line of its print file, and is not posted."""
    kinds: Any = until(
        lambda: {one["soort"] for one in worker.get("/taken", zaakId=case)["resultaten"]},
        30,
        "task",
    )
    assert kinds == {"brief-tegenhouden"}
    (file,) = worker.get("/afdrukbestanden", batchId=batch)["resultaten"]
    shown = worker.get(f"/afdrukbestanden/{file['id']}")
    assert [one["zaakId"] for one in shown["nietPosten"]] == [case]
    body: dict[str, Any] = {"gepostDatum": shown["gereedOp"][:10]}
    refused = worker.post(f"/afdrukbestanden/{file['id']}/gepost", body)
    assert (refused.status_code, refused.json()["brieven"][0]["pagina"]) == (
        409,
        shown["nietPosten"][0]["paginanummer"],
    )
    body["nietPostenEruit"] = True
    assert worker.post(f"/afdrukbestanden/{file['id']}/gepost", body).status_code == 200

    def counted() -> bool:
        letters = worker.get(f"/batches/{batch}")["brieven"]
        return (letters["gemaakt"], letters["ingetrokken"], letters["gepost"]) == (1, 1, 1)

    until(counted, 30, "one posted, one not")


def ended(worker: Caseworker, case: str) -> dict[str, Any] | None:
    """The reminders of a case, once all were sent."""
    found: dict[str, Any] = worker.get(f"/zaken/{case}/herinneringen")
    sent = [step for step in found["stappen"] if step["status"] == "verzonden"]
    return found if found["status"] == "afgelopen" and len(sent) == 3 else None
