"""The font of every letter, and what it can draw.

The 14 standard PDF fonts know only Western letters: a Turkish ğ becomes a black box without a
word. So all their names lead to one embedded font (Lato, SIL Open Font License, installed as a
package) that has all of Latin, its extensions, Greek and Cyrillic.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib import resources
from io import BytesIO
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFError, TTFontFile

FACES = {
    "regular": ("Lato-Regular.ttf", ""),
    "bold": ("Lato-Bold.ttf", "font-weight: bold;"),
    "italic": ("Lato-Italic.ttf", "font-style: italic;"),
    "bold-italic": ("Lato-BoldItalic.ttf", "font-weight: bold; font-style: italic;"),
}
_ADDRESS = "huisletter:"
_FAMILIES = "huisletter, helvetica, arial, sans-serif, sans, times, serif, verdana, lato"
_INVISIBLE = re.compile(r"(?is)<(style|title|script)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>")
_FONT_SUFFIXES = (".ttf", ".otf")
_LETTERS = frozenset(map(ord, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"))
_LAYOUT = frozenset(map(ord, "\t\n\r\x0c\xa0\xad"))


@cache
def font_folder() -> Path:
    """Return the folder of the installed font package."""
    return Path(str(resources.files("fontpkg_lato"))) / "files"


def face_path(address: str) -> Path | None:
    """Return the file behind an address that `css` handed out, or None for any other address."""
    name = address.removeprefix(_ADDRESS).removesuffix(".ttf")
    if not address.startswith(_ADDRESS) or name not in FACES:
        return None
    return font_folder() / FACES[name][0]


def css() -> str:
    """Return the style sheet that makes the house font the only standard font."""
    faces = "\n".join(
        f"@font-face {{ font-family: {_FAMILIES}; src: url({_ADDRESS}{name}.ttf); {style} }}"
        for name, (_, style) in FACES.items()
    )
    return f"{faces}\nhtml {{ font-family: huisletter; }}\n"


def undrawable(filled_html: str, assets: Mapping[str, bytes]) -> str | None:
    """Return the first visible character that some text font of the letter lacks, or None.

    A template's own fonts count too when they have the alphabet; a font of signs only does not
    have to know the letters, but lends its signs.
    """
    text = html.unescape(_INVISIBLE.sub(" ", filled_html))
    own = [_code_points(data) for name, data in _fonts(assets)]
    signs = frozenset[int]().union(*own)
    fonts = [_house_code_points(), *(points for points in own if points >= _LETTERS)]
    for code in sorted(set(map(ord, text)) - _LAYOUT):
        private = unicodedata.category(chr(code)) == "Co"
        if private and code in signs:
            continue
        if any(code not in points for points in fonts):
            return chr(code)
    return None


def _fonts(assets: Mapping[str, bytes]) -> Iterable[tuple[str, bytes]]:
    return (item for item in assets.items() if item[0].lower().endswith(_FONT_SUFFIXES))


@cache
def _house_code_points() -> frozenset[int]:
    """Return what every face can draw, so that bold or italic never matters."""
    return frozenset.intersection(
        *(_code_points((font_folder() / file).read_bytes()) for file, _ in FACES.values())
    )


@lru_cache(maxsize=16)
def _code_points(data: bytes) -> frozenset[int]:
    try:
        return frozenset(TTFontFile(BytesIO(data)).charToGlyph)
    except TTFError:
        return frozenset()
