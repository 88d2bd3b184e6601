"""What can go wrong with templates, letters and print files.

Refused (see shared.chassis.errors)
├── NotFound
│   ├── TemplateUnknown        no such version, or of another gemeente
│   ├── NoActiveTemplate       nothing to make letters with yet
│   ├── DocumentUnknown
│   ├── BatchUnknown
│   ├── PrintFileUnknown
│   ├── NoLetterOfCase         no letter was ever asked for under this case number
│   ├── ReturnUnknown          no letter with this id came back
│   └── ContentGone            the row is there, the bytes are not
├── Conflict
│   ├── OtherVersionActivated  a colleague chose another version at the same moment
│   ├── PreviewFailed          a letter like this could not be made
│   ├── LetterNotMade          still to be made, or failed
│   ├── PrintFileNotReady      still being built, or failed
│   ├── PrintFileNotFailed     ready, or still being built: nothing to do again
│   ├── LettersToPull          it holds letters that must not be posted
│   ├── NothingToPrint         no letter of a single case waits
│   ├── LettersTaken           a colleague put a chosen letter in a print file, or it never waited
│   ├── NotPrintedYet          a letter that left nowhere cannot come back
│   ├── AlreadyReturned        says when and by whom
│   ├── NotReturned            that was taken back already
│   └── OptionsChanged         a colleague chose other print options meanwhile
└── Invalid
    ├── NoLetterForPurpose     a purpose that is only mailed
    ├── TemplateHasErrors      the linter's findings, each with its line
    ├── DocumentRefused        a .docx that is none, or a hostile one
    ├── PictureRefused         a picture that cannot be kept with a template
    ├── SampleFailed           the template cannot be drawn
    ├── DayRefused             a day in the future, or before it can have happened
    └── CorrectionWithoutReason  another date of posting, without saying why
Transient
└── TemplateNotKnownYet        an order came before its template version
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from services.documents.domain.withdrawing import ToPull
from shared.chassis.errors import Conflict, FieldError, Invalid, NotFound, Transient
from shared.templating import Finding

#: A sentence with more of them is not read; the print file lists them all.
_MOST_NAMED = 10


class TemplateUnknown(NotFound):
    """A version that does not exist here."""

    def __init__(self) -> None:
        super().__init__("Dit sjabloon bestaat niet. Kies een sjabloon uit de lijst.")


class NoActiveTemplate(NotFound):
    """The gemeente has no letter for a purpose."""

    def __init__(self, purpose: str) -> None:
        super().__init__(
            f"Er is nog geen actief briefsjabloon voor het doel '{purpose}'. "
            "Vraag uw beheerder om er een te plaatsen."
        )


class DocumentUnknown(NotFound):
    """A document that does not exist here."""

    def __init__(self) -> None:
        super().__init__("Dit document bestaat niet. Open het vanuit de zaak.")


class BatchUnknown(NotFound):
    """A batch that no letter was asked for."""

    def __init__(self) -> None:
        super().__init__("Van deze batch zijn hier geen brieven bekend. Kijk over een minuut weer.")


class PrintFileUnknown(NotFound):
    """A print file that does not exist here."""

    def __init__(self) -> None:
        super().__init__("Dit afdrukbestand bestaat niet. Open het vanuit het Batchoverzicht.")


class ContentGone(NotFound):
    """The store does not have what our row points at."""

    def __init__(self) -> None:
        super().__init__("De inhoud staat niet meer in de opslag. Meld dit bij uw beheerder.")


class OtherVersionActivated(Conflict):
    """Two chose at once: the last one counts."""

    def __init__(self) -> None:
        super().__init__("Een collega koos net een andere versie. Kijk in de lijst welke nu geldt.")


class LetterNotMade(Conflict):
    """There is no PDF to open."""

    title = "Deze brief is er niet"

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason or "De brief wordt nog gemaakt. Probeer het over een minuut weer.")


class PrintFileNotReady(Conflict):
    """There is nothing to download."""

    title = "Dit afdrukbestand is er niet"

    def __init__(self, reason: str | None) -> None:
        super().__init__(
            reason or "Het afdrukbestand wordt nog gemaakt. Probeer het over een minuut weer."
        )


class PrintFileNotFailed(Conflict):
    """Only what failed is built again: a print file that is ready never changes."""

    title = "Dit afdrukbestand is niet mislukt"

    def __init__(self, *, is_ready: bool) -> None:
        super().__init__(
            "Het afdrukbestand is klaar. U kunt het openen."
            if is_ready
            else "Het afdrukbestand wordt al gemaakt. Kijk over een minuut weer."
        )


class LettersToPull(Conflict):
    """It is going to the post with letters that must not."""

    problem = "brieven-niet-posten"
    title = "In dit afdrukbestand zitten brieven die niet op de post mogen"

    def __init__(self, pulled: Sequence[ToPull]) -> None:
        where = "; ".join(
            f"brief {one.place} (zaak {one.case_number}, vanaf pagina {one.page})"
            for one in pulled[:_MOST_NAMED]
        )
        more = f" en nog {len(pulled) - _MOST_NAMED}" if len(pulled) > _MOST_NAMED else ""
        super().__init__(
            f"Haal deze brieven eruit: {where}{more}. Geef daarna aan dat ze eruit zijn"
            " (nietPostenEruit: true). Zijn ze toch verstuurd? Geef dan dat aan (false).",
            brieven=[
                {"volgnummer": one.place, "zaaknummer": one.case_number, "pagina": one.page}
                for one in pulled
            ],
        )


class NoLetterForPurpose(Invalid):
    """Letters are not made for this purpose."""

    def __init__(self, purpose: str) -> None:
        reason = f"Voor het doel '{purpose}' maken wij geen brieven. Hiervoor is alleen een e-mail."
        super().__init__(reason, (FieldError("doel", "doel-zonder-brief", reason),))


class TemplateHasErrors(Invalid):
    """What must be repaired first, each with its line."""

    title = "Het sjabloon bevat fouten"

    def __init__(self, findings: Sequence[Finding]) -> None:
        count = "1 fout" if len(findings) == 1 else f"{len(findings)} fouten"
        super().__init__(
            f"Het sjabloon bevat {count}. Verbeter het sjabloon en plaats het opnieuw.",
            tuple(FieldError("html", found.code, _with_line(found)) for found in findings),
        )
        self.extra = {
            "bevindingen": [
                {"regel": found.line, "code": found.code, "uitleg": found.message}
                for found in findings
            ]
        }


def _with_line(found: Finding) -> str:
    return found.message if found.line is None else f"Regel {found.line}: {found.message}"


class DocumentRefused(Invalid):
    """A .docx that is none, or a hostile one."""

    title = "Dit document nemen wij niet aan"

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason, (FieldError("bestand", code, reason),))


class PictureRefused(Invalid):
    """Pictures that cannot be kept with a template, all together."""

    title = "Een afbeelding nemen wij niet aan"

    def __init__(self, reasons: Sequence[tuple[int, str]]) -> None:
        super().__init__(
            "Verander of verwijder de afbeeldingen die hieronder staan.",
            tuple(
                FieldError(f"afbeeldingen.{number}.inhoud", "afbeelding-geweigerd", reason)
                for number, reason in reasons
            ),
        )


class SampleFailed(Invalid):
    """The template passed the linter, but cannot be drawn."""

    title = "Het voorbeeld kon niet worden gemaakt"

    def __init__(self, reason: str) -> None:
        super().__init__(reason, (FieldError("html", "voorbeeld-mislukt", reason),))


class PreviewFailed(Conflict):
    """There is no example of a letter that could not be made."""

    problem = "voorbeeld-kan-niet"
    title = "Van deze inwoner is geen voorbeeld te maken"


class NoLetterOfCase(NotFound):
    """A case number that no letter has."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Van zaak {number} is geen brief bekend. Controleer het zaaknummer: het kan een"
            " typefout zijn, of deze inwoner kreeg alleen e-mail."
        )


class NotPrintedYet(Conflict):
    """Its letters are not in a print file that was made."""

    title = "Deze brief is nog niet de deur uit"

    def __init__(self, number: str) -> None:
        super().__init__(
            f"Van zaak {number} is nog geen brief afgedrukt, dus er kan er geen terugkomen."
            " Controleer het zaaknummer."
        )


class AlreadyReturned(Conflict):
    """Somebody was first."""

    title = "Deze brief is al als retour verwerkt"

    def __init__(self, number: str, at: datetime, by: str) -> None:
        super().__init__(
            f"De brief van zaak {number} is al als retour verwerkt op {at:%d-%m-%Y} door {by}."
            " Kreeg deze inwoner nog een brief? Kies dan welke brief terugkwam."
        )


class NotReturned(Conflict):
    """It was taken back already."""

    def __init__(self) -> None:
        super().__init__("Deze retour is al ingetrokken.")


class ReturnUnknown(NotFound):
    """No letter with this id came back."""

    def __init__(self) -> None:
        super().__init__("Deze retour bestaat niet. Open hem vanuit de lijst met retourpost.")


class NothingToPrint(Conflict):
    """There is nothing to make a print file of."""

    title = "Er is niets te printen"

    def __init__(self) -> None:
        super().__init__("Er wachten geen brieven. Een collega heeft ze misschien net afgedrukt.")


class LettersTaken(Conflict):
    """Some of the chosen letters do not wait any more."""

    def __init__(self, many: int) -> None:
        which = "1 van de gekozen brieven" if many == 1 else f"{many} van de gekozen brieven"
        super().__init__(
            f"{which} wacht niet meer onder Te printen. Een collega heeft die misschien net in een"
            " afdrukbestand gezet. Ververs de lijst en kies opnieuw."
        )


class OptionsChanged(Conflict):
    """Two chose at once."""

    def __init__(self) -> None:
        super().__init__("Een collega koos net andere afdrukopties. Bekijk ze en kies opnieuw.")


class DayRefused(Invalid):
    """A day on which this cannot have happened."""

    def __init__(self, field: str, code: str, reason: str) -> None:
        super().__init__(reason, (FieldError(field, code, reason),))


class CorrectionWithoutReason(Invalid):
    """The date of posting is evidence: it is not changed without a word."""

    def __init__(self, before: date) -> None:
        reason = f"Eerder is {before:%d-%m-%Y} opgegeven. Vul in waarom die datum niet klopt."
        super().__init__(reason, (FieldError("reden", "reden-ontbreekt", reason),))


class TemplateNotKnownYet(Transient):
    """The letter waits: its template version may still arrive."""
