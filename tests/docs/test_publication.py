"""What catalogues and lawyers read: publiccode.yaml and the licence."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
MANDATORY = {
    "publiccodeYmlVersion", "name", "url", "releaseDate", "platforms", "categories",
    "developmentStatus", "softwareType", "description", "legal", "maintenance", "localisation",
}  # fmt: skip
#: Limits of the standard, in characters.
LONGEST_GENERIC, LONGEST_SHORT, SHORTEST_LONG = 35, 150, 500
ARTICLES = 15


def publiccode() -> dict[str, Any]:
    """The file as catalogues read it."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "publiccode.yaml").read_text(encoding="utf-8"))
    return found


def test_publiccode_has_all_that_the_standard_asks() -> None:
    """A catalogue refuses a file that lacks a mandatory key."""
    found = publiccode()
    assert set(found) >= MANDATORY
    assert found["maintenance"]["contacts"][0]["name"]
    assert found["localisation"].keys() >= {"localisationReady", "availableLanguages"}


def test_its_descriptions_keep_the_limits() -> None:
    """Descriptions are neither too short nor too long, in each language."""
    for text in publiccode()["description"].values():
        assert len(text["genericName"]) <= LONGEST_GENERIC
        assert len(text["shortDescription"]) <= LONGEST_SHORT
        assert len(text["longDescription"]) >= SHORTEST_LONG
        assert text["features"]


def test_the_licence_is_the_same_everywhere() -> None:
    """One licence, in the catalogue's file and in the package's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert publiccode()["legal"]["license"] == project["license"] == "EUPL-1.2"


def test_the_licence_is_complete() -> None:
    """The whole EUPL 1.2: its name, its fifteen articles and its appendix."""
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "EUROPEAN UNION PUBLIC LICENCE v. 1.2" in text
    numbers = [int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, ARTICLES + 1))
    assert "## Appendix" in text
