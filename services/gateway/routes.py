"""Every address behind a session, with who may use it and which service does it.

This is the one table of rights: a guarded address without a line here does not exist. The services
check the roles again. `name` is the operation's name in the API description and the action in the
logboek.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services.gateway.domain import USER_ROLES
from shared.contracts.codes import Role

R, B, C = Role.RAADPLEGER, Role.BEHANDELAAR, Role.COORDINATOR
BEHEER, AUDITOR = Role.BEHEERDER, Role.AUDITOR

#: Who does the heronderzoek itself.
CASEWORK = frozenset({B, C})
#: Who is the second person when a gemeente works with four eyes.
COORDINATORS = frozenset({C})
#: Who may find a case and see where it stands; a raadpleger opens no documents.
CASE_READERS = frozenset({R, B, C})
ADMINISTRATION = frozenset({BEHEER})
#: Who may keep a case longer, and be the second person when cases are destroyed.
KEEPERS = frozenset({BEHEER, C})
#: Who may see a whole BSN, one at a time.
UNMASKERS = frozenset({Role.PERSOONSVERWERKER})
TEMPLATE_READERS = frozenset({B, C, BEHEER})
#: Who may see which teams there are: who gives them cases, and who makes them.
TEAM_READERS = frozenset({B, C, BEHEER})
AUDITORS = frozenset({AUDITOR})
EVERYONE = USER_ROLES

#: The largest workbook; intake keeps the same limit.
UPLOAD_BYTES = 50 * 1024 * 1024
#: What multipart adds around one file: boundaries, headers, a long file name.
MULTIPART_BYTES = 64 * 1024
#: A template with its pictures.
TEMPLATE_BYTES = 5 * 1024 * 1024
#: The ids of some thousands of letters.
CHOSEN_BYTES = 512 * 1024
#: Everything else is a few fields.
FIELDS_BYTES = 64 * 1024

_PARAMETER = re.compile(r"\{[^}]+\}")


class Part(StrEnum):
    """A service behind the gateway, or the gateway itself."""

    INTAKE = "intake"
    CASES = "cases"
    DOCUMENTS = "documents"
    MAILER = "mailer"
    COMMUNICATIONS = "communications"
    GATEWAY = "gateway"

    @property
    def label(self) -> str:
        """Its name for users."""
        return LABELS[self]


LABELS: Mapping[Part, str] = MappingProxyType(
    {
        Part.INTAKE: "Bestanden",
        Part.CASES: "Zaken",
        Part.DOCUMENTS: "Brieven",
        Part.MAILER: "E-mail",
        Part.COMMUNICATIONS: "Communicatie",
        Part.GATEWAY: "Heronderzoek",
    }
)


@dataclass(frozen=True, slots=True)
class Route:
    """One guarded operation. `target` is its path at the service, when that differs."""

    name: str
    method: str
    path: str
    part: Part
    roles: frozenset[Role]
    target: str = ""
    #: Whether reading it shows personal data; such reads are logged, and so is every change.
    personal: bool = False
    max_body: int = FIELDS_BYTES
    #: Whether its body is one file in multipart wrapping, which comes on top of `max_body`.
    is_upload: bool = False

    @property
    def is_change(self) -> bool:
        """Whether it changes something."""
        return self.method != "GET"

    @property
    def is_logged(self) -> bool:
        """Whether its use goes into the logboek."""
        return self.is_change or self.personal

    @property
    def service_path(self) -> str:
        """Its path template at the service, without /v1."""
        return self.target or self.path

    def filled(self, values: Mapping[str, str]) -> str:
        """The service's path with the ids in their places, in order."""
        given = iter(values.values())
        return _PARAMETER.sub(lambda _: next(given), self.service_path)


def _get(
    name: str,
    path: str,
    part: Part,
    roles: frozenset[Role],
    target: str = "",
    *,
    personal: bool = False,
) -> Route:
    return Route(name, "GET", path, part, roles, target, personal)


#: Who may see which columns a file has: who fills it in, and who sets the own names.
COLUMN_READERS = frozenset({B, C, BEHEER})
_INTAKE = (
    _get("leegBestandOpenen", "/leeg-bestand", Part.INTAKE, CASEWORK),
    _get("kolommenLezen", "/kolommen", Part.INTAKE, COLUMN_READERS),
    Route("kolomaliassenWijzigen", "PUT", "/kolomaliassen", Part.INTAKE, ADMINISTRATION),
    Route(
        "bestandUploaden",
        "POST",
        "/uploads",
        Part.INTAKE,
        CASEWORK,
        max_body=UPLOAD_BYTES,
        is_upload=True,
    ),
    _get("uploadsLezen", "/uploads", Part.INTAKE, CASEWORK),
    _get("uploadLezen", "/uploads/{id}", Part.INTAKE, CASEWORK),
    _get("bevindingenLezen", "/uploads/{id}/bevindingen", Part.INTAKE, CASEWORK, personal=True),
    Route("uploadBevestigen", "POST", "/uploads/{id}/bevestiging", Part.INTAKE, CASEWORK),
    Route("kopieAanvragen", "POST", "/uploads/{id}/kopieen", Part.INTAKE, CASEWORK),
    _get("kopieenLezen", "/uploads/{id}/kopieen", Part.INTAKE, CASEWORK),
    _get("kopieLezen", "/kopieen/{id}", Part.INTAKE, CASEWORK),
    _get("kopieOpenen", "/kopieen/{id}/inhoud", Part.INTAKE, CASEWORK, personal=True),
)
_CASES = (
    _get("batchesLezen", "/batches", Part.CASES, CASEWORK),
    _get("batchLezen", "/batches/{id}", Part.CASES, CASEWORK),
    _get("planLezen", "/batches/{id}/plan", Part.CASES, CASEWORK),
    Route("planVastleggen", "PUT", "/batches/{id}/plan", Part.CASES, CASEWORK),
    _get("voorbeeldenLezen", "/batches/{id}/voorbeelden", Part.CASES, CASEWORK, personal=True),
    _get("uitsluitingenLezen", "/batches/{id}/uitsluitingen", Part.CASES, CASEWORK, personal=True),
    Route("inwonersUitsluiten", "POST", "/batches/{id}/uitsluitingen", Part.CASES, CASEWORK),
    Route("inwonersInsluiten", "POST", "/batches/{id}/insluitingen", Part.CASES, CASEWORK),
    Route("batchTerugsturen", "POST", "/batches/{id}/terugzending", Part.CASES, COORDINATORS),
    Route("batchIntrekken", "POST", "/batches/{id}/intrekking", Part.CASES, CASEWORK),
    Route("verzendmomentWijzigen", "PUT", "/batches/{id}/verzendmoment", Part.CASES, CASEWORK),
    Route("verzendenPauzeren", "POST", "/batches/{id}/pauze", Part.CASES, CASEWORK),
    Route("verzendenHervatten", "POST", "/batches/{id}/hervatting", Part.CASES, CASEWORK),
    Route("restIntrekken", "POST", "/batches/{id}/beeindiging", Part.CASES, CASEWORK),
    _get("mislukteLezen", "/batches/{id}/mislukt", Part.CASES, CASEWORK, personal=True),
    _get("nietBezorgdeLezen", "/batches/{id}/niet-bezorgd", Part.CASES, CASEWORK, personal=True),
    Route(
        "brievenVoorNietBezorgd", "POST", "/batches/{id}/niet-bezorgd/brieven", Part.CASES, CASEWORK
    ),
    _get(
        "resultatenExporteren",
        "/batches/{id}/resultaten",
        Part.CASES,
        CASEWORK,
        personal=True,
    ),
    _get("geweigerdeLezen", "/batches/{id}/geweigerd", Part.CASES, CASEWORK, personal=True),
    _get("zakenLezen", "/zaken", Part.CASES, CASE_READERS, personal=True),
    _get("zaakLezen", "/zaken/{id}", Part.CASES, CASE_READERS, personal=True),
    Route("zakenZoeken", "POST", "/zaken/zoeken", Part.CASES, CASE_READERS, personal=True),
    Route("bsnInzien", "POST", "/zaken/{id}/bsn-inzage", Part.CASES, UNMASKERS, personal=True),
    Route("zaakOvernemen", "POST", "/zaken/{id}/overname", Part.CASES, CASEWORK),
    Route("zaakTeruggeven", "POST", "/zaken/{id}/teruggave", Part.CASES, CASEWORK),
    Route("zakenToewijzen", "POST", "/toewijzingen", Part.CASES, CASEWORK),
    Route("zakenVerdelen", "POST", "/verdelingen", Part.CASES, COORDINATORS),
    Route("notitieToevoegen", "POST", "/zaken/{id}/notities", Part.CASES, CASE_READERS),
    _get("tijdlijnLezen", "/zaken/{id}/tijdlijn", Part.CASES, CASE_READERS, personal=True),
    _get("teamsLezen", "/teams", Part.CASES, TEAM_READERS),
    _get("teamLezen", "/teams/{id}", Part.CASES, TEAM_READERS),
    Route("teamMaken", "POST", "/teams", Part.CASES, ADMINISTRATION),
    Route("teamWijzigen", "PUT", "/teams/{id}", Part.CASES, ADMINISTRATION),
    Route("batchAanTeamGeven", "PUT", "/batches/{id}/team", Part.CASES, COORDINATORS),
    _get("afwezighedenLezen", "/afwezigheden", Part.CASES, CASEWORK),
    Route("afwezigheidMelden", "POST", "/afwezigheden", Part.CASES, CASEWORK),
    Route("afwezigheidIntrekken", "POST", "/afwezigheden/{id}/intrekking", Part.CASES, CASEWORK),
    Route("taakToewijzen", "POST", "/taken/{id}/toewijzing", Part.CASES, CASEWORK),
    Route("gegevensAangeleverd", "POST", "/zaken/{id}/aanleveringen", Part.CASES, CASEWORK),
    Route(
        "aanleveringTerugdraaien",
        "POST",
        "/zaken/{id}/aanlevering-terugdraaien",
        Part.CASES,
        CASEWORK,
    ),
    Route("zaakOnderzoeken", "POST", "/zaken/{id}/onderzoeken", Part.CASES, CASEWORK),
    Route("zaakAfwachten", "POST", "/zaken/{id}/afwachten", Part.CASES, CASEWORK),
    Route("uitstelGeven", "POST", "/zaken/{id}/uitstel", Part.CASES, CASEWORK),
    _get("besluitenLezen", "/zaken/{id}/besluiten", Part.CASES, CASEWORK, personal=True),
    Route("besluitNemen", "POST", "/zaken/{id}/besluiten", Part.CASES, CASEWORK),
    Route("besluitHerzien", "POST", "/zaken/{id}/herzieningen", Part.CASES, CASEWORK),
    Route("zaakSluiten", "POST", "/zaken/{id}/sluiten", Part.CASES, CASEWORK),
    Route("zaakHeropenen", "POST", "/zaken/{id}/heropenen", Part.CASES, CASEWORK),
    Route("zaakStoppen", "POST", "/zaken/{id}/stoppen", Part.CASES, CASEWORK),
    Route("stoppenTerugdraaien", "POST", "/zaken/{id}/stoppen-terugdraaien", Part.CASES, CASEWORK),
    Route("bezwaarVastleggen", "POST", "/zaken/{id}/bezwaar", Part.CASES, CASEWORK),
    Route("bezwaarVerwijderen", "POST", "/zaken/{id}/bezwaar-verwijderen", Part.CASES, CASEWORK),
    _get("verwanteZakenLezen", "/zaken/{id}/verwante-zaken", Part.CASES, CASEWORK, personal=True),
    Route(
        "bezorgingOpnieuw",
        "POST",
        "/zaken/{id}/bezorgingen/{bezorgingId}/opnieuw",
        Part.CASES,
        CASEWORK,
    ),
    _get("takenLezen", "/taken", Part.CASES, CASEWORK, personal=True),
    _get("taakLezen", "/taken/{id}", Part.CASES, CASEWORK, personal=True),
    Route("taakToevoegen", "POST", "/zaken/{id}/taken", Part.CASES, CASE_READERS),
    Route("taakAfronden", "POST", "/taken/{id}/afronding", Part.CASES, CASEWORK),
    Route("taakHeropenen", "POST", "/taken/{id}/heropening", Part.CASES, CASEWORK),
    _get("bewaartermijnenLezen", "/bewaartermijnen", Part.CASES, KEEPERS),
    Route("bewaartermijnenWijzigen", "PUT", "/bewaartermijnen", Part.CASES, ADMINISTRATION),
    _get("vernietigbareZakenLezen", "/vernietigbare-zaken", Part.CASES, KEEPERS, personal=True),
    Route("vernietigingAanvragen", "POST", "/vernietigingen", Part.CASES, ADMINISTRATION),
    _get("vernietigingenLezen", "/vernietigingen", Part.CASES, KEEPERS),
    _get("vernietigingLezen", "/vernietigingen/{id}", Part.CASES, KEEPERS),
    _get("vernietigdeZakenLezen", "/vernietigingen/{id}/zaken", Part.CASES, KEEPERS),
    Route("vernietigingGoedkeuren", "POST", "/vernietigingen/{id}/akkoord", Part.CASES, KEEPERS),
    Route("vernietigingAfwijzen", "POST", "/vernietigingen/{id}/afwijzing", Part.CASES, KEEPERS),
    _get("bewaarblokkadeLezen", "/zaken/{id}/bewaarblokkade", Part.CASES, KEEPERS, personal=True),
    Route("bewaarblokkadeZetten", "POST", "/zaken/{id}/bewaarblokkade", Part.CASES, KEEPERS),
    Route(
        "bewaarblokkadeOpheffen",
        "POST",
        "/zaken/{id}/bewaarblokkade/opheffing",
        Part.CASES,
        KEEPERS,
    ),
    _get(
        "contactgegevensLezen", "/zaken/{id}/contactgegevens", Part.CASES, CASEWORK, personal=True
    ),
    Route("contactWijzigen", "POST", "/zaken/{id}/contactgegevens", Part.CASES, CASEWORK),
    Route("uitnodigingHerhalen", "POST", "/zaken/{id}/uitnodigingen", Part.CASES, CASEWORK),
    Route("laatsteOproepSturen", "POST", "/zaken/{id}/laatste-oproep", Part.CASES, CASEWORK),
    _get("zaakherinneringenLezen", "/zaken/{id}/herinneringen", Part.CASES, CASEWORK),
    Route("zaakherinneringenZetten", "PUT", "/zaken/{id}/herinneringen", Part.CASES, CASEWORK),
    _get("batchherinneringenLezen", "/batches/{id}/herinneringen", Part.CASES, CASEWORK),
    Route("batchherinneringenZetten", "PUT", "/batches/{id}/herinneringen", Part.CASES, CASEWORK),
    _get("herinneringenLezen", "/herinneringen", Part.CASES, ADMINISTRATION),
    Route("herinneringenInstellen", "PUT", "/herinneringen", Part.CASES, ADMINISTRATION),
    _get("instellingenLezen", "/instellingen", Part.CASES, ADMINISTRATION),
    Route("instellingenWijzigen", "PUT", "/instellingen", Part.CASES, ADMINISTRATION),
)
_DOCUMENTS = (
    _get("briefsjablonenLezen", "/briefsjablonen", Part.DOCUMENTS, ADMINISTRATION, "/sjablonen"),
    _get(
        "actiefBriefsjabloonLezen",
        "/briefsjablonen/actief",
        Part.DOCUMENTS,
        TEMPLATE_READERS,
        "/sjablonen/actief",
    ),
    Route(
        "briefsjabloonPlaatsen",
        "POST",
        "/briefsjablonen",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen",
        max_body=TEMPLATE_BYTES,
    ),
    Route(
        "documentOmzetten",
        "POST",
        "/briefsjablonen/omzetting",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/omzetting",
        max_body=TEMPLATE_BYTES,
        is_upload=True,
    ),
    _get(
        "briefvoorbeeldenOpenen",
        "/briefsjablonen/{id}/voorbeelden",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/{id}/voorbeelden",
    ),
    _get("samenvoegveldenLezen", "/samenvoegvelden", Part.DOCUMENTS, ADMINISTRATION),
    _get(
        "briefsjabloonLezen",
        "/briefsjablonen/{id}",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/{id}",
    ),
    _get(
        "briefsjabloonVergelijken",
        "/briefsjablonen/{id}/verschil",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/{id}/verschil",
    ),
    Route(
        "briefsjabloonActiveren",
        "POST",
        "/briefsjablonen/{id}/activering",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/{id}/activering",
    ),
    _get("documentenLezen", "/documenten", Part.DOCUMENTS, CASEWORK, personal=True),
    _get("documentLezen", "/documenten/{id}", Part.DOCUMENTS, CASEWORK, personal=True),
    _get("documentOpenen", "/documenten/{id}/inhoud", Part.DOCUMENTS, CASEWORK, personal=True),
    _get("afdrukbestandenLezen", "/afdrukbestanden", Part.DOCUMENTS, CASEWORK),
    Route(
        "afdrukbestandMaken",
        "POST",
        "/afdrukbestanden",
        Part.DOCUMENTS,
        CASEWORK,
        max_body=CHOSEN_BYTES,
    ),
    _get("afdrukbestandLezen", "/afdrukbestanden/{id}", Part.DOCUMENTS, CASEWORK),
    Route("gepostOpVastleggen", "POST", "/afdrukbestanden/{id}/gepost", Part.DOCUMENTS, CASEWORK),
    _get("tePrintenLezen", "/te-printen", Part.DOCUMENTS, CASEWORK, personal=True),
    _get("afdrukoptiesLezen", "/afdrukopties", Part.DOCUMENTS, CASEWORK),
    Route("afdrukoptiesKiezen", "PUT", "/afdrukopties", Part.DOCUMENTS, COORDINATORS),
    _get("retourpostLezen", "/retourpost", Part.DOCUMENTS, CASEWORK, personal=True),
    Route("retourpostVerwerken", "POST", "/retourpost", Part.DOCUMENTS, CASEWORK),
    _get("retourLezen", "/retourpost/{id}", Part.DOCUMENTS, CASEWORK, personal=True),
    Route("retourIntrekken", "POST", "/retourpost/{id}/intrekking", Part.DOCUMENTS, CASEWORK),
    Route(
        "afdrukbestandOpnieuwMaken",
        "POST",
        "/afdrukbestanden/{id}/opnieuw",
        Part.DOCUMENTS,
        CASEWORK,
    ),
    _get(
        "afdrukbestandOpenen", "/afdrukbestanden/{id}/pdf", Part.DOCUMENTS, CASEWORK, personal=True
    ),
    _get(
        "brievenAlsZipOpenen", "/afdrukbestanden/{id}/zip", Part.DOCUMENTS, CASEWORK, personal=True
    ),
    _get(
        "manifestOpenen",
        "/afdrukbestanden/{id}/manifest",
        Part.DOCUMENTS,
        CASEWORK,
        personal=True,
    ),
)
_MAILER = (
    _get("emailsjablonenLezen", "/emailsjablonen", Part.MAILER, ADMINISTRATION, "/sjablonen"),
    _get(
        "actiefEmailsjabloonLezen",
        "/emailsjablonen/actief",
        Part.MAILER,
        TEMPLATE_READERS,
        "/sjablonen/actief",
    ),
    Route(
        "emailsjabloonPlaatsen",
        "POST",
        "/emailsjablonen",
        Part.MAILER,
        ADMINISTRATION,
        "/sjablonen",
        max_body=TEMPLATE_BYTES,
    ),
    _get(
        "emailsjabloonLezen",
        "/emailsjablonen/{id}",
        Part.MAILER,
        TEMPLATE_READERS,
        "/sjablonen/{id}",
    ),
    _get("verzendlimietLezen", "/verzendlimiet", Part.MAILER, ADMINISTRATION),
    Route("verzendlimietWijzigen", "PUT", "/verzendlimiet", Part.MAILER, ADMINISTRATION),
    _get(
        "emailsjabloonVergelijken",
        "/emailsjablonen/{id}/verschil",
        Part.MAILER,
        ADMINISTRATION,
        "/sjablonen/{id}/verschil",
    ),
    Route(
        "emailsjabloonActiveren",
        "POST",
        "/emailsjablonen/{id}/activering",
        Part.MAILER,
        ADMINISTRATION,
        "/sjablonen/{id}/activering",
    ),
    _get("emailsLezen", "/emails", Part.MAILER, CASEWORK, personal=True),
    _get("emailLezen", "/emails/{id}", Part.MAILER, CASEWORK, personal=True),
    _get("emailbronOpenen", "/emails/{id}/bron", Part.MAILER, CASEWORK, personal=True),
)
_COMMUNICATIONS = (
    _get("berichtenLezen", "/zaken/{id}/berichten", Part.COMMUNICATIONS, CASEWORK, personal=True),
    _get("meldingenLezen", "/meldingen", Part.COMMUNICATIONS, CASEWORK),
    Route("meldingGelezen", "POST", "/meldingen/{id}/gelezen", Part.COMMUNICATIONS, CASEWORK),
)

#: Passed on as they are.
FORWARDED = (*_INTAKE, *_CASES, *_DOCUMENTS, *_MAILER, *_COMMUNICATIONS)

#: Put together here from what several services know, or about the session itself.
OWN = (
    _get("startvoorwaardenLezen", "/startvoorwaarden", Part.GATEWAY, CASEWORK),
    _get("voorstelLezen", "/batches/{id}/voorstel", Part.GATEWAY, CASEWORK),
    _get(
        "voorbeeldbriefOpenen",
        "/batches/{id}/zaken/{zaakId}/voorbeeld-brief",
        Part.GATEWAY,
        CASEWORK,
        personal=True,
    ),
    _get(
        "voorbeeldmailLezen",
        "/batches/{id}/zaken/{zaakId}/voorbeeld-mail",
        Part.GATEWAY,
        CASEWORK,
        personal=True,
    ),
    Route("proefSturen", "POST", "/batches/{id}/zaken/{zaakId}/proef", Part.GATEWAY, CASEWORK),
    Route("batchAanbieden", "POST", "/batches/{id}/aanbieding", Part.GATEWAY, CASEWORK),
    Route("akkoordGeven", "POST", "/batches/{id}/akkoord", Part.GATEWAY, CASEWORK),
    _get("voortgangLezen", "/batches/{id}/voortgang", Part.GATEWAY, CASEWORK),
    Route(
        "opnieuwProberen",
        "POST",
        "/batches/{id}/opnieuw",
        Part.GATEWAY,
        CASEWORK,
        max_body=CHOSEN_BYTES,
    ),
    _get("batchAfdrukoptiesLezen", "/batches/{id}/afdrukopties", Part.GATEWAY, CASEWORK),
    Route("batchAfdrukoptiesKiezen", "PUT", "/batches/{id}/afdrukopties", Part.GATEWAY, CASEWORK),
    _get(
        "communicatieExporteren",
        "/zaken/{id}/communicatie/zip",
        Part.GATEWAY,
        CASEWORK,
        personal=True,
    ),
    _get("communicatieLezen", "/zaken/{id}/communicatie", Part.GATEWAY, CASEWORK, personal=True),
    _get("sessieLezen", "/sessies/huidige", Part.GATEWAY, EVERYONE),
    Route("gemeenteKiezen", "PUT", "/sessies/huidige", Part.GATEWAY, EVERYONE),
    Route("wachtwoordWijzigen", "PUT", "/sessies/huidige/wachtwoord", Part.GATEWAY, EVERYONE),
    _get("gebruikersLezen", "/gebruikers", Part.GATEWAY, ADMINISTRATION),
    _get("gebruikerLezen", "/gebruikers/{id}", Part.GATEWAY, ADMINISTRATION),
    Route("gebruikerToevoegen", "POST", "/gebruikers", Part.GATEWAY, ADMINISTRATION),
    Route("gebruikerWijzigen", "PUT", "/gebruikers/{id}", Part.GATEWAY, ADMINISTRATION),
    Route(
        "gebruikerDeactiveren",
        "POST",
        "/gebruikers/{id}/deactivering",
        Part.GATEWAY,
        ADMINISTRATION,
    ),
    Route(
        "gebruikerActiveren", "POST", "/gebruikers/{id}/activering", Part.GATEWAY, ADMINISTRATION
    ),
    Route(
        "wachtwoordHerstellen", "POST", "/gebruikers/{id}/wachtwoord", Part.GATEWAY, ADMINISTRATION
    ),
    Route("afmelden", "DELETE", "/sessies/huidige", Part.GATEWAY, EVERYONE),
    _get("logboekLezen", "/logboek", Part.GATEWAY, AUDITORS, personal=True),
    _get("logboekOpslaan", "/logboek/bestand", Part.GATEWAY, AUDITORS, personal=True),
)

ROUTES: Mapping[tuple[str, str], Route] = MappingProxyType(
    {(route.method, route.path): route for route in (*FORWARDED, *OWN)}
)
