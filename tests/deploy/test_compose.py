"""The Compose files give every process of every service what its settings ask, and no more."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

import pytest

from shared.chassis.run import parts_of as parts_from
from tests.deploy.composition import (
    DEVELOPMENT,
    PRODUCTION,
    SERVICES,
    VARIABLE,
    Yaml,
    development,
    dotenv,
    environment,
    image_environment,
    parts_of,
    processes,
    setting_names,
    settings_class,
)

ONE_SHOT = {"databases", "topics", "bucket", *(f"{service}-migrate" for service in SERVICES)}
#: Software of others.
FOREIGN = {"kafka", "postgres", "s3", "databases"}
#: Settings that Compose does not hand on, and why.
HELD_BACK = {
    "HOST": "the image's",
    "PORT": "the image's",
    "METRICS_PORT": "the image's",
    "WORK_DIR": "follows from the tmpfs",
    "ASSETS_DIR": "the image's",
    "ALLOW_TIME_TRAVEL": "development's",
    "DEMO_USERS": "development's",
    "DEMO_PASSWORD": "development's",
}
GEMEENTEN_READERS = {"cases-migrate", "gateway-api"}
SECRET = re.compile(r"PASSWORD|SECRET|ACCESS_KEY|_KEYS?$")
MANDATORY = re.compile(r"^\$\{\w+:\?[^}]+\}$")
DATABASE = re.compile(r"^postgresql\+psycopg://\w+:\$\{\w+:\?[^}]+\}@postgres:5432/\w+$")
PINNED = re.compile(r"^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w.-]*$")
PRODUCTION_PARTS = parts_of(PRODUCTION)
PROCESSES = [f"{service}-{kind}" for service, kind in processes()]


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    """The `.env` of a new installation."""
    return dotenv()


def test_every_service_has_all_its_processes_and_nothing_else_runs() -> None:
    """A new service cannot be forgotten, and one that went leaves nothing."""
    foreign = FOREIGN | {"topics", "bucket"}
    assert set(PRODUCTION_PARTS) == {*PROCESSES, *foreign}
    for service, kind in processes():
        assert PRODUCTION_PARTS[f"{service}-{kind}"]["command"] == [kind]
        assert PRODUCTION_PARTS[f"{service}-{kind}"]["build"]["args"]["SERVICE"] == service
    assert sorted(PRODUCTION_PARTS["databases"]["command"]) == SERVICES


@pytest.mark.parametrize("parts", [PRODUCTION_PARTS, development()], ids=["production", "dev"])
@pytest.mark.parametrize(("service", "kind"), processes(), ids=PROCESSES)
def test_a_process_starts_with_what_it_is_given(
    service: str,
    kind: str,
    parts: dict[str, Yaml],
    env: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Settings, keys and signer are made from the image's and Compose's environment alone."""
    for name in os.environ:
        monkeypatch.delenv(name)
    given = image_environment() | environment(parts[f"{service}-{kind}"], env)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings = settings_class(service)()
    assert parts_from(service, settings).signer is not None
    assert settings.port == settings.metrics_port == 8080
    assert settings.host == "0.0.0.0"  # noqa: S104 - within the container's own network
    if parts is PRODUCTION_PARTS:
        assert settings.environment == "production"
        assert (settings.database_owner_url is not None) == (kind == "migrate")


@pytest.mark.parametrize("parts", [PRODUCTION_PARTS, development()], ids=["production", "dev"])
@pytest.mark.parametrize(("service", "kind"), processes(), ids=PROCESSES)
def test_no_name_is_given_that_the_service_does_not_read(
    service: str, kind: str, parts: dict[str, Yaml]
) -> None:
    """A misspelt or outdated name would silently do nothing."""
    assert set(parts[f"{service}-{kind}"]["environment"]) <= setting_names(service)


@pytest.mark.parametrize(("service", "kind"), processes(), ids=PROCESSES)
def test_every_setting_can_be_chosen(service: str, kind: str) -> None:
    """A setting that Compose does not hand on is held back for a reason."""
    name = f"{service}-{kind}"
    not_here = set(HELD_BACK)
    not_here |= set() if kind == "migrate" else {"DATABASE_OWNER_URL"}
    not_here |= set() if name in GEMEENTEN_READERS - {"gateway-api"} else {"GEMEENTEN_FILE"}
    given = set(PRODUCTION_PARTS[name]["environment"])
    assert given == setting_names(service) - not_here


@pytest.mark.parametrize("name", PRODUCTION_PARTS)
def test_a_secret_comes_from_outside_and_has_no_default(name: str) -> None:
    """Whoever forgets one hears its name; nobody runs with one that others know."""
    for key, value in PRODUCTION_PARTS[name].get("environment", {}).items():
        if key.startswith("DATABASE_") and key.endswith("URL"):
            assert DATABASE.match(value), key
        elif SECRET.search(key):
            assert value is None or MANDATORY.match(value), key


def test_what_is_secret_to_a_service_is_secret_here() -> None:
    """The rule above looks at names; it knows each setting that is a SecretStr."""
    for service in SERVICES:
        for name, field in settings_class(service).model_fields.items():
            if "SecretStr" in str(field.annotation):
                assert SECRET.search(name.upper()) or name.startswith("database_"), name


def test_development_is_marked_and_brings_no_password_either() -> None:
    """Only the file named so turns production off."""
    over = parts_of(DEVELOPMENT)
    assert set(over) == {*PROCESSES, "mail"}
    for name, part in development().items():
        if name in PROCESSES:
            assert part["environment"]["ENVIRONMENT"] == "development"
            assert PRODUCTION_PARTS[name]["environment"]["ENVIRONMENT"] == "production"
    for name, part in over.items():
        for key, value in part["environment"].items():
            assert value is None or not SECRET.search(key), (name, key)


@pytest.mark.parametrize(("name", "part"), {**development()}.items())
def test_an_image_of_others_is_pinned_to_a_version(name: str, part: Yaml) -> None:
    """What runs tomorrow is what ran today."""
    if name in FOREIGN | {"mail"}:
        assert PINNED.match(part["image"])
    else:
        service = part["build"]["args"]["SERVICE"]
        assert part["image"] == f"heronderzoek/{service}:${{VERSION:-local}}"


@pytest.mark.parametrize("name", PRODUCTION_PARTS)
def test_every_address_is_that_of_a_part(name: str, env: dict[str, str]) -> None:
    """Host and port are those on which the named part listens."""
    listens = {"postgres": 5432, "s3": 8333, "kafka": 9092}
    listens |= {f"{service}-api": int(image_environment()["PORT"]) for service in SERVICES}
    for key, value in environment(PRODUCTION_PARTS[name], env).items():
        if key == "KAFKA_BOOTSTRAP":
            assert value == f"kafka:{listens['kafka']}"
        elif key != "PUBLIC_URL" and (key.endswith("_URL") or key == "S3_ENDPOINT"):
            address = urlsplit(value)
            assert listens[str(address.hostname)] == address.port, key


def test_a_part_listens_where_the_others_look() -> None:
    """The ports of the parts of others, as their own settings say them."""
    kafka = PRODUCTION_PARTS["kafka"]["environment"]
    assert kafka["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"
    assert kafka["KAFKA_LISTENERS"].startswith("PLAINTEXT://:9092,")
    assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"
    assert "-s3.port=8333" in PRODUCTION_PARTS["s3"]["command"][0]


@pytest.mark.parametrize(("name", "part"), {**development()}.items())
def test_what_stays_is_watched_and_what_ends_is_not(name: str, part: Yaml) -> None:
    """`docker compose up --wait` and `ps` tell the truth about every container."""
    check = part["healthcheck"]
    if name in ONE_SHOT:
        assert check == {"disable": True}
        assert part["restart"] == "no"
    else:
        assert check["test"][0] in {"CMD", "CMD-SHELL"}
        assert part["restart"] == "unless-stopped"
    if name in set(PROCESSES) - ONE_SHOT:
        assert check["test"] == ["CMD", "python", "-IS", "/opt/health.py", "ready"]


@pytest.mark.parametrize(("name", "part"), {**development()}.items())
def test_what_is_waited_for_is_there_and_can_come(name: str, part: Yaml) -> None:
    """Nothing waits for the health of what ends, or for the end of what stays."""
    parts = development()
    for other, how in part.get("depends_on", {}).items():
        wanted = "service_completed_successfully" if other in ONE_SHOT else "service_healthy"
        assert other in parts
        assert how == {"condition": wanted}, name


@pytest.mark.parametrize(("service", "kind"), processes(), ids=PROCESSES)
def test_a_process_waits_for_what_it_needs(service: str, kind: str) -> None:
    """Tables before all, topics before whoever reads or writes them, the bucket before files."""
    part = PRODUCTION_PARTS[f"{service}-{kind}"]
    needs = {"databases"} if kind == "migrate" else {f"{service}-migrate"}
    needs |= {"topics"} if kind in {"worker", "jobs"} else set()
    needs |= {"bucket"} if "S3_BUCKET" in part["environment"] and kind != "migrate" else set()
    if service == "gateway" and kind == "api":
        needs |= {f"{other}-api" for other in SERVICES if other != "gateway"}
    assert set(part["depends_on"]) == needs


@pytest.mark.parametrize(("name", "part"), {**development()}.items())
def test_a_container_can_do_little_harm(name: str, part: Yaml) -> None:
    """No capabilities, no way to more, nothing to write to but /tmp; not root."""
    assert part["cap_drop"] == ["ALL"]
    assert part["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(part)
    if name != "kafka":  # it writes its configuration at its start
        assert part["read_only"] is True
        assert part["tmpfs"][0].startswith("/tmp:")  # noqa: S108 - a mount, not a file
    if name in FOREIGN - {"kafka"} | {"mail"}:
        assert int(part["user"].split(":")[0]) > 0


def test_only_the_gateway_is_reachable_and_only_from_this_machine() -> None:
    """Who wants more puts TLS in front of it."""
    published = {name: part["ports"] for name, part in PRODUCTION_PARTS.items() if "ports" in part}
    assert published == {
        "gateway-api": ["${GATEWAY_ADDRESS:-127.0.0.1}:${GATEWAY_PORT:-8080}:8080"]
    }
    assert parts_of(DEVELOPMENT)["mail"]["ports"] == ["127.0.0.1:8025:8025"]
    outside = {name for name, part in PRODUCTION_PARTS.items() if "outside" in part["networks"]}
    assert outside == {"gateway-api", "mailer-jobs"}


def test_the_example_names_everything_that_must_be_given(env: dict[str, str]) -> None:
    """`.env` made from it is complete, and has nothing that no Compose file reads."""
    text = PRODUCTION.read_text() + DEVELOPMENT.read_text()
    mandatory = {found["name"] for found in VARIABLE.finditer(text) if found["rule"] == "?"}
    assert set(env) == mandatory


def test_the_secrets_of_the_services_are_their_own(env: dict[str, str]) -> None:
    """No service knows the database password or the signing key of another."""
    seen: dict[str, str] = {}
    for service in SERVICES:
        given = environment(PRODUCTION_PARTS[f"{service}-api"], env)
        for key in ("DATABASE_URL", "IDENTITY_KEY"):
            assert seen.setdefault(given[key], service) == service
        assert f"{service}:" in given["DATABASE_URL"]
        assert given["DATABASE_URL"].endswith(f"/{service}")
