"""The settings of intake."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from pydantic import Field, SecretStr

from shared.chassis.settings import ChassisSettings, StoreSettings


class Settings(ChassisSettings, StoreSettings):
    """Beside the chassis' settings: where cases is, and where a file is opened."""

    identity_key: SecretStr = Field(
        description="Eigen geheime sleutel (JWK), om cases te vragen naar lopende zaken"
    )
    cases_url: str = Field(description="Adres van de dienst cases")
    work_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / f"heronderzoek-intake-{os.getuid()}",
        description="Map voor het bestand dat nu wordt gecontroleerd; alleen van deze gebruiker",
    )
