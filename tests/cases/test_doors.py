"""The HTTP doors of cases: what each role gets, and what it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.cases import handlers, seeding, tables
from shared.chassis.identity import Signer, system
from shared.contracts.codes import Role
from shared.contracts.events import InstellingenGewijzigd
from tests.cases.files import Zaken, bsn, persoon, user
from tests.cases.test_outcomes import unmade
from tests.support.parts import new_gemeente

SETTINGS = {
    "naam": "Voorbeeldstad",
    "plaats": "Voorbeeldstad",
    "afdeling": "Team Heronderzoek",
    "telefoon": "088 000 90 01",
    "openingstijden": "op werkdagen van 9.00 tot 17.00 uur",
    "retouradres": "Postbus 100, 1999 AB Voorbeeldstad",
    "afzenderNaam": "Gemeente Voorbeeldstad",
    "afzenderEmail": "heronderzoek@example.nl",
    "link": "https://voorbeeldstad.example.nl",
}
PARTNER = {"bsn": bsn(21), "achternaam": "Partner", "geboortedatum": "1971-00-00"}
#: Nobody was excluded and nothing withdrawn.
LEFT_OUT = {"uitgesloten": 0, "ingetrokken": 0}


async def test_the_batch_of_a_case_is_known_to_the_gateway_alone(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """None for a case of another gemeente, or of nobody."""
    file = await zaken.opened(gemeente, persoon(730))
    body = {"zaakId": str(file.rows[0].data.zaakId)}
    found = {}
    for place in (gemeente, "9999"):
        answer = await door("POST", "/batch-van-zaak", system("gateway", place), json=body)
        found[place] = answer.json()["batchId"]
    assert found == {gemeente: str(file.id), "9999": None}
    refused = await door("POST", "/batch-van-zaak", user(gemeente), json=body)
    assert refused.status_code == 403


async def test_a_case_page_shows_everything_but_the_bsn(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Only the last four digits, of the partner too."""
    file = await zaken.sent(gemeente, persoon(20, "BEIDE", partner=PARTNER))
    answer = await door("GET", f"/zaken/{file.rows[0].data.zaakId}", user(gemeente))

    assert answer.status_code == 200, answer.text
    assert bsn(20) not in answer.text
    assert bsn(21) not in answer.text
    page = answer.json()
    assert page["inwoner"]["bsn"] == f"*****{bsn(20)[-4:]}"
    assert page["inwoner"]["naam"] == "A. de Tester20"
    assert page["partner"]["bsn"] == f"*****{bsn(21)[-4:]}"
    assert [one["status"] for one in page["bezorgingen"]] == ["gevraagd", "gevraagd"]
    assert [one["wat"] for one in page["tijdlijn"]] == ["Zaak aangemaakt"]


async def test_lists_come_in_pages_and_keep_to_their_filters(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """The second page of two holds the third case."""
    file = await zaken.opened(gemeente, *(persoon(number) for number in (22, 23, 24)))
    await zaken.opened(gemeente, persoon(25))
    path = f"/zaken?batchId={file.id}&status=aangemaakt&perPagina=2&pagina=2"
    page = (await door("GET", path, user(gemeente, roles={Role.RAADPLEGER}))).json()

    assert (page["aantal"], page["pagina"]) == (3, 2)
    assert [one["naam"] for one in page["resultaten"]] == ["A. de Tester24"]
    assert (await door("GET", "/zaken", user(gemeente))).json()["aantal"] == 4
    batches = (await door("GET", "/batches?perPagina=1", user(gemeente))).json()
    assert (batches["aantal"], len(batches["resultaten"])) == (2, 1)


async def test_another_gemeente_finds_nothing(zaken: Zaken, door: Any, gemeente: str) -> None:
    """The answer is the same as for what does not exist."""
    file = await zaken.opened(gemeente, persoon(26))
    stranger = user(new_gemeente())
    for path in ("", "/plan", "/mislukt", "/geweigerd"):
        answer = await door("GET", f"/batches/{file.id}{path}", stranger)
        assert answer.status_code == 404, path
    assert (await door("GET", f"/zaken/{file.rows[0].data.zaakId}", stranger)).status_code == 404
    assert (await door("GET", f"/zaken?batchId={file.id}", stranger)).json()["aantal"] == 0
    plan = {"verzendDatum": "2099-01-05", "reactietermijnDagen": 28}
    changed = await door("PUT", f"/batches/{file.id}/plan", stranger, json=plan)
    assert changed.status_code == 404


async def test_a_plan_is_set_and_approved_with_what_was_shown(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Other counts give 409 with the new ones; the right ones go through once."""
    file = await zaken.opened(
        gemeente, persoon(27, "BEIDE", indicatie="geheim"), persoon(28, "EMAIL", adres=None)
    )
    await zaken.with_office(gemeente)
    sender, batch = user(gemeente), f"/batches/{file.id}"
    plan = (await door("GET", f"{batch}/plan", sender)).json()
    assert (plan["aantalEmails"], plan["aantalBrieven"], plan["aantalBeide"]) == (2, 1, 1)
    assert (plan["zonderAdres"], plan["indicaties"]) == (1, {"geheim": 1})
    wish = {"verzendDatum": plan["verzendDatum"], "reactietermijnDagen": 14, "verklaring": "Ja"}
    changed = await door("PUT", f"{batch}/plan", sender, json=wish)
    assert changed.json()["reactietermijnDagen"] == 14, changed.text

    body = {"aantalEmails": 9, "aantalBrieven": 1, "emailSjabloonVersieId": str(uuid4())}
    body["briefSjabloonVersieId"] = str(uuid4())
    refused = await door("POST", f"{batch}/akkoord", sender, json=body)
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.json()["aantalEmails"], refused.json()["aantalBrieven"]) == (2, 1)

    body["aantalEmails"] = 2
    key = {"Idempotency-Key": str(uuid4())}
    first = await door("POST", f"{batch}/akkoord", sender, json=body, headers=key)
    assert (first.status_code, first.json()["status"]) == (202, "verzenden")
    again = await door("POST", f"{batch}/akkoord", sender, json=body, headers=key)
    assert (again.status_code, again.json()) == (202, first.json())
    other = await door("POST", f"{batch}/akkoord", sender, json=body)
    assert (other.status_code, other.json()["title"]) == (409, "Er is al akkoord gegeven")


async def test_what_failed_or_was_refused_is_listed(zaken: Zaken, door: Any, gemeente: str) -> None:
    """Each with its reason; the batch counts them."""
    await zaken.opened(gemeente, persoon(30))
    file = await zaken.sent(gemeente, persoon(29), persoon(30))
    mine = [one for one in (await by_all(zaken, gemeente)) if one.batch_id == file.id]
    await zaken.feed(unmade(mine[0]))
    await zaken.tick(handlers.close_batches)

    failed = (await door("GET", f"/batches/{file.id}/mislukt", user(gemeente))).json()
    assert [(one["rij"], one["kanaal"]) for one in failed["resultaten"]] == [(2, "brief")]
    refused = (await door("GET", f"/batches/{file.id}/geweigerd", user(gemeente))).json()
    assert [one["rij"] for one in refused["resultaten"]] == [3]
    batch = (await door("GET", f"/batches/{file.id}", user(gemeente))).json()
    assert (batch["status"], batch["aantalZaken"], batch["aantalGeweigerd"]) == ("afgerond", 1, 1)
    letters = {"gepland": 0, "gevraagd": 0, "gemaakt": 0, "mislukt": 1, "gepost": 0, "retour": 0}
    assert batch["brieven"] == {**letters, **LEFT_OUT}


async def test_intake_learns_which_residents_have_an_open_case(
    zaken: Zaken, door: Any, stack: Any, gemeente: str
) -> None:
    """By index only, partners too; and only a service may ask."""
    file = await zaken.opened(gemeente, persoon(31, partner={**PARTNER, "bsn": bsn(32)}))
    keys = zaken.parts.keys
    body = {"bsnIndexen": [keys.index(bsn(number)).hex() for number in (31, 32, 33)]}
    assert (await door("POST", "/open-zaken", user(gemeente), json=body)).status_code == 403
    intake = Signer(stack.secrets.identity_key("intake"), "intake")
    token = intake.sign(system("intake", gemeente), "cases")
    answer = await door(
        "POST",
        "/open-zaken",
        user(gemeente),
        json=body,
        headers={"Authorization": f"Bearer {token}"},
    )
    found = {one["bsnIndex"]: one["zaaknummer"] for one in answer.json()["gevonden"]}
    assert found == dict.fromkeys(body["bsnIndexen"][:2], file.rows[0].data.zaaknummer)


async def test_settings_are_changed_whole_and_published(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Each change is a newer version for the others."""
    manager = user(gemeente, "beheerder", {Role.BEHEERDER})
    assert (await door("GET", "/instellingen", manager)).status_code == 404
    for seen, name in enumerate(("Voorbeeldstad", "Nieuwstad")):
        whole = {**SETTINGS, "naam": name, "versie": seen}
        answer = await door("PUT", "/instellingen", manager, json=whole)
        assert answer.status_code == 200, answer.text
    assert (await door("GET", "/instellingen", manager)).json()["naam"] == "Nieuwstad"
    told = await zaken.told(InstellingenGewijzigd, gemeente)
    assert [(one.data.naam, one.sequence) for one in told] == [
        ("Voorbeeldstad", 1),
        ("Nieuwstad", 2),
    ]
    wrong = {**SETTINGS, "afzenderNaam": "A\r\nBcc: b@example.nl", "versie": 2}
    refused = await door("PUT", "/instellingen", manager, json=wrong)
    assert refused.status_code == 400
    assert [one["name"] for one in refused.json()["invalidParams"]] == ["afzenderNaam"]


async def test_settings_that_somebody_else_changed_are_refused(door: Any, gemeente: str) -> None:
    """Two beheerders with the same page before them: the second gets to see the first's change."""
    manager = user(gemeente, "beheerder", {Role.BEHEERDER})
    answer = await door("PUT", "/instellingen", manager, json={**SETTINGS, "versie": 0})
    assert answer.json()["versie"] == 1
    late = await door("PUT", "/instellingen", manager, json={**SETTINGS, "versie": 0})
    assert (late.status_code, late.json()["type"].split(":")[-1]) == (409, "instellingen-veranderd")
    answer = await door("PUT", "/instellingen", manager, json={**SETTINGS, "versie": 1})
    assert answer.json()["versie"] == 2


async def test_everything_wrong_in_settings_is_told_at_once(door: Any, gemeente: str) -> None:
    """Each field with what to do, and nothing is kept."""
    manager = user(gemeente, "beheerder", {Role.BEHEERDER})
    wrong = {
        "afzenderEmail": "geen adres",
        "telefoon": "bel ons",
        "link": "http://gemeente.example.nl",
        "reactietermijnDagen": 0,
    }
    answer = await door("PUT", "/instellingen", manager, json={**SETTINGS, **wrong, "versie": 0})
    assert answer.status_code == 400
    told = {one["name"]: one["reason"] for one in answer.json()["invalidParams"]}
    assert told.keys() == wrong.keys()
    assert "https://" in told["link"]
    assert (await door("GET", "/instellingen", manager)).status_code == 404


async def test_a_batch_begins_with_the_term_of_its_gemeente(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Until a behandelaar plans another."""
    manager = user(gemeente, "beheerder", {Role.BEHEERDER})
    whole = {**SETTINGS, "reactietermijnDagen": 42, "versie": 0}
    assert (await door("PUT", "/instellingen", manager, json=whole)).status_code == 200
    file = await zaken.opened(gemeente, persoon(26))
    plan = (await door("GET", f"/batches/{file.id}/plan", user(gemeente))).json()
    assert plan["reactietermijnDagen"] == 42


async def test_first_settings_come_from_a_file_once(zaken: Zaken, gemeente: str) -> None:
    """What a beheerder filled in stays when the file is read again."""
    shipped = Path("deploy/local/gemeenten.json")
    (office, *_) = seeding.offices_in(shipped)
    mine = [replace(office, code=gemeente, gemeente=gemeente)]
    assert await seeding.introduce(zaken.commands, mine) == 1
    assert await seeding.introduce(zaken.commands, mine) == 0
    assert [one.name for one in await zaken.table(tables.offices, gemeente)] == [office.name]
    assert len(await zaken.told(InstellingenGewijzigd, gemeente)) == 1


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "/batches", {Role.RAADPLEGER}),
        ("GET", "/zaken", {Role.AUDITOR}),
        ("GET", "/instellingen", {Role.COORDINATOR}),
        ("GET", "/batches/00000000-0000-4000-8000-000000000000/plan", {Role.BEHEERDER}),
    ],
)
async def test_without_the_role_a_door_stays_closed(
    door: Any, gemeente: str, method: str, path: str, roles: set[Role]
) -> None:
    """No role includes another."""
    assert (await door(method, path, user(gemeente, roles=roles))).status_code == 403


async def by_all(zaken: Zaken, gemeente: str) -> list[Any]:
    """Every delivery of a gemeente."""
    return await zaken.table(tables.deliveries, gemeente)
