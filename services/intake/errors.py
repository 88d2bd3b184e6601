"""What intake refuses, in the user's words.

Refused
├── UploadNotFound       404
├── BatchNotFound        404
├── CopyNotFound         404  no such copy, or its days are over
├── NotTheUploader       403  a copy goes to who sent the file, to nobody else
├── UnknownUpload        400  the upload to replace does not exist
├── AliasesInvalid       400  own column names that cannot work
├── AliasesChanged       409  somebody else changed the own column names
├── NothingToCopy        409  the file has no errors to mark
├── CopyNotReady         409  the copy is still being made, or could not be made
├── NotAWorkbook         400  what was sent is no .xlsx file, or no file at all
├── FileTooLarge         413
├── NotChecked           409  the file has not been checked yet, or was refused
├── HasErrors            409  the file has errors to mend first
└── NoRows               409  the file has no rows to open cases for
"""

from __future__ import annotations

from shared.chassis.errors import Conflict, FieldError, Invalid, NotAllowed, NotFound, Refused


class UploadNotFound(NotFound):
    """No such upload in this gemeente, or its retention has ended."""

    def __init__(self) -> None:
        super().__init__("Deze upload bestaat niet (meer). Kijk in de lijst met uploads.")


class BatchNotFound(NotFound):
    """No such batch in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze batch bestaat niet. Kijk in de lijst met uploads.")


class CopyNotFound(NotFound):
    """No such copy in this gemeente, or its days are over."""

    def __init__(self) -> None:
        super().__init__("Deze kopie bestaat niet (meer). Vraag een nieuwe aan bij de upload.")


class NotTheUploader(NotAllowed):
    """A copy holds BSNs: it goes to who sent the file."""

    title = "Alleen wie het bestand heeft geüpload mag dit"
    problem = "niet-de-uploader"

    def __init__(self) -> None:
        super().__init__(
            "Een kopie bevat BSN's en gaat alleen naar wie het bestand heeft geüpload. Vraag die"
            " collega, of upload het bestand zelf."
        )


class UnknownUpload(Invalid):
    """The upload that a new one should replace is not there."""

    def __init__(self) -> None:
        reason = "De upload die u wilt vervangen bestaat niet (meer). Laat 'vervangt' weg."
        super().__init__(reason, (FieldError("vervangt", "onbekend", reason),))


class AliasesInvalid(Invalid):
    """Own column names that cannot work; every mistake is named."""


class AliasesChanged(Conflict):
    """Two administrators at once: the second one looks again."""

    title = "De kolomnamen zijn intussen gewijzigd"
    problem = "kolomnamen-gewijzigd"


class NothingToCopy(Conflict):
    """There is nothing wrong in the file."""

    title = "Er zijn geen fouten"
    problem = "geen-fouten"


class CopyNotReady(Conflict):
    """A copy that cannot be downloaded now."""

    title = "De kopie is er nog niet"
    problem = "kopie-niet-gereed"


class NotAWorkbook(Invalid):
    """What was sent is no workbook; the message says what it is."""

    title = "Dit bestand kunnen wij niet gebruiken"
    problem = "geen-werkmap"


class FileTooLarge(Refused):
    """More bytes than intake takes in."""

    status = 413
    title = "Het bestand is te groot"
    problem = "te-groot"


class NotChecked(Conflict):
    """Only a checked file can be confirmed."""

    title = "Dit bestand is niet gecontroleerd"
    problem = "niet-gecontroleerd"


class HasErrors(Conflict):
    """A file with errors cannot be confirmed."""

    title = "Er staan nog fouten in het bestand"
    problem = "bevat-fouten"


class NoRows(Conflict):
    """A file without rows cannot be confirmed."""

    title = "Er staan geen rijen in het bestand"
    problem = "geen-rijen"
