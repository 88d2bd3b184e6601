"""How two processes share the tests: one takes all that need the whole system, the other files."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

#: Folders whose tests share all services, which start once for them.
WHOLE_SYSTEM = ("tests/browser/", "tests/faults/", "tests/flow/", "tests/pages/")
#: It moves the clock by years, so it has services of its own.
CAMPAIGN = "tests/flow/test_campaign.py"


def turn(nodeid: str) -> int:
    """When a test comes: what takes long begins first."""
    if nodeid.startswith(CAMPAIGN):
        return 1
    return 0 if nodeid.startswith(WHOLE_SYSTEM) else 2


class OneSystem(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out files; those that share the whole system are one piece."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0] if turn(nodeid) else "system"
