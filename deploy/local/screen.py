"""What the person who runs the system gets to see: short lines, and one table."""

from __future__ import annotations

from collections.abc import Sequence

MEBIBYTE = 1024 * 1024


def tell(line: str) -> None:
    """Print one line at once, also into a pipe."""
    print(f"  {line}", flush=True)


def show_table(title: str, rows: Sequence[tuple[str, ...]]) -> None:
    """Print a title and columns as wide as their widest cell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    print(f"\n{title}\n", flush=True)
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        print("  " + "  ".join(cells).rstrip(), flush=True)
    print(flush=True)


def mebibytes(size: int) -> str:
    """Show a size in memory."""
    return f"{size / MEBIBYTE:.0f} MiB"
