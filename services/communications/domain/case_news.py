"""What is told about a case to who does it, in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from services.communications.domain.notices import CaseNews, NoticeKind
from shared.contracts.codes import CaseStatus, TaskKind

ASSIGNED = CaseNews(
    NoticeKind.CASE_ASSIGNED,
    "Een collega gaf u werk",
    "Zaak {zaak} is aan u toegewezen.",
    "aan u toegewezen. U vindt ze in uw werklijst.",
)
COMPLAINT = CaseNews(
    NoticeKind.COMPLAINT,
    "Er is een klacht",
    "In zaak {zaak} is een klacht. Een coördinator handelt die af: zie de taken.",
    "er is een klacht. Een coördinator handelt die af: zie de taken.",
)
_TASKS: Mapping[TaskKind, tuple[str, str]] = MappingProxyType(
    {
        TaskKind.CHECK_ADDRESS: ("Adres nakijken", "kijk het adres na"),
        TaskKind.CHECK_EMAIL: ("E-mailadres nakijken", "kijk het e-mailadres na"),
        TaskKind.SEND_LETTER: ("Brief sturen", "stuur een brief"),
        TaskKind.CALL_BACK: ("Inwoner terugbellen", "bel de inwoner terug"),
        TaskKind.JUDGE_DOCUMENTS: ("Stukken beoordelen", "beoordeel de stukken"),
        TaskKind.ANSWER_MESSAGE: ("Bericht beantwoorden", "beantwoord het bericht"),
        TaskKind.CHECK_DECEASED: ("Bericht van overlijden", "kijk na of de inwoner is overleden"),
        TaskKind.TERM_PASSED: ("Termijn verlopen", "de reactietermijn is verlopen"),
        TaskKind.PULL_LETTER: ("Brief tegenhouden", "haal een brief uit de post"),
        TaskKind.WAIT_ENDED: ("Zaak weer oppakken", "het wachten is voorbij"),
        TaskKind.OBJECTION: ("Bezwaar", "bekijk het bezwaar"),
        TaskKind.OTHER: ("Een nieuwe taak", "er is een taak"),
    }
)


def task_opened(kind: TaskKind) -> CaseNews:
    """What is told of a task."""
    if kind is TaskKind.COMPLAINT:
        return COMPLAINT
    title, what = _TASKS[kind]
    return CaseNews(
        NoticeKind.TASK_OPENED, title, f"Zaak {{zaak}}: {what}.", f"{what}.", about=kind.value
    )


def status_changed(status: CaseStatus) -> CaseNews:
    """What is told of a status that a colleague gave the case."""
    return CaseNews(
        NoticeKind.STATUS_CHANGED,
        "Een collega wijzigde de status",
        f"Zaak {{zaak}} heeft nu de status '{status}'.",
        f"een collega gaf ze de status '{status}'.",
        about=status.value,
    )
