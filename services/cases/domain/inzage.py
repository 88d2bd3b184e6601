"""What somebody may read of the history of a case that is about two people."""

from __future__ import annotations

from services.cases.domain.case import PersonRole

#: A note may be about either of them; who is the partner does not get its text.
WITHHELD = "Deze notitie is weggelaten: zij kan over de ander in deze zaak gaan."
NOTE = "Notitie"


def told(what: str, explanation: str | None, role: PersonRole) -> str | None:
    """Why something happened, as this person may read it."""
    if role is PersonRole.PARTNER and what == NOTE and explanation:
        return WITHHELD
    return explanation
