"""Reads the Compose files as Compose does: anchors, `${…}`, and names without a value."""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.secrets import EXAMPLE, filled_in, new_secrets
from shared.chassis.settings import ChassisSettings

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = ROOT / "docker-compose.yml"
DEVELOPMENT = ROOT / "docker-compose.dev.yml"
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
SERVICES = sorted(file.parent.name for file in (ROOT / "services").glob("*/__main__.py"))
#: Those that follow events or do slow work; the others only answer.
#: The gateway follows nothing: what it does by itself runs in its api.
WITH_WORK = sorted(
    file.parent.name
    for file in (ROOT / "services").glob("*/worker.py")
    if "SUBSCRIPTIONS" in file.read_text(encoding="utf-8")
)
KINDS = ("api", "worker", "jobs", "migrate")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<rule>[?-])(?P<rest>[^}]*))?\}")
ASSIGNMENT = re.compile(r"^(?P<name>[A-Z0-9_]+)=(?P<value>.*)$", re.MULTILINE)

Yaml = dict[str, Any]


def parts_of(file: Path) -> dict[str, Yaml]:
    """What a Compose file calls services, with its anchors resolved."""
    found: dict[str, Yaml] = yaml.safe_load(file.read_text())["services"]
    return found


def development() -> dict[str, Yaml]:
    """Production with the development file laid over it."""
    parts = parts_of(PRODUCTION)
    for name, over in parts_of(DEVELOPMENT).items():
        under = parts.get(name, {})
        both = {
            key: under.get(key, {}) | over.get(key, {}) for key in ("environment", "depends_on")
        }
        parts[name] = under | over | both
    return parts


def processes() -> list[tuple[str, str]]:
    """Service and kind of every process that this repository asks for."""
    return [
        (service, kind)
        for service in SERVICES
        for kind in KINDS
        if service in WITH_WORK or kind in {"api", "migrate"}
    ]


def dotenv() -> dict[str, str]:
    """The `.env` of a new installation."""
    text = filled_in(EXAMPLE.read_text(), new_secrets())
    return {each["name"]: each["value"].strip("'") for each in ASSIGNMENT.finditer(text)}


def resolved(text: str, env: Mapping[str, str]) -> str:
    """A value with its variables filled in; a mandatory one that is missing is a KeyError."""

    def fill(found: re.Match[str]) -> str:
        if found["rule"] == "-":
            return env.get(found["name"]) or found["rest"]
        return env[found["name"]]

    return VARIABLE.sub(fill, text)


def environment(part: Yaml, env: Mapping[str, str]) -> dict[str, str]:
    """What the container gets from Compose. A name without a value is handed on or left out."""
    given: dict[str, str] = {}
    for name, value in part["environment"].items():
        if value is not None:
            given[name] = resolved(value, env)
        elif name in env:
            given[name] = env[name]
    return given


def image_environment() -> dict[str, str]:
    """What the image itself sets for the process."""
    block = re.search(r"^ENV (PATH=(?:.*\\\n)*.*)$", DOCKERFILE.read_text(), re.MULTILINE)
    assert block is not None
    pairs = (pair.split("=", 1) for pair in block[1].replace("\\\n", " ").split())
    return dict(pairs)


def settings_class(service: str) -> type[ChassisSettings]:
    """The settings of a service."""
    found: type[ChassisSettings] = importlib.import_module(f"services.{service}.settings").Settings
    return found


def setting_names(service: str) -> set[str]:
    """All names that a service reads from the environment."""
    return {name.upper() for name in settings_class(service).model_fields}
