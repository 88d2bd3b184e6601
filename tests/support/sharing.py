"""How the processes share the tests: some take what needs the whole system, the others files."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

#: Folders whose tests share all services, which start once for each of these two pieces of work.
#: The longest comes first, so that both processes end at about the same time.
WHOLE_SYSTEM = ("tests/faults/", "tests/flow/")
PAGES = ("tests/browser/", "tests/pages/")
#: It moves the clock by years, so it has services of its own.
CAMPAIGN = "tests/flow/test_campaign.py"


def turn(nodeid: str) -> int:
    """When a test comes: what takes long begins first."""
    if nodeid.startswith(CAMPAIGN):
        return 1
    if nodeid.startswith(WHOLE_SYSTEM):
        return 0
    return 2 if nodeid.startswith(PAGES) else 3


class OneSystem(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out files; those that share the whole system are one piece."""

    def _split_scope(self, nodeid: str) -> str:
        return {0: "system", 2: "pages"}.get(turn(nodeid), nodeid.partition("::")[0])
