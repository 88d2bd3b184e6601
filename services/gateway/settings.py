"""Settings of the gateway."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, StringConstraints, model_validator

from services.gateway.domain import USER_ROLES, SessionLimits
from shared.chassis.settings import ChassisSettings, StoreSettings
from shared.contracts.codes import Role

Gemeentecode = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}$")]


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
        description="Aanmelden met gebruikers uit de eigen database; in productie alleen samen"
        " met LOCAL_USERS_IN_PRODUCTION",
    )
    local_users_in_production: bool = Field(
        default=False,
        description="Uitzondering: wachtwoorden uit de eigen database, zonder tweede factor, ook"
        " in productie",
    )
    demo_users: bool = Field(
        default=False, description="Maak demo-gebruikers aan bij de start; geweigerd in productie"
    )
    demo_password: SecretStr = Field(
        SecretStr("Welkom-in-de-demo-1"), description="Wachtwoord van alle demo-gebruikers"
    )
    oidc_issuer: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        description="Aanmelddienst (OpenID Connect): zijn issuer, letterlijk; leeg is zonder",
    )
    oidc_client_id: str = Field("", description="Naam van Heronderzoek bij de aanmelddienst")
    oidc_client_secret: SecretStr | None = Field(
        None, description="Geheim bij OIDC_CLIENT_ID; leeg is alleen PKCE"
    )
    oidc_name: str = Field("uw werkaccount", description="De aanmelddienst in woorden voor mensen")
    oidc_scope: str = Field(
        "openid profile email", description="Wat er van een account gevraagd wordt"
    )
    oidc_roles_claim: str = Field(
        "roles",
        description="Waar de rollen in een account staan; een pad met punten mag:"
        " realm_access.roles",
    )
    oidc_rights: dict[str, dict[Gemeentecode, frozenset[Role]]] = Field(
        {},
        description='Wie wat mag, als JSON: {"waarde in het account": {"gemeentecode": ["rol"]}}',
    )
    oidc_clock_skew: timedelta = Field(
        timedelta(seconds=60),
        ge=timedelta(0),
        le=timedelta(minutes=5),
        description="Zoveel mag de klok van de aanmelddienst afwijken",
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

    @property
    def is_secure(self) -> bool:
        """Whether browsers come here by https."""
        return self.public_url.startswith("https://")

    @property
    def session_limits(self) -> SessionLimits:
        """How long a session lives."""
        return SessionLimits(self.session_idle, self.session_lifetime)

    @model_validator(mode="after")
    def _production_is_for_real_people(self) -> Self:
        if self.environment == "production":
            if self.demo_users:
                raise ValueError("DEMO_USERS mag niet aan staan in productie")
            if self.local_users and not self.local_users_in_production:
                raise ValueError("LOCAL_USERS mag niet aan staan in productie")
            for name in ("public_url", "oidc_issuer"):
                if str(getattr(self, name) or "https://").startswith("http://"):
                    raise ValueError(f"{name.upper()} moet in productie met https:// beginnen")
            if self.oidc_issuer is None and not self.local_users:
                raise ValueError("In productie is OIDC_ISSUER nodig: anders komt niemand binnen")
        return self

    @model_validator(mode="after")
    def _a_provider_is_whole(self) -> Self:
        if self.oidc_issuer is None:
            return self
        if not self.oidc_client_id:
            raise ValueError("OIDC_ISSUER heeft OIDC_CLIENT_ID nodig")
        if not self.oidc_rights:
            raise ValueError("OIDC_ISSUER heeft OIDC_RIGHTS nodig: anders mag niemand iets")
        if "openid" not in self.oidc_scope.split():
            raise ValueError("OIDC_SCOPE moet openid bevatten")
        for value, rights in self.oidc_rights.items():
            if wrong := sorted(frozenset().union(*rights.values()) - USER_ROLES):
                raise ValueError(f"OIDC_RIGHTS: {value} geeft {wrong[0]}, een rol voor diensten")
        return self

    @model_validator(mode="after")
    def _demo_users_work_somewhere(self) -> Self:
        if self.demo_users and self.gemeenten_file is None:
            raise ValueError("DEMO_USERS heeft GEMEENTEN_FILE nodig: welke gemeenten zijn er?")
        return self
