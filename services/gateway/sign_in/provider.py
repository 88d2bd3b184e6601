"""The provider of accounts: what it says of itself, its keys, its codes and its tokens.

Sources: OpenID Connect Core 1.0 §3.1, Discovery 1.0 §4, RP-Initiated Logout 1.0 §2, RFC 7636.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.discovery import get_well_known_url

from services.gateway.settings import Settings
from services.gateway.sign_in.attempt import Attempt
from services.gateway.sign_in.errors import ProviderAway, ProviderDeclined, TokenRefused, code_of
from services.gateway.sign_in.tokens import Keys, Tokens

#: A provider answers in tenths of a second; who signs in waits for three answers.
SECONDS = 10.0
#: What a provider says of itself changes when it moves; keys have their own rule.
KNOWN_SECONDS = 3600.0
#: Nobody's description, keys or tokens are larger; an endless answer must not fill our memory.
MOST_BYTES = 1024 * 1024
NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OK, CLIENT_ERROR, SERVER_ERROR = 200, 400, 500


@dataclass(frozen=True, slots=True)
class Answered:
    """What a code was exchanged for, checked. `claims` are of the account, `id_token` proves it."""

    claims: Mapping[str, Any]
    id_token: str


class Provider:
    """One OpenID provider."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = monotonic) -> None:
        self.settings = settings
        self.issuer = str(settings.oidc_issuer)
        self._clock = clock
        self._http = httpx.AsyncClient(timeout=SECONDS, trust_env=False, follow_redirects=False)
        self._known: tuple[float, Mapping[str, Any]] | None = None
        self._keys = Keys(self._fetch_keys, clock)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def way_in(self, attempt: Attempt, back: str) -> str:
        """The address at the provider to send a browser to; raises ProviderAway."""
        known = await self._about()
        uri: str = prepare_grant_uri(
            known["authorization_endpoint"],
            self.settings.oidc_client_id,
            "code",
            back,
            self.settings.oidc_scope,
            attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return uri

    async def answered(self, code: str, attempt: Attempt, back: str) -> Answered:
        """Exchange a code; raises ProviderAway, ProviderDeclined or TokenRefused."""
        known = await self._about()
        told = await self._exchange(known["token_endpoint"], code, attempt.verifier, back)
        id_token, access = told.get("id_token"), told.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access, str):
            raise TokenRefused("no id_token in the answer")
        tokens = await self.tokens()
        claims = await tokens.account(id_token, attempt.nonce, access)
        return Answered(await self._completed(claims, access, known), id_token)

    async def tokens(self) -> Tokens:
        """What reads tokens of this provider."""
        await self._about()
        settings = self.settings
        return Tokens(self.issuer, settings.oidc_client_id, settings.oidc_clock_skew, self._keys)

    async def way_out(self, id_token: str | None, back: str) -> str | None:
        """Where to sign out at the provider as well; None when it has no such place, or is away."""
        try:
            place = (await self._about()).get("end_session_endpoint")
        except ProviderAway:
            return None
        if not isinstance(place, str):
            return None
        asked = {"client_id": self.settings.oidc_client_id, "post_logout_redirect_uri": back}
        hint = {"id_token_hint": id_token} if id_token else {}
        return str(httpx.URL(place).copy_merge_params({**asked, **hint}))

    async def _about(self) -> Mapping[str, Any]:
        """What the provider says of itself; raises ProviderAway."""
        if self._known is None or self._clock() - self._known[0] > KNOWN_SECONDS:
            self._known = (self._clock(), await self._discover())
        return self._known[1]

    async def _discover(self) -> Mapping[str, Any]:
        told = await self._json("GET", get_well_known_url(self.issuer, external=True))
        if told.get("issuer") != self.issuer:
            raise ProviderAway("the description is of another issuer")
        if missing := [name for name in NEEDED if not isinstance(told.get(name), str)]:
            raise ProviderAway(f"the description lacks {', '.join(missing)}")
        return told

    async def _fetch_keys(self) -> Mapping[str, Any]:
        return await self._json("GET", (await self._about())["jwks_uri"])

    async def _exchange(self, place: str, code: str, verifier: str, back: str) -> dict[str, Any]:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=back, code_verifier=verifier
        )
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        client = ClientAuth(self.settings.oidc_client_id, self._secret(), self._method())
        url, headers, body = client.prepare("POST", place, headers, body)
        return await self._json("POST", url, headers=headers, content=body)

    async def _completed(
        self, claims: Mapping[str, Any], access: str, known: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        """The claims of the ID token, with those that only the userinfo endpoint tells."""
        place = known.get("userinfo_endpoint")
        if not isinstance(place, str):
            return claims
        more = await self._json("GET", place, headers={"Authorization": f"Bearer {access}"})
        if more.get("sub") != claims["sub"]:
            raise TokenRefused("userinfo is about somebody else")
        return {**more, **claims}

    def _secret(self) -> str:
        secret = self.settings.oidc_client_secret
        return secret.get_secret_value() if secret else ""

    def _method(self) -> str:
        return "client_secret_basic" if self.settings.oidc_client_secret else "none"

    async def _json(self, method: str, url: str, **what: Any) -> dict[str, Any]:
        """The JSON object at an address of the provider; raises ProviderAway or -Declined."""
        try:
            async with self._http.stream(method, url, **what) as answer:
                body = await _bounded(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderAway(type(error).__name__) from error
        told = _object(body)
        if CLIENT_ERROR <= answer.status_code < SERVER_ERROR and method == "POST":
            raise ProviderDeclined(code_of((told or {}).get("error")))
        if answer.status_code != OK or told is None:
            raise ProviderAway(f"{answer.status_code} without a JSON object")
        return told


async def _bounded(answer: httpx.Response) -> bytes:
    body = b""
    async for piece in answer.aiter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise ProviderAway("the answer has no end")
    return body


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
