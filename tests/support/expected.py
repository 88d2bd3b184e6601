"""What is right to be empty or refused after a batch in which nothing went wrong."""

from __future__ import annotations

from tests.support import life

#: These are right to be empty after a batch in which nothing went wrong.
EMPTY_LISTS = ("mislukt", "geweigerd", "uitsluitingen", "niet-bezorgd")
MAY_BE_EMPTY = {f"GET /batches/{{}}/{name}" for name in EMPTY_LISTS} | {
    "GET /te-printen",
    "POST /gebruikers/{}/afmelding",
    life.RELATED,
}
#: What was written to somebody, and how the pages of a gemeente look: no role is needed.
FOR_EVERYBODY = ("meldingen", "huisstijl")
#: About letters of the own gemeente: B has none that wait or could come back.
NEEDS_LETTERS = {"POST /afdrukbestanden", "POST /retourpost"}
#: Refused to its own colleagues after a batch in which nothing went wrong, with what it is of.
MAY_CONFLICT = {
    "POST /afdrukbestanden/{}/opnieuw",
    "POST /afdrukbestanden",
    "POST /retourpost",
    "POST /batches/{}/opnieuw/terugzending",
    "POST /retourmail/{}/herverwerking",
    "POST /retourmail/{}/afhandeling",
    *life.MAY_NOT_FIT,
}
#: B has no case that could be destroyed, and is told so.
NOTHING_OF_ITS_OWN = {"POST /vernietigingen"}
#: Goes to who sent the file; another colleague of the same gemeente is told so.
SENDER_ALONE = {
    "GET /uploads/{}/kopieen",
    "GET /kopieen/{}",
    "GET /kopieen/{}/inhoud",
    "GET /proeven/{}",
}
