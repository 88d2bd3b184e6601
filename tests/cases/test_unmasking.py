"""A whole BSN: one at a time, with a reason, not too often, and kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.cases import tables
from services.cases.domain.unmasking import HOUR, MOST_AN_HOUR, check_rate
from services.cases.work_errors import SeenTooOften
from shared.chassis.identity import Identity
from shared.contracts.codes import Role
from tests.cases.files import Zaken, bsn, persoon, user
from tests.support.parts import new_gemeente

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
REASON = {"reden": "Nodig voor het opvragen bij de Belastingdienst"}
PARTNER = {"bsn": bsn(311), "achternaam": "Partner", "geboortedatum": "1971-01-01"}


def looker(gemeente: str, name: str = "pv") -> Identity:
    """Somebody who may see a whole BSN."""
    return user(gemeente, name, {Role.PERSOONSVERWERKER})


def test_as_many_as_allowed_in_an_hour_and_then_a_wait() -> None:
    """The wait lasts until the oldest of them is an hour ago."""
    seen = [NOW - timedelta(minutes=minute) for minute in range(1, MOST_AN_HOUR + 1)]
    check_rate(seen[1:], NOW)
    check_rate(seen, NOW + HOUR)
    with pytest.raises(SeenTooOften) as refused:
        check_rate(seen, NOW)
    assert refused.value.wait_seconds == (60 - MOST_AN_HOUR) * 60


async def test_a_whole_bsn_is_seen_with_a_reason_that_is_kept(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """In the history of the case, with who it was; the partner's too."""
    file = await zaken.opened(gemeente, persoon(310, partner=PARTNER))
    case = f"/zaken/{file.rows[0].data.zaakId}"
    answer = await door("POST", f"{case}/bsn-inzage", looker(gemeente), json=REASON)
    assert (answer.status_code, answer.json()) == (200, {"bsn": bsn(310)})
    wanted = {**REASON, "wie": "partner"}
    other = await door("POST", f"{case}/bsn-inzage", looker(gemeente), json=wanted)
    assert other.json() == {"bsn": bsn(311)}
    told = (await door("GET", f"{case}/tijdlijn", user(gemeente))).json()["resultaten"]
    assert {one["wat"] for one in told[:2]} == {"BSN ingezien (inwoner)", "BSN ingezien (partner)"}
    assert told[0]["toelichting"] == REASON["reden"]
    assert told[0]["door"] == "Collega pv"
    idle = [row for row in await zaken.table(tables.unmaskings, gemeente) if bsn(310) in str(row)]
    assert idle == []


async def test_without_the_role_or_a_reason_nothing_is_seen(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Another role is 403, no reason 400, another gemeente 404; nothing of it is counted."""
    file = await zaken.opened(gemeente, persoon(312))
    path = f"/zaken/{file.rows[0].data.zaakId}/bsn-inzage"
    assert (await door("POST", path, user(gemeente), json=REASON)).status_code == 403
    assert (await door("POST", path, looker(gemeente), json={})).status_code == 400
    assert (await door("POST", path, looker(new_gemeente()), json=REASON)).status_code == 404
    wanted = {**REASON, "wie": "partner"}
    assert (await door("POST", path, looker(gemeente), json=wanted)).status_code == 404
    assert await zaken.table(tables.unmaskings, gemeente) == []


async def test_who_sees_too_many_waits_and_others_do_not(
    zaken: Zaken, door: Any, gemeente: str
) -> None:
    """Asked all at once, exactly the allowed number is seen."""
    file = await zaken.opened(gemeente, persoon(313))
    path = f"/zaken/{file.rows[0].data.zaakId}/bsn-inzage"
    asked = [door("POST", path, looker(gemeente), json=REASON) for _ in range(MOST_AN_HOUR + 3)]
    answers = await asyncio.gather(*asked)
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * MOST_AN_HOUR + [429] * 3
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert 0 < int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["content-type"] == "application/problem+json"
    assert bsn(313) not in refused.text
    other = await door("POST", path, looker(gemeente, "pv-2"), json=REASON)
    assert other.status_code == 200
