"""Pictures of templates, known by their content and measured without opening them.

Only the header is read here; the picture itself is opened in the drawing process.
"""

from __future__ import annotations

import struct

MAX_PICTURE = 1024 * 1024
MAX_PIXELS = 4_000_000
MAX_PICTURES = 10
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
#: The markers of a JPEG frame, which says how large the picture is.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers without a length.
_BARE = frozenset({0x01, *range(0xD0, 0xDA)})

NO_PICTURE = "Dit is geen PNG of JPEG. Andere soorten, zoals SVG en GIF, nemen wij niet aan."
TOO_HEAVY = "De afbeelding is groter dan 1 MB. Maak haar kleiner."
TOO_WIDE = "De afbeelding heeft meer dan 4 miljoen beeldpunten. Maak haar kleiner."
DAMAGED = "De afbeelding is beschadigd. Sla haar opnieuw op."
WRONG_NAME = "De naam van een PNG eindigt op .png, die van een JPEG op .jpg of .jpeg."


def problem_of(name: str, content: bytes) -> str | None:
    """Why this picture cannot be kept with a template; None when it can."""
    if len(content) > MAX_PICTURE:
        return TOO_HEAVY
    if content.startswith(_PNG):
        size, is_named = _png_size(content), name.lower().endswith(".png")
    elif content.startswith(_JPEG):
        size, is_named = _jpeg_size(content), name.lower().endswith((".jpg", ".jpeg"))
    else:
        return NO_PICTURE
    if not is_named:
        return WRONG_NAME
    if size is None or 0 in size:
        return DAMAGED
    return TOO_WIDE if size[0] * size[1] > MAX_PIXELS else None


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or len(content) < 24:  # noqa: PLR2004 - PNG, 11.2.2
        return None
    width, height = struct.unpack_from("!II", content, 16)
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Walk over the segments to the frame (ITU-T T.81, B.1)."""
    place = 2
    while place + 9 <= len(content):
        if content[place] != 0xFF:  # noqa: PLR2004 - every marker begins so
            return None
        marker = content[place + 1]
        if marker == 0xFF:  # noqa: PLR2004 - filling
            place += 1
        elif marker in _BARE:
            place += 2
        elif marker in _FRAMES:
            height, width = struct.unpack_from("!HH", content, place + 5)
            return width, height
        else:
            (length,) = struct.unpack_from("!H", content, place + 2)
            place += 2 + max(2, length)
    return None
