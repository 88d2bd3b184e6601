"""Every address behind a session, with who may use it and which service does it.

This is the one table of rights: a guarded address without a line here does not exist. The services
check the roles again. `name` is the operation's name in the API description and the action in the
logboek.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

from services.gateway.case_routes import CASES
from services.gateway.route import (
    ADMINISTRATION,
    AUDITORS,
    BEHEER,
    CASEWORK,
    CHOSEN_BYTES,
    COORDINATORS,
    EVERYONE,
    FIELDS_BYTES,
    MULTIPART_BYTES,
    TEMPLATE_BYTES,
    TEMPLATE_READERS,
    UNMASKERS,
    UPLOAD_BYTES,
    B,
    C,
    Part,
    Route,
    get,
)

__all__ = [
    "FIELDS_BYTES",
    "FORWARDED",
    "MULTIPART_BYTES",
    "OPERATIONS",
    "OWN",
    "ROUTES",
    "UPLOAD_BYTES",
    "Part",
    "Route",
    "may",
]

#: Who may see which columns a file has: who fills it in, and who sets the own names.
COLUMN_READERS = frozenset({B, C, BEHEER})
_INTAKE = (
    get("leegBestandOpenen", "/leeg-bestand", Part.INTAKE, CASEWORK),
    get("kolommenLezen", "/kolommen", Part.INTAKE, COLUMN_READERS),
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
    get("uploadsLezen", "/uploads", Part.INTAKE, CASEWORK),
    get("uploadLezen", "/uploads/{id}", Part.INTAKE, CASEWORK),
    get("bevindingenLezen", "/uploads/{id}/bevindingen", Part.INTAKE, CASEWORK, personal=True),
    Route("uploadBevestigen", "POST", "/uploads/{id}/bevestiging", Part.INTAKE, CASEWORK),
    Route("kopieAanvragen", "POST", "/uploads/{id}/kopieen", Part.INTAKE, CASEWORK),
    get("kopieenLezen", "/uploads/{id}/kopieen", Part.INTAKE, CASEWORK),
    get("kopieLezen", "/kopieen/{id}", Part.INTAKE, CASEWORK),
    get("kopieOpenen", "/kopieen/{id}/inhoud", Part.INTAKE, CASEWORK, personal=True),
)
_DOCUMENTS = (
    get("briefsjablonenLezen", "/briefsjablonen", Part.DOCUMENTS, ADMINISTRATION, "/sjablonen"),
    get(
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
    get(
        "briefvoorbeeldenOpenen",
        "/briefsjablonen/{id}/voorbeelden",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/{id}/voorbeelden",
    ),
    get("samenvoegveldenLezen", "/samenvoegvelden", Part.DOCUMENTS, ADMINISTRATION),
    get(
        "briefsjabloonLezen",
        "/briefsjablonen/{id}",
        Part.DOCUMENTS,
        ADMINISTRATION,
        "/sjablonen/{id}",
    ),
    get(
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
    get("documentenLezen", "/documenten", Part.DOCUMENTS, CASEWORK, personal=True),
    get("documentLezen", "/documenten/{id}", Part.DOCUMENTS, CASEWORK, personal=True),
    get("documentOpenen", "/documenten/{id}/inhoud", Part.DOCUMENTS, CASEWORK, personal=True),
    get("afdrukbestandenLezen", "/afdrukbestanden", Part.DOCUMENTS, CASEWORK),
    Route(
        "afdrukbestandMaken",
        "POST",
        "/afdrukbestanden",
        Part.DOCUMENTS,
        CASEWORK,
        max_body=CHOSEN_BYTES,
    ),
    get("afdrukbestandLezen", "/afdrukbestanden/{id}", Part.DOCUMENTS, CASEWORK),
    Route("gepostOpVastleggen", "POST", "/afdrukbestanden/{id}/gepost", Part.DOCUMENTS, CASEWORK),
    get("tePrintenLezen", "/te-printen", Part.DOCUMENTS, CASEWORK, personal=True),
    get("afdrukoptiesLezen", "/afdrukopties", Part.DOCUMENTS, CASEWORK),
    Route("afdrukoptiesKiezen", "PUT", "/afdrukopties", Part.DOCUMENTS, COORDINATORS),
    get("retourpostLezen", "/retourpost", Part.DOCUMENTS, CASEWORK, personal=True),
    Route("retourpostVerwerken", "POST", "/retourpost", Part.DOCUMENTS, CASEWORK),
    get("retourLezen", "/retourpost/{id}", Part.DOCUMENTS, CASEWORK, personal=True),
    Route("retourIntrekken", "POST", "/retourpost/{id}/intrekking", Part.DOCUMENTS, CASEWORK),
    Route(
        "afdrukbestandOpnieuwMaken",
        "POST",
        "/afdrukbestanden/{id}/opnieuw",
        Part.DOCUMENTS,
        CASEWORK,
    ),
    get(
        "afdrukbestandOpenen", "/afdrukbestanden/{id}/pdf", Part.DOCUMENTS, CASEWORK, personal=True
    ),
    get(
        "brievenAlsZipOpenen", "/afdrukbestanden/{id}/zip", Part.DOCUMENTS, CASEWORK, personal=True
    ),
    get(
        "manifestOpenen",
        "/afdrukbestanden/{id}/manifest",
        Part.DOCUMENTS,
        CASEWORK,
        personal=True,
    ),
)
_MAILER = (
    get("emailsjablonenLezen", "/emailsjablonen", Part.MAILER, ADMINISTRATION, "/sjablonen"),
    get(
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
    get(
        "emailsjabloonLezen",
        "/emailsjablonen/{id}",
        Part.MAILER,
        TEMPLATE_READERS,
        "/sjablonen/{id}",
    ),
    get("verzendlimietLezen", "/verzendlimiet", Part.MAILER, ADMINISTRATION),
    Route("verzendlimietWijzigen", "PUT", "/verzendlimiet", Part.MAILER, ADMINISTRATION),
    get(
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
    get("proefLezen", "/proeven/{id}", Part.MAILER, CASEWORK),
    get("retourmailLezen", "/retourmail", Part.MAILER, ADMINISTRATION, personal=True),
    get("retourmailBekijken", "/retourmail/{id}", Part.MAILER, ADMINISTRATION, personal=True),
    get("retourmailOpslaan", "/retourmail/{id}/bron", Part.MAILER, ADMINISTRATION, personal=True),
    Route(
        "retourmailOpnieuwVerwerken",
        "POST",
        "/retourmail/{id}/herverwerking",
        Part.MAILER,
        ADMINISTRATION,
    ),
    Route(
        "retourmailAfhandelen", "POST", "/retourmail/{id}/afhandeling", Part.MAILER, ADMINISTRATION
    ),
    get("emailsLezen", "/emails", Part.MAILER, CASEWORK, personal=True),
    get("emailLezen", "/emails/{id}", Part.MAILER, CASEWORK, personal=True),
    get("emailbronOpenen", "/emails/{id}/bron", Part.MAILER, CASEWORK, personal=True),
)
_COMMUNICATIONS = (
    get("berichtenLezen", "/zaken/{id}/berichten", Part.COMMUNICATIONS, CASEWORK, personal=True),
    get("meldingenLezen", "/meldingen", Part.COMMUNICATIONS, CASEWORK),
    Route("meldingGelezen", "POST", "/meldingen/{id}/gelezen", Part.COMMUNICATIONS, CASEWORK),
)

#: Passed on as they are.
FORWARDED = (*_INTAKE, *CASES, *_DOCUMENTS, *_MAILER, *_COMMUNICATIONS)

#: Put together here from what several services know, or about the session itself.
OWN = (
    get("startvoorwaardenLezen", "/startvoorwaarden", Part.GATEWAY, CASEWORK),
    get("voorstelLezen", "/batches/{id}/voorstel", Part.GATEWAY, CASEWORK),
    get(
        "voorbeeldbriefOpenen",
        "/batches/{id}/zaken/{zaakId}/voorbeeld-brief",
        Part.GATEWAY,
        CASEWORK,
        personal=True,
    ),
    get(
        "voorbeeldmailLezen",
        "/batches/{id}/zaken/{zaakId}/voorbeeld-mail",
        Part.GATEWAY,
        CASEWORK,
        personal=True,
    ),
    Route("proefSturen", "POST", "/batches/{id}/zaken/{zaakId}/proef", Part.GATEWAY, CASEWORK),
    Route("batchAanbieden", "POST", "/batches/{id}/aanbieding", Part.GATEWAY, CASEWORK),
    Route("akkoordGeven", "POST", "/batches/{id}/akkoord", Part.GATEWAY, CASEWORK),
    get("voortgangLezen", "/batches/{id}/voortgang", Part.GATEWAY, CASEWORK),
    Route(
        "opnieuwProberen",
        "POST",
        "/batches/{id}/opnieuw",
        Part.GATEWAY,
        CASEWORK,
        max_body=CHOSEN_BYTES,
    ),
    get("batchAfdrukoptiesLezen", "/batches/{id}/afdrukopties", Part.GATEWAY, CASEWORK),
    Route("batchAfdrukoptiesKiezen", "PUT", "/batches/{id}/afdrukopties", Part.GATEWAY, CASEWORK),
    get(
        "communicatieExporteren",
        "/zaken/{id}/communicatie/zip",
        Part.GATEWAY,
        CASEWORK,
        personal=True,
    ),
    get("communicatieLezen", "/zaken/{id}/communicatie", Part.GATEWAY, CASEWORK, personal=True),
    Route("inzageAanvragen", "POST", "/zaken/{id}/inzagen", Part.GATEWAY, UNMASKERS),
    get("inzagenLezen", "/inzagen", Part.GATEWAY, UNMASKERS),
    get("inzageLezen", "/inzagen/{id}", Part.GATEWAY, UNMASKERS),
    get("inzageDownloaden", "/inzagen/{id}/bestand", Part.GATEWAY, UNMASKERS, personal=True),
    get("sessieLezen", "/sessies/huidige", Part.GATEWAY, EVERYONE),
    get("sessieEindeLezen", "/sessies/huidige/einde", Part.GATEWAY, EVERYONE),
    Route("sessieVerlengen", "POST", "/sessies/huidige/verlenging", Part.GATEWAY, EVERYONE),
    Route("gemeenteKiezen", "PUT", "/sessies/huidige", Part.GATEWAY, EVERYONE),
    Route("wachtwoordWijzigen", "PUT", "/sessies/huidige/wachtwoord", Part.GATEWAY, EVERYONE),
    get("gebruikersLezen", "/gebruikers", Part.GATEWAY, ADMINISTRATION),
    get("gebruikerLezen", "/gebruikers/{id}", Part.GATEWAY, ADMINISTRATION),
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
    Route("gebruikerAfmelden", "POST", "/gebruikers/{id}/afmelding", Part.GATEWAY, ADMINISTRATION),
    Route("afmelden", "DELETE", "/sessies/huidige", Part.GATEWAY, EVERYONE),
    Route("overalAfmelden", "DELETE", "/sessies", Part.GATEWAY, EVERYONE),
    get("logboekLezen", "/logboek", Part.GATEWAY, AUDITORS, personal=True),
    get("logboekOpslaan", "/logboek/bestand", Part.GATEWAY, AUDITORS, personal=True),
)

ROUTES: Mapping[tuple[str, str], Route] = MappingProxyType(
    {(route.method, route.path): route for route in (*FORWARDED, *OWN)}
)
#: The same lines by the name of the operation.
OPERATIONS: Mapping[str, Route] = MappingProxyType({line.name: line for line in ROUTES.values()})


def may(roles: Collection[str], name: str) -> bool:
    """Whether roles give the right to an operation; raises KeyError when there is none so named.

    For buttons and menus: they follow the same table as the doors do.
    """
    return not OPERATIONS[name].roles.isdisjoint(roles)
