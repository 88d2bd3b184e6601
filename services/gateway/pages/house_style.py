"""The colours of a gemeente, as the first block of the tokens (`assets/css/tokens.css`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from fastapi import Response

from services.gateway.pages.routing import Pages
from services.gateway.pages.visit import HOUSE_STYLE, TheVisit

NOT_MODIFIED = 304
#: The token of each colour, by its name in the settings of a gemeente.
TOKENS = {
    "kleurBalk": "--gemeente-brand",
    "kleurBalktekst": "--gemeente-on-brand",
    "kleurActie": "--gemeente-action",
    "kleurAccent": "--gemeente-accent",
}

router = Pages()


@router.page("/huisstijl.css", needs=HOUSE_STYLE)
async def house_style(visit: TheVisit) -> Response:
    """The style sheet of a gemeente; asked for each time, sent when it changed."""
    content = sheet(await visit.read(HOUSE_STYLE))
    mark = f'"{hashlib.sha256(content.encode()).hexdigest()[:16]}"'
    headers = {"Cache-Control": "private, no-cache", "ETag": mark, "Vary": "Cookie"}
    if visit.request.headers.get("if-none-match") == mark:
        return Response(status_code=NOT_MODIFIED, headers=headers)
    return Response(content, headers=headers, media_type="text/css")


def sheet(style: Mapping[str, str]) -> str:
    """The rule that sets the colours; they were checked when they were saved."""
    lines = "".join(f"{token}:{style[name]};" for name, token in TOKENS.items())
    return f".heronderzoek-theme{{{lines}}}"
