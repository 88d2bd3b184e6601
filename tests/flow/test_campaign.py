"""A campaign as a municipality lives through it, from the first file to the last case destroyed.

At each stage every resident is in exactly one place: what the gateway tells is held against the
file, the mailboxes and the print files, and never against another counter of ours.
"""

from __future__ import annotations

import smtplib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from deploy.local.clocks import move_clocks
from deploy.local.environment import RETURNS
from deploy.local.ports import HOST
from services.cases.domain import reminders
from shared.contracts.codes import ReturnReason
from tests.support import destruction, rounds
from tests.support.campaign import (
    Campaign,
    at_once,
    did,
    go_to,
    listed,
    print_files,
    results,
    today,
)
from tests.support.campaign_cast import BOTH, EMAIL, LETTER, Fate, cast_of, spoiled, written
from tests.support.notifications import notification
from tests.support.system import System
from tests.support.waiting import until

RESIDENTS, WRONG = 600, 40
#: How many residents stand in the file that is taken back.
TAKEN_BACK = 60
#: How long something may take on a machine that does other things too.
SECONDS = 300
#: More than the longest term of keeping, which is five years.
YEARS = f"+{5 * 366}d"
MISSING = (Fate.LEFT_OUT, Fate.NUMBERED)
NOT_DRAWN = (Fate.MENDED, Fate.UNDRAWABLE)
CAME_BACK = (Fate.BOUNCED, Fate.HOMELESS, Fate.BOUNCED_TOO)
NEVER_ANSWERED = (Fate.SILENT, Fate.OBJECTING)
DECIDED = (Fate.GRANTED, *NEVER_ANSWERED)
#: Words in the subjects of mails.
REMINDER, DECISION = "erinnering", "besluit over uw heronderzoek"
#: Residents answer on a page of their own, which is no part of this system: this is what it does.
ANSWERED_THERE = (
    "update cases set status = 'gegevens aangeleverd', supplied_via = 'pip', supplied_on = %s,"
    " supplied_from = status, version = version + 1 where number = any(%s) returning id"
)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own: its clock goes years ahead, and thousands would weigh on others."""
    running = System(tmp_path_factory.mktemp("campaign"))
    try:
        running.start()
        yield running
        running.stack.mail.forget()
    finally:
        running.stop()


@pytest.mark.timeout(1200)
def test_everybody_is_counted_once_from_the_first_file_to_the_last_case_destroyed(
    system: System, tmp_path: Path
) -> None:
    """At each stage the gateway, the mailboxes and the print files tell the same."""
    with rounds.signed_in(system) as worker:
        campaign = Campaign(system, worker, tmp_path, cast_of(RESIDENTS))
        for stage in (
            a_wrong_list_is_taken_back,
            forty_rows_are_wrong,
            every_resident_has_a_case,
            it_is_sent,
            what_failed_is_tried_again,
            mails_come_back,
            letters_come_back,
            most_answer,
            the_others_are_reminded,
            some_are_decided_about,
            decisions_are_printed_once,
            what_is_old_is_destroyed,
        ):
            stage(campaign)


def a_wrong_list_is_taken_back(campaign: Campaign) -> None:
    """Its cases are stopped, nobody was written to, and its residents may come again."""
    worker, taken = campaign.worker, campaign.cast.residents[:TAKEN_BACK]
    batch = rounds.opened(worker, campaign.folder, [one.row for one in taken])
    body = {"reden": "De lijst van vorig jaar", "wordtVervangen": True}
    did(worker.post(f"/batches/{batch}/intrekking", body), 202)
    campaign.taken_back = batch
    gone = worker.reaches(batch, "ingetrokken", SECONDS)
    assert (gone["aantalZaken"], gone["aantalGestopt"]) == (TAKEN_BACK, TAKEN_BACK)
    cases = listed(worker, "/zaken", batchId=batch)
    assert Counter(case["status"] for case in cases) == {"gestopt": TAKEN_BACK}
    assert worker.get("/afdrukbestanden", batchId=batch)["aantal"] == 0
    assert campaign.post.everywhere() == {}


def forty_rows_are_wrong(campaign: Campaign) -> None:
    """Each is named with row, column and what is wrong; the file cannot be confirmed."""
    worker, file = campaign.worker, campaign.folder / "fout.xlsx"
    planted = spoiled(campaign.cast, file, WRONG)
    upload = worker.checked(file, SECONDS)
    assert upload["aantalFout"] == upload["aantalFouten"] == WRONG, upload["groepen"]
    assert upload["aantalGoed"] == RESIDENTS - WRONG
    path = f"/uploads/{upload['id']}"
    found = listed(worker, f"{path}/bevindingen", ernst="fout")
    assert {(one["rij"], one["kolom"], one["soort"]) for one in found} == {
        (one.row, one.column, one.kind) for one in planted
    }
    did(worker.post(f"{path}/bevestiging", {"akkoord": True}), 409)


def every_resident_has_a_case(campaign: Campaign) -> None:
    """The corrected file passes; what will be sent is what the file asks for."""
    worker, cast = campaign.worker, campaign.cast
    upload = worker.checked(written(cast, campaign.folder / "goed.xlsx"), SECONDS)
    assert (upload["aantalFouten"], upload["aantalGoed"]) == (0, RESIDENTS), upload["groepen"]
    campaign.batch = worker.confirm(upload["id"])
    opened = worker.opened(campaign.batch, SECONDS)
    assert (opened["aantalZaken"], opened["aantalGeweigerd"]) == (RESIDENTS, 0)
    cast.opened(listed(worker, "/zaken", batchId=campaign.batch))
    assert len(cast.by_number) == RESIDENTS
    out = [one.case for one in cast.of(Fate.LEFT_OUT)]
    body = {"zaakIds": out, "reden": "Woont in het buitenland"}
    did(worker.post(f"/batches/{campaign.batch}/uitsluitingen", body))
    plan = worker.get(f"/batches/{campaign.batch}/plan")
    ways = Counter(one.way for one in cast.residents if one.fate is not Fate.LEFT_OUT)
    names = {EMAIL: "aantalAlleenEmail", LETTER: "aantalAlleenBrief", BOTH: "aantalBeide"}
    assert {way: plan[name] for way, name in names.items()} == ways
    assert plan["aantalUitgesloten"] == len(out)


def it_is_sent(campaign: Campaign) -> None:
    """Every mail lies in its mailbox, every letter in print file 1; what failed says why."""
    worker, cast, batch = campaign.worker, campaign.cast, campaign.batch
    approved = worker.approve(batch)
    assert approved.letters == len(cast.with_letter(Fate.LEFT_OUT))
    assert approved.mails == len(cast.with_mail(Fate.LEFT_OUT))
    worker.reaches(batch, "afgerond", SECONDS)
    campaign.printed = print_files(worker, 1, batchId=batch)
    drawn = cast.with_letter(*MISSING, *NOT_DRAWN)
    assert list(campaign.printed[0].cases) == [one.number for one in drawn]
    assert_failed(campaign, *NOT_DRAWN)
    assert_adds_up(campaign)


def assert_failed(campaign: Campaign, *letters: Fate) -> None:
    """On the list of what failed stand these letters, and all of who cannot be written to."""
    cast = campaign.cast
    failed = listed(campaign.worker, f"/batches/{campaign.batch}/mislukt")
    without_letter = [*cast.of(*letters), *cast.of(Fate.NUMBERED, way=BOTH)]
    assert Counter((one["zaakId"], one["kanaal"]) for one in failed) == Counter(
        [(one.case, "brief") for one in without_letter]
        + [(one.case, "email") for one in cast.of(Fate.NUMBERED)]
    )
    assert all(one["reden"] for one in failed)


def assert_adds_up(campaign: Campaign, *, bounced: int = 0, instead: int = 0) -> None:
    """The figures of the batch are those of the file, the mailboxes and the print files.

    So many mails were `bounced`, and so many letters made `instead` of a mail.
    """
    cast, figures = campaign.cast, campaign.figures
    letters, mails = figures["brieven"], figures["emails"]
    out = Counter(one.way for one in cast.of(Fate.LEFT_OUT))
    arrived = campaign.invitations()
    assert arrived == dict.fromkeys((one.mail for one in cast.with_mail(*MISSING)), 1)
    assert len(set(campaign.in_print)) == len(campaign.in_print), "a letter in two print files"
    assert letters["gemaakt"] == len(campaign.in_print)
    assert letters["uitgesloten"] == out[LETTER] + out[BOTH]
    ended = letters["gemaakt"] + letters["mislukt"] + letters["uitgesloten"]
    assert ended == len(cast.with_letter()) + instead
    assert mails["verzonden"] + mails["nietBezorgd"] == len(arrived)
    assert (mails["nietBezorgd"], mails["uitgesloten"]) == (bounced, out[EMAIL] + out[BOTH])
    assert mails["mislukt"] + mails["uitgesloten"] == len(cast.with_mail()) - len(arrived)
    for channel in (letters, mails):
        assert [channel[name] for name in ("gepland", "gevraagd", "ingetrokken")] == [0, 0, 0]
    lines = results(campaign.worker, campaign.batch)
    assert set(lines) == set(cast.by_number)
    made = {number for number, line in lines.items() if line.letter == "gelukt"}
    assert made == set(campaign.in_print)
    assert Counter(line.mail for line in lines.values())["gelukt"] == len(arrived) - bounced


def what_failed_is_tried_again(campaign: Campaign) -> None:
    """Ten streets are corrected; all that failed is tried again, and only those ten are made."""
    worker, cast, batch = campaign.worker, campaign.cast, campaign.batch

    def mend(case: str) -> None:
        path = f"/zaken/{case}/contactgegevens"
        seen = worker.get(path)
        address = {**seen["gegevens"]["adres"], "straat": "Pekingstraat"}
        body = {"versie": seen["versie"], "reden": "Naam in onze letters", "adres": address}
        did(worker.post(path, body))

    at_once(mend, [one.case for one in cast.of(Fate.MENDED)])
    again = did(worker.post(f"/batches/{batch}/opnieuw", {}), 202)
    failed = [*cast.of(*NOT_DRAWN), *cast.of(Fate.NUMBERED, way=BOTH)]
    assert again["aantalBrieven"] == len(failed)
    assert again["aantalEmails"] == len(cast.of(Fate.NUMBERED))
    worker.reaches(batch, "afgerond", SECONDS)
    campaign.printed = print_files(worker, 2, batchId=batch)
    assert list(campaign.printed[1].cases) == [one.number for one in cast.of(Fate.MENDED)]
    assert_failed(campaign, Fate.UNDRAWABLE)
    assert_adds_up(campaign)


def mails_come_back(campaign: Campaign) -> None:
    """Who has an address and no letter yet gets one; the mail is counted as not delivered."""
    worker, cast, batch = campaign.worker, campaign.cast, campaign.batch
    back = cast.of(*CAME_BACK)
    with smtplib.SMTP(HOST, campaign.system.stack.ports.smtp) as server:
        for one in back:
            (mail,) = campaign.post.at(one.mail)
            told = notification(mail.message_id)
            server.sendmail("postmaster@elders.example.nl", [RETURNS], told)
    path = f"/batches/{batch}/niet-bezorgd"
    until(lambda: worker.get(path)["aantal"] >= len(back), SECONDS, "mails came back")
    assert {one["zaakId"] for one in listed(worker, path)} == {one.case for one in back}
    ordered = did(worker.post(f"{path}/brieven", {}), 202)
    assert ordered["aantalBrieven"] == len(cast.of(Fate.BOUNCED))
    without = {one.case for one in cast.of(Fate.HOMELESS, Fate.BOUNCED_TOO)}
    assert {one["zaakId"] for one in ordered["nietGemaakt"]} == without
    worker.reaches(batch, "afgerond", SECONDS)
    campaign.printed = print_files(worker, 3, batchId=batch)
    assert list(campaign.printed[2].cases) == [one.number for one in cast.of(Fate.BOUNCED)]
    assert_adds_up(campaign, bounced=len(back), instead=len(cast.of(Fate.BOUNCED)))


def letters_come_back(campaign: Campaign) -> None:
    """All three files were posted, and thirty letters came back, each for its reason."""
    system, worker, cast = campaign.system, campaign.worker, campaign.cast
    for file in campaign.printed:
        did(worker.post(f"/afdrukbestanden/{file.id}/gepost", {"gepostDatum": str(today(system))}))
    go_to(system, today(system) + timedelta(days=2))
    back, reasons, on = cast.of(Fate.RETURNED), list(ReturnReason), str(today(system))

    def returned(place: int) -> None:
        body = {"zaaknummer": back[place].number, "retourDatum": on}
        did(worker.post("/retourpost", {**body, "reden": reasons[place % len(reasons)]}), 201)

    at_once(returned, range(len(back)))

    def told() -> tuple[int, int]:
        letters = campaign.figures["brieven"]
        return letters["gepost"], letters["retour"]

    expected = len(campaign.in_print), len(back)
    until(lambda: told() >= expected and told()[1] >= expected[1], SECONDS, "posted and returned")
    assert told() == expected
    lines = results(worker, campaign.batch)
    posted = {number for number, line in lines.items() if line.is_posted}
    returned_ones = {number for number, line in lines.items() if line.is_returned}
    assert (posted, returned_ones) == (set(campaign.in_print), {one.number for one in back})
    entered = listed(worker, "/retourpost", batchId=campaign.batch)
    assert Counter(one["reden"] for one in entered) == Counter(
        reasons[place % len(reasons)] for place in range(len(back))
    )


def most_answer(campaign: Campaign) -> None:
    """What is asked was sent in; the work list counts every resident in one status."""
    numbers = [one.number for one in campaign.cast.of(Fate.ANSWERED)]
    on = today(campaign.system)
    assert len(campaign.system.query("cases", ANSWERED_THERE, on, numbers)) == len(numbers)
    campaign.by_post(Fate.GRANTED)
    assert_statuses(campaign, **{"gegevens aangeleverd": (Fate.ANSWERED, Fate.GRANTED)})


def assert_statuses(campaign: Campaign, **those: tuple[Fate, ...]) -> None:
    """The work list and the workbook of results tell where every resident is."""
    cast = campaign.cast
    moved = {one.number: status for status, fates in those.items() for one in cast.of(*fates)}
    untouched = [*cast.of(*MISSING), *cast.of(Fate.UNDRAWABLE, way=LETTER)]
    expected = dict.fromkeys(cast.by_number, "uitnodiging verzonden")
    expected |= dict.fromkeys((one.number for one in untouched), "aangemaakt")
    lines = results(campaign.worker, campaign.batch)
    assert {number: line.status for number, line in lines.items()} == expected | moved
    page = campaign.worker.get("/zaken", batchId=campaign.batch)
    counts = {status: many for status, many in page["aantalPerStatus"].items() if many}
    assert counts == Counter((expected | moved).values())
    assert page["aantal"] == RESIDENTS


def the_others_are_reminded(campaign: Campaign) -> None:
    """On day 5, 10 and 14, as long as nothing came in; whose post came back is left in peace."""
    system, cast = campaign.system, campaign.cast
    ours = [one for one in cast.of(Fate.LATE, *NEVER_ANSWERED, *NOT_DRAWN) if one.way != LETTER]
    due = {one.mail: one.fate for one in ours}
    start = campaign.sent_on
    for number, days in enumerate((5, 10, 14), start=1):
        go_to(system, reminders.sending_day_from(start + timedelta(days=days)))
        for address in due:
            there = partial(campaign.has, address, REMINDER, number)
            until(there, SECONDS, f"reminder {number}")
        if number == 1:
            campaign.by_post(Fate.LATE)
            due = {mail: fate for mail, fate in due.items() if fate is not Fate.LATE}
    go_to(system, start + timedelta(days=20))
    until(lambda: campaign.reminders_ended(*NEVER_ANSWERED), SECONDS, "no reminder is to come")
    assert campaign.mails(REMINDER) == {one.mail: 1 if one.fate is Fate.LATE else 3 for one in ours}


def some_are_decided_about(campaign: Campaign) -> None:
    """After the term: each gets a letter, and a mail who chose that; two of them object."""
    go_to(campaign.system, campaign.sent_on + timedelta(days=40))
    no = {"resultaat": "afwijzen", "reden": "geen-of-onvolledige-gegevens"}
    why = {"motivering": "Wij kregen van u niet wat wij nodig hebben."}
    for one in campaign.cast.of(*NEVER_ANSWERED):
        campaign.act(one, "besluiten", **no, **why)
    for one in campaign.cast.of(Fate.GRANTED):
        campaign.act(one, "onderzoeken")
        why = {"motivering": "Uw inkomen en vermogen zijn laag genoeg."}
        campaign.act(one, "besluiten", resultaat="toekennen", **why)
    for one in campaign.cast.of(*DECIDED):
        by_hand = {"bevestigd": True, "redenBevestiging": "Ook meegegeven aan de balie"}
        campaign.act(one, "sluiten", **by_hand)
    for one in campaign.cast.of(Fate.OBJECTING):
        campaign.act(one, "bezwaar", ontvangstDatum=str(today(campaign.system)))
    supplied = {"gegevens aangeleverd": (Fate.ANSWERED, Fate.LATE)}
    assert_statuses(campaign, afgesloten=DECIDED, **supplied)
    mailed = {one.mail: 1 for one in campaign.cast.of(*DECIDED) if one.way != LETTER}
    for address in mailed:
        until(partial(campaign.has, address, DECISION), SECONDS, "decision by mail")
    assert campaign.mails(DECISION) == mailed


def decisions_are_printed_once(campaign: Campaign) -> None:
    """Two colleagues make the print file at once: one gets it, the other hears that he is late."""
    worker, decided = campaign.worker, campaign.cast.of(*DECIDED)
    until(lambda: worker.get("/te-printen")["aantal"] >= len(decided), SECONDS, "to be printed")
    waiting = listed(worker, "/te-printen")
    assert Counter(one["zaaknummer"] for one in waiting) == {one.number: 1 for one in decided}
    answers = at_once(lambda _: worker.post("/afdrukbestanden", {}), range(2))
    assert sorted(answer.status_code for answer in answers) == [202, 409]
    (file,) = print_files(worker, 1)
    assert set(file.cases) == {one.number for one in decided}
    assert worker.get("/te-printen")["aantal"] == 0
    told = campaign.figures
    assert told["brieven"]["gemaakt"] == len(campaign.in_print), "these count in no batch"
    mails = campaign.cast.with_mail(*MISSING, *CAME_BACK)
    assert told["emails"]["verzonden"] == len(mails), "nor do their mails"


def what_is_old_is_destroyed(campaign: Campaign) -> None:
    """Two persons agree; what is gone stands in the register, all others are still there."""
    system, worker, cast = campaign.system, campaign.worker, campaign.cast
    move_clocks(system.stack, YEARS)
    before = campaign.figures
    gone = cast.of(Fate.GRANTED, Fate.SILENT)
    with (
        rounds.signed_in(system, "beheerder") as administrator,
        rounds.signed_in(system, "coordinator") as second,
    ):
        plan = administrator.get("/vernietigbare-zaken")
        assert {
            one["soort"]: (one["aantal"], one["aantalGeblokkeerd"]) for one in plan["perSoort"]
        } == {
            "toegekend": (len(cast.of(Fate.GRANTED)), 0),
            "afgewezen": (len(cast.of(Fate.SILENT)), len(cast.of(Fate.OBJECTING))),
            "ingetrokken": (TAKEN_BACK, 0),
        }
        made = destruction.asked(administrator)
        did(administrator.post(f"/vernietigingen/{made}/akkoord"), 403)
        did(second.post(f"/vernietigingen/{made}/akkoord"), 202)
        ended = until(
            lambda: (
                (now := administrator.get(f"/vernietigingen/{made}"))["status"] == "klaar" and now
            ),
            SECONDS,
            "destroyed",
        )
        assert ended["aantalVernietigd"] == len(gone) + TAKEN_BACK
        register = listed(administrator, f"/vernietigingen/{made}/zaken")
    assert len(register) == ended["aantalVernietigd"]
    left = set(cast.by_number) - {one.number for one in gone}
    assert set(results(worker, campaign.batch)) == left
    assert worker.get("/zaken", batchId=campaign.batch)["aantal"] == len(left)
    assert campaign.figures == before, "the batch counts what was done, also for who is gone"
    withdrawn = worker.get(f"/batches/{campaign.taken_back}")
    assert (withdrawn["aantalZaken"], withdrawn["aantalGestopt"]) == (TAKEN_BACK, TAKEN_BACK)
    for one in gone:
        assert worker.http.get(f"/zaken/{one.case}").status_code == 404
        assert worker.get("/documenten", zaakId=one.case)["aantal"] == 0
