"""The settings of intake."""

from __future__ import annotations

from pydantic import Field, SecretStr

from shared.chassis.settings import ChassisSettings, MalwareSettings, StoreSettings


class Settings(ChassisSettings, StoreSettings, MalwareSettings):
    """Beside the chassis' settings: where cases is."""

    identity_key: SecretStr = Field(
        description="Eigen geheime sleutel (JWK), om cases te vragen naar lopende zaken"
    )
    cases_url: str = Field(description="Adres van de dienst cases")
