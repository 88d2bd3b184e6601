"""A letter from Word: converted, mended, placed with its pictures, and looked at."""

from __future__ import annotations

import base64
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from services.documents import tables
from services.documents.samples import PEOPLE
from shared.chassis.malware import MalwareScanner
from shared.contracts.codes import Role
from tests.documents import office
from tests.support.clamd import EICAR, clamd
from tests.support.parts import Bench
from tests.support.word import DOCX, FIELDS, docx, paragraph, picture, png

LETTER = docx(
    paragraph("Uitnodiging", '<w:pPr><w:pStyle w:val="Heading1"/><w:jc w:val="right"/></w:pPr>')
    + paragraph(FIELDS)
    + picture(1),
    {"word/media/logo.png": png(20, 20)},
)


def sent(content: bytes) -> dict[str, Any]:
    """The request of a browser."""
    return {"files": {"bestand": ("brief.docx", content, DOCX)}}


async def test_a_letter_from_word_is_placed_with_its_picture(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """What conversion answers can be placed as it is, and looked at as one PDF."""
    await documents.feed(office.settings(gemeente))
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answer = await beheerder.post("/v1/sjablonen/omzetting?doel=uitnodiging", **sent(LETTER))
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert any("Uitlijning" in lost for lost in found["nietMeegekomen"])
        assert [one["naam"] for one in found["afbeeldingen"]] == ["logo.png", "afbeelding-1.png"]
        body = {"doel": "uitnodiging", "naam": "Uit Word", "html": found["html"]}
        body["afbeeldingen"] = found["afbeeldingen"]
        placed = await beheerder.post("/v1/sjablonen", json=body)
        assert placed.status_code == 201, placed.text
        version = placed.json()["id"]
        shown = (await beheerder.get(f"/v1/sjablonen/{version}")).json()
        samples = await beheerder.get(f"/v1/sjablonen/{version}/voorbeelden")
    assert shown["afbeeldingen"] == ["afbeelding-1.png", "logo.png"]
    assert samples.headers["content-type"] == "application/pdf"
    with pikepdf.open(BytesIO(samples.content)) as pdf:
        assert len(pdf.pages) >= len(PEOPLE) + 1
    assets = tables.template_assets
    kept = sa.select(assets.c.content).where(assets.c.name == "afbeelding-1.png")
    assert [bytes(row["content"]) for row in await documents.rows(kept, gemeente)] == [png(20, 20)]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"json": {}}, "geen-bestand"),
        (sent(b"%PDF-1.7"), "geen-docx"),
        (sent(docx(paragraph("x"), start="<!DOCTYPE a>")), "gevaarlijke-xml"),
    ],
)
async def test_what_is_no_letter_is_refused_per_field(
    documents: Bench, stack: Stack, gemeente: str, request_: dict[str, Any], code: str
) -> None:
    """400 with the field and what to do."""
    await documents.feed(office.settings(gemeente))
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answer = await beheerder.post("/v1/sjablonen/omzetting?doel=uitnodiging", **request_)
    assert answer.status_code == 400, answer.text
    (param,) = answer.json()["invalidParams"]
    assert (param["name"], param["code"]) == ("bestand", code)


async def test_a_picture_that_is_none_keeps_the_version_out(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """All of them are named; nothing is placed."""
    await documents.feed(office.settings(gemeente))
    pictures = [
        {"naam": "a.png", "inhoud": base64.b64encode(content).decode()}
        for content in (b"<svg/>", png(), png(4000, 1001))
    ]
    body = {"doel": "uitnodiging", "naam": "x", "html": f"<p>{FIELDS}</p>"}
    async with office.client(stack, documents, gemeente, Role.BEHEERDER) as beheerder:
        answer = await beheerder.post("/v1/sjablonen", json={**body, "afbeeldingen": pictures})
    assert answer.status_code == 400
    names = [param["name"] for param in answer.json()["invalidParams"]]
    assert names == ["afbeeldingen.0.inhoud", "afbeeldingen.2.inhoud"]
    table = tables.template_versions
    assert (
        len(
            await documents.rows(sa.select(table).where(table.c.purpose == "uitnodiging"), gemeente)
        )
        == 1
    )


async def test_a_document_with_malware_is_not_opened(
    documents: Bench, stack: Stack, gemeente: str
) -> None:
    """EICAR in a document is refused before it is read."""
    await documents.feed(office.settings(gemeente))
    async with clamd() as scanner:
        state = {**documents.built.state, "scanner": MalwareScanner(scanner.address)}
        guarded = Bench(documents.parts, replace(documents.built, state=state))
        async with office.client(stack, guarded, gemeente, Role.BEHEERDER) as beheerder:
            answer = await beheerder.post(
                "/v1/sjablonen/omzetting?doel=uitnodiging", **sent(LETTER + EICAR)
            )
    assert answer.status_code == 400
    assert answer.json()["invalidParams"][0]["code"] == "schadelijk-bestand"
