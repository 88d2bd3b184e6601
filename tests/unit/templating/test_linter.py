"""What is said about a template at upload."""

import pytest

from services.documents.templates import default_letter
from services.mailer.templates import default_mail
from shared.contracts.codes import Channel, Purpose
from shared.contracts.merge_fields import ASKING, purposes_of
from shared.templating import Finding, Level, lint_html, lint_subject, lint_text

INVITATION = Purpose.INVITATION


def errors(source: str, channel: Channel = Channel.LETTER, *assets: str) -> list[Finding]:
    """Return only the errors; the pieces here name no term, which is an error of its own."""
    found = lint_html(f"{source}\n<p>$REACTIEDATUM$</p>", INVITATION, channel, assets)
    return [finding for finding in found if finding.level is Level.ERROR]


def codes(source: str, purpose: Purpose = INVITATION) -> set[str]:
    """Return the codes of all findings about a letter."""
    return {found.code for found in lint_html(source, purpose, Channel.LETTER)}


def test_an_unknown_field_is_an_error_with_its_line_and_a_suggestion() -> None:
    """The maker of the template must find it in one look."""
    (finding,) = errors("<p>Hallo</p>\n<p>$AANHEFF$</p>")
    assert (finding.line, finding.code) == (2, "veld-onbekend")
    assert "Bedoelt u $AANHEF$?" in finding.message


@pytest.mark.parametrize("source", ["<p>$Voornaam$</p>", "<p>$VOORNAAM</p>", "<p>$VOOR</b>NAAM$"])
def test_a_damaged_field_is_an_error(source: str) -> None:
    """Wrong case, a forgotten dollar sign, or markup of a word processor in between."""
    assert errors(source)


def test_an_amount_in_dollars_is_no_field() -> None:
    """Only names count."""
    assert errors("<p>$ 25 en $100 en 5$</p>") == []


def test_a_bsn_is_refused_with_the_reason() -> None:
    """There is no such field, and there will not be."""
    (finding,) = errors("<p>$BSN$</p>")
    assert "mag nooit" in finding.message


def test_a_field_of_another_purpose_is_an_error() -> None:
    """Batch counts mean nothing to a resident."""
    (finding,) = errors("<p>$AANTAL_ZAKEN$</p>")
    assert finding.code == "veld-ander-doel"


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("html-element", "<script>x</script>"),
        ("html-element", "<iframe src='logo.png'></iframe>"),
        ("html-element", "<form></form>"),
        ("html-element", "<object></object>"),
        ("html-element", "<svg></svg>"),
        ("html-element", "<link rel='stylesheet' href='https://example.nl/x.css'>"),
        ("html-element", "<pdf:insertpdf src='logo.png'/>"),
        ("html-element", "<?php x ?>"),
        ("html-script", "<p onclick='x()'>a</p>"),
        ("html-script", "<img src='logo.png' OnError='x()'>"),
        ("html-adres", "<a href='javascript:x()'>a</a>"),
        ("html-adres", "<a href='$VOORNAAM$'>a</a>"),
        ("html-adres", "<img src='http://127.0.0.1/x.png'>"),
        ("html-adres", "<img src='file:///etc/passwd'>"),
        ("html-adres", "<img src='/etc/passwd'>"),
        ("html-adres", "<img src='../logo.png'>"),
        ("html-adres", "<img src='data:image/svg+xml;base64,AAAA'>"),
        ("html-adres", "<table background='//example.nl/x.png'></table>"),
        ("html-adres", "<p style='background: url(http://example.nl/x)'>a</p>"),
        ("html-adres", '<style>\n\n@font-face { src: url("http://x/y.ttf") }</style>'),
        ("html-stijl", "<style>@import 'x.css';</style>"),
        ("html-stijl", "<p style='background: u\\72l(x)'>a</p>"),
        ("html-kenmerk", "<img src='logo.png' srcset='x 2x'>"),
        ("html-kenmerk", "<meta http-equiv='refresh' content='0'>"),
        ("veld-plaats", "<p style='color: $VOORNAAM$'>a</p>"),
        ("veld-zonder-aanhalingstekens", "<p title=$VOORNAAM$>a</p>"),
    ],
)
def test_hostile_html_is_an_error(code: str, source: str) -> None:
    """Scripts, forms, addresses elsewhere, and every trick to get there."""
    found = errors(f"<p>a</p>\n{source}", Channel.LETTER, "logo.png")
    assert code in {finding.code for finding in found}
    assert all((finding.line or 0) >= 2 for finding in found)


def test_the_line_of_a_problem_in_a_style_sheet_is_its_own() -> None:
    """Not the line where the style sheet begins."""
    (finding,) = errors("<style>\n\np { background: url(http://example.nl/x) }</style>")
    assert finding.line == 3


def test_pictures_stored_with_the_template_are_fine() -> None:
    """By exactly their name."""
    assert errors("<img src='logo.png'>", Channel.LETTER, "logo.png") == []
    assert errors("<img src='logo.png'>", Channel.LETTER) != []


def test_a_mail_has_no_page_numbers() -> None:
    """Tags of the PDF library mean nothing in a mail."""
    assert errors("<pdf:pagenumber/>", Channel.LETTER) == []
    assert errors("<pdf:pagenumber/>", Channel.EMAIL) != []


@pytest.mark.parametrize("purpose", sorted(ASKING))
def test_asking_without_a_deadline_is_an_error_that_names_the_law(purpose: Purpose) -> None:
    """The Wmebv asks that a resident knows until when to react; a style sheet tells nobody."""
    for source in ("<p>$DATUM$</p>", "<title>$REACTIEDATUM$</title><p>a</p>"):
        (found,) = (
            found
            for found in lint_html(source, purpose, Channel.EMAIL)
            if found.code == "termijn-ontbreekt"
        )
        assert found.level is Level.ERROR
        assert "Wmebv" in found.message
    assert "termijn-ontbreekt" not in codes("<p>$DATUM$</p>", Purpose.RECEIPT)


@pytest.mark.parametrize("purpose", [Purpose.GRANTED, Purpose.REJECTED])
@pytest.mark.parametrize("words", ["<p>a</p>", "<p>bezwaar</p>", "<p>zes weken</p>"])
def test_a_decision_without_the_way_to_object_is_an_error(purpose: Purpose, words: str) -> None:
    """The way and the term, both: Awb 3:45 and 6:7."""
    assert "bezwaarclausule-ontbreekt" in codes(words, purpose)
    assert "bezwaarclausule-ontbreekt" not in codes(
        "<p>U kunt bezwaar maken, binnen <b>zes</b>\nweken.</p>", purpose
    )


@pytest.mark.parametrize("number", ["999990019", "9999.90.019", "<b>9999</b>90019"])
def test_a_bsn_in_the_text_is_an_error_with_its_line(number: str) -> None:
    """Whoever pastes an old letter pastes a resident's number with it."""
    (found,) = errors(f"<p>a</p>\n<p>{number}</p>")
    assert (found.code, found.line) == ("bsn-nummer", 2)
    assert "999" not in found.message


def test_other_numbers_are_fine() -> None:
    """A telephone number, an account, and nine digits that no BSN has."""
    assert errors("<p>0612345678 NL91ABNA0417164300 999990018 000000000</p>") == []


def test_a_font_that_is_not_there_is_an_error() -> None:
    """The letter would be drawn in another, without a word."""
    (found,) = errors("<style>\np { font-family: 'Comic Sans MS' }</style>")
    assert (found.code, found.line) == ("lettertype-ontbreekt", 2)
    assert errors("<p style='font-family: Calibri, Arial'>a</p>") == []
    assert errors("<font face='Papyrus'>a</font>")
    own = "<style>@font-face { font-family: Stad; src: url(stad.ttf) } p { font-family: Stad }"
    assert errors(f"{own}</style>", Channel.LETTER, "stad.ttf") == []


def test_style_that_a_letter_does_not_know_is_a_warning() -> None:
    """It is ignored, so the maker should look at the sample."""
    found = lint_html("<p>\n</p><p style='display: flex'>a</p>", INVITATION, Channel.LETTER)
    assert [(f.line, f.level) for f in found if f.code == "stijl-onbekend"] == [(2, Level.WARNING)]


@pytest.mark.parametrize(
    ("code", "source"),
    [
        ("tabel-te-groot", "<table>" + "<tr><td>a</td></tr>\n" * 100_000 + "</table>"),
        ("tabel-te-groot", "<table><tr><td colspan='99999999999'>a</td></tr></table>"),
        ("tabel-te-diep", "<table><tr><td>" * 6),
    ],
)
def test_an_endless_table_is_an_error(code: str, source: str) -> None:
    """It is refused before the PDF library begins on it."""
    assert code in codes(source)


def test_a_mail_about_a_message_cannot_say_what_is_in_it() -> None:
    """There are no fields for it."""
    found = lint_html("<p>$BESLUIT$ $MOTIVERING$</p>", Purpose.MESSAGE_WAITS, Channel.EMAIL)
    assert [f.code for f in found].count("veld-ander-doel") == 2


def test_a_long_mail_and_a_long_subject_are_warnings() -> None:
    """They arrive, but cut off."""
    mail = lint_html("<p>a</p>" * 20_000, Purpose.RECEIPT, Channel.EMAIL)
    assert "email-lang" in {found.code for found in mail}
    assert [found.code for found in lint_subject("a" * 101, INVITATION)] == ["onderwerp-lang"]


def test_subjects_are_checked() -> None:
    """Empty, several lines, unknown fields."""
    assert [f.code for f in lint_subject(" ", INVITATION)] == ["onderwerp-leeg"]
    assert [f.code for f in lint_subject("a\nb", INVITATION)] == ["onderwerp-regels"]
    assert [f.code for f in lint_subject("$ZAK$", INVITATION)] == ["veld-onbekend"]


@pytest.mark.parametrize("purpose", purposes_of(Channel.LETTER))
def test_the_shipped_letters_have_no_findings(purpose: Purpose) -> None:
    """Not even a warning."""
    letter = default_letter(purpose)
    assert lint_html(letter.html, letter.purpose, Channel.LETTER, letter.assets) == []


@pytest.mark.parametrize("purpose", purposes_of(Channel.EMAIL))
def test_the_shipped_mails_have_no_findings(purpose: Purpose) -> None:
    """Neither the subject, nor the text, nor the HTML."""
    mail = default_mail(purpose)
    assert lint_subject(mail.subject, purpose) == []
    assert lint_text(mail.text, purpose) == []
    assert lint_html(mail.html, purpose, Channel.EMAIL) == []
