"""Code lists that services share. The values are Dutch: they stand on the wire and on screens."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a resident is written to, one delivery each."""

    EMAIL = "email"
    LETTER = "brief"


class Preference(StrEnum):
    """The column COMM_VOORK."""

    EMAIL = "EMAIL"
    LETTER = "BRIEF"
    BOTH = "BEIDE"

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that this preference asks for, e-mail first."""
        if self is Preference.BOTH:
            return (Channel.EMAIL, Channel.LETTER)
        return (Channel.EMAIL,) if self is Preference.EMAIL else (Channel.LETTER,)


class Purpose(StrEnum):
    """Why something is sent; a template serves one purpose."""

    INVITATION = "uitnodiging"
    FIRST_REMINDER = "herinnering-1"
    SECOND_REMINDER = "herinnering-2"
    THIRD_REMINDER = "herinnering-3"
    LAST_CALL = "laatste-oproep"
    POSTPONEMENT = "uitstel"
    RECEIPT = "ontvangstbevestiging"
    GRANTED = "besluit-toekennen"
    REJECTED = "besluit-afwijzen"
    MESSAGE_WAITS = "bericht-wacht"
    BATCH_READY = "batch-gereed"


class CaseStatus(StrEnum):
    """Where a case stands."""

    CREATED = "aangemaakt"
    INVITED = "uitnodiging verzonden"
    SUPPLIED = "gegevens aangeleverd"
    EXAMINED = "in onderzoek"
    WAITING = "in afwachting"
    DECIDED = "besloten"
    CLOSED = "afgesloten"
    STOPPED = "gestopt"


class TaskKind(StrEnum):
    """What somebody is asked to do in a case."""

    CHECK_ADDRESS = "adres-nakijken"
    CHECK_EMAIL = "e-mailadres-nakijken"
    SEND_LETTER = "brief-sturen"
    COMPLAINT = "klacht"
    CALL_BACK = "terugbellen"
    JUDGE_DOCUMENTS = "stukken-beoordelen"
    ANSWER_MESSAGE = "bericht-beantwoorden"
    CHECK_DECEASED = "overleden-nakijken"
    PULL_LETTER = "brief-tegenhouden"
    TERM_PASSED = "termijn-verlopen"
    WAIT_ENDED = "wachten-voorbij"
    OBJECTION = "bezwaar"
    OTHER = "anders"


class ReturnReason(StrEnum):
    """Why a letter came back."""

    MOVED = "verhuisd"
    UNKNOWN = "onbekend"
    REFUSED = "geweigerd"
    DECEASED = "overleden"
    OTHER = "anders"


class Role(StrEnum):
    """What a user may be; no role includes another."""

    RAADPLEGER = "raadpleger"
    BEHANDELAAR = "behandelaar"
    COORDINATOR = "coordinator"
    BEHEERDER = "beheerder"
    PERSOONSVERWERKER = "persoonsverwerker"
    AUDITOR = "auditor"
    SYSTEEM = "systeem"
