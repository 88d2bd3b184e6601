"""Every reason not to read a file at all, with what its sender should do.

A refused file is not a wrong file: nothing in it was checked. Codes are stable; the message says
which of the many ways of not being a workbook it is.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that is not read; `detail` is for the log and holds nothing of the file's content."""

    code: str
    message: str
    detail: str = ""


class Refused(Exception):
    """Raised while a file is looked at; knows its code."""

    def __init__(self, code: str, detail: str = "") -> None:
        """Refuse for the reason with this code."""
        super().__init__(code)
        self.refusal = Refusal(code, MESSAGES[code], detail)


_SAVE = "Sla het op in Excel als 'Excel-werkmap (.xlsx)' en upload dat bestand."
_COPY = "Kopieer de gegevens naar het lege Excelbestand en upload dat."

#: A workbook that can be read, and not be given back with marks.
UNUSUAL = "ongewoon-opgeslagen"

MESSAGES = {
    "leeg-bestand": "Het bestand is leeg (0 bytes). Kies het juiste bestand.",
    "te-groot": "Het bestand is groter dan 50 MB. Verdeel de rijen over meer bestanden.",
    "tekst-of-csv": f"Dit is een tekst- of CSV-bestand, geen Excelbestand. {_SAVE}",
    "webpagina-of-xml": f"Dit is een webpagina of XML-bestand, geen Excelbestand. {_SAVE}",
    "pdf": "Dit is een PDF, geen Excelbestand. Upload de Excelwerkmap zelf.",
    "oud-xls": f"Dit is een oud Excelbestand (.xls). {_SAVE}",
    "versleuteld": (
        "Het bestand is met een wachtwoord beveiligd. Haal het wachtwoord eraf en upload opnieuw."
    ),
    "oud-office": f"Dit is een oud Office-bestand, geen Excelwerkmap (.xlsx). {_SAVE}",
    "word-document": "Dit is een Word-document, geen Excelbestand. Upload de Excelwerkmap.",
    "presentatie": "Dit is een PowerPoint-presentatie, geen Excelbestand. Upload de Excelwerkmap.",
    "opendocument": f"Dit is een OpenDocument-bestand (zoals .ods), geen Excelbestand. {_SAVE}",
    "binaire-werkmap": f"Dit is een binaire Excelwerkmap (.xlsb). {_SAVE}",
    "sjabloon": f"Dit is een Excelsjabloon (.xltx). {_SAVE}",
    "zip-bestand": "Dit is een ZIP-bestand zonder Excelwerkmap. Pak het uit en upload de werkmap.",
    "geen-excel": f"Dit is geen Excelbestand. {_SAVE}",
    "afgekapt": "Het bestand is niet volledig overgekomen. Sla het opnieuw op en upload opnieuw.",
    "beschadigd": "Het bestand is beschadigd. Open het in Excel, sla het opnieuw op en upload dat.",
    "te-veel-onderdelen": f"Het bestand heeft ongewoon veel onderdelen. {_COPY}",
    "zipbom": f"Het bestand wordt uitgepakt ongewoon groot en wordt niet geopend. {_COPY}",
    "entiteiten": f"Het bestand bevat XML-entiteiten; die zijn niet toegestaan. {_COPY}",
    "codering": f"Het bestand gebruikt een tekencodering die niet is toegestaan. {_COPY}",
    "macro's": f"Het bestand bevat macro's; die zijn niet toegestaan. {_SAVE}",
    "externe-koppelingen": (
        "Het bestand bevat koppelingen naar andere bestanden of gegevensbronnen. "
        "Verbreek ze in Excel (Gegevens, Koppelingen bewerken) en upload opnieuw."
    ),
    "ingesloten-objecten": (
        f"Het bestand bevat ingesloten objecten of besturingselementen. {_COPY}"
    ),
    "te-veel-rijen": (
        "Een werkblad heeft meer dan 200.000 rijen; ook lege rijen met opmaak tellen mee. "
        f"Verwijder de overtollige rijen of verdeel ze. {_COPY}"
    ),
    "te-veel-kolommen": (
        "Een werkblad gebruikt meer dan 60 kolommen; ook lege kolommen met opmaak tellen mee. "
        f"{_COPY}"
    ),
    "geen-werkblad": (
        "De werkmap heeft geen zichtbaar werkblad met cellen. Gebruik het lege Excelbestand."
    ),
    UNUSUAL: (
        "Van dit bestand kunnen wij geen kopie maken, omdat het op een ongewone manier is"
        " opgeslagen. Open het in Excel, sla het op en upload het opnieuw."
    ),
    "te-veel-geheugen": f"De controle vroeg te veel geheugen en is gestopt. {_COPY}",
    "te-veel-tijd": f"De controle duurde te lang en is gestopt. {_COPY}",
    "controle-mislukt": (
        "De controle van dit bestand is mislukt. "
        f"{_COPY} Lukt het weer niet, meld het dan bij de beheerder."
    ),
}
