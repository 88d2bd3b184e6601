"""Rules between columns and between rows, by way of a real file and the real child process."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.intake.workbook.outcome import CheckResult
from tests.unit.intake.workbooks import BSN, GOOD_ROW, OTHER_BSN, THIRD_BSN, found, only

CheckRows = Callable[..., Awaitable[CheckResult]]
PARTNER: dict[str, object] = {
    "PARTNER_BSN": OTHER_BSN,
    "PARTNER_VOORLETTERS": "C.",
    "PARTNER_ACHTERNAAM": "Ander",
    "PARTNER_GEBOORTEDATUM": "01-02-1971",
}
CORRESPONDENCE: dict[str, object] = {
    "CORR_NAAM": "Bewind BV",
    "CORR_STRAAT": "Postbus 1",
    "CORR_POSTCODE": "2345BC",
    "CORR_WOONPLAATS": "Nieuwdorp",
}
ADDRESS: dict[str, object] = dict.fromkeys(("STRAAT", "HUISNUMMER", "POSTCODE", "WOONPLAATS"))


async def test_a_good_row_becomes_the_data_of_the_event(check_rows: CheckRows) -> None:
    """Every value in its place and in its normal form."""
    result = await check_rows({**PARTNER, **CORRESPONDENCE, "EINDDATUM_POLIS": "01-01-2027"})
    assert result.rows_path.read_bytes().count(b"\n") == 1
    assert next(result.rows()) == {
        "rij": 2,
        "persoon": {
            "bsn": BSN,
            "contractnummer": None,
            "voorletters": "A.B.",
            "voornaam": None,
            "tussenvoegsel": None,
            "achternaam": "Voorbeeld",
            "geslacht": None,
            "geboortedatum": "1970-01-31",
            "aanschrijfnaam": None,
            "email": "a.voorbeeld@example.nl",
            "telefoon": "+31612345678",
            "indicatie": None,
            "opmerking": None,
            "einddatumPolis": "2027-01-01",
            "communicatievoorkeur": "BEIDE",
            "adres": {
                "straat": "Dorpsstraat",
                "postbus": None,
                "huisnummer": 12,
                "huisletter": None,
                "huisnummertoevoeging": None,
                "postcode": "1234 AB",
                "woonplaats": "Voorbeeldstad",
                "land": None,
            },
            "correspondentie": {
                "naam": "Bewind BV",
                "straat": "Postbus 1",
                "huisnummer": None,
                "postcode": "2345 BC",
                "woonplaats": "Nieuwdorp",
            },
            "partner": {
                "bsn": OTHER_BSN,
                "voorletters": "C.",
                "tussenvoegsel": None,
                "achternaam": "Ander",
                "geboortedatum": "1971-02-01",
            },
        },
    }
    assert result.summary.counts == {}
    assert result.summary.good_rows == 1


async def test_a_wrong_row_is_kept_and_marked(check_rows: CheckRows) -> None:
    """It stays in the file's order, with nothing in the wrong cell."""
    result = await check_rows(
        {"BSN": "123456789"}, {"BSN": OTHER_BSN, "EMAIL": None, "COMM_VOORK": "BRIEF"}
    )
    wrong, good = result.rows()
    assert (wrong["rij"], wrong["fout"], wrong["persoon"]["bsn"]) == (2, True, None)
    assert good["rij"] == 3
    assert "fout" not in good
    finding = only(result, "bsn-elfproef")
    assert finding.found == "9 cijfers, eindigt op 6789"
    assert finding.expected == "8 of 9 cijfers die aan de 11-proef voldoen"
    assert "123456789" not in result.findings_path.read_text()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"BSN": None}, {("BSN", "verplicht-leeg")}),
        ({"ACHTERNAAM": " "}, {("ACHTERNAAM", "verplicht-leeg")}),
        ({"VOORLETTERS": None}, {("VOORLETTERS", "voorletters-leeg")}),
        ({"EMAIL": None}, {("EMAIL", "email-ontbreekt")}),
        ({"EMAIL": None, "COMM_VOORK": "BRIEF"}, set()),
        ({"STRAAT": None}, {("STRAAT", "adres-ontbreekt")}),
        ({**ADDRESS, "COMM_VOORK": "EMAIL"}, {("STRAAT", "geen-adres")}),
        (ADDRESS, {(name, "adres-ontbreekt") for name in ADDRESS}),
        ({"POSTCODE": "12 AB"}, {("POSTCODE", "postcode-vorm")}),
        ({"STRAAT": None, "HUISNUMMER": None, "POSTBUS": 12}, set()),
        ({"POSTBUS": 12}, {("POSTBUS", "straat-en-postbus")}),
        ({"LAND": "Duitsland", "POSTCODE": "50667", "HUISNUMMER": None}, set()),
        ({"LAND": "Nederland", "POSTCODE": "50667"}, {("POSTCODE", "postcode-vorm")}),
        ({"CORR_NAAM": "Bewind BV"}, {
            (name, "correspondentie-onvolledig")
            for name in ("CORR_STRAAT", "CORR_POSTCODE", "CORR_WOONPLAATS")
        }),
        ({"INDICATIE": "overleden"}, {("INDICATIE", "indicatie-overleden")}),
        ({**PARTNER, "PARTNER_BSN": None}, {("PARTNER_BSN", "partner-onvolledig")}),
        ({**PARTNER, "PARTNER_ACHTERNAAM": None}, {("PARTNER_ACHTERNAAM", "partner-onvolledig")}),
        ({**PARTNER, "PARTNER_VOORLETTERS": None}, {("PARTNER_VOORLETTERS", "voorletters-leeg")}),
        ({**PARTNER, "PARTNER_BSN": BSN}, {("PARTNER_BSN", "partner-gelijk")}),
        ({"COMM_VOORK": "POST"}, {("COMM_VOORK", "code-omgezet")}),
        ({"GEBOORTEDATUM": "00-00-1970"}, {("GEBOORTEDATUM", "datum-gedeeltelijk")}),
        ({"VOORNAAM": True}, {("VOORNAAM", "waar-onwaar")}),
        ({"VOORNAAM": "#N/A"}, {("VOORNAAM", "cel-foutwaarde")}),
        ({"VOORNAAM": "=A1"}, {("VOORNAAM", "formule-zonder-waarde")}),
    ],
)  # fmt: skip
async def test_a_row_is_held_against_the_rules(
    check_rows: CheckRows, change: dict[str, object], expected: set[tuple[str, str]]
) -> None:
    """Exactly the findings that belong to the row, no more."""
    result = await check_rows(change)
    assert found(result) == {(2, column, kind) for column, kind in expected}


async def test_rows_with_the_same_number_name_each_other(check_rows: CheckRows) -> None:
    """All of them are wrong: nobody can tell which one is right."""
    row = {"CONTRACTNUMMER": "C1", "EMAIL": None, "COMM_VOORK": "BRIEF"}
    result = await check_rows(row, {**row, "CONTRACTNUMMER": "c1"}, {**row, "BSN": OTHER_BSN})
    duplicates = [f for f in result.findings() if f.kind == "bsn-dubbel"]
    assert [(f.row, f.related) for f in duplicates] == [(2, (3,)), (3, (2,))]
    assert "rij 3" in duplicates[0].message
    contracts = [(f.row, f.related) for f in result.findings() if f.kind == "contractnummer-dubbel"]
    assert contracts == [(2, (3, 4)), (3, (2, 4)), (4, (2, 3))]
    assert [row["fout"] for row in result.rows()] == [True, True, True]


async def test_a_shared_email_address_is_a_warning(check_rows: CheckRows) -> None:
    """Couples and families share one, so the rows stay good."""
    result = await check_rows({}, {"BSN": OTHER_BSN, "EMAIL": "A.Voorbeeld@example.nl"})
    assert found(result) == {(2, "EMAIL", "email-gedeeld"), (3, "EMAIL", "email-gedeeld")}
    assert result.summary.good_rows == 2


async def test_a_couple_in_two_rows_is_one_error_that_names_both(check_rows: CheckRows) -> None:
    """Both rows wait until one is taken out."""
    own = {"EMAIL": None, "COMM_VOORK": "BRIEF"}
    result = await check_rows(
        {**own, **PARTNER}, {**own, "BSN": OTHER_BSN, **PARTNER, "PARTNER_BSN": BSN}
    )
    finding = only(result, "echtpaar-in-twee-rijen")
    assert (finding.row, finding.related) == (2, (3,))
    assert finding.message == "Rij 2 en rij 3 zijn elkaars partner; verwijder er één."
    assert result.summary.wrong_rows == 2
    assert result.summary.counts == {"fout": 1}


async def test_a_partner_with_a_row_of_its_own_is_an_error(check_rows: CheckRows) -> None:
    """Also when the other row does not name its partner."""
    own = {"EMAIL": None, "COMM_VOORK": "BRIEF"}
    result = await check_rows(
        {**own, "BSN": OTHER_BSN}, {**own, **PARTNER}, {**own, "BSN": THIRD_BSN}
    )
    finding = only(result, "partner-is-hoofdpersoon")
    assert (finding.row, finding.related) == (3, (2,))
    assert result.summary.wrong_rows == 1


async def test_a_systematic_error_is_one_group(check_rows: CheckRows) -> None:
    """Fifty rows with the same mistake are one line with a count and a range."""
    result = await check_rows(*({"BSN": None, "EMAIL": f"n{i}@example.nl"} for i in range(50)))
    (group,) = result.summary.groups
    assert (group.kind, group.column, group.count) == ("verplicht-leeg", "BSN", 50)
    assert group.ranges == ((2, 51),)
    assert group.is_systematic


async def test_nothing_of_a_person_is_in_the_findings(check_rows: CheckRows) -> None:
    """Not even of cells that stand in the wrong column."""
    secrets: dict[str, Any] = {
        "COMM_VOORK": "Voorbeeldnaam",
        "GESLACHT": "geheim@example.nl",
        "TELEFOON": "999990019",
        "POSTCODE": "Geheimestraat",
        "EMAIL": "geen adres van Geheimenaar",
        "HUISLETTER": "Geheim",
    }
    result = await check_rows(secrets)
    text = result.findings_path.read_text() + json.dumps([str(g) for g in result.summary.groups])
    assert result.summary.counts["fout"] == len(secrets)  # type: ignore[index]
    for secret in ("Voorbeeldnaam", "geheim@", "999990019", "Geheimestraat", "Geheimenaar"):
        assert secret not in text
    assert str(GOOD_ROW["STRAAT"]) not in text
