"""Ports and secrets of an installation."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from deploy.local.environment import SERVICES
from deploy.local.installation import Secrets
from deploy.local.ports import Ports
from deploy.local.stack import Stack


def test_secrets_stay_the_same_over_starts(tmp_path: Path) -> None:
    """They are made once, for the owner's eyes only."""
    first = Secrets.of_installation(tmp_path)
    assert Secrets.of_installation(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == stat.S_IRUSR | stat.S_IWUSR
    assert [file.name for file in tmp_path.iterdir()] == ["secrets.json"]


def test_every_service_signs_with_its_own_key_and_knows_the_others(tmp_path: Path) -> None:
    """The public set names each service and holds no private part."""
    stack = Stack(tmp_path, 30000)
    public = json.loads(stack.environment()["IDENTITY_KEYS"])["keys"]
    assert {key["kid"] for key in public} == {*SERVICES, "gateway"}
    assert not any("d" in key for key in public)
    own = json.loads(stack.environment("cases")["IDENTITY_KEY"])
    assert own["kid"] == "cases"
    assert own["d"]


def test_only_a_migration_gets_the_owner(tmp_path: Path) -> None:
    """A running service cannot become the owner of its tables."""
    stack = Stack(tmp_path, 30000)
    assert "DATABASE_OWNER_URL" not in stack.environment("cases")
    assert "cases_owner" in stack.environment("cases", owner=True)["DATABASE_OWNER_URL"]


def test_ports_follow_from_one_base_and_can_be_moved_one_by_one() -> None:
    """One setting for a second installation; one for a single clash."""
    chosen = {"HERONDERZOEK_PORT_BASE": "9080", "HERONDERZOEK_KAFKA_PORT": "9999"}
    ports = Ports.from_environment(chosen)
    assert (ports.gateway, ports.cases, ports.worker("cases")) == (9080, 9082, 9092)
    assert ports.kafka == 9999
    assert len(set(vars(ports).values())) == len(vars(ports))


@pytest.mark.parametrize("text", ["80", "65500", "acht", "-1"])
def test_a_number_that_is_no_port_is_refused(text: str) -> None:
    """The message names the setting and what is allowed."""
    with pytest.raises(SystemExit, match=r"HERONDERZOEK_PORT_BASE.*1024"):
        Ports.from_environment({"HERONDERZOEK_PORT_BASE": text})
