"""The settings of mailer."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.mailer.domain import MOST_PER_MINUTE
from shared.chassis.settings import ChassisSettings, StoreSettings

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class Settings(ChassisSettings, StoreSettings):
    """Read from the environment once, at start."""

    identity_key: SecretStr = Field(
        description="Eigen geheime sleutel (JWK), om cases te vragen of een herinnering nog mag"
    )
    cases_url: str = Field(description="Adres van de dienst cases")
    smtp_host: str = Field(description="Mailserver waarlangs wordt verstuurd")
    smtp_port: int = Field(587, description="Poort van de mailserver")
    smtp_security: Literal["automatisch", "geen", "starttls", "tls"] = Field(
        "automatisch",
        description="Versleuteling; automatisch is STARTTLS als de server het aanbiedt, en is"
        " in productie alleen toegestaan naar deze machine zelf",
    )
    smtp_username: str | None = Field(None, description="Gebruiker, als de mailserver dat vraagt")
    smtp_password: SecretStr | None = Field(None, description="Wachtwoord bij de gebruiker")
    smtp_connections: int = Field(
        4, ge=1, le=50, description="Verbindingen met de mailserver per proces"
    )
    smtp_timeout: timedelta = Field(
        timedelta(seconds=30), description="Zo lang mag de mailserver over een antwoord doen"
    )
    smtp_delivery_timeout: timedelta = Field(
        timedelta(minutes=2),
        description="Zo lang mag de mailserver doen over het aannemen van een e-mail; te kort"
        " geeft dubbele e-mails",
    )
    bounce_address: str | None = Field(
        None,
        description="Adres waar onbestelbare e-mails naar terugkomen (envelopafzender); leeg is het"
        " afzenderadres van de gemeente",
    )
    imap_host: str | None = Field(
        None,
        description="Mailserver met het postvak waar onbestelbare e-mails in komen; leeg: dat"
        " postvak wordt niet gelezen",
    )
    imap_port: int = Field(993, description="Poort van die mailserver")
    imap_security: Literal["geen", "starttls", "tls"] = Field(
        "tls", description="Versleuteling; geen mag in productie alleen naar deze machine zelf"
    )
    imap_username: str | None = Field(None, description="Gebruiker van het postvak")
    imap_password: SecretStr | None = Field(None, description="Wachtwoord bij de gebruiker")
    imap_folder: str = Field("INBOX", description="Map waar onbestelbare e-mails in komen")
    imap_gemeente: str | None = Field(
        None,
        pattern=r"^[0-9]{4}$",
        description="CBS-code van de gemeente waarvan de beheerder ziet wat uit dat postvak apart"
        " is gezet; leeg: niemand. Zulke e-mails kunnen over inwoners van elke gemeente gaan",
    )
    imap_interval: timedelta = Field(
        timedelta(minutes=2), description="Zo vaak wordt het postvak gelezen"
    )
    imap_timeout: timedelta = Field(
        timedelta(seconds=30), description="Zo lang mag die mailserver over een antwoord doen"
    )
    mails_per_minute: int = Field(
        6000,
        ge=1,
        le=MOST_PER_MINUTE,
        description="Verzendlimiet per gemeente over alle processen samen, zolang haar beheerder"
        " geen eigen limiet instelt; 6000 is een batch van 10.000 in twee minuten, een gehuurde"
        " mailserver laat vaak minder toe",
    )

    @property
    def reads_mailbox(self) -> bool:
        """Whether there is a mailbox that undelivered mails come back to."""
        return bool(self.imap_host)

    @model_validator(mode="after")
    def _mailbox_has_an_owner(self) -> Self:
        """Half a mailbox is a mistake that would show only when mails come back."""
        if self.reads_mailbox and not (self.imap_username and self.imap_password):
            raise ValueError("vul bij IMAP_HOST ook IMAP_USERNAME en IMAP_PASSWORD in")
        if self.bounce_address is not None and "@" not in self.bounce_address:
            raise ValueError("BOUNCE_ADDRESS is geen e-mailadres")
        return self

    @model_validator(mode="after")
    def _production_encrypts(self) -> Self:
        """Mails hold personal data, so they cross no network in the clear."""
        open_line = self.smtp_security in {"automatisch", "geen"}
        if self.environment == "production" and open_line and self.smtp_host not in LOOPBACK:
            raise ValueError("SMTP_SECURITY moet in productie starttls of tls zijn")
        open_mailbox = self.reads_mailbox and self.imap_security == "geen"
        if self.environment == "production" and open_mailbox and self.imap_host not in LOOPBACK:
            raise ValueError("IMAP_SECURITY moet in productie starttls of tls zijn")
        return self
