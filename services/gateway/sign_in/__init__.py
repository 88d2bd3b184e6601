"""How employees come in: with a password of ours, or with the organisation's own account (OIDC).

What pages build on (addresses under /v1; names are those of the table of rights):

`GET /aanmeldwijzen` (open)
    The ways in: `{"lokaal": true, "oidc": {"naam": …, "adres": …} | null}`. `adres` is a link, not
    a form: the policy of our pages lets no form lead to another site. Add `?volgende=` with the
    page that was asked for.
`POST /sessies` (open)
    A session by user name and password: 201 with the cookie; 401, 403 or 429 as a problem whose
    `detail` is the sentence to show. A session that the browser still had ends.
`GET /aanmelden/oidc?volgende=/zaken` (open)
    To the provider, and back at `volgende` with the cookie. When that fails, a browser comes at
    `/inloggen?reden=<code>&volgende=…`; `REASONS[code]` has the title and the sentence to show.
`GET /sessies/huidige`, `sessieLezen`
    Who is signed in, with `eindigtOp`, `uiterlijkOp` and `meldtZichAanMet` (lokaal, oidc).
`GET /sessies/huidige/einde`, `sessieEindeLezen`
    When the session ends, without keeping it alive: `eindigtOp`, `uiterlijkOp`, `resterend`
    (seconds) and `verlengbaar` (whether extending helps). 401 when it has ended.
`POST /sessies/huidige/verlenging`, `sessieVerlengen`
    Half an hour more from now, with the same answer.
`DELETE /sessies/huidige`, `afmelden`
    Sign out. `verderBij` in the answer is where to sign out at the provider as well, or null; lead
    there from a page (a link, or a refresh in its head), not from the answer to a form.
`DELETE /sessies`, `overalAfmelden`
    Sign out on every computer, with the same answer and `aantal`.
`POST /gebruikers/{id}/afmelding`, `gebruikerAfmelden`
    A beheerder ends the sessions of a user; `aantal` in the answer.

A request with the header `X-Passief: ja` (`PASSIVE`) is polling: it does not keep a session alive.
Pages send it along with what they ask of the API for parts that refresh themselves.

`own_path(wanted)` is the page that was asked for, if it is one of ours, else `/`.
`may(roles, name)` in routes.py tells whether roles give the right to an operation, for buttons.
"""

from services.gateway.sign_in.next_page import own_path
from services.gateway.sign_in.reasons import REASONS, Reason
from services.gateway.sign_in.trust import PASSIVE, refuse_foreign

__all__ = ["PASSIVE", "REASONS", "Reason", "own_path", "refuse_foreign"]
