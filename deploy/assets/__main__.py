"""`python -m deploy.assets [folder]`: make the folder that the gateway serves under /assets/.

Needs nothing but the standard library, and the Node of a Python package: npm fetches what the lock
names, and Node's zlib compresses. A folder that is made from the same files is left as it is.
"""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.assets.folder import TARGET, make

if __name__ == "__main__":
    make(Path(sys.argv[1]).absolute() if sys.argv[1:] else TARGET)
