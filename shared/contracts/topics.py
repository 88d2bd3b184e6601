"""The topics: who writes, who reads, what the key is. Kafka's topics and ACLs follow from this."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

PARTITIONS = 12

#: Sealed topics carry personal data: days, long enough to repair an outage over a long weekend.
SHORT = timedelta(days=7)
#: Fact topics carry ids only; other systems may be away for a fortnight.
LONG = timedelta(days=14)
#: A dead letter waits for a person.
DEAD_LETTERS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic. `key` names the field whose value is the Kafka key."""

    name: str
    key: str
    writer: str
    readers: tuple[str, ...]
    meaning: str
    sealed: bool = False
    compacted: bool = False
    retention: timedelta = LONG

    @property
    def public(self) -> bool:
        """Whether other municipal systems may subscribe."""
        return not self.sealed


ROWS = Topic(
    "intake.rijen",
    "zaakId",
    "intake",
    ("cases",),
    "De rijen van een bevestigd bestand, elk met het zaaknummer dat ervoor is gereserveerd.",
    sealed=True,
    retention=SHORT,
)
UPLOADED_BATCHES = Topic(
    "intake.batches",
    "batchId",
    "intake",
    ("cases",),
    "Een medewerker heeft een gecontroleerd bestand bevestigd.",
)
CASES = Topic(
    "zaken.zaken",
    "zaakId",
    "cases",
    ("intake", "documents", "mailer", "communications"),
    "Wat er met een zaak gebeurt; alleen kenmerken, geen persoonsgegevens.",
)
PERSONS = Topic(
    "zaken.personen",
    "zaakId",
    "cases",
    ("communications",),
    "De persoon bij een zaak, voor wie zijn gegevens nodig heeft.",
    sealed=True,
    retention=SHORT,
)
CASE_BATCHES = Topic(
    "zaken.batches",
    "batchId",
    "cases",
    ("intake", "documents", "mailer", "communications"),
    "De loop van een heronderzoek als geheel: geopend, akkoord, gepauzeerd, afgerond.",
)
STAFF = Topic(
    "zaken.medewerkers",
    "gebruikerId",
    "cases",
    ("communications",),
    "Wie er afwezig is en wie dan waarneemt; alleen kenmerken, geen namen.",
)
ORDERS = Topic(
    "zaken.opdrachten",
    "zaakId",
    "cases",
    ("documents", "mailer"),
    "Opdrachten om een brief te maken of een e-mail te versturen.",
    sealed=True,
    retention=SHORT,
)
SETTINGS = Topic(
    "gemeenten.instellingen",
    "gemeente",
    "cases",
    ("intake", "cases", "documents", "mailer", "communications"),
    "De instellingen van een gemeente; de laatste telt.",
    compacted=True,
)
DOCUMENTS = Topic(
    "documenten.documenten",
    "zaakId",
    "documents",
    ("cases", "communications"),
    "Brieven: gemaakt, mislukt, gepost, teruggekomen.",
)
PRINT_FILES = Topic(
    "documenten.afdrukken",
    "batchId",
    "documents",
    ("cases", "communications"),
    "Afdrukbestanden die klaar zijn of zijn mislukt.",
)
DELIVERY = Topic(
    "berichten.bezorging",
    "zaakId",
    "mailer",
    ("cases", "communications"),
    "E-mails: aangenomen door de mailserver, mislukt, niet bezorgd.",
)
MESSAGES = Topic(
    "communicatie.berichten",
    "zaakId",
    "communications",
    ("cases",),
    "Berichten die in een zaak zijn geplaatst.",
)

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        ROWS,
        UPLOADED_BATCHES,
        CASES,
        PERSONS,
        CASE_BATCHES,
        STAFF,
        ORDERS,
        SETTINGS,
        DOCUMENTS,
        PRINT_FILES,
        DELIVERY,
        MESSAGES,
    )
}


def dead_letter_topic(topic: str, service: str) -> str:
    """Where `service` puts what it could not handle of `topic`."""
    return f"{topic}.{service}.dlq"
