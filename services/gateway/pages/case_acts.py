"""What can be done with a case: each act is a small form with an address of its own.

Which acts are possible now, the API says (`mogelijk`); which this user may do, the table of rights.
Here stand only their words, their fields, and which of them is the next step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from services.gateway.pages.screens import _
from services.gateway.pages.visit import Visit

NUMBERS, TICKS = frozenset({"versie", "weken"}), frozenset({"ontvangstbevestiging", "bevestigd"})


@dataclass(frozen=True)
class Act:
    """Something to do with a case.

    `path` is the end of its address, `name` what the API calls it in `mogelijk` (empty: it goes in
    every status), `fields` what its form asks. `is_quick` needs nothing but a click.
    """

    path: str
    operation: str
    words: str
    done: str
    fields: tuple[str, ...]
    name: str = ""
    what: str = ""
    is_quick: bool = False

    @property
    def takes_version(self) -> bool:
        """Whether it is refused when the case is not as it was shown."""
        return "versie" in self.fields

    def body(self, typed: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, as the API takes it; what was left empty is not sent."""
        body: dict[str, Any] = {name: name in typed for name in self.fields if name in TICKS}
        for name in self.fields:
            value = typed.get(name, "").strip()
            if value and name not in TICKS:
                body[name] = int(value) if name in NUMBERS and value.isdecimal() else value
        return body


_VERDICT = ("resultaat", "reden", "motivering", "besluitDatum", "bevestigd", "redenBevestiging")

#: In the order in which they are shown.
ACTS = (
    Act(
        "aanlevering",
        "gegevensAangeleverd",
        _("Gegevens aangeleverd"),
        _("Vastgelegd: de gegevens zijn aangeleverd."),
        ("versie", "bron", "ontvangstDatum", "toelichting", "ontvangstbevestiging"),
        "gegevens aanleveren",
        _("Ook als de stukken per post, aan de balie of per e-mail kwamen."),
    ),
    Act(
        "onderzoek",
        "zaakOnderzoeken",
        _("In onderzoek nemen"),
        _("De zaak is in onderzoek."),
        ("versie", "reden"),
        "in onderzoek nemen",
        _("U gaat de gegevens van de inwoner bekijken."),
        is_quick=True,
    ),
    Act(
        "besluit",
        "besluitNemen",
        _("Besluit nemen"),
        _("Het besluit is genomen. De inwoner krijgt een brief."),
        ("versie", *_VERDICT),
        "besluiten",
        _(
            "Het besluit geldt voor beide partners. Zij krijgen samen een brief, en ook een e-mail"
            " als de inwoner daarvoor koos."
        ),
    ),
    Act(
        "herziening",
        "besluitHerzien",
        _("Besluit herzien"),
        _("Het besluit is herzien. De inwoner krijgt een brief."),
        ("versie", "herzietBesluitId", "redenHerziening", *_VERDICT),
        "besluit herzien",
        _("Het oude besluit blijft staan. De inwoner en de partner krijgen bericht."),
    ),
    Act(
        "afwachten",
        "zaakAfwachten",
        _("Afwachten"),
        _("De zaak wacht. Op die datum komt zij vanzelf terug."),
        ("versie", "totDatum", "reden"),
        "afwachten",
        _("Op de datum die u kiest, komt de zaak vanzelf terug in onderzoek."),
    ),
    Act(
        "uitstel",
        "uitstelGeven",
        _("Uitstel geven"),
        _("De inwoner krijgt uitstel en krijgt daar bericht van."),
        ("versie", "weken", "totDatum", "reden"),
        "uitstel geven",
        _("De inwoner krijgt bericht van de nieuwe datum. De termijn eindigt op een werkdag."),
    ),
    Act(
        "sluiten",
        "zaakSluiten",
        _("Zaak sluiten"),
        _("De zaak is afgesloten."),
        ("versie", "reden"),
        "sluiten",
        _("Daarna kan er voor deze inwoner een nieuwe zaak komen."),
        is_quick=True,
    ),
    Act(
        "bezwaar",
        "bezwaarVastleggen",
        _("Bezwaar vastleggen"),
        _("Het bezwaar is vastgelegd."),
        ("versie", "ontvangstDatum"),
        "bezwaar vastleggen",
        _("Zolang er een bezwaar staat, wordt de zaak niet vernietigd."),
    ),
    Act(
        "heropenen",
        "zaakHeropenen",
        _("Zaak heropenen"),
        _("De zaak is weer open."),
        ("versie", "reden"),
        "heropenen",
        _("De zaak gaat terug naar onderzoek."),
    ),
    Act(
        "stoppen-terugdraaien",
        "stoppenTerugdraaien",
        _("Stoppen terugdraaien"),
        _("De zaak gaat verder waar zij was."),
        ("versie", "reden"),
        "stoppen terugdraaien",
        _("De zaak gaat verder waar zij was."),
    ),
    Act(
        "aanlevering-terugdraaien",
        "aanleveringTerugdraaien",
        _("Toch niet aangeleverd"),
        _("De zaak is terug waar zij was voor de gegevens kwamen."),
        ("versie", "reden"),
        "aanlevering terugdraaien",
        _("De zaak gaat terug naar de status van daarvoor."),
    ),
    Act(
        "bezwaar-verwijderen",
        "bezwaarVerwijderen",
        _("Bezwaar verwijderen"),
        _("Het bezwaar is verwijderd."),
        ("versie", "reden"),
        "bezwaar verwijderen",
        _("Doe dit als het bezwaar is ingetrokken of verkeerd is vastgelegd."),
    ),
    Act(
        "stoppen",
        "zaakStoppen",
        _("Zaak stoppen"),
        _("De zaak is gestopt."),
        ("versie", "reden"),
        "stoppen",
        _("De zaak eindigt zonder besluit. Wat nog niet is klaargezet, wordt niet meer verstuurd."),
    ),
    Act(
        "notitie",
        "notitieToevoegen",
        _("Notitie schrijven"),
        _("De notitie staat in de tijdlijn."),
        ("tekst",),
        what=_("Een notitie komt in de tijdlijn. U kunt haar later niet meer wijzigen."),
    ),
    Act(
        "taak",
        "taakToevoegen",
        _("Taak toevoegen"),
        _("De taak staat bij de zaak."),
        ("soort", "toelichting", "uiterlijkDatum"),
        what=_("De taak staat ook in de tijdlijn van de zaak."),
    ),
    Act(
        "overnemen",
        "zaakOvernemen",
        _("Zaak overnemen"),
        _("De zaak staat nu op uw naam."),
        ("reden",),
        what=_("Open taken van de zaak gaan mee."),
        is_quick=True,
    ),
    Act(
        "teruggeven",
        "zaakTeruggeven",
        _("Zaak teruggeven"),
        _("De zaak staat weer in de lijst van het team."),
        ("reden",),
        what=_("De zaak staat daarna in de lijst van het team, zonder behandelaar."),
    ),
)
#: The step that a case waits for, and so the filled button: of the first that is possible.
TURN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "gegevens aangeleverd": ("in onderzoek nemen",),
        "in onderzoek": ("besluiten", "besluit herzien"),
        "besloten": ("sluiten",),
    }
)
#: What is often done besides; these stand beside it.
BESIDE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "aangemaakt": ("uitstel geven",),
        "uitnodiging verzonden": ("uitstel geven", "gegevens aanleveren"),
        "gegevens aangeleverd": ("besluiten",),
        "in onderzoek": ("afwachten",),
        "in afwachting": ("gegevens aanleveren", "in onderzoek nemen"),
        "besloten": ("bezwaar vastleggen",),
        "afgesloten": ("heropenen",),
        "gestopt": ("stoppen terugdraaien",),
    }
)


@dataclass(frozen=True)
class Choices:
    """What this user can do with a case now."""

    turn: Act | None
    beside: tuple[Act, ...]
    others: tuple[Act, ...]

    @classmethod
    def of(cls, visit: Visit, case: Mapping[str, Any]) -> Choices:
        """The acts of a case for who looks at it; those on a name of its own come elsewhere."""
        can = {act.name: act for act in ACTS if act.name and is_possible(visit, case, act)}
        turns = list(TURN.get(case["status"], ()))
        if case["bezwaarDatum"]:
            turns.insert(0, "besluit herzien")
        turn = next((can[name] for name in turns if name in can), None)
        wanted = BESIDE.get(case["status"], ())
        beside = tuple(can[name] for name in wanted if name in can and can[name] != turn)
        rest = tuple(act for act in can.values() if act != turn and act not in beside)
        return cls(turn, beside, rest)


def is_possible(visit: Visit, case: Mapping[str, Any], act: Act) -> bool:
    """Whether the case allows it now, and the user may do it."""
    if not visit.may(act.operation):
        return False
    if act.path == "overnemen":
        return bool(case["behandelaar"] != visit.session.user_id)
    if act.path == "teruggeven":
        return bool(case["behandelaar"] == visit.session.user_id)
    return not act.name or act.name in case["mogelijk"]
