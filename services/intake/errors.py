"""What intake refuses, in the user's words.

Refused
├── UploadNotFound       404
├── BatchNotFound        404
├── NotAWorkbook         400  what was sent is no .xlsx file, or no file at all
├── FileTooLarge         413
├── NotChecked           409  the file has not been checked yet, or was refused
├── HasErrors            409  the file has errors to mend first
└── NoRows               409  the file has no rows to open cases for
"""

from __future__ import annotations

from shared.chassis.errors import Conflict, Invalid, NotFound, Refused


class UploadNotFound(NotFound):
    """No such upload in this gemeente, or its retention has ended."""

    def __init__(self) -> None:
        super().__init__("Deze upload bestaat niet (meer). Kijk in de lijst met uploads.")


class BatchNotFound(NotFound):
    """No such batch in this gemeente."""

    def __init__(self) -> None:
        super().__init__("Deze batch bestaat niet. Kijk in de lijst met uploads.")


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
