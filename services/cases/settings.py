"""The settings of cases."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from shared.chassis.settings import ChassisSettings


class Settings(ChassisSettings):
    """What cases reads from the environment."""

    gemeenten_file: Path | None = Field(
        None,
        description="JSON met de eerste instellingen per gemeente; wat er al staat, blijft",
    )
