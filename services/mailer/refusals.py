"""Why a mail server refused a mail for good, in the user's words.

The words follow from the enhanced status code (RFC 3463; RFC 7505 for 1.10), else from the code
and the moment of the refusal. What the server wrote is never repeated: it may hold the address.
"""

from __future__ import annotations

import re

_ENHANCED = re.compile(r"^5\.(\d{1,3})\.(\d{1,3})\b")

_UNKNOWN = "Het e-mailadres bestaat niet (meer). Controleer het adres of stuur een brief."
_NO_DOMAIN = (
    "Het deel achter het apenstaartje ontvangt geen e-mail."
    " Controleer het adres of stuur een brief."
)
_CLOSED = (
    "De mailbox van de ontvanger neemt geen e-mail aan. Controleer het adres of stuur een brief."
)
_FULL = "De mailbox van de ontvanger is vol. Probeer het later opnieuw of stuur een brief."
_TOO_LARGE = (
    "De e-mail is te groot voor de ontvanger. Maak het sjabloon kleiner of stuur een brief."
)
_SENDER = (
    "De mailserver accepteert de afzender van de gemeente niet."
    " Vraag de beheerder dit na te kijken."
)
_POLICY = (
    "De mailserver weigert deze e-mail, bijvoorbeeld omdat hij op spam lijkt."
    " Vraag de beheerder dit na te kijken of stuur een brief."
)
_OTHER = "De mailserver weigert deze e-mail. Controleer het adres of stuur een brief."

_BY_STATUS = {
    (1, 0): _UNKNOWN,
    (1, 1): _UNKNOWN,
    (1, 2): _NO_DOMAIN,
    (1, 3): _UNKNOWN,
    (1, 4): _UNKNOWN,
    (1, 6): _UNKNOWN,
    (1, 7): _SENDER,
    (1, 8): _SENDER,
    (1, 10): _NO_DOMAIN,
    (2, 0): _CLOSED,
    (2, 1): _CLOSED,
    (2, 2): _FULL,
    (2, 3): _TOO_LARGE,
    (3, 4): _TOO_LARGE,
    (4, 4): _NO_DOMAIN,
}
#: 552 was "mailbox full" before enhanced codes; 556 is RFC 7504.
_BY_CODE = {550: _UNKNOWN, 551: _UNKNOWN, 552: _FULL, 553: _UNKNOWN, 556: _NO_DOMAIN}
_SECURITY = 7
_AWAY = (
    "De mailserver van de ontvanger was te lang niet bereikbaar."
    " Controleer het adres of stuur een brief."
)
#: Network and routing (RFC 3463, 3.5): nobody there took the mail in time.
_NETWORK = 4


def reason_of(code: int, text: str, stage: str) -> str:
    """The reason of a refusal; `stage` is what was refused: sender, recipient or message."""
    match = _ENHANCED.match(text.strip())
    if match:
        subject, detail = int(match[1]), int(match[2])
        if found := _BY_STATUS.get((subject, detail)):
            return found
        if subject == _SECURITY:
            return _SENDER if stage == "sender" else _POLICY
    if stage == "sender":
        return _SENDER
    if stage == "recipient":
        return _BY_CODE.get(code, _OTHER)
    return _FULL if code == 552 else _POLICY  # noqa: PLR2004 - see _BY_CODE


def reason_of_status(status: str) -> str:
    """The reason of a mail that came back, by its enhanced status code; 4.x.x says the same."""
    match = _ENHANCED.match(f"5{status[1:]}")
    if match is None:
        return _OTHER
    subject, detail = int(match[1]), int(match[2])
    if found := _BY_STATUS.get((subject, detail)):
        return found
    if subject == _NETWORK:
        return _AWAY
    return _POLICY if subject == _SECURITY else _OTHER
