"""Before approval: who gets nothing, who must look too, and the way back."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from services.cases import errors, handlers, tables, withdrawals
from services.cases.domain import Plan, working_days
from shared.chassis.errors import Invalid, NotAllowed
from shared.contracts.codes import Role
from shared.contracts.events import (
    BatchIngetrokken,
    BatchVerzonden,
    BriefGevraagd,
    EmailGevraagd,
    ZaakstatusGewijzigd,
)
from tests.cases.files import TEMPLATES, File, Zaken, office_of, persoon, user
from tests.cases.test_outcomes import end_all
from tests.cases.test_sending import PEOPLE, approve, plan

COORDINATOR = frozenset({Role.COORDINATOR})


async def test_the_excluded_get_nothing_and_every_count_says_so(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Letters are made, failed or excluded; so are mails. Undone, they are written to."""
    file = await zaken.opened(gemeente, *PEOPLE)
    await zaken.with_office(gemeente)
    await plan(zaken, file)
    both, letter, _ = (row.data.zaakId for row in file.rows)
    who = user(gemeente)
    body = {"zaakIds": [str(both), str(letter)], "reden": "Ligt in het ziekenhuis"}
    found = (await door("POST", f"/batches/{file.id}/uitsluitingen", who, json=body)).json()
    assert (found["aantalEmails"], found["aantalBrieven"], found["aantalUitgesloten"]) == (1, 0, 2)
    back = {"zaakIds": [str(letter)]}
    found = (await door("POST", f"/batches/{file.id}/insluitingen", who, json=back)).json()
    assert (found["aantalEmails"], found["aantalBrieven"], found["aantalUitgesloten"]) == (1, 1, 1)
    listed = (await door("GET", f"/batches/{file.id}/uitsluitingen", who)).json()
    assert [one["reden"] for one in listed["resultaten"]] == ["Ligt in het ziekenhuis"]

    with pytest.raises(errors.CountsChanged):
        await approve(zaken, file)
    await agree(zaken, file, 1, 1)
    await zaken.work_all("orders")
    assert len(await zaken.told(BriefGevraagd, gemeente)) == 1
    assert len(await zaken.told(EmailGevraagd, gemeente)) == 1
    batch = (await door("GET", f"/batches/{file.id}", who)).json()
    assert batch["brieven"]["uitgesloten"] == batch["emails"]["uitgesloten"] == 1
    with pytest.raises(errors.AlreadyApproved):
        await exclude(zaken, file, letter)


async def test_only_residents_of_the_batch_can_be_excluded(zaken: Zaken, gemeente: str) -> None:
    """A case of elsewhere is named as a mistake, and nobody is excluded."""
    file = await zaken.opened(gemeente, *PEOPLE)
    with pytest.raises(Invalid) as wrong:
        await exclude(zaken, file, file.rows[0].data.zaakId, uuid4())
    assert [one.name for one in wrong.value.errors] == ["zaakIds"]
    assert await zaken.table(tables.exclusions, gemeente) == []


async def test_nobody_writes_to_somebody_who_died(zaken: Zaken, gemeente: str) -> None:
    """The approval is refused until that resident is excluded."""
    file = await zaken.opened(gemeente, persoon(50), persoon(51, indicatie="overleden"))
    await zaken.with_office(gemeente)
    with pytest.raises(errors.DeceasedIncluded):
        await agree(zaken, file, 0, 2)
    await exclude(zaken, file, file.rows[1].data.zaakId)
    await agree(zaken, file, 0, 1)


async def test_every_mail_keeps_what_it_was_allowed_by(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Text, source, user and moment of the declaration stay with the delivery."""
    file = await zaken.sent(gemeente, *PEOPLE)
    case = file.rows[0].data.zaakId
    answer = (await door("GET", f"/zaken/{case}", user(gemeente))).json()
    letter, mail = answer["bezorgingen"]
    assert mail["toestemming"]["tekst"] == "Keuze op het aanvraagformulier"
    assert mail["toestemming"]["bron"] == "Kolom COMM_VOORK van november.xlsx"
    assert mail["toestemming"]["door"] == "gebruiker-akkoord"
    assert letter["toestemming"] is None


async def test_four_eyes_are_two_people(zaken: Zaken, gemeente: str) -> None:
    """Not without an offer, not by who offered, not by a behandelaar; then by a coordinator."""
    file = await guarded(zaken, gemeente)
    with pytest.raises(errors.NotOffered):
        await agree(zaken, file, 2, 2, who=boss(gemeente, "tweede"))
    await offer(zaken, file)
    with pytest.raises(errors.AlreadyOffered):
        await offer(zaken, file)
    with pytest.raises(NotAllowed):
        await agree(zaken, file, 2, 2, who=boss(gemeente, "eerste"))
    with pytest.raises(errors.OnlyCoordinators):
        await agree(zaken, file, 2, 2, who=user(gemeente, "tweede"))
    with pytest.raises(errors.OfferOutdated):
        await agree(zaken, file, 2, 2, who=boss(gemeente, "tweede"), mail_template_id=uuid4())
    await agree(zaken, file, 2, 2, who=boss(gemeente, "tweede"))
    assert len(await zaken.told(BatchVerzonden, gemeente)) == 1


@pytest.mark.parametrize("change", ["plan", "exclusion", "sent back"])
async def test_an_offer_falls_with_what_it_was_of(
    zaken: Zaken, door: Any, gemeente: str, change: str
) -> None:
    """Another plan, an exclusion or a refusal: it must be offered again."""
    file = await guarded(zaken, gemeente)
    await offer(zaken, file)
    if change == "plan":
        await plan(zaken, file)
    elif change == "exclusion":
        await exclude(zaken, file, file.rows[0].data.zaakId)
    else:
        body = {"reden": "De verzenddatum is een feestdag"}
        who = boss(gemeente, "tweede")
        answer = await door("POST", f"/batches/{file.id}/terugzending", who, json=body)
        assert answer.json()["terugzending"]["reden"] == body["reden"]
    (batch,) = await zaken.table(tables.batches, gemeente)
    assert (batch.status, batch.offered_by) == ("open", None)


async def test_the_setting_counts_as_it_was_at_the_confirmation(
    zaken: Zaken, gemeente: str
) -> None:
    """Switched on later, it does not hold for a batch that was there."""
    file = await zaken.opened(gemeente, *PEOPLE)
    await zaken.with_office(gemeente)
    await switch_on(zaken, gemeente)
    await plan(zaken, file)
    with pytest.raises(errors.OneMayApprove):
        await offer(zaken, file)
    await agree(zaken, file, 2, 2)


async def test_a_withdrawn_batch_stops_its_cases_and_frees_its_people(
    zaken: Zaken, gemeente: str
) -> None:
    """In chunks, told once at the end; the same people can come in with a better file."""
    people = [*PEOPLE, persoon(4, partner=partner())]
    file = await zaken.opened(gemeente, *people)
    await withdraw(zaken, file)
    assert await zaken.told(BatchIngetrokken, gemeente) == []
    await zaken.work_all("withdrawals")

    (told,) = await zaken.told(BatchIngetrokken, gemeente)
    assert (told.data.batchId, told.data.wordtVervangen) == (file.id, True)
    changes = await zaken.told(ZaakstatusGewijzigd, gemeente)
    assert [one.data.naar for one in changes] == ["gestopt"] * 4
    states = {one.state for one in await zaken.table(tables.deliveries, gemeente)}
    assert states == {"ingetrokken"}
    again = await zaken.opened(gemeente, *people)
    mine = [one for one in await zaken.table(tables.cases, gemeente) if one.batch_id == again.id]
    assert len(mine) == 4
    for refused in (plan(zaken, file), approve(zaken, file), withdraw(zaken, file)):
        with pytest.raises(errors.AlreadyWithdrawn):
            await refused


async def test_a_long_withdrawal_goes_on_where_it_was(zaken: Zaken, gemeente: str) -> None:
    """Each chunk is a transaction of its own, and what it did shows at once."""
    file = await zaken.opened(gemeente, *[persoon(number) for number in range(100, 602)])
    await withdraw(zaken, file)
    await zaken.work("withdrawals")
    stopped = [one for one in await zaken.table(tables.cases, gemeente) if one.status == "gestopt"]
    assert len(stopped) == withdrawals.CHUNK
    await zaken.work_all("withdrawals")
    assert {one.status for one in await zaken.table(tables.cases, gemeente)} == {"gestopt"}
    assert len(await zaken.told(BatchIngetrokken, gemeente)) == 1


async def test_of_approving_and_withdrawing_at_once_one_wins(zaken: Zaken, gemeente: str) -> None:
    """The other is told what happened."""
    file = await zaken.opened(gemeente, *PEOPLE)
    await zaken.with_office(gemeente)
    await plan(zaken, file)
    answers = await asyncio.gather(
        approve(zaken, file), withdraw(zaken, file), return_exceptions=True
    )
    lost = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in lost] in ([errors.AlreadyApproved], [errors.AlreadyWithdrawn])
    await zaken.work_all("withdrawals")
    await zaken.work_all("orders")
    sent = len(await zaken.told(BatchVerzonden, gemeente))
    assert sent + len(await zaken.told(BatchIngetrokken, gemeente)) == 1


async def test_nothing_is_withdrawn_after_approval(zaken: Zaken, gemeente: str) -> None:
    """Then only the rest of the sending can be."""
    file = await zaken.sent(gemeente, *PEOPLE)
    with pytest.raises(errors.AlreadyApproved):
        await withdraw(zaken, file)
    await end_all(zaken, file)


async def test_the_hardest_examples_are_of_those_who_are_written_to(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """One per kind; a kind that nobody has is left out, and so is who is excluded."""
    long = persoon(80, achternaam="Van-den-Boogaard-Vermeulen-Jansen")
    accents = persoon(81, achternaam="Özgür")
    nameless = persoon(82, voorletters=None, voornaam=None)
    file = await zaken.opened(gemeente, long, accents, nameless, persoon(83, partner=partner()))
    path, who = f"/batches/{file.id}/voorbeelden", user(gemeente)
    found = {
        one["soort"]: one["rij"] for one in (await door("GET", path, who)).json()["resultaten"]
    }
    assert found.pop("langste adres") in {2, 3, 4, 5}
    assert found == {
        "langste naam": 2,
        "bijzondere tekens": 3,
        "geen voornaam en geen voorletters": 4,
        "met partner": 5,
    }
    await exclude(zaken, file, file.rows[0].data.zaakId)
    found = {
        one["soort"]: one["rij"] for one in (await door("GET", path, who)).json()["resultaten"]
    }
    assert found["langste naam"] != 2


def partner() -> dict[str, Any]:
    """A partner whose BSN nobody else here has."""
    given = persoon(70)
    return {
        "bsn": given.bsn,
        "voorletters": "P.",
        "achternaam": "Partner",
        "geboortedatum": "1971-02-01",
    }


def boss(gemeente: str, name: str) -> Any:
    """A coordinator."""
    return user(gemeente, name, COORDINATOR)


async def switch_on(zaken: Zaken, gemeente: str) -> None:
    """The gemeente wants four eyes from now on."""
    office = replace(office_of(gemeente), four_eyes=True)
    await zaken.command(handlers.change_office, office, user(gemeente))


async def guarded(zaken: Zaken, gemeente: str) -> File:
    """A planned batch of a gemeente that works with four eyes."""
    await switch_on(zaken, gemeente)
    file = await zaken.opened(gemeente, *PEOPLE)
    await plan(zaken, file)
    return file


async def offer(zaken: Zaken, file: File) -> None:
    """The first person agrees."""
    approval = handlers.Approval(file.id, 2, 2, **TEMPLATES)
    await zaken.command(handlers.offer_sending, approval, boss(file.gemeente, "eerste"))


async def agree(
    zaken: Zaken, file: File, mails: int, letters: int, who: Any = None, **changes: Any
) -> Any:
    """Somebody agrees with these counts."""
    who = who or user(file.gemeente)
    given = {**TEMPLATES, **changes, "is_coordinator": Role.COORDINATOR in who.roles}
    approval = handlers.Approval(file.id, mails, letters, **given)
    return await zaken.command(handlers.approve_sending, approval, who)


async def exclude(zaken: Zaken, file: File, *cases: Any) -> None:
    """Leave residents out."""
    command = handlers.Exclude(file.id, cases, "Overleden volgens de BRP")
    await zaken.command(handlers.exclude, command, user(file.gemeente))


async def withdraw(zaken: Zaken, file: File) -> None:
    """Take a batch back, to bring in a better file."""
    command = handlers.Withdraw(file.id, "Verkeerd bestand", is_replaced=True)
    await zaken.command(handlers.withdraw_batch, command, user(file.gemeente))


def a_plan(file: File, **changes: Any) -> Plan:
    """A plan for today."""
    today = working_days.today(file.rows[0].time)
    return Plan(today, 28, "Keuze op het aanvraagformulier", **changes)
