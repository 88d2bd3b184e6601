"""What people are searched by, made ready to be looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Shown at most; who sees more than this must say more about whom he looks for.
MOST_HITS = 100
#: Words that stand between first and last name and may be typed with the last name.
_INFIXES = frozenset(
    word
    for line in (
        "aan af bij da de del della den der di dos du el en het in la le les lo op 's 't te ten",
        "ter tot uit uijt van vd ver von voor zu zum zur",
    )
    for word in line.split()
)
_BSN_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_ELEVEN = 11
_POSTCODE = re.compile(r"[1-9][0-9]{3}[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom somebody looks for; every part that is given must fit."""

    last_name: str | None = None
    birth_date: str | None = None
    postcode: str | None = None
    house_number: str | None = None
    telephone: str | None = None
    email: str | None = None
    number: str | None = None
    bsn: str | None = None


def last_names(text: str) -> tuple[str, ...]:
    """How a last name may be kept: as typed, and without the words before it ("van der Berg")."""
    words = text.split()
    bare = list(words)
    while len(bare) > 1 and bare[0].casefold() in _INFIXES:
        bare.pop(0)
    return tuple(dict.fromkeys((" ".join(words), " ".join(bare))))


def bsn_of(text: str) -> str | None:
    """The nine digits of a BSN, or None when it is none (11-proef)."""
    digits = re.sub(r"[\s.-]", "", text)
    if not (digits.isascii() and digits.isdecimal() and len(digits) in {8, 9}):
        return None
    digits = digits.zfill(9)
    total = sum(w * int(digit) for w, digit in zip(_BSN_WEIGHTS, digits, strict=True))
    return digits if total % _ELEVEN == 0 and digits.strip("0") else None


def postcode_of(text: str) -> str | None:
    """A postcode as it is kept (1234AB), or None when it is none."""
    joined = "".join(text.split()).upper()
    return joined if _POSTCODE.fullmatch(joined) else None


def house_number_of(text: str) -> tuple[str, str] | None:
    """The digits of a house number and what stands behind them ("12", "a2"); None without one."""
    found = re.fullmatch(r"\s*([0-9]{1,5})(.*)", text)
    if found is None:
        return None
    return found[1], re.sub(r"[^0-9a-z]", "", found[2].casefold())
