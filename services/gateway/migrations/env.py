"""Alembic's way in."""

from shared.chassis.migrate import run_environment

run_environment()
