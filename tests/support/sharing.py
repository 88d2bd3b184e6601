"""How two processes share the tests: one takes all that need the whole system, the other files."""

from __future__ import annotations

from xdist.scheduler.loadscope import LoadScopeScheduling

#: Folders whose tests start all services, or share those that another one started.
WHOLE_SYSTEM = ("tests/browser/", "tests/faults/", "tests/flow/", "tests/pages/")


def takes_system(nodeid: str) -> bool:
    """Whether a test works on all services together."""
    return nodeid.startswith(WHOLE_SYSTEM)


class OneSystem(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Hands out files; what needs the whole system is one piece, so that it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        return "system" if takes_system(nodeid) else nodeid.partition("::")[0]
