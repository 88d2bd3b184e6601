"""Values in templates: escaped, once, and without holes where nothing is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values
from shared.templating import (
    RequiredFieldEmpty,
    SubjectHasLineBreak,
    UnknownField,
    fill_html,
    fill_subject,
    fill_text,
)

INVITATION = Purpose.INVITATION


def html(template: str, **values: str) -> str:
    """Fill HTML with the examples, changed."""
    return fill_html(template, {**example_values(INVITATION), **values}, INVITATION)


def text(template: str, **values: str) -> str:
    """Fill plain text with the examples, changed."""
    return fill_text(template, {**example_values(INVITATION), **values}, INVITATION)


def test_markup_in_a_value_is_shown_and_not_read() -> None:
    """In text and in attributes."""
    filled = html('<p title="$VOORNAAM$">$VOORNAAM$</p>', VOORNAAM="<b>&\"'$")
    assert filled == ('<p title="&lt;b&gt;&amp;&quot;&#x27;$">&lt;b&gt;&amp;&quot;&#x27;$</p>')


def test_a_value_that_looks_like_a_field_is_not_filled_again() -> None:
    """One pass in HTML, text and subject."""
    tricky = {"ACHTERNAAM": "$VOORNAAM$"}
    assert html("<p>$ACHTERNAAM$</p>", **tricky) == "<p>$VOORNAAM$</p>"
    assert text("$ACHTERNAAM$", **tricky) == "$VOORNAAM$"
    values = {**example_values(INVITATION), **tricky}
    assert fill_subject("Aan $ACHTERNAAM$", values, INVITATION) == "Aan $VOORNAAM$"


@given(st.text(), st.text())
def test_no_value_can_add_a_tag(first: str, second: str) -> None:
    """Whatever a name holds, the letter has the tags of the template."""
    values = {**example_values(INVITATION), "VOORNAAM": first, "CONTRACTNUMMER": second}
    filled = fill_html("<i>$VOORNAAM$</i> x $CONTRACTNUMMER$", values, INVITATION)
    assert filled.replace("<br/>", "").count("<") == 2


@given(st.text())
def test_a_subject_is_one_line_whatever_a_value_holds(name: str) -> None:
    """Nothing in a name can begin a new mail header."""
    subject = fill_subject("Zaak van $VOORNAAM$", {"VOORNAAM": name}, INVITATION)
    assert len(subject.splitlines()) == 1


def test_a_subject_template_of_two_lines_is_refused() -> None:
    """It would forge headers."""
    with pytest.raises(SubjectHasLineBreak):
        fill_subject("Hallo\r\nBcc: x@example.nl", {}, INVITATION)


@pytest.mark.parametrize("missing", ["", "  ", "\u200b"])
def test_an_empty_required_field_fails_by_name(missing: str) -> None:
    """Blank and invisible count as empty."""
    with pytest.raises(RequiredFieldEmpty) as failure:
        html("<p>Vóór $REACTIEDATUM$.</p>", REACTIEDATUM=missing)
    assert failure.value.field == "REACTIEDATUM"
    assert "$REACTIEDATUM$" in str(failure.value)


def test_an_empty_required_field_fails_also_where_its_line_would_go_away() -> None:
    """Leaving out a line must not hide that something is missing."""
    with pytest.raises(RequiredFieldEmpty):
        html("<p>$ADRESBLOK$</p>", ADRESBLOK="")
    with pytest.raises(RequiredFieldEmpty):
        text("$REACTIEDATUM$", REACTIEDATUM="")


def test_an_unknown_field_fails_by_name() -> None:
    """A template that was never linted does not print its own codes."""
    with pytest.raises(UnknownField) as failure:
        html("<p>$BSN$</p>")
    assert failure.value.field == "BSN"


@pytest.mark.parametrize(
    ("template", "filled"),
    [
        ("<p>A<br>$LAND$<br>B</p>", "<p>A<br>B</p>"),
        ("<p>A<br/>$LAND$</p>", "<p>A</p>"),
        ("<p>A</p><p>$LAND$ $STRAAT$</p><p>B</p>", "<p>A</p><p>B</p>"),
        ("<p><b>$LAND$</b>, $STRAAT$</p>", ""),
        ("<ul><li>$LAND$</li><li>B</li></ul>", "<ul><li>B</li></ul>"),
        ("<tr><td>$LAND$</td></tr>", "<tr><td></td></tr>"),
        ("<p>Land: $LAND$</p>", "<p>Land: </p>"),
        ("<p><b>$LAND$<br>B</b></p>", "<p><b>B</b></p>"),
        ("<div><p>$LAND$</p></div>", ""),
    ],
)
def test_what_held_only_empty_fields_goes_away(template: str, filled: str) -> None:
    """Lines with their break, paragraphs and list items; never table cells."""
    assert html(template, LAND="", STRAAT="") == filled


def test_lines_of_a_value_become_lines() -> None:
    """Broken in a paragraph, repeated in a list item."""
    lines = {"GEVRAAGDE_STUKKEN": "A & B\nC"}
    assert html("<p>$GEVRAAGDE_STUKKEN$</p>", **lines) == "<p>A &amp; B<br/>C</p>"
    assert html("<li>$GEVRAAGDE_STUKKEN$</li>", **lines) == "<li>A &amp; B</li><li>C</li>"
    assert text("- $GEVRAAGDE_STUKKEN$\nx", **lines) == "- A & B\n- C\nx"


def test_two_spaces_between_postcode_and_place_stay() -> None:
    """HTML would make one of them."""
    assert html("<p>$ADRESBLOK$</p>").endswith("1234 AB\xa0 VOORBEELDSTAD</p>")


def test_an_empty_line_of_plain_text_goes_with_its_blank_line() -> None:
    """No hole of two blank lines stays behind."""
    assert text("A\n\n$LAND$\n\nB\n", LAND="") == "A\n\nB\n"
