"""The catalogue of the texts of pages, which `python -m deploy.docs` writes.

Texts stand in templates and code as they are read, in Dutch; the catalogue is where somebody who
edits or translates them finds all of them, with the file that each stands in.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "services" / "gateway" / "pages"
FILE = PAGES / "words.pot"
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}}
HEADER = "# Texts of the pages of Heronderzoek, made by `python -m deploy.docs`."


def catalogue() -> str:
    """The catalogue as the sources have it now; no dates and lines, so only texts change it."""
    found = Catalog(project="Heronderzoek", header_comment=HEADER, charset="utf-8")
    for file, _, message, comments, context in extract_from_dir(
        PAGES, METHODS, OPTIONS, keywords={"_": None, "gettext": None, "ngettext": (1, 2)}
    ):
        place = [(Path(file).as_posix(), None)]
        found.add(message, locations=place, auto_comments=comments, context=context)  # type: ignore[arg-type]
    buffer = BytesIO()
    write_po(buffer, found, sort_by_file=True, omit_header=True, include_lineno=False)
    return f"{HEADER}\n\n{buffer.getvalue().decode()}"
