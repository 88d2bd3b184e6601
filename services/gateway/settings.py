"""Settings of the gateway."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator

from shared.chassis.settings import ChassisSettings, StoreSettings


class Settings(ChassisSettings, StoreSettings):
    """What the gateway needs beside the chassis' own settings."""

    intake_url: str = Field(description="Adres van de dienst intake")
    cases_url: str = Field(description="Adres van de dienst cases")
    documents_url: str = Field(description="Adres van de dienst documents")
    mailer_url: str = Field(description="Adres van de dienst mailer")
    communications_url: str = Field(description="Adres van de dienst communications")
    assets_dir: Path = Field(
        Path("/opt/assets"),
        description="Map met opmaak, lettertypen en iconen, gemaakt met python -m deploy.assets",
    )
    gemeenten_file: Path | None = Field(
        None, description="JSON met de gemeenten (code en naam); nodig voor demo-gebruikers"
    )
    local_users: bool = Field(
        default=False,
        description="Aanmelden met gebruikers uit de eigen database; geweigerd in productie",
    )
    demo_users: bool = Field(
        default=False, description="Maak demo-gebruikers aan bij de start; geweigerd in productie"
    )
    demo_password: SecretStr = Field(
        SecretStr("Welkom-in-de-demo-1"), description="Wachtwoord van alle demo-gebruikers"
    )
    session_idle: timedelta = Field(
        timedelta(minutes=30), description="Na zoveel tijd zonder verzoek eindigt een sessie"
    )
    session_lifetime: timedelta = Field(
        timedelta(hours=10), description="Langer dan een werkdag duurt geen sessie"
    )
    read_timeout: timedelta = Field(
        timedelta(seconds=60), description="Zo lang mag een dienst over een antwoord doen"
    )
    upload_timeout: timedelta = Field(
        timedelta(minutes=5), description="Zo lang mag het uploaden van een bestand duren"
    )
    inzage_kept: timedelta = Field(
        timedelta(days=14),
        ge=timedelta(hours=1),
        le=timedelta(days=90),
        description="Zo lang kan het bestand van een inzage worden gedownload",
    )

    @property
    def signs_in_locally(self) -> bool:
        """Whether a user name and password are accepted here."""
        return self.local_users or self.demo_users

    @model_validator(mode="after")
    def _local_users_stay_out_of_production(self) -> Self:
        if self.environment == "production":
            for name in ("demo_users", "local_users"):
                if getattr(self, name):
                    raise ValueError(f"{name.upper()} mag niet aan staan in productie")
        if self.demo_users and self.gemeenten_file is None:
            raise ValueError("DEMO_USERS heeft GEMEENTEN_FILE nodig: welke gemeenten zijn er?")
        return self
