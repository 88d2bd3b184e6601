"""Measurements: `python -m tests.bench [NAME …]`; how and what in docs/performance.md."""
