"""Makes the locks anew: `make lock`.

One resolution of everything fixes each version; the locks of single services are cut from it,
so that a service has the same packages in its image as in the tests.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.assets.folder import SOURCE as PAGES
from deploy.local import jars, npm

FOLDER = Path(__file__).parents[1] / "requirements"
HEADER = "Made by `make lock` from the .in file of the same name."
OPTIONS = (
    "--universal",  # one lock for Linux on both kinds of processor, and for macOS
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--no-header",
    "--quiet",
)


def make_all() -> None:
    """Write every `.txt` beside its `.in`, and the locks of the jars and of npm."""
    compile_lock("all", "--upgrade")
    for source in sorted(FOLDER.glob("*.in")):
        if source.stem != "all":
            compile_lock(source.stem, "--constraints=all.txt")
    jars.lock()
    npm.lock()
    npm.lock(PAGES)


def compile_lock(name: str, *options: str) -> None:
    """Write one lock; the address of the index is the reader's own setting, never in the file."""
    print(f"  {name}.txt", flush=True)
    output = f"--output-file={name}.txt"
    command = [sys.executable, "-m", "uv", "pip", "compile", f"{name}.in", output]
    subprocess.run([*command, *OPTIONS, *options], cwd=FOLDER, check=True)
    lock = FOLDER / f"{name}.txt"
    lock.write_text(f"# {HEADER}\n{lock.read_text()}")


if __name__ == "__main__":
    make_all()
