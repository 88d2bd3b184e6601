"""A resident as it travels between services (sealed topics only)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.contracts.codes import Preference
from shared.contracts.envelope import Wire


class Adres(Wire):
    """Where a letter goes. `postbus` stands in the place of `straat`."""

    straat: str | None = None
    postbus: str | None = None
    huisnummer: int | None = None
    huisletter: str | None = None
    huisnummertoevoeging: str | None = None
    postcode: str | None = None
    woonplaats: str | None = None
    land: str | None = None


class Correspondentie(Wire):
    """The bewindvoerder or curator who receives the letters."""

    naam: str | None = None
    straat: str | None = None
    huisnummer: str | None = None
    postcode: str | None = None
    woonplaats: str | None = None


class Partner(Wire):
    """The partner in the same case; one decision covers both."""

    bsn: str
    voorletters: str | None = None
    tussenvoegsel: str | None = None
    achternaam: str
    geboortedatum: str


class Persoon(Wire):
    """The resident of a case. Dates are jjjj-mm-dd; unknown parts of a birth date are zeros."""

    bsn: str = Field(pattern=r"^[0-9]{9}$")
    contractnummer: str | None = None
    voorletters: str | None = None
    voornaam: str | None = None
    tussenvoegsel: str | None = None
    achternaam: str
    geslacht: Literal["M", "V", "X", "O"] | None = None
    geboortedatum: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    aanschrijfnaam: str | None = None
    email: str | None = None
    telefoon: str | None = None
    indicatie: str | None = None
    opmerking: str | None = None
    einddatumPolis: str | None = None
    communicatievoorkeur: Preference
    adres: Adres | None = None
    correspondentie: Correspondentie | None = None
    partner: Partner | None = None
