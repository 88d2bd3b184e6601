"""The settings of documents."""

from __future__ import annotations

from pydantic import Field

from shared.chassis.settings import ChassisSettings, MalwareSettings, StoreSettings


class Settings(ChassisSettings, StoreSettings, MalwareSettings):
    """Read from the environment once, at start."""

    letter_processes: int = Field(
        2,
        ge=1,
        le=64,
        description="Processen per jobs-proces die brieven tekenen; één per kern is genoeg, elk"
        " neemt 100 tot 200 MB zolang er brieven zijn",
    )
