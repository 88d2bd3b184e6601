"""One style sheet: Utrecht's components, the tokens that they read, the fonts, and our own."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

#: The components of Utrecht that pages use. Each is a package of its own.
UTRECHT = (
    "root",
    "document",
    "heading-1",
    "heading-2",
    "heading-3",
    "link",
    "button",
    "button-link",
    "textbox",
    "textarea",
    "select",
    "form-label",
    "form-field-description",
    "alert",
    "table",
)
#: Own files, in the order of the cascade; each folder by name.
OWN = ("tokens.css", "layout.css", "components", "pages")
#: The weights of the type scale, for the letters that Dutch and most names are written with.
WEIGHTS = (400, 600, 700)
SUBSETS = ("latin", "latin-ext")

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_FACE = re.compile(r"@font-face \{.*?\}", re.DOTALL)
_ADDRESS = re.compile(r"url\((\"?)([^)\"]+)\1\)")
_LICENCE = (
    "/* Utrecht en voorbeeldthema: EUPL-1.2. Source Sans 3: OFL-1.1. Lucide: ISC. htmx: 0BSD. */"
)


def style_sheet(packages: Path, own: Path, keep: Callable[[Path], str]) -> str:
    """The whole style sheet; `keep` stores a file that it points at and answers its new name."""
    components = [
        (packages / "@utrecht" / f"{name}-css" / "dist" / "index.css").read_text(encoding="utf-8")
        for name in UTRECHT
    ]
    mine = [_relinked(file, keep) for file in _own_files(own)]
    theme = packages / "@nl-design-system-unstable/voorbeeld-design-tokens/dist/theme.css"
    tokens = used_tokens(theme.read_text(encoding="utf-8"), "\n".join([*components, *mine]))
    return "\n".join(
        [_LICENCE, *map(tightened, [_faces(packages, keep), tokens, *components, *mine])]
    )


def used_tokens(theme: str, readers: str) -> str:
    """The theme with only those properties that something reads, directly or through another.

    The theme has thousands, for components of several libraries; what is never read does nothing.
    """
    given = dict(re.findall(r"^\s*(--[\w-]+):\s*([^;]+);", _COMMENT.sub("", theme), re.MULTILINE))
    wanted: set[str] = set()
    waiting = read_by(readers)
    while waiting:
        name = waiting.pop()
        if name in given and name not in wanted:
            wanted.add(name)
            waiting |= read_by(given[name])
    lines = "".join(f"{name}:{value};" for name, value in given.items() if name in wanted)
    return f".voorbeeld-theme {{{lines}}}"


def read_by(css: str) -> set[str]:
    """The properties that a piece of CSS reads."""
    return set(re.findall(r"var\(\s*(--[\w-]+)", css))


def tightened(css: str) -> str:
    """The same rules without comments and indents."""
    lines = (line.strip() for line in _COMMENT.sub("", css).splitlines())
    return "\n".join(line for line in lines if line)


def _own_files(own: Path) -> list[Path]:
    found: list[Path] = []
    for name in OWN:
        place = own / name
        found += [place] if place.suffix else sorted(place.glob("*.css"))
    return found


def _relinked(file: Path, keep: Callable[[Path], str]) -> str:
    """A style sheet that points at files by the names that they are served under."""
    return _ADDRESS.sub(
        lambda found: f'url("{keep((file.parent / found[2]).resolve())}")',
        file.read_text(encoding="utf-8"),
    )


def _faces(packages: Path, keep: Callable[[Path], str]) -> str:
    """The font, as woff2 only: every browser that knows our CSS reads that."""
    folder = packages / "@fontsource" / "source-sans-3"
    faces = []
    for weight in WEIGHTS:
        for subset in SUBSETS:
            file = folder / "files" / f"source-sans-3-{subset}-{weight}-normal.woff2"
            whole = (folder / f"{subset}-{weight}.css").read_text(encoding="utf-8")
            face = next(face for face in _FACE.findall(whole))
            source = f'src: url("{keep(file)}") format("woff2");'
            faces.append(re.sub(r"src:.*?;", source, face))
    return "\n".join(faces)
