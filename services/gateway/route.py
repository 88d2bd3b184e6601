"""What a guarded address is: its operation, who may use it, which service does it."""

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


def get(
    name: str,
    path: str,
    part: Part,
    roles: frozenset[Role],
    target: str = "",
    *,
    personal: bool = False,
) -> Route:
    """A route that reads."""
    return Route(name, "GET", path, part, roles, target, personal)
