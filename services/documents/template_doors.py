"""The HTTP doors of what a letter template is made of: Word documents, pictures, samples."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile

from services.documents import errors, queries
from services.documents.answers import Afbeelding, Bevinding, Omzetting
from services.documents.docx import MAX_DOCX, DocxConversion, DocxRefused
from services.documents.domain import LETTER_PURPOSES
from services.documents.pictures import problem_of
from services.documents.renderer import LetterFailed, LetterPool, LetterTemplate
from services.documents.samples import PEOPLE, joined, sample_values
from services.documents.templates import in_frame
from shared.chassis.malware import MalwareScanner
from shared.chassis.web import TheDoors, Who
from shared.contracts.codes import Channel, Purpose, Role
from shared.templating import lint_html

router = APIRouter(tags=["sjablonen"])

PDF = "application/pdf"
NO_FILE = "Stuur het Word-document (.docx) mee in het veld 'bestand'."
#: What multipart looks like in the OpenAPI document: the body is read here, not by FastAPI.
UPLOAD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["bestand"],
                    "properties": {"bestand": {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}
SAMPLES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "De voorbeelden, achter elkaar",
        "content": {PDF: {"schema": {"type": "string", "format": "binary"}}},
    }
}


def the_pool(request: Request) -> LetterPool:
    """The drawing processes of the app that got the request, for samples."""
    found: LetterPool = request.app.state.pool
    return found


def the_scanner(request: Request) -> MalwareScanner:
    """The virus scanner of the app that got the request."""
    found: MalwareScanner = request.app.state.scanner
    return found


def the_conversion(request: Request) -> DocxConversion:
    """What reads Word documents in the app that got the request."""
    found: DocxConversion = request.app.state.conversion
    return found


ThePool = Annotated[LetterPool, Depends(the_pool)]
TheScanner = Annotated[MalwareScanner, Depends(the_scanner)]
TheConversion = Annotated[DocxConversion, Depends(the_conversion)]


@router.post("/sjablonen/omzetting", openapi_extra=UPLOAD_BODY)
async def convert_document(
    request: Request, who: Who, doel: Purpose, scanner: TheScanner, conversion: TheConversion
) -> Omzetting:
    """A Word document as the HTML of a letter, with what did not come along; nothing is kept."""
    who.require(Role.BEHEERDER)
    if doel not in LETTER_PURPOSES:
        raise errors.NoLetterForPurpose(doel)
    content = await _file_of(request)
    await scanner.check(content, "bestand")
    try:
        found = await conversion.convert(content)
    except DocxRefused as refused:
        raise errors.DocumentRefused(refused.code, str(refused)) from refused
    html, frame = in_frame(found.html)
    unfit = {
        name: problem
        for name, kept in found.pictures.items()
        if (problem := problem_of(name, kept))
    }
    pictures = {name: kept for name, kept in found.pictures.items() if name not in unfit}
    lost = [*found.lost, *(f"{name}: {problem}" for name, problem in unfit.items())]
    return Omzetting(
        html=html,
        afbeeldingen=[_picture(name, kept) for name, kept in {**frame, **pictures}.items()],
        nietMeegekomen=lost,
        bevindingen=[
            Bevinding(regel=each.line, code=each.code, uitleg=each.message)
            for each in lint_html(html, doel, Channel.LETTER, {**frame, **pictures})
        ],
    )


async def _file_of(request: Request) -> bytes:
    """The file of a request; raises DocumentRefused without one."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise errors.DocumentRefused("geen-bestand", NO_FILE)
    async with request.form(max_files=1, max_fields=0) as form:
        file = form.get("bestand")
        if not isinstance(file, UploadFile):
            raise errors.DocumentRefused("geen-bestand", NO_FILE)
        return await file.read(MAX_DOCX + 1)


def _picture(name: str, content: bytes) -> Afbeelding:
    return Afbeelding.model_construct(naam=name, inhoud=content)


@router.get("/sjablonen/{versieId}/voorbeelden", response_class=Response, responses=SAMPLES)
async def show_samples(doors: TheDoors, who: Who, pool: ThePool, versieId: UUID) -> Response:  # noqa: N803 - the wire's name
    """A version drawn for the made-up residents on whom letters tend to break."""
    who.require(Role.BEHEERDER)
    async with doors.database.transaction(who.gemeente) as tx:
        found = await queries.letter_templates(tx.connection, [versieId])
        own = await queries.office_values(tx.connection, who.gemeente)
    if versieId not in found:
        raise errors.TemplateUnknown
    whole = joined(await draw_samples(pool, found[versieId], own))
    headers = {"Content-Disposition": 'inline; filename="voorbeelden.pdf"'}
    return Response(whole, media_type=PDF, headers=headers)


async def draw_samples(
    pool: LetterPool, template: LetterTemplate, own: Mapping[str, str]
) -> list[bytes]:
    """The letter for each made-up resident; raises SampleFailed with who it breaks on."""
    names = ("gewoon", *PEOPLE)
    values = sample_values(template.purpose, own)
    drawn = await asyncio.gather(
        *(pool.render(template, each) for each in values), return_exceptions=True
    )
    letters: list[bytes] = []
    for name, letter in zip(names, drawn, strict=True):
        if isinstance(letter, LetterFailed):
            about = "" if name == "gewoon" else f"Voorbeeld '{name}': "
            raise errors.SampleFailed(about + letter.reason) from letter
        if isinstance(letter, BaseException):
            raise letter
        letters.append(letter.pdf)
    return letters


async def checked_pictures(
    given: Sequence[Afbeelding], scanner: MalwareScanner
) -> dict[str, bytes]:
    """New pictures by name; raises PictureRefused with all that cannot be kept."""
    problems = [(number, problem_of(each.naam, each.inhoud)) for number, each in enumerate(given)]
    if wrong := [(number, problem) for number, problem in problems if problem]:
        raise errors.PictureRefused(wrong)
    for number, each in enumerate(given):
        await scanner.check(each.inhoud, f"afbeeldingen.{number}.inhoud")
    return {each.naam: each.inhoud for each in given}
