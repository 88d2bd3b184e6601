"""Rules between the columns of one row.

Each rule runs over a whole batch. A value that is None is empty; a Problem is filled but wrong and
was reported already, so no rule complains about it again.
"""

import re
from collections.abc import Callable

from services.intake.contract.batch import Batch
from services.intake.contract.verdicts import Problem

Report = Callable[..., None]

_ADDRESS = ("HUISNUMMER", "POSTCODE", "WOONPLAATS")
_CORRESPONDENCE = ("CORR_STRAAT", "CORR_POSTCODE", "CORR_WOONPLAATS")
_PARTNER = ("PARTNER_BSN", "PARTNER_ACHTERNAAM", "PARTNER_GEBOORTEDATUM")
_PARTNER_ALL = (*_PARTNER, "PARTNER_VOORLETTERS", "PARTNER_TUSSENVOEGSEL")
_FOREIGN_POSTCODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 -]{0,14}", re.ASCII).fullmatch
_BY_LETTER = frozenset({"BRIEF", "BEIDE"})
_BY_EMAIL = frozenset({"EMAIL", "BEIDE"})


def release_foreign_postcodes(batch: Batch) -> None:
    """Accept any postcode abroad; runs before cells are reported, for it takes a problem away."""
    countries = batch.values["LAND"]
    if not any(countries) or "POSTCODE" not in batch.raw:
        return
    for place, country in enumerate(countries):
        raw = batch.raw["POSTCODE"][place]
        if isinstance(country, str) and isinstance(batch.values["POSTCODE"][place], Problem):
            text = str(int(raw)) if isinstance(raw, float) else raw
            if isinstance(text, str) and _FOREIGN_POSTCODE(text.strip()):
                batch.values["POSTCODE"][place] = text.strip()


def address_is_there(batch: Batch, report: Report) -> None:
    """Require a whole address for a letter; without a letter a missing one is a warning."""
    v = batch.values
    ways = v["COMM_VOORK"]
    columns = [v[name] for name in ("STRAAT", "POSTBUS", *_ADDRESS, "LAND")]
    for place, (street, box, number, postcode, town, country) in enumerate(
        zip(*columns, strict=True)
    ):
        if not (street is None or number is None or postcode is None or town is None):
            continue
        missing = ["STRAAT"] if street is None and box is None else []
        if number is None and box is None and country is None:
            missing.append("HUISNUMMER")
        if postcode is None and country is None:
            missing.append("POSTCODE")
        if town is None:
            missing.append("WOONPLAATS")
        if ways[place] in _BY_LETTER:
            for name in missing:
                report(batch, "adres-ontbreekt", name, place)
        elif ways[place] in _BY_EMAIL and missing:
            report(batch, "geen-adres", "STRAAT", place, found=f"leeg: {', '.join(missing)}")


def address_has_one_way(batch: Batch, report: Report) -> None:
    """Warn when street and box together leave open where the letter goes."""
    boxes = batch.values["POSTBUS"]
    if not any(boxes):
        return
    for place, (street, box) in enumerate(zip(batch.values["STRAAT"], boxes, strict=True)):
        if street is not None and box is not None:
            report(batch, "straat-en-postbus", "POSTBUS", place)


def email_is_there(batch: Batch, report: Report) -> None:
    """Require an address for an e-mail."""
    ways = batch.values["COMM_VOORK"]
    for place, (way, email) in enumerate(zip(ways, batch.values["EMAIL"], strict=True)):
        if email is None and way in _BY_EMAIL:
            report(batch, "email-ontbreekt", "EMAIL", place)


def partner_is_whole(batch: Batch, report: Report) -> None:
    """Require a partner whole or not at all, and somebody else."""
    v = batch.values
    columns = [v[name] for name in _PARTNER_ALL]
    for place, parts in enumerate(zip(*columns, strict=True)):
        if parts[0] is None and not any(parts):
            continue
        for name, part in zip(_PARTNER, parts, strict=False):
            if part is None:
                report(batch, "partner-onvolledig", name, place)
        if parts[len(_PARTNER)] is None:
            report(batch, "voorletters-leeg", "PARTNER_VOORLETTERS", place)
        if isinstance(parts[0], str) and parts[0] == v["BSN"][place]:
            report(batch, "partner-gelijk", "PARTNER_BSN", place)


def correspondence_is_whole(batch: Batch, report: Report) -> None:
    """Refuse an address for correspondence that is half there: the letter would be lost."""
    v = batch.values
    names = (*_CORRESPONDENCE, "CORR_NAAM", "CORR_HUISNUMMER")
    if not any(any(v[name]) for name in names):
        return
    for place, parts in enumerate(zip(*(v[name] for name in names), strict=True)):
        if not any(parts):
            continue
        for name, part in zip(_CORRESPONDENCE, parts, strict=False):
            if part is None:
                report(batch, "correspondentie-onvolledig", name, place)


def initials_are_there(batch: Batch, report: Report) -> None:
    """Warn of missing initials only: people with a single name exist."""
    initials = batch.values["VOORLETTERS"]
    if None not in initials:
        return
    for place, value in enumerate(initials):
        if value is None:
            report(batch, "voorletters-leeg", "VOORLETTERS", place)


def resident_is_alive(batch: Batch, report: Report) -> None:
    """Refuse to write to a resident who died."""
    for place, value in enumerate(batch.values["INDICATIE"]):
        if value == "overleden":
            report(batch, "indicatie-overleden", "INDICATIE", place)


RULES: tuple[Callable[[Batch, Report], None], ...] = (
    address_is_there,
    address_has_one_way,
    email_is_there,
    partner_is_whole,
    correspondence_is_whole,
    initials_are_there,
    resident_is_alive,
)
