"""`python -m deploy.secrets` makes the keys of an installation, once."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from deploy.secrets import EXAMPLE, filled_in, main, new_secrets
from tests.deploy.composition import ASSIGNMENT, SERVICES, dotenv


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """It holds every key of the installation."""
    target = tmp_path / ".env"
    assert main([str(target)]) == 0
    assert stat.S_IMODE(target.stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert not [
        found["name"] for found in ASSIGNMENT.finditer(target.read_text()) if not found["value"]
    ]


def test_keys_that_are_there_are_never_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A second run leaves the file as it is and says why."""
    target = tmp_path / ".env"
    target.write_text("SEAL_KEYS=1:abc\n")
    assert main([str(target)]) == 1
    assert target.read_text() == "SEAL_KEYS=1:abc\n"
    assert "bestaat al" in capsys.readouterr().err


def test_two_installations_share_no_secret() -> None:
    """And within one, every password is another."""
    first, second = dotenv(), dotenv()
    made = {name for name in first if f"\n{name}=\n" in EXAMPLE.read_text()}
    assert not {first[name] for name in made} & {second[name] for name in made}
    assert len({first[name] for name in made}) == len(made) >= 24


def test_the_public_keys_are_those_of_the_services() -> None:
    """Each service's own key has its other half in the set that all know."""
    env = dotenv()
    public = {key["kid"]: key for key in json.loads(env["IDENTITY_KEYS"])["keys"]}
    assert sorted(public) == SERVICES
    for service in SERVICES:
        own = json.loads(env[f"{service.upper()}_IDENTITY_KEY"])
        assert own["x"] == public[service]["x"]
        assert "d" not in public[service]


def test_an_empty_name_that_no_secret_is_made_for_is_an_error() -> None:
    """Else the example could ask for something that nobody fills in."""
    with pytest.raises(KeyError, match="NIEUW_WACHTWOORD"):
        filled_in("NIEUW_WACHTWOORD=\n", new_secrets())
