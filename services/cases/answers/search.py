"""What is asked and answered when somebody looks for a resident."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

import phonenumbers
from pydantic import BaseModel, StringConstraints

from services.cases.answers.cases import full_name
from services.cases.answers.shapes import Reason, Request, Row
from services.cases.domain import Person
from services.cases.domain.search import Sought, bsn_of, house_number_of, postcode_of
from shared.chassis.errors import FieldError, Invalid
from shared.contracts.codes import CaseStatus

Part = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=254)]
#: A date of birth may be partly unknown: 1970-00-00.
BirthDate = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
LEAST_OF_NAME = 2

_FORMS = {
    "postcode": "Een postcode heeft vier cijfers en twee letters, zoals 1234 AB.",
    "huisnummer": "Een huisnummer begint met een cijfer, zoals 12 of 12A.",
    "telefoon": "Dit is geen telefoonnummer. Vul het in met netnummer, zoals 0612345678.",
    "bsn": "Dit is geen BSN. Controleer de cijfers.",
    "achternaam": "Vul minstens twee letters van de achternaam in.",
}


class SearchRequest(Request):
    """Whom somebody looks for; every part that is given must fit."""

    achternaam: Part | None = None
    geboortedatum: BirthDate | None = None
    postcode: Part | None = None
    huisnummer: Part | None = None
    telefoon: Part | None = None
    email: Part | None = None
    zaaknummer: Part | None = None
    bsn: Part | None = None

    def sought(self) -> Sought:
        """As it is looked up; raises Invalid with every wrong part, never repeating one."""
        wrong = [FieldError(name, "ongeldig", _FORMS[name]) for name in self._unfit()]
        wrong += self._halves()
        if not any(self.model_dump().values()):
            reason = "Vul minstens één gegeven in om op te zoeken."
            wrong.append(FieldError("achternaam", "ontbreekt", reason))
        if wrong:
            raise Invalid("Zo kunnen wij niet zoeken.", tuple(wrong))
        return Sought(
            last_name=self.achternaam,
            birth_date=self.geboortedatum,
            postcode=postcode_of(self.postcode) if self.postcode else None,
            house_number=self.huisnummer,
            telephone=_e164(self.telefoon) if self.telefoon else None,
            email=self.email,
            number=self.zaaknummer.upper() if self.zaaknummer else None,
            bsn=bsn_of(self.bsn) if self.bsn else None,
        )

    def _unfit(self) -> list[str]:
        checks = (
            ("achternaam", self.achternaam, lambda text: len(text) >= LEAST_OF_NAME),
            ("postcode", self.postcode, postcode_of),
            ("huisnummer", self.huisnummer, house_number_of),
            ("telefoon", self.telefoon, _e164),
            ("bsn", self.bsn, bsn_of),
        )
        return [name for name, text, fits in checks if text is not None and not fits(text)]

    def _halves(self) -> list[FieldError]:
        """A birth date without a name, or a house number without a postcode, fits too many."""
        wrong = []
        if self.geboortedatum and not (self.achternaam or self.postcode or self.bsn):
            reason = "Vul bij een geboortedatum ook de achternaam of de postcode in."
            wrong.append(FieldError("achternaam", "ontbreekt", reason))
        if self.huisnummer and not (self.postcode or self.achternaam):
            reason = "Vul bij een huisnummer ook de postcode of de achternaam in."
            wrong.append(FieldError("postcode", "ontbreekt", reason))
        return wrong


def _e164(text: str) -> str | None:
    """A telephone number as it is kept, or None when it is none."""
    try:
        number = phonenumbers.parse(text, "NL")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class Hit(BaseModel):
    """Somebody who fits, with the case. Of the BSN only the last four digits are shown."""

    zaakId: UUID
    zaaknummer: str
    status: CaseStatus
    rol: Literal["inwoner", "partner"]
    naam: str
    bsn: str
    geboortedatum: str
    straat: str | None
    huisnummer: str | None
    postcode: str | None
    woonplaats: str | None

    @classmethod
    def of(cls, row: Row, person: Person) -> Hit:
        """A row of the query, and the person in it opened."""
        return cls(
            zaakId=person.case_id,
            zaaknummer=person.number,
            status=CaseStatus(row["status"]),
            rol="inwoner" if person.id == person.case_id else "partner",
            naam=full_name(row),
            bsn=f"*****{person.bsn[-4:]}",
            geboortedatum=person.birth_date,
            straat=person.street,
            huisnummer=person.house_number,
            postcode=person.postcode,
            woonplaats=person.city,
        )


class SearchAnswer(BaseModel):
    """Who was found. With more than can be shown, `melding` asks to say more."""

    aantal: int
    isAfgekapt: bool
    melding: str | None
    resultaten: list[Hit]


class UnmaskRequest(Request):
    """Whose whole BSN somebody needs, and why."""

    wie: Literal["inwoner", "partner"] = "inwoner"
    reden: Reason


class UnmaskAnswer(BaseModel):
    """The whole BSN of one person."""

    bsn: str
