"""Installing, and skipping what is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SKIP_SECONDS = 1.0


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy what bootstrap reads, with an environment that counts as installed."""
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    pages = "services/gateway/pages"
    shutil.copytree(ROOT / pages, tmp_path / pages)
    for made in ("jars", "assets"):
        (tmp_path / ".local" / made).mkdir(parents=True)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    stamp = (
        "from deploy.assets import folder as a; (a.TARGET / a.STAMP).write_text(a.fingerprint());"
        "from deploy.local import bootstrap as b; b.stamp('up').write_text(b.fingerprint('up'))"
    )
    subprocess.run([sys.executable, "-c", stamp], cwd=tmp_path, check=True)
    return tmp_path


def is_installed(checkout: Path) -> bool:
    """Ask bootstrap itself."""
    question = "from deploy.local import bootstrap as b; raise SystemExit(not b.is_installed('up'))"
    return (
        subprocess.run([sys.executable, "-c", question], cwd=checkout, check=False).returncode == 0
    )


def test_an_installation_that_is_complete_is_skipped_at_once(checkout: Path) -> None:
    """Nothing is printed and nothing takes time."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "deploy.local.bootstrap"],
        cwd=checkout,
        check=True,
        capture_output=True,
        text=True,
    )
    assert time.monotonic() - started < SKIP_SECONDS
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("lock", ["requirements/up.txt", "local/jars.lock"])
def test_a_changed_lock_is_installed_anew(checkout: Path, lock: str) -> None:
    """Packages and jars both count."""
    assert is_installed(checkout)
    with (checkout / "deploy" / lock).open("a") as file:
        file.write("# changed\n")
    assert not is_installed(checkout)


def test_lost_jars_are_fetched_again(checkout: Path) -> None:
    """Somebody who cleans `.local` gets them back."""
    shutil.rmtree(checkout / ".local")
    assert not is_installed(checkout)


def test_bootstrap_needs_the_standard_library_only() -> None:
    """It runs before anything is installed: `-S -I` hides all packages."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import deploy.local.bootstrap"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_a_changed_style_sheet_is_made_anew(checkout: Path) -> None:
    """The folder that the gateway serves is of these files, or it is not there."""
    question = "from deploy.assets.folder import is_made; raise SystemExit(not is_made())"
    command = [sys.executable, "-c", question]
    assert subprocess.run(command, cwd=checkout, check=False).returncode == 0
    sheet = checkout / "services/gateway/pages/assets/css/tokens.css"
    sheet.write_text(sheet.read_text() + "/* changed */")
    assert subprocess.run(command, cwd=checkout, check=False).returncode == 1
