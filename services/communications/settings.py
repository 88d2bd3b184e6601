"""The settings of communications: those of every service."""

from __future__ import annotations

from shared.chassis.settings import ChassisSettings


class Settings(ChassisSettings):
    """Read from the environment once, at start."""
