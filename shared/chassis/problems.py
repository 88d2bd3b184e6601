"""Errors over HTTP: `application/problem+json`, in the user's words, all field errors together.

Source: RFC 9457; NL API Design Rules (invalid input is 400, never 422).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from shared.chassis.errors import FieldError, Invalid, Refused
from shared.chassis.retry import is_transient

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
BAD_REQUEST, UNPROCESSABLE, SERVER_ERROR, UNAVAILABLE = 400, 422, 500, 503
TITLES = {
    400: "De invoer klopt niet",
    401: "U bent niet aangemeld",
    403: "U hebt hier geen recht toe",
    404: "Niet gevonden",
    405: "Dit kan niet op dit adres",
    406: "Dit formaat leveren wij niet",
    413: "Dit is te groot",
    415: "Dit formaat lezen wij niet",
    429: "Te vaak geprobeerd",
    503: "Even niet bereikbaar",
}
#: pydantic's kinds of error, in words; what is not here gets the last one.
REASONS = {
    "missing": "Dit veld is verplicht.",
    "uuid_parsing": "Dit is geen geldig kenmerk (UUID).",
    "int_parsing": "Vul een geheel getal in.",
    "date_from_datetime_parsing": "Vul een datum in als jjjj-mm-dd.",
    "date_parsing": "Vul een datum in als jjjj-mm-dd.",
    "enum": "Deze waarde kennen wij hier niet.",
    "literal_error": "Deze waarde kennen wij hier niet.",
    "string_too_long": "Deze tekst is te lang.",
    "string_too_short": "Deze tekst is te kort.",
    "json_invalid": "Dit is geen geldige JSON.",
    "greater_than_equal": "Dit getal is te klein.",
    "less_than_equal": "Dit getal is te groot.",
    "bool_parsing": "Vul true of false in.",
    "extra_forbidden": "Dit veld kennen wij niet.",
}


#: SQLSTATEs of text that PostgreSQL cannot keep: character_not_in_repertoire, and for jsonb
#: untranslatable_character. The driver finds some itself, without a state.
NOT_A_TEXT = frozenset({"22021", "22P05"})


class InvalidParam(BaseModel):
    """One wrong field."""

    name: str
    code: str
    reason: str


class Problem(BaseModel):
    """What every error answers."""

    type: str = Field(description="Soort fout")
    title: str
    status: int
    detail: str
    instance: str
    invalidParams: list[InvalidParam] | None = None


def problem(
    request: Request,
    status: int,
    kind: str,
    title: str,
    detail: str,
    errors: Sequence[FieldError] = (),
    **extra: Any,
) -> JSONResponse:
    """A problem answer."""
    body: dict[str, Any] = {
        "type": f"urn:heronderzoek:fout:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
        **extra,
    }
    if errors:
        body["invalidParams"] = [
            {"name": error.name, "code": error.code, "reason": error.reason} for error in errors
        ]
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of an app as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, unexpected)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Refused):
        raise error
    errors = error.errors if isinstance(error, Invalid) else ()
    answer = problem(
        request, error.status, error.problem, error.title, error.detail, errors, **error.extra
    )
    if error.wait_seconds is not None:
        answer.headers["Retry-After"] = str(error.wait_seconds)
    return answer


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = [_field_error(item) for item in error.errors()]
    detail = f"{len(errors)} velden kloppen niet." if len(errors) > 1 else "Eén veld klopt niet."
    return problem(request, BAD_REQUEST, "ongeldige-invoer", TITLES[BAD_REQUEST], detail, errors)


def _field_error(item: Any) -> FieldError:
    place = [str(part) for part in item["loc"] if part not in {"body", "query", "path", "header"}]
    reason = REASONS.get(item["type"], "Deze waarde klopt niet.")
    return FieldError(".".join(place) or "body", item["type"], reason)


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    status = BAD_REQUEST if error.status_code == UNPROCESSABLE else error.status_code
    title = TITLES.get(status, "Dit kan niet")
    return problem(request, status, f"http-{status}", title, f"{title}.")


async def _unstorable(request: Request, error: Exception) -> JSONResponse:
    """A text with a NUL in it is valid JSON, and the one text that PostgreSQL cannot keep."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state not in NOT_A_TEXT and "NUL" not in str(getattr(error, "orig", "")):
        return await unexpected(request, error)
    detail = (
        "In de tekst staat een onzichtbaar teken (NUL) dat niet bewaard kan worden. Haal het weg."
    )
    return problem(request, BAD_REQUEST, "ongeldige-invoer", TITLES[BAD_REQUEST], detail)


async def _gone(request: Request, _: Exception) -> JSONResponse:
    """Who asked left before all was sent; nobody reads this answer."""
    log.info("client_left", path=_route(request))
    title = TITLES[BAD_REQUEST]
    return problem(request, BAD_REQUEST, "verbroken", title, "De verbinding werd verbroken.")


async def unexpected(request: Request, error: Exception) -> JSONResponse:
    """A fault of ours: 503 when it will pass, else 500; never a technical detail."""
    if is_transient(error):
        log.warning("request_unavailable", path=_route(request), error=type(error).__name__)
        detail = "Probeer het over een minuut opnieuw. Er is niets verloren gegaan."
        answer = problem(request, UNAVAILABLE, "niet-bereikbaar", TITLES[UNAVAILABLE], detail)
        answer.headers["Retry-After"] = "10"
        return answer
    log.error("request_failed", path=_route(request), exc_info=error)
    detail = "Dit is onze fout en staat in ons logboek. Probeer het later opnieuw."
    return problem(request, SERVER_ERROR, "fout", "Er ging iets mis", detail)


def _route(request: Request) -> str:
    route = request.scope.get("route")
    return str(getattr(route, "path", "-"))
