"""A provider of accounts for tests: a real one from the package index, in a process of its own.

It knows authorization code, nonce, claims, userinfo and sign-out; not PKCE's other half, sessions
and back-channel logout. For those, and for tokens that no provider should make, see forger.py.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx

from deploy.local import ports

ROLES_CLAIM = "realm_access.roles"


@dataclass(frozen=True)
class AccountProvider:
    """The running provider."""

    issuer: str
    client: httpx.AsyncClient

    async def account(self, subject: str, *roles: str, **claims: Any) -> None:
        """Make or change an account."""
        given = {"name": "Sam Bakker", "email": "sam@example.nl", **claims}
        body = {**given, "realm_access": {"roles": [*roles]}}
        answer = await self.client.put(f"/users/{subject}", json=body)
        answer.raise_for_status()

    async def allow(self, address: str, subject: str) -> str:
        """Sign in at the address that the gateway sends to; answers where it leads back."""
        return await self._answered(address, {"sub": subject})

    async def deny(self, address: str) -> str:
        """Stop there."""
        return await self._answered(address, {"action": "deny"})

    async def _answered(self, address: str, form: dict[str, str]) -> str:
        answer = await self.client.post(address, data=form)
        assert answer.is_redirect, answer.text
        return answer.headers["location"]


async def through(
    browser: httpx.AsyncClient, provider: AccountProvider, subject: str, after: str = "/"
) -> httpx.Response:
    """The whole way in; the gateway's last answer."""
    begun = await begin(browser, after)
    return await back(browser, await provider.allow(begun, subject))


async def begin(browser: httpx.AsyncClient, after: str = "/") -> str:
    """Where the gateway sends a browser to."""
    answer = await browser.get(
        "/v1/aanmelden/oidc", params={"volgende": after}, headers={"Accept": "text/html"}
    )
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def back(browser: httpx.AsyncClient, address: str) -> httpx.Response:
    """Follow the provider's way back, wherever the gateway says that it stands."""
    parts = urlsplit(address)
    return await browser.get(f"{parts.path}?{parts.query}", headers={"Accept": "text/html"})


@asynccontextmanager
async def running_provider() -> AsyncIterator[AccountProvider]:
    """Start it, and stop it at the end."""
    port = ports.free_base()
    issuer = f"http://127.0.0.1:{port}"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "oidc_provider_mock",
        "--port",
        str(port),
        "--require-nonce",
        "true",
        env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1", "PYTHONWARNINGS": "ignore"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with httpx.AsyncClient(base_url=issuer, trust_env=False, timeout=30) as client:
            await _answers(client)
            yield AccountProvider(issuer, client)
    finally:
        process.terminate()
        await process.wait()


async def _answers(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                if (await client.get("/.well-known/openid-configuration")).is_success:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)


def reason_of(answer: httpx.Response) -> str:
    """Why a browser came back at the page to sign in on."""
    assert answer.status_code == 303, answer.text
    found = re.match(r"/inloggen\?reden=([a-z-]+)", answer.headers["location"])
    assert found, answer.headers["location"]
    return found[1]
