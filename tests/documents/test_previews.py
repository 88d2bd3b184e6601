"""A letter before it is sent: drawn for the gateway and kept nowhere."""

from __future__ import annotations

import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import tables
from shared.chassis.bucket import Bucket
from shared.contracts.codes import Role
from tests.documents import office
from tests.support.parts import Bench


async def test_a_preview_is_drawn_and_kept_nowhere(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """With the active version; what stops the letter is said in words."""
    await documents.feed(office.settings(gemeente))
    asked = {"sjabloonVersieId": None, "doel": "uitnodiging", "velden": office.EXAMPLE}
    bad = {**asked, "velden": {**office.EXAMPLE, "AANHEF": ""}}
    async with office.client(stack, documents, gemeente, Role.SYSTEEM) as gateway:
        drawn = await gateway.post("/v1/voorbeelden", json=asked)
        refused = await gateway.post("/v1/voorbeelden", json=bad)
    assert (drawn.status_code, drawn.content[:5]) == (200, b"%PDF-")
    assert (refused.status_code, "AANHEF" in refused.json()["detail"]) == (409, True)
    async with office.client(stack, documents, gemeente, Role.COORDINATOR) as user:
        assert (await user.post("/v1/voorbeelden", json=asked)).status_code == 403
    assert await documents.rows(sa.select(tables.documents), gemeente) == []
    bucket: Bucket = documents.built.state["bucket"]
    assert await bucket.keys(f"{gemeente}/brieven/") == []
