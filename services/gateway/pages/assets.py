"""The files of pages: served compressed as they lie there, and kept by browsers for ever."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

#: Content codings, the smallest first.
CODINGS = {"br": ".br", "gzip": ".gz"}
FOR_EVER = "public, max-age=31536000, immutable"
NOT_FOUND, NOT_MODIFIED = 404, 304
mimetypes.add_type("font/woff2", ".woff2")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file, as it is and as it was compressed."""

    media_type: str
    content: bytes
    compressed: dict[str, bytes]


def read(folder: Path) -> dict[str, Asset]:
    """The files of a folder, by name: half a megabyte, so memory is the fastest place."""
    names = [file for file in folder.iterdir() if file.suffix in {".css", ".js", ".svg", ".woff2"}]
    return {
        file.name: Asset(
            mimetypes.guess_type(file.name)[0] or "application/octet-stream",
            file.read_bytes(),
            {
                coding: other.read_bytes()
                for coding, extension in CODINGS.items()
                if (other := file.with_name(file.name + extension)).is_file()
            },
        )
        for file in names
    }


@router.get("/assets/{name}")
@router.head("/assets/{name}")
async def asset(name: str, request: Request) -> Response:
    """One file; its name has a hash of its content, so it never changes."""
    found: Asset | None = request.app.state.assets.get(name)
    if found is None:
        raise HTTPException(NOT_FOUND)
    wanted = {part.partition(";")[0].strip() for part in _accepted(request)}
    coding = next((one for one in found.compressed if one in wanted), "")
    headers = {
        "Cache-Control": FOR_EVER,
        "ETag": f'"{name}{coding and "-"}{coding}"',
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    if coding:
        headers["Content-Encoding"] = coding
    content = found.compressed[coding] if coding else found.content
    return Response(content, headers=headers, media_type=found.media_type)


def _accepted(request: Request) -> list[str]:
    return request.headers.get("accept-encoding", "").split(",")
