"""A token is worth one minute, at one service, for whom its issuer may speak."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from joserfc.jwk import KeySet, OKPKey

from shared.chassis import identity
from shared.chassis.errors import NotAllowed, NotSignedIn
from shared.chassis.identity import Identity, Signer, Verifier, system
from shared.contracts.codes import Role

ANNA = Identity("u-1", "Anna", "anna@example.nl", frozenset({Role.BEHANDELAAR}), "9001")


@pytest.fixture(scope="module")
def keys() -> dict[str, OKPKey]:
    """A key per issuer."""
    return {name: OKPKey.generate_key("Ed25519", {"kid": name}) for name in ("gateway", "intake")}


def signer(keys: dict[str, OKPKey], name: str, issuer: str | None = None) -> Signer:
    """Who signs with the key of `name`, saying it is `issuer`."""
    return Signer(json.dumps(keys[name].as_dict(private=True)), issuer or name)


def verifier(keys: dict[str, OKPKey]) -> Verifier:
    """The check at cases."""
    return Verifier(json.dumps(KeySet(list(keys.values())).as_dict(private=False)), "cases")


def test_a_signed_identity_arrives_whole(keys: dict[str, OKPKey]) -> None:
    """Name, address, roles and gemeente survive the journey."""
    assert verifier(keys).verify(signer(keys, "gateway").sign(ANNA, "cases")) == ANNA


def test_a_token_for_another_service_is_refused(keys: dict[str, OKPKey]) -> None:
    """The audience counts."""
    with pytest.raises(NotSignedIn):
        verifier(keys).verify(signer(keys, "gateway").sign(ANNA, "mailer"))


def test_only_the_gateway_speaks_for_users(keys: dict[str, OKPKey]) -> None:
    """A service speaks for itself and nobody else, and cannot pretend to be the gateway."""
    own = system("intake", "9001")
    assert verifier(keys).verify(signer(keys, "intake").sign(own, "cases")) == own
    for token in (
        signer(keys, "intake").sign(ANNA, "cases"),
        signer(keys, "intake").sign(system("mailer", "9001"), "cases"),
        signer(keys, "intake", issuer="gateway").sign(ANNA, "cases"),
    ):
        with pytest.raises(NotSignedIn):
            verifier(keys).verify(token)


def test_an_old_token_is_refused(keys: dict[str, OKPKey], monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute, and not much longer."""
    monkeypatch.setattr(identity, "LIFETIME", timedelta(seconds=-10))
    with pytest.raises(NotSignedIn):
        verifier(keys).verify(signer(keys, "gateway").sign(ANNA, "cases"))


@pytest.mark.parametrize("token", ["", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "é"])
def test_nonsense_is_refused(keys: dict[str, OKPKey], token: str) -> None:
    """Whatever is sent, the answer is that one must sign in."""
    with pytest.raises(NotSignedIn):
        verifier(keys).verify(token)


def test_a_role_that_is_lacking_is_named_kindly() -> None:
    """No role includes another."""
    ANNA.require(Role.BEHANDELAAR, Role.COORDINATOR)
    with pytest.raises(NotAllowed):
        ANNA.require(Role.BEHEERDER)
