"""Why a page is not shown, apart from what the API refuses.

PageRefused
├── SignInWanted        to the page to sign in, and back after that
├── OwnPasswordWanted   a password for once opens nothing else
└── NoRight             403
"""

from __future__ import annotations


class PageRefused(Exception):
    """A page is not shown."""


class SignInWanted(PageRefused):
    """Nobody is signed in. `had_session`: a session was there and has ended."""

    def __init__(self, address: str, *, had_session: bool) -> None:
        self.address = address
        self.had_session = had_session
        super().__init__(address)


class OwnPasswordWanted(PageRefused):
    """Somebody signed in with a password that somebody else gave."""


class NoRight(PageRefused):
    """The roles of this user do not allow what the page is for."""
