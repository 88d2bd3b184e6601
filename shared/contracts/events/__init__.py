"""Every event of the system.

A new optional field is the only change allowed within v1.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shared.contracts.envelope import Event, EventData
from shared.contracts.events.batches import (
    BatchAfgerond,
    BatchGeopend,
    BatchIngetrokken,
    BatchVerzonden,
    VerzendingGepauzeerd,
    VerzendingGestopt,
    VerzendingHervat,
)
from shared.contracts.events.cases import (
    BesluitGenomen,
    PersoonVastgelegd,
    RijGeweigerd,
    WeigeringIngetrokken,
    ZaakAfgesloten,
    ZaakGeopend,
    ZaakstatusGewijzigd,
    ZaakToegewezen,
    ZaakVernietigd,
)
from shared.contracts.events.letters import (
    AfdrukbestandGereed,
    AfdrukbestandMislukt,
    BriefGepost,
    BriefNietPosten,
    BriefRetour,
    BriefRetourIngetrokken,
    BriefTegengehouden,
    DocumentenGewist,
    DocumentMislukt,
    DocumentOpgeslagen,
)
from shared.contracts.events.mails import (
    EmailMislukt,
    EmailNietBezorgd,
    EmailsGewist,
    EmailVerzonden,
    ProefMislukt,
)
from shared.contracts.events.messages import (
    BerichtenGewist,
    BerichtGeplaatst,
)
from shared.contracts.events.orders import (
    BriefGevraagd,
    EmailGevraagd,
    InstellingenGewijzigd,
    OpdrachtIngetrokken,
)
from shared.contracts.events.rows import (
    BatchBevestigd,
    RijAangeboden,
    RijGewist,
)
from shared.contracts.events.staff import (
    AfwezigheidIngetrokken,
    AfwezigheidVastgelegd,
    TaakGeopend,
)

__all__ = [
    "EVENTS",
    "AfdrukbestandGereed",
    "AfdrukbestandMislukt",
    "AfwezigheidIngetrokken",
    "AfwezigheidVastgelegd",
    "BatchAfgerond",
    "BatchBevestigd",
    "BatchGeopend",
    "BatchIngetrokken",
    "BatchVerzonden",
    "BerichtGeplaatst",
    "BerichtenGewist",
    "BesluitGenomen",
    "BriefGepost",
    "BriefGevraagd",
    "BriefNietPosten",
    "BriefRetour",
    "BriefRetourIngetrokken",
    "BriefTegengehouden",
    "DocumentMislukt",
    "DocumentOpgeslagen",
    "DocumentenGewist",
    "EmailGevraagd",
    "EmailMislukt",
    "EmailNietBezorgd",
    "EmailVerzonden",
    "EmailsGewist",
    "InstellingenGewijzigd",
    "OpdrachtIngetrokken",
    "PersoonVastgelegd",
    "ProefMislukt",
    "RijAangeboden",
    "RijGeweigerd",
    "RijGewist",
    "TaakGeopend",
    "VerzendingGepauzeerd",
    "VerzendingGestopt",
    "VerzendingHervat",
    "WeigeringIngetrokken",
    "ZaakAfgesloten",
    "ZaakGeopend",
    "ZaakToegewezen",
    "ZaakVernietigd",
    "ZaakstatusGewijzigd",
    "case_of",
]


def case_of(event: Event[Any]) -> UUID | None:
    """The case that an event is about, if it is about one."""
    found: UUID | None = getattr(event.data, "zaakId", None)
    return found


EVENTS: dict[str, type[EventData]] = {event.type: event for event in EventData.__subclasses__()}
