"""The bytes of a mail."""

import email
import email.policy
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.mailer.composer import (
    AddressInvalid,
    HeaderInvalid,
    Mailbox,
    MailTemplate,
    compose,
)
from services.mailer.templates import default_mail
from shared.contracts.codes import Purpose
from shared.contracts.merge_fields import example_values
from shared.templating import RequiredFieldEmpty

EXAMPLE = example_values(Purpose.INVITATION)
SENDER = Mailbox("noreply@voorbeeldstad.example.nl", "Gemeente Voorbeeldstad")
TO = Mailbox("anna@example.nl", "Anna de Vries")
MESSAGE_ID = "<0b6f.1@voorbeeldstad.example.nl>"
HEADERS = {
    "date", "message-id", "from", "to", "subject", "auto-submitted", "content-language",
    "mime-version", "content-type",
}  # fmt: skip


def made(template: MailTemplate | None = None, **changes: Any) -> bytes:
    """Return a mail made from the shipped invitation."""
    options: dict[str, Any] = {
        "sender": SENDER,
        "to": TO,
        "message_id": MESSAGE_ID,
        "date": datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
        "values": EXAMPLE,
        **changes,
    }
    return compose(template or default_mail(Purpose.INVITATION), options.pop("values"), **options)


def read(mail: bytes) -> EmailMessage:
    """Parse a mail as a mail program does."""
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_has_text_and_html_with_the_same_message() -> None:
    """Both hold the deadline, so neither reader misses it."""
    message = read(made())
    assert message.get_content_type() == "multipart/alternative"
    parts = [part.get_content() for part in message.iter_parts()]
    assert len(parts) == 2
    assert all("21 december 2026" in part and "verplicht" in part.lower() for part in parts)
    assert all("$" not in part for part in parts)
    assert "<img" not in parts[1]


def test_the_headers_are_those_of_an_automatic_mail() -> None:
    """So that no autoresponder answers it."""
    message = read(made())
    assert {name.lower() for name in message} == HEADERS
    assert message["Message-ID"] == MESSAGE_ID
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert "21 december 2026" in message["Subject"]


def test_the_same_input_gives_the_same_bytes() -> None:
    """And another Message-ID gives another boundary."""
    assert made() == made()
    other = read(made(message_id="<0b6f.2@voorbeeldstad.example.nl>"))
    assert other.get_boundary() != read(made()).get_boundary()


def test_lines_are_short_ascii_and_end_as_smtp_wants() -> None:
    """No server has to recode it (which would break its signature)."""
    mail = made()
    mail.decode("ascii")
    assert b"\n" not in mail.replace(b"\r\n", b"")
    assert max(map(len, mail.split(b"\r\n"))) <= 998


def test_names_with_accents_and_domains_with_accents_are_carried() -> None:
    """The name is encoded, the domain becomes ASCII."""
    mail = made(to=Mailbox("anna@bücher.example.nl", "Zoë, Şahin <x>"), reply_to=SENDER)
    to = read(mail)["To"].addresses[0]
    assert (to.display_name, to.addr_spec) == (
        "Zoë, Şahin <x>",
        "anna@xn--bcher-kva.example.nl",
    )
    assert read(mail)["Reply-To"].addresses[0].addr_spec == SENDER.address


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_or_value_can_add_a_header(name: str, value: str) -> None:
    """Whatever stands in the upload."""
    template = MailTemplate("1", "Zaak $VOORNAAM$", "x", "<p>x</p>")
    values = {**EXAMPLE, "VOORNAAM": f"{value}\r\nBcc: b@example.nl"}
    message = read(
        made(template, to=Mailbox(TO.address, f"{name}\nBcc: b@example.nl"), values=values)
    )
    assert {header.lower() for header in message} == HEADERS


@pytest.mark.parametrize(
    "address",
    [
        "",
        "anna",
        "@example.nl",
        "anna@",
        "a@b@example.nl",
        "anna@example.nl\r\nBcc: x@example.nl",
        "anna @example.nl",
        "ánna@example.nl",
        "anna@example.nl, bob@example.nl",
        "a" * 65 + "@example.nl",
        "anna@" + "a" * 70 + ".nl",
    ],
)
def test_an_invalid_address_is_refused_without_repeating_it(address: str) -> None:
    """The reason is stored; an address is personal data."""
    with pytest.raises(AddressInvalid) as failure:
        made(to=Mailbox(address))
    assert not address or address not in str(failure.value)


def test_own_headers_are_checked() -> None:
    """Only a few names, only one line."""
    assert read(made(headers={"X-Zaak": "abc"}))["X-Zaak"] == "abc"
    for name, value in (("Bcc", "x@example.nl"), ("X-Zaak", "a\r\nBcc: x@example.nl")):
        with pytest.raises(HeaderInvalid):
            made(headers={name: value})
    with pytest.raises(HeaderInvalid):
        made(message_id="no brackets")


def test_markup_in_a_value_stays_text() -> None:
    """Escaped in the HTML, as it is in the text."""
    template = MailTemplate("1", "x", "$VOORNAAM$", "<p>$VOORNAAM$</p>")
    values = {**EXAMPLE, "VOORNAAM": "<b>&$ACHTERNAAM$"}
    text, html = (part.get_content() for part in read(made(template, values=values)).iter_parts())
    assert text.strip() == "<b>&$ACHTERNAAM$"
    assert html.strip() == "<p>&lt;b&gt;&amp;$ACHTERNAAM$</p>"


def test_an_empty_required_field_fails_the_mail() -> None:
    """With the name of the field."""
    with pytest.raises(RequiredFieldEmpty):
        made(values={**EXAMPLE, "REACTIEDATUM": ""})


def test_the_mail_to_a_colleague_holds_counts_and_a_link() -> None:
    """Nothing about a resident."""
    purpose = Purpose.BATCH_READY
    message = read(made(default_mail(purpose), values=example_values(purpose)))
    text, html = (part.get_content() for part in message.iter_parts())
    for part in (text, html):
        assert "312" in part
        assert "https://" in part
