"""A sign-in under way: what the browser that began it keeps, sealed, until the answer comes.

It lies in a cookie of ten minutes and not in a table, so that nobody can fill our database by
asking to sign in; the provider lets a code be used once.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import sha256
from time import time
from typing import Any, Self

from services.gateway import domain
from services.gateway.sign_in.errors import AttemptUnknown
from shared.chassis.errors import SealBroken
from shared.chassis.sealing import KeyRing

#: Long enough for a second factor and a new password at the provider.
LIFETIME = timedelta(minutes=10)
CONTEXT = b"oidc-attempt"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What only this browser and we know. `verifier` is that of PKCE (RFC 7636)."""

    state: str
    nonce: str
    verifier: str
    next_path: str
    began_at: float

    @classmethod
    def begin(cls, next_path: str) -> Self:
        """A new one."""
        state, nonce, verifier = (domain.new_token() for _ in range(3))
        return cls(state, nonce, verifier, next_path, time())

    def sealed(self, keys: KeyRing) -> str:
        """For the cookie."""
        plain = json.dumps(asdict(self)).encode()
        return urlsafe_b64encode(keys.seal(plain, CONTEXT)).decode()

    @classmethod
    def opened(cls, cookie: str, state: str, keys: KeyRing) -> Self:
        """The attempt that an answer belongs to; raises AttemptUnknown."""
        try:
            told: dict[str, Any] = json.loads(keys.unseal(urlsafe_b64decode(cookie), CONTEXT))
        except (SealBroken, ValueError):
            raise AttemptUnknown("no cookie of ours") from None
        attempt = cls(**told)
        if not domain.same(state, attempt.state):
            raise AttemptUnknown("another state")
        if time() - attempt.began_at > LIFETIME.total_seconds():
            raise AttemptUnknown("too late")
        return attempt


def cookie_of(state: str, session_cookie: str) -> str:
    """The cookie's name: one per attempt, so that two tabs do not take each other's place."""
    return f"{session_cookie}-oidc-{sha256(state.encode()).hexdigest()[:8]}"
