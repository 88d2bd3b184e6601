"""What goes into the renderer, what comes out, and why a letter can fail.

LetterFailed                  every failure that belongs to one letter
├── AssetMissing              the template asks for a picture or font that is not stored with it
├── CharacterNotDrawable      a name has a character that no font here can draw
├── LayoutBroken              part of the letter would be cut off or left out
├── FieldMissing              a required field is empty, or the template has an unknown one
├── RenderTimedOut            the PDF library hung
└── RenderCrashed             the process that drew it died, twice
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.contracts.codes import Purpose


@dataclass(frozen=True)
class LetterTemplate:
    """One version of a letter template. `assets` are its pictures and fonts by name."""

    version_id: str
    html: str
    assets: Mapping[str, bytes] = field(default_factory=dict)
    purpose: Purpose = Purpose.INVITATION


@dataclass(frozen=True)
class RenderedLetter:
    """A finished PDF. `warnings` are for the maker of the template, never about a resident."""

    pdf: bytes
    pages: int
    warnings: tuple[str, ...] = ()


class LetterFailed(Exception):
    """One letter cannot be made; `reason` is Dutch, for the Batchoverzicht."""

    kind = "letter-failed"

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        self.reason = reason
        super().__init__(reason)


class AssetMissing(LetterFailed):
    """A picture or font was asked for that the template does not bring."""

    kind = "asset-missing"

    @classmethod
    def named(cls, name: str) -> AssetMissing:
        """Say which one; addresses on the internet or on a disk are never opened."""
        return cls(
            f"Het sjabloon vraagt om '{name[:80]}', maar dat bestand hoort niet bij het sjabloon. "
            "Voeg het bestand toe aan het sjabloon of haal de verwijzing weg."
        )

    @classmethod
    def somewhere(cls) -> AssetMissing:
        """Say only that there is one: the library's own words may quote the letter."""
        return cls(
            "Het sjabloon vraagt om een afbeelding of lettertype dat niet bij het sjabloon hoort. "
            "Voeg het bestand toe aan het sjabloon of haal de verwijzing weg."
        )

    @classmethod
    def damaged(cls, name: str) -> AssetMissing:
        """Say which picture cannot be opened."""
        return cls(
            f"De afbeelding '{name[:80]}' van het sjabloon is beschadigd of te groot. "
            "Voeg de afbeelding opnieuw toe als PNG, JPEG of GIF."
        )


class CharacterNotDrawable(LetterFailed):
    """A character would come out as an empty box."""

    kind = "character-not-drawable"

    @classmethod
    def of(cls, character: str) -> CharacterNotDrawable:
        """Say which character, by its Unicode number and name."""
        name = unicodedata.name(character, "onbekend teken")
        return cls(
            f"Het teken U+{ord(character):04X} ({name}) kan niet worden afgedrukt. "
            "Schrijf de naam of het adres in Latijnse letters en probeer het opnieuw."
        )


class LayoutBroken(LetterFailed):
    """The PDF library would have left something out."""

    kind = "layout-broken"

    @classmethod
    def because(cls, message: str) -> LayoutBroken:
        """Say what went wrong in our own words: the library's may quote the letter."""
        return cls(
            "Een deel van de brief past niet of kan niet worden getekend. "
            f"Pas het sjabloon aan. Melding: {message[:200]}"
        )


class FieldMissing(LetterFailed):
    """The values do not fit the template."""

    kind = "field-missing"


class RenderTimedOut(LetterFailed):
    """Drawing took longer than a letter can take."""

    kind = "render-timed-out"


class RenderCrashed(LetterFailed):
    """The drawing process died on this letter twice."""

    kind = "render-crashed"


FAILURES: Mapping[str, type[LetterFailed]] = {
    failure.kind: failure
    for failure in (
        AssetMissing,
        CharacterNotDrawable,
        LayoutBroken,
        FieldMissing,
        RenderTimedOut,
        RenderCrashed,
    )
}
"""How a failure travels between processes: by its kind and its reason."""
