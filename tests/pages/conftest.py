"""Windows on the running system."""

from tests.support.windows import browser, desk, pytest_runtest_makereport

__all__ = ["browser", "desk", "pytest_runtest_makereport"]
