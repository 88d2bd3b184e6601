"""Why one letter or mail cannot be filled in.

    TemplatingError
    ├── RequiredFieldEmpty    the resident has no value for a field that must have one
    ├── UnknownField          the template names a field that does not exist
    └── SubjectHasLineBreak   a subject of more than one line could forge mail headers

The text of each is Dutch and without personal data: it is stored as the reason of the failure.
"""

from __future__ import annotations


class TemplatingError(Exception):
    """A template and the values do not go together."""


class RequiredFieldEmpty(TemplatingError):
    """A required field is empty for this resident; only this letter or mail fails."""

    def __init__(self, field: str) -> None:
        """Keep the field's name, without dollar signs."""
        self.field = field
        super().__init__(
            f"Het verplichte veld ${field}$ is leeg. "
            "Vul dit gegeven aan bij de inwoner en probeer het opnieuw."
        )


class UnknownField(TemplatingError):
    """The template was not linted: it names a field outside the catalogue."""

    def __init__(self, field: str) -> None:
        """Keep the field's name, without dollar signs."""
        self.field = field
        super().__init__(
            f"Het sjabloon gebruikt het veld ${field}$, maar dat bestaat niet. "
            "Verbeter het sjabloon bij Templatebeheer."
        )


class SubjectHasLineBreak(TemplatingError):
    """The subject line of a mail template has more than one line."""

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__(
            "Het onderwerp van het sjabloon heeft meer dan één regel. "
            "Zet het onderwerp op één regel."
        )
