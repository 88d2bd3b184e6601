"""Made-up residents on whom letters tend to break, to draw a template with before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from types import MappingProxyType
from typing import Any

import pikepdf

from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values
from shared.templating import field_values

_ADDRESS = {
    "straat": "Dorpsstraat",
    "huisnummer": 1,
    "postcode": "1234AB",
    "woonplaats": "Voorbeeldstad",
}
_PLAIN: Mapping[str, Any] = MappingProxyType(
    {"voorletters": "A.", "achternaam": "Jansen", "geslacht": "V", "geboortedatum": "1970-01-31"}
)
#: Who each example is; the words are for who looks at the sample.
PEOPLE: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "langste naam": {
            "voorletters": "A.B.C.D.E.F.G.",
            "tussenvoegsel": "van der",
            "achternaam": "Bovenkerk-Schimmelpenninck van Nieuwenhuijzen tot Zandvoorterweide",
        },
        "geen voornaam en geen voorletters": {"voorletters": None, "achternaam": "Suharto"},
        "met partner": {
            "partner": {
                "voorletters": "B.",
                "tussenvoegsel": "de",
                "achternaam": "Vries",
                "geboortedatum": "1971-02-28",
            }
        },
        "bijzondere tekens": {
            "voorletters": "\u0160.",
            "achternaam": "\u0141ukasiewicz-\u00c7elik \u00d3 Briain",
        },
        "langste adres": {
            "adres": {
                "straat": "Burgemeester Van der Voort van Zijplaan boven de Oude Trekvaartbrug",
                "huisnummer": 12345,
                "huisletter": "A",
                "huisnummertoevoeging": "BIS-2",
                "postcode": "9999ZZ",
                "woonplaats": "Westerhaar-Vriezenveensewijk aan de Nieuwe Heerewaard",
            }
        },
    }
)


def sample_values(purpose: Purpose, office: Mapping[str, str]) -> list[dict[str, str]]:
    """The values of each made-up resident for a purpose; `office` are the gemeente's own."""
    plain = {**example_values(purpose), **{name: text for name, text in office.items() if text}}
    samples = [plain]
    for person in PEOPLE.values():
        own = field_values(
            {**_PLAIN, "adres": _ADDRESS, **person},
            plain.get("ZAAKNUMMER", ""),
            {},
            "2026-01-05",
            "2026-02-02",
            purpose=purpose,
        )
        samples.append({**plain, **_of_person(own)})
    return samples


def _of_person(values: Mapping[str, str]) -> dict[str, str]:
    """What is about the resident; an empty value is what makes some of them hard."""
    return {name: text for name, text in values.items() if name in _PERSONAL}


_PERSONAL = frozenset(
    {
        "AANHEF",
        "NAAM_VOLLEDIG",
        "VOORNAAM",
        "VOORLETTERS",
        "TUSSENVOEGSEL",
        "ACHTERNAAM",
        "PARTNER_NAAM",
        "STRAAT",
        "HUISNUMMER",
        "POSTCODE",
        "WOONPLAATS",
        "ADRESREGEL",
        "ADRESBLOK",
    }
)


def joined(letters: list[bytes]) -> bytes:
    """One PDF of these letters, in order."""
    whole = pikepdf.new()
    for letter in letters:
        with pikepdf.open(BytesIO(letter)) as one:
            whole.pages.extend(one.pages)
    out = BytesIO()
    whole.save(out, static_id=True)
    return out.getvalue()
