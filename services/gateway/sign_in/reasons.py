"""Why signing in did not go on, as an address can carry it to the page that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.gateway.sign_in import errors


@dataclass(frozen=True, slots=True)
class Reason:
    """What to show."""

    title: str
    detail: str


def _reason(error: type[errors.ProviderRefusal]) -> Reason:
    return Reason(error.title, error.sentence)


#: By the code in `?reden=`, which is the type of the problem as well.
REASONS: Mapping[str, Reason] = MappingProxyType(
    {error.problem: _reason(error) for error in errors.REFUSALS}
)
