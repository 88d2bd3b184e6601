"""Letter templates: shipped, placed, active, refused."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import tables
from shared.contracts.codes import Channel, Purpose, Role
from shared.contracts.merge_fields import purposes_of
from tests.documents import office
from tests.support.parts import Bench, new_gemeente

LETTER = (
    "<html><body><p>$ADRESBLOK$</p><p>$AANHEF$ $ZAAKNUMMER$ $DATUM$ $REACTIEDATUM$</p>"
    '<p>$GEMEENTE$ $TELEFOON_GEMEENTE$ $LINK$</p><img src="logo.png" alt="Logo"></body></html>'
)


async def one(documents: Bench, table: sa.Table, gemeente: str) -> Any:
    """The only row about the invitation."""
    (row,) = await documents.rows(
        sa.select(table).where(table.c.purpose == Purpose.INVITATION), gemeente
    )
    return row


async def versions(documents: Bench, gemeente: str) -> int:
    """How many versions the invitation has."""
    table = tables.template_versions
    mine = table.c.purpose == Purpose.INVITATION
    return len(await documents.rows(sa.select(table).where(mine), gemeente))


async def test_a_new_gemeente_gets_the_shipped_letter(documents: Bench, gemeente: str) -> None:
    """With its pictures, as version 1, active; and one for each purpose that has a letter."""
    await documents.feed(office.settings(gemeente))
    template = await one(documents, tables.templates, gemeente)
    version = await one(documents, tables.template_versions, gemeente)
    mine = tables.template_assets.c.version_id == version["id"]
    (asset,) = await documents.rows(sa.select(tables.template_assets).where(mine), gemeente)
    assert template["active_version"] == version["id"] == office.default_version(gemeente)
    purposes = await documents.rows(sa.select(tables.templates.c.purpose), gemeente)
    assert {row["purpose"] for row in purposes} == set(purposes_of(Channel.LETTER))
    assert version["number"] == 1
    assert "$AANHEF$" in version["html"]
    assert bytes(asset["content"]).startswith(b"\x89PNG")


async def test_settings_again_or_older_change_nothing(documents: Bench, gemeente: str) -> None:
    """The newest count, in any order, and the shipped letter is installed once."""
    newer = office.settings(gemeente, sequence=5, name="Gemeente Nieuw")
    await documents.feed(newer, newer)
    await documents.feed(office.settings(gemeente, sequence=4, name="Gemeente Oud"), newer)
    (row,) = await documents.rows(sa.select(tables.offices), gemeente)
    assert (row["name"], row["sequence"]) == ("Gemeente Nieuw", 5)
    assert await versions(documents, gemeente) == 1


async def test_a_placed_letter_is_active_and_keeps_the_logo(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """Version 2 is active; version 1 stays as it was."""
    await documents.feed(office.settings(gemeente))
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answer = await beheerder.post(
            "/v1/sjablonen", json={"doel": "uitnodiging", "naam": "Kort", "html": LETTER}
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["versie"] == 2
        active = (await beheerder.get("/v1/sjablonen/actief?doel=uitnodiging")).json()
        listed = (await beheerder.get("/v1/sjablonen?doel=uitnodiging")).json()
        shown = (await beheerder.get(f"/v1/sjablonen/{active['id']}")).json()
    assert active["id"] == answer.json()["id"]
    assert [(row["versie"], row["actief"]) for row in listed["resultaten"]] == [
        (2, True),
        (1, False),
    ]
    assert shown["html"] == LETTER
    assets = await documents.rows(sa.select(tables.template_assets), gemeente)
    assert len({bytes(asset["content"]) for asset in assets}) == 1
    assert len(assets) == len(purposes_of(Channel.LETTER)) + 1


async def test_the_same_submit_twice_places_one_version(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """The Idempotency-Key gives the first answer again."""
    await documents.feed(office.settings(gemeente))
    key = {"Idempotency-Key": str(uuid4())}
    body = {"doel": "uitnodiging", "naam": "Kort", "html": LETTER}
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answers = [await beheerder.post("/v1/sjablonen", json=body, headers=key) for _ in "12"]
    assert answers[0].json() == answers[1].json()
    assert await versions(documents, gemeente) == 2


async def test_a_template_with_errors_is_refused_with_its_lines(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """All errors at once; the active version stays."""
    await documents.feed(office.settings(gemeente))
    html = "<p>$AANHEF$</p>\n<p>$BSN$</p>\n<p>$AANHEFF$</p>\n<img src='http://example.nl/x.png'><p>$REACTIEDATUM$</p>"
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answer = await beheerder.post(
            "/v1/sjablonen", json={"doel": "uitnodiging", "naam": "Fout", "html": html}
        )
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert {found["regel"] for found in answer.json()["bevindingen"]} == {2, 3, 4}
    assert any("Regel 2" in wrong["reason"] for wrong in answer.json()["invalidParams"])
    assert await versions(documents, gemeente) == 1


async def test_an_older_version_can_count_again(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """The versions stay as they are; what changed can be read line by line."""
    await documents.feed(office.settings(gemeente))
    first = office.default_version(gemeente)
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        body = {"doel": "uitnodiging", "naam": "Kort", "html": LETTER}
        second = (await beheerder.post("/v1/sjablonen", json=body)).json()["id"]
        back = await beheerder.post(f"/v1/sjablonen/{first}/activering")
        active = (await beheerder.get("/v1/sjablonen/actief?doel=uitnodiging")).json()
        changed = (await beheerder.get(f"/v1/sjablonen/{second}/verschil")).json()
        reverse = await beheerder.get(f"/v1/sjablonen/{first}/verschil?met={second}")
        unknown = await beheerder.get(f"/v1/sjablonen/{first}/verschil?met={uuid4()}")
    assert back.status_code == 200, back.text
    assert active["id"] == back.json()["id"] == str(first)
    assert changed["met"] == str(first)
    assert changed["regels"][:2] == ["--- versie 1", "+++ versie 2"]
    assert f"+{LETTER}" in changed["regels"]
    assert f"-{LETTER}" in reverse.json()["regels"]
    assert unknown.status_code == 404
    assert await versions(documents, gemeente) == 2


async def test_a_version_of_another_gemeente_cannot_be_activated_or_compared(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """404, and a colleague without the role gets 403."""
    await documents.feed(office.settings(gemeente))
    version = office.default_version(gemeente)
    async with office.client(stack, documents, new_gemeente(), Role.BEHEERDER) as other:
        assert (await other.post(f"/v1/sjablonen/{version}/activering")).status_code == 404
        assert (await other.get(f"/v1/sjablonen/{version}/verschil")).status_code == 404
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as behandelaar:
        assert (await behandelaar.post(f"/v1/sjablonen/{version}/activering")).status_code == 403


async def test_the_fields_of_a_purpose_are_listed(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """With meaning and example; a mail about a message has none about its content."""
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        decision = (await beheerder.get("/v1/samenvoegvelden?doel=besluit-afwijzen")).json()
        message = (await beheerder.get("/v1/samenvoegvelden?doel=bericht-wacht")).json()
    found = {field["naam"]: field for field in decision["resultaten"]}
    assert found["MOTIVERING"]["schrijfwijze"] == "$MOTIVERING$"
    assert found["MOTIVERING"]["verplicht"]
    assert "MOTIVERING" not in {field["naam"] for field in message["resultaten"]}


async def test_a_template_that_cannot_be_drawn_is_refused(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """The sample shows what the linter cannot see."""
    await documents.feed(office.settings(gemeente))
    html = f"{LETTER}<p>\U00012000</p>"
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answer = await beheerder.post(
            "/v1/sjablonen", json={"doel": "uitnodiging", "naam": "Spijkers", "html": html}
        )
    assert answer.status_code == 400
    assert "U+12000" in answer.json()["detail"]


async def test_templates_are_for_the_beheerder_of_the_gemeente(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """A caseworker sees which is active; another gemeente sees nothing."""
    await documents.feed(office.settings(gemeente))
    version, stranger = office.default_version(gemeente), new_gemeente()
    async with office.client(stack, documents, gemeente, Role.BEHANDELAAR) as behandelaar:
        active = await behandelaar.get("/v1/sjablonen/actief?doel=uitnodiging")
        assert active.json()["id"] == str(version)
        assert (await behandelaar.get("/v1/sjablonen")).status_code == 403
        body = {"doel": "uitnodiging", "naam": "x", "html": LETTER}
        assert (await behandelaar.post("/v1/sjablonen", json=body)).status_code == 403
    async with office.client(stack, documents, stranger, Role.BEHEERDER) as other:
        assert (await other.get(f"/v1/sjablonen/{version}")).status_code == 404
        assert (await other.get("/v1/sjablonen/actief?doel=uitnodiging")).status_code == 404
        assert (await other.get("/v1/sjablonen")).json()["aantal"] == 0
