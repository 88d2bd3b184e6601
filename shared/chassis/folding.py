"""Text without case, accents and signs, so that people find a name however they type it.

What is found by its first letters needs an ordered column. Under row-level security PostgreSQL uses
no operator as an index condition that might leak a row through an error, and `like` is such a one;
`<` and `>=` are not. So a column keeps the folded text in byte order, and a prefix is a range.
"""

from __future__ import annotations

import unicodedata

#: Letters that Unicode does not take apart, as they are typed without the sign.
_WHOLE = str.maketrans(
    {
        "\u00f8": "o",
        "\u0142": "l",
        "\u0111": "d",
        "\u00f0": "d",
        "\u00e6": "ae",
        "\u0153": "oe",
        "\u00fe": "th",
        "\u0131": "i",
        "\u0127": "h",
        "\u0133": "ij",
    }
)
#: Sorts after every letter and digit that a folded text can hold.
AFTER_ALL = "\U0010ffff"


def folded(text: str) -> str:
    """Letters and digits alone, small and without accents: "Ó Briain-Łoś" is "obriainlos"."""
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.casefold().translate(_WHOLE))
        text = "".join(sign for sign in apart if not unicodedata.combining(sign))
        text = text.translate(_WHOLE)
    return "".join(filter(str.isalnum, text.casefold()))
