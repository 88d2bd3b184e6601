"""What was said in a destroyed case goes, and what is told of it later is not kept."""

from __future__ import annotations

import sqlalchemy as sa

from services.communications import tables
from shared.chassis.destruction import DESTRUCTIONS
from shared.contracts.events import BerichtenGewist, ZaakVernietigd
from tests.communications.conftest import recorded
from tests.communications.test_timeline import Story
from tests.support import parts


async def test_nothing_of_a_destroyed_case_is_left_or_comes_back(
    communications: parts.Bench, gemeente: str
) -> None:
    """Case, people and messages go; another case keeps what it has."""
    gone, kept = Story(gemeente), Story(gemeente)
    for story in (gone, kept):
        await communications.feed(story.person(), story.mailed(), story.printed())
    destroyed = ZaakVernietigd(zaakId=gone.case, batchId=gone.batch)
    await communications.feed(parts.event_of(destroyed, gemeente))
    await communications.work_all(DESTRUCTIONS)
    await communications.feed(gone.person(2), gone.mailed(), gone.printed())
    for table, column in (
        (tables.cases, "id"),
        (tables.participants, "case_id"),
        (tables.messages, "case_id"),
    ):
        rows = await communications.rows(sa.select(table), gemeente)
        assert {row[column] for row in rows} == {kept.case}, table.name
    told = await recorded(communications, BerichtenGewist, gemeente)
    assert [one["zaakId"] for one in told] == [str(gone.case)]
