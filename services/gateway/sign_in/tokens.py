"""Tokens of the provider: whose they are, for whom, how old, and signed with which key.

Sources: OpenID Connect Core 1.0 §3.1.3.7 (ID token), Back-Channel Logout 1.0 §2.6 (logout token).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from time import time
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import JWKRegistry, KeySet

from services.gateway.sign_in.errors import LogoutRefused, TokenRefused

#: Signed with a key pair: never `none`, and never with a secret that others know as well.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
#: Keys are asked for again after this long, and when a token names one that is not known.
KEYS_SECONDS = 3600.0
#: Anybody can send a token that names an unknown key: so often in a minute that makes us ask.
UNKNOWN_KEYS, UNKNOWN_SECONDS = 5, 60.0
LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
#: A provider sends it at once and tries again for some minutes.
LOGOUT_AGE = timedelta(minutes=10)

KeyFetch = Callable[[], Awaitable[Mapping[str, Any]]]


class Keys:
    """The public keys of the provider, as they are now."""

    def __init__(self, fetch: KeyFetch, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._known = KeySet([])
        self._fetched_at: float | None = None
        self._unknown: deque[float] = deque(maxlen=UNKNOWN_KEYS)

    async def read(self, token: str) -> jwt.Token:
        """A token whose signature fits; raises JoseError, ValueError or ProviderAway."""
        if self._fetched_at is None or self._clock() - self._fetched_at > KEYS_SECONDS:
            await self._ask()
        try:
            return self._decoded(token)
        except InvalidKeyIdError:
            if not await self._may_be_new():
                raise
            return self._decoded(token)

    def _decoded(self, token: str) -> jwt.Token:
        return jwt.decode(token, self._known, algorithms=list(ALGORITHMS))

    async def _may_be_new(self) -> bool:
        """Ask for the keys again, unless that was done too often."""
        now = self._clock()
        if len(self._unknown) == UNKNOWN_KEYS and now - self._unknown[0] < UNKNOWN_SECONDS:
            return False
        self._unknown.append(now)
        await self._ask()
        return True

    async def _ask(self) -> None:
        told = (await self._fetch()).get("keys")
        found = []
        for each in told if isinstance(told, list) else []:
            try:
                if each.get("use", "sig") == "sig":
                    found.append(JWKRegistry.import_key(each))
            except (JoseError, ValueError, TypeError, KeyError, AttributeError):
                continue  # a kind of key that we do not know: another one may fit
        self._known = KeySet(found)
        self._fetched_at = self._clock()


@dataclass(frozen=True, slots=True)
class Logout:
    """Who signed out at the provider: one session, or all of an account. `jti` is used once."""

    jti: str
    subject: str | None
    sid: str | None
    expires_at: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """Reads tokens of one provider for one application."""

    issuer: str
    client_id: str
    skew: timedelta
    keys: Keys

    async def account(self, id_token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """The claims of an ID token; raises TokenRefused with the reason for the log."""
        try:
            found = await self.keys.read(id_token)
            params = {"nonce": nonce, "client_id": self.client_id, "access_token": access_token}
            claims = CodeIDToken(found.claims, found.header, self._expected(), params)
            claims.validate(leeway=self._leeway)
        except (JoseError, ValueError, TypeError) as error:
            raise TokenRefused(_why(error)) from error
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise TokenRefused("invalid_claim: sub")
        return dict(claims)

    async def logout(self, logout_token: str) -> Logout:
        """What a logout token says; raises LogoutRefused with the reason for the log."""
        try:
            found = await self.keys.read(logout_token)
            registry = jwt.JWTClaimsRegistry(
                leeway=self._leeway,
                iat={"essential": True},
                exp={"essential": True},
                jti={"essential": True},
                events={"essential": True},
                **self._expected(),
            )
            registry.validate(found.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise LogoutRefused(_why(error)) from error
        claims = found.claims
        if wrong := self._wrong(claims):
            raise LogoutRefused(f"invalid_claim: {wrong}")
        return Logout(claims["jti"], claims.get("sub"), claims.get("sid"), int(claims["exp"]))

    def _wrong(self, claims: Mapping[str, Any]) -> str | None:
        """The first claim of a logout token that is not as it should be."""
        events, whom = claims["events"], [claims.get(name) for name in ("sub", "sid")]
        checks = {
            "events": isinstance(events, dict) and isinstance(events.get(LOGOUT), dict),
            "nonce": "nonce" not in claims,
            "sub": any(whom) and all(each is None or isinstance(each, str) for each in whom),
            "jti": isinstance(claims["jti"], str) and bool(claims["jti"]),
            "iat": claims["iat"] > time() - (LOGOUT_AGE + self.skew).total_seconds(),
        }
        return next((name for name, is_right in checks.items() if not is_right), None)

    def _expected(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }

    @property
    def _leeway(self) -> int:
        return int(self.skew.total_seconds())


def _why(error: Exception) -> str:
    """The reason for the log: a code and a claim's name, never a value."""
    if isinstance(error, JoseError):
        claim = getattr(error, "claim", None)
        return f"{error.error}: {claim}" if claim else error.error
    return type(error).__name__
