"""Whether this machine lets a process step into a network of its own; our code is not asked."""

from __future__ import annotations

import shutil
import subprocess


def are_allowed() -> bool:
    """Try it with the system's own `unshare`."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return False
    tried = subprocess.run([unshare, "--user", "--net", "true"], capture_output=True, check=False)
    return tried.returncode == 0
