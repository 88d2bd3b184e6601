"""A provider whose every word is chosen by the test: its keys, its ID token, its mood.

For what a real provider does not do on request: tokens that must be refused, keys that change, and
back-channel logout.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from joserfc import jwt
from joserfc.jwk import RSAKey

from deploy.local import ports

CLIENT = "heronderzoek"
LOGOUT_EVENT: dict[str, Any] = {"http://schemas.openid.net/event/backchannel-logout": {}}


@dataclass
class Forger:
    """What the provider says now."""

    issuer: str
    key: RSAKey = field(default_factory=lambda: new_key("eerste"))
    #: What the next token holds besides, or instead.
    claims: dict[str, Any] = field(default_factory=dict)
    #: Signs the next token instead of `key`.
    forged_by: RSAKey | None = None
    algorithm: str = "RS256"
    is_away: bool = False
    asked_for_keys: int = 0
    #: What the gateway sent for a code.
    exchanged: list[dict[str, list[str]]] = field(default_factory=list)
    _nonce: str = ""

    def way_back(self, address: str, code: str = "een-code") -> str:
        """Where a browser is sent that signed in at the address that the gateway gave."""
        asked = parse_qs(urlsplit(address).query)
        self._nonce = asked["nonce"][0]
        return f"{asked['redirect_uri'][0]}?state={asked['state'][0]}&code={code}"

    def id_token(self) -> str:
        """The ID token of the account, as the test wants it."""
        claims = {**self._basis(), "nonce": self._nonce, **self.claims}
        return self.signed({name: value for name, value in claims.items() if value is not None})

    def logout_token(self, **changes: Any) -> str:
        """A logout token; a claim that is None is left out."""
        claims = {**self._basis(), "jti": str(uuid4()), "events": LOGOUT_EVENT, **changes}
        return self.signed({name: value for name, value in claims.items() if value is not None})

    def signed(self, claims: dict[str, Any]) -> str:
        """A token by the key of now."""
        key = self.forged_by or self.key
        header = {"alg": self.algorithm, "kid": key.kid}
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])

    def _basis(self) -> dict[str, Any]:
        now = int(time())
        return {"iss": self.issuer, "aud": CLIENT, "sub": "u-1", "iat": now, "exp": now + 120}

    def app(self) -> FastAPI:
        """The addresses that the gateway asks."""
        app = FastAPI()

        @app.middleware("http")
        async def _mood(request: Request, call_next: Any) -> Response:
            return Response(status_code=500) if self.is_away else await call_next(request)

        @app.get("/.well-known/openid-configuration")
        def _description() -> dict[str, str]:
            place = self.issuer
            return {
                "issuer": place,
                "authorization_endpoint": f"{place}/in",
                "token_endpoint": f"{place}/token",
                "jwks_uri": f"{place}/keys",
            }

        @app.get("/keys")
        def _keys() -> JSONResponse:
            self.asked_for_keys += 1
            unusable = {"kty": "oct", "k": "AA", "use": "enc"}
            return JSONResponse({"keys": [unusable, self.key.as_dict(private=False)]})

        @app.post("/token")
        async def _token(request: Request) -> dict[str, str]:
            self.exchanged.append(parse_qs((await request.body()).decode()))
            return {"id_token": self.id_token(), "access_token": "a", "token_type": "Bearer"}

        return app


def new_key(kid: str) -> RSAKey:
    """A key pair of its own."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@asynccontextmanager
async def running_forger() -> AsyncIterator[Forger]:
    """Start it, and stop it at the end."""
    port = ports.free_base()
    forger = Forger(f"http://127.0.0.1:{port}")
    config = uvicorn.Config(forger.app(), port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(30):
            while not server.started:
                await asyncio.sleep(0.02)
        yield forger
    finally:
        server.should_exit = True
        await serving
