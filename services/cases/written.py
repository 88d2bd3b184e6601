"""The order of a letter or mail to a resident, with its merge fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.cases.domain import Delivery
from shared.contracts.codes import Channel, Purpose
from shared.contracts.events import BriefGevraagd, EmailGevraagd
from shared.templating import field_values

NO_ADDRESS = "Er is geen e-mailadres. Vul het in en probeer het opnieuw."
DECEASED = (
    "Er kwam een brief terug omdat de inwoner is overleden. Er gaat niets meer naar deze inwoner."
    " Klopt dat niet? Trek dan de retour in."
)
STOPPED = "De zaak is gestopt. Draai dat eerst terug als deze inwoner toch bericht moet krijgen."
UNFIT = (
    "De gegevens van deze inwoner passen niet in de tekst."
    " Controleer de namen en datums en probeer het opnieuw."
)
BSN_IN_TEXT = (
    "In de gegevens voor de tekst staat een BSN, bijvoorbeeld als contractnummer."
    " Verbeter dat en probeer het opnieuw."
)


class Unsendable(Exception):
    """This delivery cannot be ordered; `reason` is for the user, without personal data."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Addressee:
    """The resident as the file or a correction has it, and the case's number."""

    person: Mapping[str, Any]
    number: str
    is_deceased: bool = False
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Writing:
    """What is the same for all that is written in one go; a version that is None is the active one.

    `office` is shaped like InstellingenGewijzigd. `extra` overrides or adds merge fields.
    """

    office: Mapping[str, Any]
    send_date: date | None
    response_date: date | None
    letter_version: UUID | None = None
    mail_version: UUID | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


def order_of(
    delivery: Delivery, addressee: Addressee, writing: Writing
) -> BriefGevraagd | EmailGevraagd:
    """The order of a letter or mail. Raises Unsendable."""
    if addressee.is_deceased:
        raise Unsendable(DECEASED)
    if addressee.is_stopped:
        raise Unsendable(STOPPED)
    values = _values(Purpose(delivery.purpose), addressee, writing)
    make = _letter if delivery.channel == Channel.LETTER else _mail
    return make(delivery, addressee, writing, values)


def _values(purpose: Purpose, addressee: Addressee, writing: Writing) -> dict[str, str]:
    """The merge fields; never with a BSN in one of them, wherever it came from."""
    person = addressee.person
    try:
        values = field_values(
            person,
            addressee.number,
            writing.office,
            writing.send_date or "",
            writing.response_date or "",
            purpose=purpose,
            extra=writing.extra,
        )
    except (ValueError, LookupError) as error:
        raise Unsendable(UNFIT) from error
    secrets = [person["bsn"], *([person["partner"]["bsn"]] if person.get("partner") else [])]
    if any(bsn in value for value in values.values() for bsn in secrets):
        raise Unsendable(BSN_IN_TEXT)
    return values


def _letter(
    delivery: Delivery, addressee: Addressee, writing: Writing, values: dict[str, str]
) -> BriefGevraagd:
    return BriefGevraagd.trusted(
        zaakId=delivery.case_id,
        bezorgingId=delivery.id,
        pogingId=delivery.attempt_id,
        batchId=delivery.batch_id,
        zaaknummer=addressee.number,
        volgnummer=delivery.place,
        doel=Purpose(delivery.purpose),
        sjabloonVersieId=writing.letter_version,
        velden=values,
    )


def _mail(
    delivery: Delivery, addressee: Addressee, writing: Writing, values: dict[str, str]
) -> EmailGevraagd:
    if not addressee.person.get("email"):
        raise Unsendable(NO_ADDRESS)
    return EmailGevraagd.trusted(
        zaakId=delivery.case_id,
        bezorgingId=delivery.id,
        pogingId=delivery.attempt_id,
        batchId=delivery.batch_id,
        zaaknummer=addressee.number,
        doel=Purpose(delivery.purpose),
        sjabloonVersieId=writing.mail_version,
        aan=addressee.person["email"],
        aanNaam=values["NAAM_VOLLEDIG"],
        velden=values,
    )
