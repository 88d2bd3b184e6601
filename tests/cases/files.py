"""A file's worth of rows, and cases with the steps of a heronderzoek that tests begin from."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4, uuid5

import sqlalchemy as sa

from services.cases import handlers, queries, worker
from services.cases.domain import Office, Plan, working_days
from shared.chassis.codec import Record, decode
from shared.chassis.identity import Identity, system
from shared.chassis.tables import outbox
from shared.contracts.codes import Preference, Role
from shared.contracts.envelope import Event
from shared.contracts.events import BatchBevestigd, RijAangeboden
from shared.contracts.persons import Persoon
from tests.support import parts

_numbers = itertools.count(1)
SENDER = frozenset({Role.BEHANDELAAR})
TEMPLATES: dict[str, Any] = {"mail_template_id": uuid4(), "letter_template_id": uuid4()}


def bsn(number: int) -> str:
    """The n-th number of the range for tests that passes the 11-proef (0 to about 900)."""
    candidates = (f"99999{last:04}" for last in range(9999, -1, -1))
    return next(itertools.islice(filter(_passes, candidates), number, None))


def _passes(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(digit) for w, digit in zip(weights, digits, strict=True)) % 11 == 0


def persoon(number: int, choice: str = "BRIEF", **changes: Any) -> Persoon:
    """A made-up resident."""
    return Persoon.model_validate(
        {
            "bsn": bsn(number),
            "voorletters": "A.",
            "tussenvoegsel": "de",
            "achternaam": f"Tester{number}",
            "geslacht": "V",
            "geboortedatum": "1970-01-31",
            "email": None if choice == "BRIEF" else f"tester{number}@example.nl",
            "telefoon": "0612345678",
            "communicatievoorkeur": Preference(choice),
            "adres": {
                "straat": "Dorpsstraat",
                "huisnummer": number + 1,
                "postcode": "1234AB",
                "woonplaats": "Voorbeeldstad",
            },
            **changes,
        }
    )


@dataclass
class File:
    """A confirmed file of one gemeente, as the events that intake makes of it."""

    gemeente: str
    id: UUID = field(default_factory=uuid4)
    rows: list[Event[RijAangeboden]] = field(default_factory=list)

    @property
    def starter(self) -> str:
        """The colleague who confirmed it, one per gemeente."""
        return f"starter-{self.gemeente}"

    def row(self, person: Persoon) -> Event[RijAangeboden]:
        """One more row, as an event."""
        place = len(self.rows) + 1
        row = RijAangeboden(
            zaakId=uuid5(self.id, str(place + 1)),
            batchId=self.id,
            zaaknummer=f"HO-2026-{next(_numbers):06}",
            rij=place + 1,
            volgnummer=place,
            persoon=person,
        )
        self.rows.append(parts.event_of(row, self.gemeente, actor=self.starter))
        return self.rows[-1]

    def confirmation(self) -> Event[BatchBevestigd]:
        """The event that says how many rows there are."""
        data = BatchBevestigd(
            batchId=self.id, bestandsnaam="november.xlsx", aantalRijen=len(self.rows)
        )
        return parts.event_of(data, self.gemeente, actor=self.starter)


class Zaken(parts.Bench):
    """Cases, with the steps of a heronderzoek that tests begin from."""

    async def command(self, handler: Any, command: Any, who: Identity, **options: Any) -> Any:
        """Run a command as the HTTP door would."""
        loads = [worker.OFFICE_OF_COMMAND]
        if not isinstance(command, Office):
            named = {"batch_id": worker.BATCH_OF_COMMAND, "case_id": worker.CASE_OF_COMMAND}
            loads = [load for name, load in named.items() if hasattr(command, name)]
        return await self.commands.run(who, handler, command, loads=loads, **options)

    async def opened(self, gemeente: str, *persons: Persoon) -> File:
        """A batch whose rows all have their case."""
        file = File(gemeente)
        for person in persons:
            file.row(person)
        await self.feed(*file.rows, file.confirmation())
        await self.tick(handlers.open_batches)
        return file

    async def approved(self, gemeente: str, *persons: Persoon) -> File:
        """A batch with approval, nothing ordered yet."""
        file = await self.opened(gemeente, *persons)
        await self.with_office(gemeente)
        async with self.database.transaction(gemeente) as transaction:
            counts = await queries.plan_counts(transaction.connection, gemeente, file.id)
        plan = Plan(working_days.today(file.rows[0].time), 28, "Keuze op het aanvraagformulier")
        await self.command(
            handlers.plan_sending, handlers.PlanChange(file.id, plan), user(gemeente)
        )
        approval = handlers.Approval(file.id, counts.mails, counts.letters, **TEMPLATES)
        await self.command(handlers.approve_sending, approval, user(gemeente))
        return file

    async def sent(self, gemeente: str, *persons: Persoon) -> File:
        """A batch of which every letter and mail was ordered."""
        file = await self.approved(gemeente, *persons)
        await self.work_all("orders")
        return file

    async def with_office(self, gemeente: str) -> Office:
        """A gemeente with settings."""
        office = office_of(gemeente)
        await self.command(handlers.introduce_office, office, system("cases", gemeente))
        return office

    async def told(self, kind: Any, gemeente: str) -> list[Event[Any]]:
        """The recorded events of one kind and gemeente, sealed ones opened, oldest first."""
        rows = await self.rows(sa.select(outbox).order_by(outbox.c.id))
        records = [
            Record(row["topic"], 0, 0, row["key"], bytes(row["payload"]), row["headers"])
            for row in rows
            if row["topic"] == kind.topic
        ]
        events = [decode(record, self.parts.keys) for record in records]
        return [e for e in events if isinstance(e.data, kind) and e.gemeente == gemeente]

    async def table(self, table: Any, gemeente: str) -> list[Any]:
        """All items of a table that a gemeente has."""
        rows = await self.rows(table.select(), gemeente)
        return [self.parts.mapper.to_item(table, row) for row in rows]


def user(gemeente: str, name: str = "gebruiker-akkoord", roles: Any = SENDER) -> Identity:
    """A colleague."""
    return Identity(name, f"Collega {name}", f"{name}@example.nl", frozenset(roles), gemeente)


def office_of(gemeente: str) -> Office:
    """Settings of a made-up gemeente."""
    return Office(
        code=gemeente,
        gemeente=gemeente,
        name="Voorbeeldstad",
        place="Voorbeeldstad",
        department="Team Heronderzoek",
        telephone="088 000 90 01",
        opening_hours="op werkdagen van 9.00 tot 17.00 uur",
        return_address="Postbus 100, 1999 AB Voorbeeldstad",
        sender_name="Gemeente Voorbeeldstad",
        sender_email="heronderzoek@example.nl",
        link="https://voorbeeldstad.example.nl",
    )
