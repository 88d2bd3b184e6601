"""The first settings of the gemeenten of an installation, from a file.

They are brought in after `migrate`, by the same command that a beheerder's change runs, so that
they are published through the outbox. Settings that are there already are left as they are.
"""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from services.cases import handlers
from services.cases.domain import Office
from services.cases.worker import OFFICE_OF_COMMAND
from shared.chassis.commands import Commands
from shared.chassis.identity import system
from shared.contracts.events import InstellingenGewijzigd


class UnfitFile(Exception):
    """The file is not what it should be; the message says what to do."""


def offices_in(file: Path) -> list[Office]:
    """The settings in a file: a JSON list, each as `instellingen-gewijzigd` has them."""
    try:
        given = TypeAdapter(list[InstellingenGewijzigd]).validate_python(
            json.loads(file.read_text(encoding="utf-8"))
        )
    except ValidationError as error:
        wrong = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
        raise UnfitFile(f"{file}: verbeter deze velden: {', '.join(wrong)}") from None
    except (OSError, ValueError) as error:
        raise UnfitFile(f"{file}: geen leesbare JSON ({type(error).__name__})") from None
    return [office_of(one) for one in given]


def office_of(given: InstellingenGewijzigd) -> Office:
    """The settings of a gemeente as cases keeps them."""
    return Office.of(given.code, given.model_dump())


async def introduce(commands: Commands, offices: list[Office]) -> int:
    """Bring in the settings that are not there yet; answers how many."""
    new = 0
    for office in offices:
        new += await commands.run(
            system("cases", office.code),
            handlers.introduce_office,
            office,
            loads=[OFFICE_OF_COMMAND],
        )
    return new
