"""Who may do what, in the words of the domain and not of the gateway's own table."""

from __future__ import annotations

from collections.abc import Mapping

from shared.contracts.codes import Role
from tests.support.operations import Operation

#: Who looked at what.
LOGBOOK = "/logboek"
#: For everybody, signed in or not.
OPEN = frozenset({"POST /sessies", "GET /aanmeldwijzen"})
CASE_READERS = frozenset({Role.RAADPLEGER, Role.BEHANDELAAR, Role.COORDINATOR})
TEAM_READERS = frozenset({Role.BEHANDELAAR, Role.COORDINATOR, Role.BEHEERDER})
#: What a beheerder sets.
ADMINISTERED = frozenset(
    {"/instellingen", "/herinneringen", "/kolomaliassen", "/samenvoegvelden", "/verzendlimiet"}
)
#: What is looked at where templates are made and where they are used.
FOR_TEMPLATES = frozenset(
    {"/briefsjablonen/actief", "/emailsjablonen/actief", "/emailsjablonen/{}", "/kolommen"}
)
#: Who may do one thing, where that is not what its kind of thing says.
RIGHTS: Mapping[str, frozenset[Role]] = {
    "GET /huisstijl": frozenset(Role),
    "PUT /bewaartermijnen": frozenset({Role.BEHEERDER}),
    "POST /vernietigingen": frozenset({Role.BEHEERDER}),
    "GET /zaken": CASE_READERS,
    "GET /zaken/{}": CASE_READERS,
    "GET /zaken/{}/tijdlijn": CASE_READERS,
    "POST /zaken/zoeken": CASE_READERS,
    "POST /zaken/{}/bsn-inzage": frozenset({Role.PERSOONSVERWERKER}),
    "POST /zaken/{}/inzagen": frozenset({Role.PERSOONSVERWERKER}),
    "GET /inzagen": frozenset({Role.PERSOONSVERWERKER}),
    "GET /inzagen/{}": frozenset({Role.PERSOONSVERWERKER}),
    "GET /inzagen/{}/bestand": frozenset({Role.PERSOONSVERWERKER}),
    "POST /zaken/{}/taken": CASE_READERS,
    "POST /zaken/{}/notities": CASE_READERS,
    "GET /zaken/{}/buren": CASE_READERS,
    "GET /zoekopdrachten": CASE_READERS,
    "POST /zoekopdrachten": CASE_READERS,
    "POST /zoekopdrachten/{}/verwijdering": CASE_READERS,
    "GET /teams": TEAM_READERS,
    "GET /teams/{}": TEAM_READERS,
    "POST /teams": frozenset({Role.BEHEERDER}),
    "PUT /teams/{}": frozenset({Role.BEHEERDER}),
    "POST /batches/{}/terugzending": frozenset({Role.COORDINATOR}),
    "POST /batches/{}/opnieuw/terugzending": frozenset({Role.COORDINATOR}),
    "PUT /batches/{}/team": frozenset({Role.COORDINATOR}),
    "POST /verdelingen": frozenset({Role.COORDINATOR}),
    "PUT /afdrukopties": frozenset({Role.COORDINATOR}),
}


def may(role: str, each: Operation) -> bool:
    """Whether somebody with this role alone may do this."""
    if each.key in OPEN or each.key in RIGHTS:
        return role in RIGHTS.get(each.key, Role)
    if "bewaar" in each.shape or "vernietig" in each.shape:
        return role in {Role.BEHEERDER, Role.COORDINATOR}
    if each.shape.startswith(LOGBOOK):
        return role == Role.AUDITOR
    if each.shape in FOR_TEMPLATES:
        return role in TEAM_READERS
    by_name = each.shape in ADMINISTERED or each.shape.startswith(("/gebruikers", "/retourmail"))
    if by_name or "sjablonen" in each.shape:
        return role == Role.BEHEERDER
    return role in {Role.BEHANDELAAR, Role.COORDINATOR}
