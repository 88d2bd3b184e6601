"""Whom an answer is about is said beside it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import JSONResponse, StreamingResponse

from shared.chassis.subjects import HEADER, Subjects
from shared.contracts.subjects import named_cases

ONE, TWO, THREE = "a" * 8, "b" * 8, "c" * 8


@pytest.mark.parametrize(
    ("path", "answer", "expected"),
    [
        ("/v1/zaken", {"aantal": 2, "resultaten": [{"id": ONE}, {"id": TWO}]}, [ONE, TWO]),
        ("/v1/taken", {"resultaten": [{"id": ONE, "zaakId": TWO}]}, [TWO]),
        ("/v1/documenten", [{"zaakId": ONE, "deel": {"zaakId": THREE}}], [ONE, THREE]),
        ("/v1/emails/1", {"zaakId": None, "id": ONE}, []),
        ("/v1/zaken", [], []),
        ("/v1/aantal", 3, []),
    ],
)
def test_a_case_is_named_by_its_field_or_is_the_result_itself(
    path: str, answer: Any, expected: list[str]
) -> None:
    """Wherever in the answer it stands."""
    assert list(named_cases(path, answer)) == expected


async def _got(path: str) -> httpx.Response:
    app = FastAPI()
    app.add_middleware(Subjects, subjects_of=named_cases)

    @app.get("/v1/taken")
    async def tasks() -> list[dict[str, str]]:
        return [{"zaakId": TWO}, {"zaakId": ONE}, {"zaakId": ONE}]

    @app.get("/v1/geweigerd")
    async def refused() -> JSONResponse:
        return JSONResponse({"zaakId": ONE}, 403)

    @app.get("/v1/bestand")
    async def file() -> StreamingResponse:
        return StreamingResponse(iter([b'{"zaakId"', b': "x"}']), media_type="application/pdf")

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://dienst") as client:
        return await client.get(path)


async def test_an_answer_names_each_case_once_and_stays_as_it_is() -> None:
    """In an order of their own, so that the same answer gives the same header."""
    answer = await _got("/v1/taken")
    assert answer.headers[HEADER] == f"{ONE},{TWO}"
    assert [each["zaakId"] for each in answer.json()] == [TWO, ONE, ONE]


@pytest.mark.parametrize("path", ["/v1/geweigerd", "/v1/bestand", "/v1/niets"])
async def test_refusals_and_files_name_nobody(path: str) -> None:
    """They show nothing, or their address says whose they are."""
    answer = await _got(path)
    assert HEADER not in answer.headers
    assert answer.content
