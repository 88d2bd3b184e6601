"""Which roles somebody gets: from a claim of the account, by the table in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.codes import Role

#: Claim value -> gemeente -> roles.
RightsTable = Mapping[str, Mapping[str, frozenset[Role]]]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody as the provider knows them. `sid` is the provider's own session."""

    issuer: str
    subject: str
    username: str
    name: str
    email: str
    sid: str | None

    @classmethod
    def of(cls, claims: Mapping[str, Any]) -> Account:
        """From checked claims; what is missing falls back on what there always is."""
        subject = str(claims["sub"])
        username = _text(claims, "preferred_username") or subject
        name = _text(claims, "name") or username
        sid = _text(claims, "sid") or None
        email = _text(claims, "email")
        return cls(str(claims["iss"]), subject, username, name, email, sid)


def values_at(claims: Mapping[str, Any], path: str) -> frozenset[str]:
    """The texts at a claim: by its whole name, or by a path with dots (`realm_access.roles`).

    Some providers name a claim by a web address, which has dots as well.
    """
    found: Any = claims
    if path in claims:
        found = claims[path]
    else:
        for name in path.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
    if isinstance(found, str):
        return frozenset({found})
    texts = found if isinstance(found, list) else []
    return frozenset(each for each in texts if isinstance(each, str))


def rights_of(values: frozenset[str], table: RightsTable) -> dict[str, frozenset[Role]]:
    """Roles by gemeente; a value that the table does not have gives nothing."""
    rights: dict[str, frozenset[Role]] = {}
    for value in values & table.keys():
        for gemeente, roles in table[value].items():
            rights[gemeente] = rights.get(gemeente, frozenset()) | roles
    return rights


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value.strip()[:200] if isinstance(value, str) else ""
