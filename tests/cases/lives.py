"""One case through its doors, as a colleague at the screen would lead it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from services.cases import tables
from services.cases.domain import Case, working_days
from tests.cases.files import Zaken, persoon, user
from tests.cases.test_outcomes import made, mailed

MOTIVATION = "Uw inkomen is hoger dan de grens die in de regeling staat."


@dataclass
class Life:
    """A case of one gemeente, asked at the door by a behandelaar."""

    zaken: Zaken
    door: Any
    gemeente: str
    id: str

    async def page(self) -> dict[str, Any]:
        """How the case is now."""
        answer = await self.door("GET", f"/zaken/{self.id}", user(self.gemeente))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def ask(self, act: str, **body: Any) -> Any:
        """Do something with the version that is there now, unless told otherwise; the answer."""
        version = body.pop("versie", None) or (await self.page())["versie"]
        key = {"Idempotency-Key": body.pop("key", str(uuid4()))}
        return await self.door(
            "POST",
            f"/zaken/{self.id}/{act}",
            user(self.gemeente),
            json={"versie": version, **body},
            headers=key,
        )

    async def did(self, act: str, **body: Any) -> dict[str, Any]:
        """The same, which must be allowed; how the case is then."""
        answer = await self.ask(act, **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def today(self) -> Any:
        """The day that its rules see."""
        async with self.zaken.database.transaction(self.gemeente) as transaction:
            return working_days.today(transaction.now)

    async def case(self) -> Case:
        """Its row."""
        (case,) = await self.zaken.table(tables.cases, self.gemeente)
        found: Case = case
        return found

    async def told(self, kind: Any) -> list[Any]:
        """What was told of it to others."""
        return [event.data for event in await self.zaken.told(kind, self.gemeente)]

    async def decided(self, **changes: Any) -> dict[str, Any]:
        """A decision, rejecting unless told otherwise."""
        wish = {"resultaat": "afwijzen", "reden": "inkomen-te-hoog", "motivering": MOTIVATION}
        return await self.did("besluiten", **{**wish, **changes})


#: The resident has the decision, whatever became of its letter.
BY_HAND = {"bevestigd": True, "redenBevestiging": "Meegegeven aan de balie"}


async def invited(zaken: Zaken, door: Any, gemeente: str, number: int, **person: Any) -> Life:
    """A case whose invitation was sent."""
    choice = person.pop("choice", "BEIDE")
    file = await zaken.sent(gemeente, persoon(number, choice, **person))
    for delivery in await zaken.table(tables.deliveries, gemeente):
        await zaken.feed(made(delivery) if delivery.channel == "brief" else mailed(delivery))
    return Life(zaken, door, gemeente, str(file.rows[0].data.zaakId))
