"""`python -m deploy.docs` writes what follows from the code; `--check` says what is out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from deploy.docs import lists, schemas, words

ROOT = Path(__file__).resolve().parents[2]


def wanted() -> dict[Path, str]:
    """Every generated file with what it should hold."""
    made = {ROOT / "docs" / name: text for name, text in schemas.files().items()}
    made[ROOT / "docs/settings.md"] = lists.settings_table()
    made[ROOT / "docs/events.md"] = lists.events_table()
    made[ROOT / "deploy/kafka/acls.sh"] = lists.acls()
    made[words.FILE] = words.catalogue()
    made[ROOT / "deploy/kafka/topics.sh"] = lists.topics_script()
    return made


def stale() -> list[str]:
    """The generated files that are not as they should be, and schemas of no event."""
    files = wanted()
    old = [path for path, text in files.items() if not path.is_file() or path.read_text() != text]
    extra = [path for path in (ROOT / "docs/schemas").glob("*.json") if path not in files]
    return sorted(str(path.relative_to(ROOT)) for path in [*old, *extra])


def main() -> int:
    """Write, or check; answers the exit code."""
    if "--check" in sys.argv:
        for name in stale():
            print(f"out of date: {name} (python -m deploy.docs)")
        return 1 if stale() else 0
    for path, text in wanted().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
