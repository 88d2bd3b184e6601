"""The folder of assets: names with a hash of their content, each file compressed beforehand.

A name that changes with its content may be cached for ever, so a browser asks for it once, and
a new release is never shown with the style sheet of the one before.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from deploy.assets import icons, styles
from deploy.local import npm

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "services" / "gateway" / "pages"
SOURCE = PAGES / "assets"
TEMPLATES = PAGES / "templates"
PACKAGES = ROOT / ".local" / "npm-pages"
TARGET = ROOT / ".local" / "assets"
STAMP = "made.sha256"
MANIFEST = "manifest.json"
HASH_LENGTH = 12
#: htmx, and its extension for Server-Sent Events.
SCRIPTS = ("htmx.min.js", "ext/hx-sse.min.js")
#: Already compressed.
DENSE = frozenset({".woff2", ".png"})
#: Node's own zlib knows Brotli, so no package is needed for it.
COMPRESS = """
const fs = require("fs"), zlib = require("zlib");
for (const file of process.argv.slice(1)) {
  const content = fs.readFileSync(file);
  const params = {[zlib.constants.BROTLI_PARAM_QUALITY]: 11};
  fs.writeFileSync(file + ".br", zlib.brotliCompressSync(content, {params}));
  fs.writeFileSync(file + ".gz", zlib.gzipSync(content, {level: 9}));
}
"""


def is_made(target: Path = TARGET) -> bool:
    """Whether the folder was made from the files as they are."""
    stamp = target / STAMP
    return stamp.is_file() and stamp.read_text() == fingerprint()


def fingerprint() -> str:
    """Hash of all that decides what gets made."""
    digest = hashlib.sha256("\n".join(icons.named_in(TEMPLATES)).encode())
    for file in sorted([*_sources(), *Path(__file__).parent.glob("*.py")]):
        digest.update(file.name.encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()


def make(target: Path = TARGET) -> None:
    """Make the folder, unless that was done. It appears whole or not at all, and is made once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not is_made(target):
            _make(target)


def _make(target: Path) -> None:
    print("Opmaak, lettertypen en iconen voor de schermen maken", flush=True)
    packages = npm.install(SOURCE, PACKAGES, "voor de schermen")
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    _fill(fresh, packages)
    (fresh / STAMP).write_text(fingerprint())
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def _fill(folder: Path, packages: Path) -> None:
    def keep(file: Path) -> str:
        return _store(folder, file.name, file.read_bytes())

    names = icons.named_in(TEMPLATES)
    style = styles.style_sheet(packages, SOURCE / "css", keep)
    manifest = {
        "style": _store(folder, "style.css", style.encode()),
        "script": _store(folder, "script.js", _script(packages)),
        "sprite": _store(folder, "icons.svg", icons.sprite(packages, names).encode()),
        "logo": keep(SOURCE / "logo.svg"),
        "icons": names,
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, indent=1))
    _compress([file for file in folder.iterdir() if file.suffix not in DENSE])


def _script(packages: Path) -> bytes:
    dist = packages / "htmx.org" / "dist"
    foreign = [(dist / name).read_bytes().split(b"//# source")[0] for name in SCRIPTS]
    own = [file.read_bytes() for file in sorted((SOURCE / "js").glob("*.js"))]
    return b"\n".join([*foreign, *own])


def _store(folder: Path, name: str, content: bytes) -> str:
    """Write a file under a name with its hash; answers that name."""
    stem, dot, extension = name.rpartition(".")
    mark = hashlib.sha256(content).hexdigest()[:HASH_LENGTH]
    stored = f"{stem}.{mark}{dot}{extension}"
    (folder / stored).write_bytes(content)
    return stored


def _compress(files: list[Path]) -> None:
    command = [npm.node(), "-e", COMPRESS, *map(str, files)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"De bestanden zijn niet samengeperst: {done.stderr[-500:]}")


def _sources() -> Iterator[Path]:
    yield from (file for file in SOURCE.rglob("*") if file.is_file())
