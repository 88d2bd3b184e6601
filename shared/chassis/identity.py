"""Who asks: a signed token of a minute, checked by every service itself.

The gateway signs for users (EdDSA); a service signs for itself as `systeem:<name>`. A token names
its audience, so one for cases is worth nothing at mailer.

Source: RFC 7519 (JWT), RFC 9864 (Ed25519).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.chassis.errors import NotAllowed, NotSignedIn
from shared.contracts.codes import Role

#: EdDSA on this curve, by its own name since RFC 9864.
ALGORITHM = "Ed25519"
#: Long enough for one request and clocks that differ a little, too short to be worth stealing.
LIFETIME = timedelta(seconds=60)
GATEWAY = "gateway"


@dataclass(frozen=True, slots=True)
class Identity:
    """A user or a service, in one gemeente."""

    id: str
    name: str
    email: str
    roles: frozenset[Role]
    gemeente: str

    def require(self, *roles: Role) -> None:
        """Raise NotAllowed unless the identity has one of the roles."""
        if not self.roles.intersection(roles):
            raise NotAllowed("Vraag uw beheerder om het recht hiervoor.")


def system(service: str, gemeente: str) -> Identity:
    """A service that asks for itself."""
    return Identity(f"systeem:{service}", service, "", frozenset({Role.SYSTEEM}), gemeente)


class Signer:
    """Signs identities with a service's own key."""

    def __init__(self, private_key: str, issuer: str) -> None:
        self._key = OKPKey.import_key(json.loads(private_key))
        self._issuer = issuer

    def sign(self, identity: Identity, audience: str) -> str:
        """A token for one audience, valid for a minute."""
        now = datetime.now(UTC)
        claims = {
            "iss": self._issuer,
            "aud": audience,
            "sub": identity.id,
            "name": identity.name,
            "email": identity.email,
            "roles": sorted(identity.roles),
            "gemeente": identity.gemeente,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._issuer}, claims, self._key, [ALGORITHM])


class Verifier:
    """Checks tokens for one audience against the public keys of all services."""

    def __init__(self, jwks: str, audience: str) -> None:
        self._keys = KeySet.import_key_set(json.loads(jwks))
        self._audience = audience
        self._claims = jwt.JWTClaimsRegistry(
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            iss={"essential": True},
            sub={"essential": True},
            gemeente={"essential": True},
            leeway=5,
        )

    def verify(self, token: str) -> Identity:
        """The identity of a token; raises NotSignedIn. Only the gateway may speak for users."""
        try:
            decoded = jwt.decode(token, self._keys, [ALGORITHM])
            self._claims.validate(decoded.claims)
            identity = _identity(decoded.claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn("Meld u opnieuw aan.") from None
        issuer = decoded.claims["iss"]
        own = identity.id == f"systeem:{issuer}" and identity.roles == {Role.SYSTEEM}
        if decoded.header.get("kid") != issuer or not (issuer == GATEWAY or own):
            raise NotSignedIn("Meld u opnieuw aan.")
        return identity


def _identity(claims: dict[str, object]) -> Identity:
    roles = claims["roles"]
    if not isinstance(roles, list):
        raise TypeError("roles")
    return Identity(
        str(claims["sub"]),
        str(claims["name"]),
        str(claims["email"]),
        frozenset(Role(role) for role in roles),
        str(claims["gemeente"]),
    )
