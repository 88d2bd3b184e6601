"""What each merge field is worth for different residents."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.codes import Preference
from shared.contracts.merge_fields import MERGE_FIELDS
from shared.contracts.persons import Adres, Persoon
from shared.templating import batch_ready_values, field_values

GEMEENTE = {
    "code": "9999",
    "naam": "Gemeente Voorbeeldstad",
    "afdeling": "Inkomen en Zorg",
    "telefoon": "14 0123",
    "openingstijden": "op werkdagen van 9.00 tot 17.00 uur",
    "retouradres": "Postbus 10, 1234 AA Voorbeeldstad",
    "plaats": "Voorbeeldstad",
    "link": "https://mijn.voorbeeldstad.example.nl",
}
HOME = {
    "straat": "Dorpsstraat",
    "huisnummer": 12,
    "huisletter": "A",
    "huisnummertoevoeging": "2",
    "postcode": "1234ab",
    "woonplaats": "Voorbeeldstad",
}


def person(**changes: Any) -> dict[str, Any]:
    """Return a resident as a row of the upload holds it."""
    return {
        "bsn": "999990019",
        "voorletters": "A",
        "voornaam": "Anna",
        "tussenvoegsel": "de",
        "achternaam": "Vries",
        "geslacht": "V",
        "geboortedatum": "1970-01-31",
        "adres": HOME,
        **changes,
    }


def values(**changes: Any) -> dict[str, str]:
    """Return the fields of a resident in a case of today."""
    return field_values(
        person(**changes), "HO-2026-000123", GEMEENTE, date(2026, 11, 22), "2026-12-21"
    )


@pytest.mark.parametrize(
    ("changes", "salutation"),
    [
        ({}, "Geachte mevrouw De Vries,"),
        ({"geslacht": "M"}, "Geachte heer De Vries,"),
        ({"geslacht": "M", "tussenvoegsel": "van den"}, "Geachte heer Van den Vries,"),
        ({"tussenvoegsel": "'t"}, "Geachte mevrouw 't Vries,"),
        ({"tussenvoegsel": "d'", "achternaam": "Ancona"}, "Geachte mevrouw D'Ancona,"),
        ({"tussenvoegsel": None}, "Geachte mevrouw Vries,"),
        ({"geslacht": None}, "Geachte A. de Vries,"),
        ({"geslacht": "X"}, "Geachte A. de Vries,"),
        ({"geslacht": "O", "voorletters": None}, "Geachte Anna de Vries,"),
        ({"geslacht": "X", "voorletters": None, "voornaam": None}, "Geachte De Vries,"),
        ({"aanschrijfnaam": "A.B. van Dam-de Vries"}, "Geachte mevrouw Van Dam-de Vries,"),
        ({"aanschrijfnaam": "Mevrouw A. Bakker"}, "Geachte mevrouw Bakker,"),
        ({"aanschrijfnaam": "A. Bakker", "geslacht": None}, "Geachte A. Bakker,"),
    ],
)
def test_the_salutation_follows_gender_and_name(changes: dict[str, Any], salutation: str) -> None:
    """Title and capital for M and V, the written name for everybody else."""
    assert values(**changes)["AANHEF"] == salutation


@pytest.mark.parametrize(
    ("birth_date", "written"),
    [
        ("1970-01-31", "31 januari 1970"),
        ("1970-03-00", "maart 1970"),
        ("1970-00-00", "1970"),
        ("0000-00-00", ""),
    ],
)
def test_a_birth_date_is_written_as_far_as_it_is_known(birth_date: str, written: str) -> None:
    """Partial dates of the BRP are no reason to fail."""
    assert values(geboortedatum=birth_date)["GEBOORTEDATUM"] == written


def test_dates_are_written_out_in_dutch() -> None:
    """Dates and ISO texts are both understood."""
    fields = values()
    assert (fields["DATUM"], fields["REACTIEDATUM"]) == ("22 november 2026", "21 december 2026")


def test_the_address_block_fits_the_post() -> None:
    """Title, number with letter and addition, postcode apart from the place in capitals."""
    assert values()["ADRESBLOK"].split("\n") == [
        "Mevrouw A. de Vries",
        "Dorpsstraat 12 A 2",
        "1234 AB  VOORBEELDSTAD",
    ]


def test_a_post_box_has_no_house_number() -> None:
    """A POSTBUS stands in the place of the street."""
    fields = values(adres={"postbus": "77", "postcode": "1234 AB", "woonplaats": "Voorbeeldstad"})
    assert fields["ADRESREGEL"] == "Postbus 77"


def test_a_foreign_address_keeps_its_postcode_and_names_its_country() -> None:
    """The country is the last line, in capitals."""
    home = {"straat": "Rue Haute", "huisnummer": 5, "postcode": "B-1000", "woonplaats": "Brussel"}
    block = values(adres={**home, "land": "België"})["ADRESBLOK"]
    assert block.split("\n")[1:] == ["Rue Haute 5", "B-1000 Brussel", "BELGIË"]


def test_a_correspondent_gets_the_letter() -> None:
    """The bewindvoerder is addressed, and sees for whom."""
    office = {
        "naam": "Bewind BV",
        "straat": "Kade",
        "huisnummer": "1 A",
        "postcode": "4321 ZX",
        "woonplaats": "Haven",
    }
    assert values(correspondentie=office)["ADRESBLOK"].split("\n") == [
        "Bewind BV",
        "Inzake mevrouw A. de Vries",
        "Kade 1 A",
        "4321 ZX  HAVEN",
    ]


def test_without_an_address_the_address_block_is_empty() -> None:
    """So that a letter fails with a reason, and a mail does not."""
    assert values(adres=None)["ADRESBLOK"] == ""


def test_no_field_holds_the_bsn() -> None:
    """Neither by name nor by value."""
    partner = {"bsn": "999990020", "achternaam": "Jansen", "voorletters": "B."}
    fields = values(partner=partner)
    assert fields["PARTNER_NAAM"] == "B. Jansen"
    assert not any("BSN" in name for name in MERGE_FIELDS)
    assert not any("99999" in value for value in fields.values())


def test_control_and_invisible_characters_do_not_reach_a_field() -> None:
    """Line ends, direction marks and decomposed letters become plain composed text."""
    fields = values(achternaam="Vri\u200bes\r\nBcc: x\u202e", voornaam="Zoe\u0308")
    assert fields["ACHTERNAAM"] == "Vries Bcc: x"
    assert fields["VOORNAAM"] == "Zoë"


def test_a_person_of_the_contracts_is_understood() -> None:
    """Services may hand over the model instead of a dictionary."""
    resident = Persoon(
        bsn="999990019",
        achternaam="Vries",
        geboortedatum="1970-01-31",
        communicatievoorkeur=Preference.LETTER,
        adres=Adres(straat="Kade", huisnummer=1, postcode="1234AB", woonplaats="Haven"),
    )
    fields = field_values(resident, "HO-1", GEMEENTE, "2026-11-22", "2026-12-21")
    assert fields["ADRESBLOK"] == "Vries\nKade 1\n1234 AB  HAVEN"


def test_extra_values_win_and_unknown_ones_are_refused() -> None:
    """A typing error in the calling code must not be silent."""
    extra = {"BEHANDELAAR": "M. Bakker", "GEVRAAGDE_STUKKEN": "Loonstrook\n\nHuurcontract"}
    fields = field_values(person(), "HO-1", GEMEENTE, "2026-11-22", "2026-12-21", extra=extra)
    assert fields["BEHANDELAAR"] == "M. Bakker"
    assert fields["GEVRAAGDE_STUKKEN"] == "Loonstrook\nHuurcontract"
    with pytest.raises(KeyError, match="BEHANDELAR"):
        field_values(person(), "HO-1", GEMEENTE, "", "", extra={"BEHANDELAR": "x"})


def test_batch_counts_are_written_the_dutch_way() -> None:
    """Thousands have a dot."""
    fields = batch_ready_values(
        GEMEENTE,
        medewerker="Sam",
        batchnaam="november.xlsx",
        link="https://kantoor.example.nl/batches/1",
        zaken=3242,
        brieven=1430,
        emails=1812,
        mislukt=0,
        afdrukbestand="Het staat voor u klaar.",
    )
    assert (fields["AANTAL_ZAKEN"], fields["AANTAL_MISLUKT"]) == ("3.242", "0")
