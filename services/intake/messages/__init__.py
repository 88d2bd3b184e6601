"""What intake's HTTP doors answer and take: Dutch names, one class per shape."""

from services.intake.messages.columns import (
    Kolomaliassen,
    Kolommen,
)
from services.intake.messages.copies import (
    Kopie,
    Kopieen,
    NieuweKopie,
)
from services.intake.messages.uploads import (
    Akkoord,
    BatchVoortgang,
    Bevestigd,
    Bevinding,
    Bevindingen,
    GeweigerdeRijen,
    Ontvangen,
    Page,
    PageSize,
    Upload,
    UploadMetGroepen,
    Uploads,
)

__all__ = [
    "Akkoord",
    "BatchVoortgang",
    "Bevestigd",
    "Bevinding",
    "Bevindingen",
    "GeweigerdeRijen",
    "Kolomaliassen",
    "Kolommen",
    "Kopie",
    "Kopieen",
    "NieuweKopie",
    "Ontvangen",
    "Page",
    "PageSize",
    "Upload",
    "UploadMetGroepen",
    "Uploads",
]
