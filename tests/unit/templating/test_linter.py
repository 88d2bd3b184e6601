"""What is said about a template at upload."""

import pytest

from services.documents.templates import default_letter
from services.mailer.templates import default_mail
from shared.contracts.codes import Channel, Purpose
from shared.templating import Finding, Level, lint_html, lint_subject, lint_text

INVITATION = Purpose.INVITATION


def errors(source: str, channel: Channel = Channel.LETTER, *assets: str) -> list[Finding]:
    """Return only the errors."""
    found = lint_html(source, INVITATION, channel, assets)
    return [finding for finding in found if finding.level is Level.ERROR]


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


def test_an_invitation_without_a_deadline_is_a_warning_that_names_the_law() -> None:
    """The Wmebv asks that a resident knows until when to react."""
    found = lint_html("<p>$DATUM$</p>", INVITATION, Channel.LETTER)
    warnings = [finding for finding in found if finding.level is Level.WARNING]
    assert any("$REACTIEDATUM$" in w.message and "Wmebv" in w.message for w in warnings)
    assert not any(w.message.startswith("$DATUM$") for w in warnings)


def test_subjects_are_checked() -> None:
    """Empty, several lines, unknown fields."""
    assert [f.code for f in lint_subject(" ", INVITATION)] == ["onderwerp-leeg"]
    assert [f.code for f in lint_subject("a\nb", INVITATION)] == ["onderwerp-regels"]
    assert [f.code for f in lint_subject("$ZAK$", INVITATION)] == ["veld-onbekend"]


def test_the_shipped_letter_has_no_findings() -> None:
    """Not even a warning."""
    letter = default_letter(INVITATION)
    assert lint_html(letter.html, letter.purpose, Channel.LETTER, letter.assets) == []


@pytest.mark.parametrize("purpose", [Purpose.INVITATION, Purpose.BATCH_READY])
def test_the_shipped_mails_have_no_findings(purpose: Purpose) -> None:
    """Neither the subject, nor the text, nor the HTML."""
    mail = default_mail(purpose)
    assert lint_subject(mail.subject, purpose) == []
    assert lint_text(mail.text, purpose) == []
    assert lint_html(mail.html, purpose, Channel.EMAIL) == []
