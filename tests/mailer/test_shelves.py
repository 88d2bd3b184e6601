"""Kept mails: those of no mail go, and the rest opens with the newest key."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from deploy.local.stack import Stack
from services.mailer.domain import source_key
from shared.chassis.bucket import Bucket
from tests.mailer.conftest import Made, order, settings_event
from tests.support import parts
from tests.support.store import age, rotated, rotating


async def test_a_kept_mail_of_no_mail_goes_and_the_rest_is_sealed_anew(
    mailer: parts.Bench, make_mailer: Made, stack: Stack, gemeente: str
) -> None:
    """One that is fresh stays; a mail as sent opens when the old key is gone."""
    given = order()
    await mailer.feed(settings_event(gemeente), parts.event_of(given, gemeente))
    await mailer.work_all("mails")
    bucket: Bucket = mailer.built.state["bucket"]
    kept, orphan, fresh = (
        source_key(gemeente, mail_id) for mail_id in (given.pogingId, uuid4(), uuid4())
    )
    await bucket.put_sealed(orphan, b"x")
    await bucket.put_sealed(fresh, b"x")
    for key in (kept, orphan):
        age(stack, key, timedelta(days=3))
    assert mailer.built.shelves is not None
    swept = await mailer.built.shelves.sweep(gemeente, really=True)
    assert (swept["emails"].files, list(swept["emails"].orphans)) == (3, [orphan])
    assert set(await bucket.keys(f"{gemeente}/")) == {kept, fresh}

    before = await bucket.get_sealed(kept)
    during = make_mailer(**rotating(stack))
    assert during.built.shelves is not None
    assert (await during.built.shelves.reseal(gemeente)).anew == 2
    after: Bucket = make_mailer(**rotated(stack)).built.state["bucket"]
    assert await after.get_sealed(kept) == before
    assert before
