"""The addresses that a provider has to know of us, and those that it sends a browser to."""

from __future__ import annotations

from urllib.parse import urlencode

from services.gateway.settings import Settings
from services.gateway.sign_in.next_page import FIRST_PAGE

PREFIX = "/v1"
#: Under `PREFIX`.
WAYS, BEGIN = "/aanmeldwijzen", "/aanmelden/oidc"
BACK, BACK_CHANNEL = f"{BEGIN}/antwoord", f"{BEGIN}/afmelding"
#: The page to sign in on.
SIGN_IN = "/inloggen"


def back_at(settings: Settings) -> str:
    """Where the provider sends a browser after signing in (`redirect_uri`)."""
    return f"{settings.public_url.rstrip('/')}{PREFIX}{BACK}"


def after_sign_out(settings: Settings) -> str:
    """Where the provider sends a browser after signing out (`post_logout_redirect_uri`)."""
    return f"{settings.public_url.rstrip('/')}{SIGN_IN}"


def sign_in_page(reason: str, next_path: str) -> str:
    """The page to sign in on, with why it did not go on."""
    after = {} if next_path == FIRST_PAGE else {"volgende": next_path}
    return f"{SIGN_IN}?{urlencode({'reden': reason, **after})}"
