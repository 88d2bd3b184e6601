"""Templates and assets, opened once when the process starts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from services.gateway.pages import formatting
from shared.chassis.web import API_VERSION

TEMPLATES = Path(__file__).with_name("templates")
MANIFEST = "manifest.json"
ICON = Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>')

#: Marks a text of a page that stands in Python, so that the catalogue has it too.
_ = NullTranslations().gettext


class AssetsMissing(Exception):
    """The folder of assets is not there; the message says how it is made."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"no assets in {folder}: make them with `python -m deploy.assets`, or point"
            " ASSETS_DIR at the folder that was made"
        )


@dataclass(frozen=True)
class Screens:
    """What pages are drawn with."""

    templates: Environment
    assets: Path

    @classmethod
    def of(cls, assets: Path) -> Screens:
        """Open the templates; raises AssetsMissing."""
        try:
            manifest = json.loads((assets / MANIFEST).read_text(encoding="utf-8"))
        except OSError:
            raise AssetsMissing(assets) from None
        return cls(templates(manifest), assets)

    def drawn(self, template: str, **context: Any) -> str:
        """A template, filled in."""
        return self.templates.get_template(template).render(context)


def templates(manifest: dict[str, Any]) -> Environment:
    """The templates: everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    # The words stand in the templates as they are read: the catalogue translates nothing yet.
    made.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    made.policies["ext.i18n.trimmed"] = True
    made.filters.update(formatting.FILTERS)
    made.globals["percent"] = formatting.percent
    made.globals["version"] = API_VERSION

    def asset(name: str) -> str:
        return f"/assets/{manifest[name]}"

    def icon(name: str, look: str = "") -> Markup:
        if name not in manifest["icons"]:
            raise KeyError(f"icon {name!r} is not in the sprite: python -m deploy.assets")
        return ICON.format(f" icon--{look}" if look else "", asset("sprite"), name)

    made.globals["asset"] = asset
    made.globals["icon"] = icon
    return made
