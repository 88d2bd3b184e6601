"""`python -m tests.bench [--rows N] [NAME …]`: measure, and print a table.

Figures of one run compare with each other; machines are shared and noisy, so never with a limit.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import copies, parts, whole
from tests.bench.figures import Figure, table

BENCHES: dict[str, Callable[[Path, int], list[Figure]]] = {
    "check": parts.check,
    "copies": copies.copies,
    "letters": parts.letters,
    "mails": parts.mails,
    "publish": parts.publish,
    "worker": parts.worker,
    "whole": whole.whole,
}


def main() -> int:
    """Run the named benches, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the file (10000)")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    figures: list[Figure] = []
    for name in arguments.names or BENCHES:
        print(f"… {name}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="heronderzoek-bench-") as folder:
            figures += BENCHES[name](Path(folder), arguments.rows)
    print(table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
