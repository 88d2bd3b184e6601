"""A row of a confirmed file becomes a case, once, or is refused."""

from __future__ import annotations

import sqlalchemy as sa

from services.cases import domain, handlers, tables
from shared.contracts.events import (
    BatchAfgerond,
    BatchGeopend,
    PersoonVastgelegd,
    RijGeweigerd,
    ZaakGeopend,
)
from tests.cases.files import File, Zaken, bsn, persoon
from tests.support.parts import event_of, new_gemeente


async def test_a_row_opens_a_case_with_its_person_and_planned_deliveries(
    zaken: Zaken, gemeente: str
) -> None:
    """BEIDE plans a mail and a letter; the whole person can be opened again."""
    file = File(gemeente)
    row = file.row(persoon(1, "BEIDE"))
    await zaken.feed(row)

    (case,) = await zaken.table(tables.cases, gemeente)
    assert (case.id, case.number, case.status) == (
        row.data.zaakId,
        row.data.zaaknummer,
        "aangemaakt",
    )
    (person,) = await zaken.table(tables.persons, gemeente)
    assert (person.bsn, person.email) == (bsn(1), "tester1@example.nl")
    assert row.data.persoon.model_validate_json(person.whole or "") == row.data.persoon
    deliveries = await zaken.table(tables.deliveries, gemeente)
    assert {(one.channel, one.state, one.place) for one in deliveries} == {
        ("email", "gepland", 1),
        ("brief", "gepland", 1),
    }
    (entry,) = await zaken.table(tables.timeline, gemeente)
    assert (entry.what, entry.actor) == ("Zaak aangemaakt", file.starter)


async def test_opening_is_told_with_the_number_and_the_person(zaken: Zaken, gemeente: str) -> None:
    """The fact is public and holds ids only; the person travels sealed."""
    row = File(gemeente).row(persoon(2))
    await zaken.feed(row)

    (opened,) = await zaken.told(ZaakGeopend, gemeente)
    assert opened.data.zaaknummer == row.data.zaaknummer
    assert opened.causation_id == row.id
    known = await zaken.told(PersoonVastgelegd, gemeente)
    assert [event.data.persoon for event in known] == [row.data.persoon]


async def test_the_same_row_twice_opens_one_case(zaken: Zaken, gemeente: str) -> None:
    """Neither a redelivered event nor the same row in a new event changes anything."""
    file = File(gemeente)
    row = file.row(persoon(3, "BEIDE"))
    await zaken.feed(row, row)
    await zaken.feed(row)
    await zaken.feed(event_of(row.data, gemeente))

    assert len(await zaken.table(tables.cases, gemeente)) == 1
    assert len(await zaken.table(tables.deliveries, gemeente)) == 2
    assert await zaken.table(tables.refusals, gemeente) == []
    assert len(await zaken.told(ZaakGeopend, gemeente)) == 1


async def test_a_resident_with_an_open_case_is_refused_with_its_number(
    zaken: Zaken, gemeente: str
) -> None:
    """Also when both rows come in one batch of events; the reason holds no BSN."""
    first, second = File(gemeente), File(gemeente)
    opened, late = first.row(persoon(4)), second.row(persoon(4))
    same = first.row(persoon(4))
    await zaken.feed(opened, same)
    await zaken.feed(late)

    refusals = await zaken.table(tables.refusals, gemeente)
    assert {one.id for one in refusals} == {same.data.zaakId, late.data.zaakId}
    told = await zaken.told(RijGeweigerd, gemeente)
    assert {event.data.lopendeZaak for event in told} == {opened.data.zaaknummer}
    assert all(bsn(4) not in event.data.reden for event in told)


async def test_partners_count_as_much_as_residents(zaken: Zaken, gemeente: str) -> None:
    """A partner of an open case gets no own case, and no one gets a partner who has one."""
    partner = {"bsn": bsn(6), "achternaam": "Partner", "geboortedatum": "1971-00-00"}
    file = File(gemeente)
    rows = [
        file.row(persoon(5, partner=partner)),
        file.row(persoon(6)),
        file.row(persoon(7, partner={**partner, "bsn": bsn(5)})),
    ]
    await zaken.feed(rows[0])
    await zaken.feed(*rows[1:])

    (case,) = await zaken.table(tables.cases, gemeente)
    assert case.id == rows[0].data.zaakId
    reasons = {one.row: one.reason for one in await zaken.table(tables.refusals, gemeente)}
    assert "deze inwoner" in reasons[3]
    assert "de partner" in reasons[4]


async def test_another_gemeente_may_have_the_same_resident(zaken: Zaken, gemeente: str) -> None:
    """One open case per person holds within a gemeente."""
    other = new_gemeente()
    await zaken.feed(File(gemeente).row(persoon(8)), File(other).row(persoon(8)))

    assert len(await zaken.table(tables.cases, gemeente)) == 1
    assert len(await zaken.table(tables.cases, other)) == 1


async def test_the_confirmation_may_come_before_or_after_the_rows(
    zaken: Zaken, gemeente: str
) -> None:
    """In both orders, and told twice, the batch opens once every row is there."""
    early, late = File(gemeente), File(gemeente)
    for number in (9, 10):
        early.row(persoon(number))
        late.row(persoon(number + 2))
    await zaken.feed(early.confirmation())
    await zaken.feed(early.rows[0], *late.rows)
    await zaken.tick(handlers.open_batches)
    assert await zaken.told(BatchGeopend, gemeente) == []

    await zaken.feed(early.rows[1], late.confirmation())
    await zaken.feed(late.confirmation())
    for _ in range(2):
        await zaken.tick(handlers.open_batches)

    opened = await zaken.told(BatchGeopend, gemeente)
    assert {event.subject for event in opened} == {str(early.id), str(late.id)}
    assert len(opened) == 2
    for batch in await zaken.table(tables.batches, gemeente):
        assert (batch.status, batch.case_count, batch.refused_count) == ("open", 2, 0)


async def test_a_batch_of_refused_rows_opens_and_closes(zaken: Zaken, gemeente: str) -> None:
    """Nothing was opened, so there is nothing to wait for."""
    await zaken.opened(gemeente, persoon(13))
    refused = await zaken.opened(gemeente, persoon(13))
    for _ in range(2):
        await zaken.tick(handlers.close_batches)

    batch = await one_batch(zaken, gemeente, refused)
    assert (batch.status, batch.case_count, batch.refused_count) == ("afgerond", 0, 1)
    (closed,) = await zaken.told(BatchAfgerond, gemeente)
    assert closed.data.aantalZaken == 0


async def test_personal_data_is_sealed_at_rest(zaken: Zaken, gemeente: str) -> None:
    """BSN, birth date, e-mail and telephone stand nowhere in the clear."""
    await zaken.feed(File(gemeente).row(persoon(14, "EMAIL")))

    (row,) = await zaken.rows(sa.select(sa.text("persons::text from persons")), gemeente)
    text = str(dict(row))
    for secret in (bsn(14), "1970-01-31", "tester14@example.nl", "0612345678"):
        assert secret not in text
        assert secret.encode().hex() not in text


async def one_batch(zaken: Zaken, gemeente: str, file: File) -> domain.Batch:
    """The batch of a file."""
    batches: list[domain.Batch] = await zaken.table(tables.batches, gemeente)
    return next(batch for batch in batches if batch.id == file.id)
