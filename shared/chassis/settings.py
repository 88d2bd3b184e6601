"""The settings that every service has; each adds its own in its settings.py."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ChassisSettings(BaseSettings):
    """Read from the environment once, at start; wrong settings stop the process with a list."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    environment: Literal["development", "production"] = Field(
        "production", description="development staat demo-gebruikers en tijdreizen toe"
    )
    oin: str = Field(
        pattern=r"^[0-9]{20}$", description="OIN van de organisatie, voor de bron van events"
    )
    database_url: SecretStr = Field(description="PostgreSQL, als de rol van de dienst")
    database_owner_url: SecretStr | None = Field(
        None, description="PostgreSQL, als eigenaar; alleen nodig voor migrate"
    )
    database_pool_size: int = Field(8, ge=2, description="Verbindingen per proces")
    kafka_bootstrap: str = Field(description="Kafka-brokers, host:poort, met komma's ertussen")
    seal_keys: SecretStr = Field(
        description="Sleutels voor verzegelde gegevens: nr:base64, de laatste verzegelt"
    )
    index_keys: SecretStr = Field(
        description="Sleutels voor zoekindexen op verzegelde gegevens: nr:base64"
    )
    identity_keys: str = Field(description="JWKS met de publieke sleutels van alle diensten")
    identity_key: SecretStr | None = Field(
        None,
        description="Eigen geheime sleutel (JWK), om namens zichzelf of een gebruiker te vragen",
    )
    port: int = Field(8080, description="HTTP-poort van het api-proces")
    metrics_port: int = Field(9090, description="HTTP-poort van worker en jobs: health en metrics")
    host: str = Field("127.0.0.1", description="Adres waarop wordt geluisterd")
    public_url: str = Field(
        "http://127.0.0.1:8080", description="Adres van de gateway zoals gebruikers het zien"
    )
    allow_time_travel: bool = Field(
        default=False, description="Zakelijke tijd verzetbaar; geweigerd in productie"
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        None, description="OTLP-adres voor traces; leeg is uit"
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    brake_after: int = Field(
        50, ge=2, description="Zoveel onleesbare events achter elkaar trekken aan de rem"
    )

    @property
    def dsn(self) -> str:
        """The database address as the driver itself reads it (LISTEN and locks use it directly)."""
        return self.database_url.get_secret_value().replace("postgresql+psycopg", "postgresql")

    @model_validator(mode="after")
    def _production_is_strict(self) -> Self:
        if self.environment == "production" and self.allow_time_travel:
            raise ValueError("ALLOW_TIME_TRAVEL mag niet aan staan in productie")
        return self


class StoreSettings(BaseSettings):
    """The object store (S3), for services that keep files."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    s3_endpoint: str = Field(description="Adres van de S3-opslag")
    s3_region: str = "eu-central-1"
    s3_bucket: str = "heronderzoek"
    s3_access_key: SecretStr = Field(description="Toegangssleutel")
    s3_secret_key: SecretStr = Field(description="Geheim bij de toegangssleutel")
    work_dir: Path | None = Field(
        None,
        description="Map voor bestanden zolang eraan gewerkt wordt, met ruimte voor een"
        " afdrukbestand en zijn brieven; leeg is de tijdelijke map van het systeem",
    )


class MalwareSettings(BaseSettings):
    """The virus scanner, for services that take in files of users."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    clamd_address: str | None = Field(
        None,
        pattern=r"^[^\s:/]+:[0-9]{1,5}$",
        description="Virusscanner (clamd), host:poort: bestanden worden bekeken voordat ze worden"
        " bewaard, en geweigerd als hij zwijgt; leeg is zonder scanner",
    )
