"""The colours of a gemeente: any, as long as everybody can read what stands in them."""

from __future__ import annotations

import re

from shared.chassis.errors import FieldError

#: The colours of who chose none: of nobody in particular, and easy to read.
BRAND, ON_BRAND, ACTION, ACCENT = "#14323f", "#ffffff", "#00617f", "#8c2357"
WHITE = "#ffffff"
COLOUR = re.compile(r"#[0-9a-f]{6}")
#: Source: WCAG 2.2, success criterion 1.4.3 (contrast of text, level AA).
LEAST_CONTRAST = 4.5
#: Below this a screen's numbers are proportional to light (source: the same, relative luminance).
STRAIGHT = 0.04045


def wrong_colours(brand: str, on_brand: str, action: str, accent: str) -> list[FieldError]:
    """Every colour that cannot be read, or is none, with what to do about it."""
    given = {
        "kleurBalk": brand,
        "kleurBalktekst": on_brand,
        "kleurActie": action,
        "kleurAccent": accent,
    }
    reason = "Vul een kleur in als # met zes tekens (0-9, a-f), bijvoorbeeld #00617f."
    wrong = [
        FieldError(name, "geen-kleur", reason)
        for name, colour in given.items()
        if not COLOUR.fullmatch(colour)
    ]
    if wrong:
        return wrong
    pairs = (
        ("kleurBalktekst", on_brand, brand, "De tekst op de balk is niet goed te lezen"),
        ("kleurActie", WHITE, action, "Witte tekst op deze kleur is niet goed te lezen"),
        ("kleurAccent", WHITE, accent, "Witte tekst op deze kleur is niet goed te lezen"),
    )
    for name, text, ground, what in pairs:
        if (found := contrast(text, ground)) < LEAST_CONTRAST:
            told = f"{found:.1f}".replace(".", ",")
            advice = f"{what}: het contrast is {told} en moet 4,5 of meer zijn."
            wrong.append(FieldError(name, "te-weinig-contrast", f"{advice} Kies een ander paar."))
    return wrong


def contrast(one: str, other: str) -> float:
    """How well two colours can be told apart, from 1 to 21. Source: WCAG 2.2, contrast ratio."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """How light a colour is to the eye, from 0 to 1. Source: WCAG 2.2, relative luminance."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    """One part of a colour, as light and not as a number for a screen."""
    return float(part / 12.92 if part <= STRAIGHT else ((part + 0.055) / 1.055) ** 2.4)
