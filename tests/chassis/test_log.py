"""What looks like personal data does not reach the log, whatever a library says."""

from __future__ import annotations

import logging

from shared.chassis.log import RateLimit, masked


def test_a_bsn_and_an_address_are_masked() -> None:
    """Nine digits that pass the 11-proef, and e-mail addresses; other numbers stay."""
    text = masked("fout bij 999990019 voor anna.de-vries@example.nl, zaak 123456789")
    assert text == "fout bij ***** voor ***@***, zaak 123456789"


def test_ids_are_left_alone() -> None:
    """A UUID or a hash that holds nine digits stays readable."""
    text = "5f999990-0199-4a00-8000-999990019000 a999990019b"
    assert masked(text) == text


def test_the_same_message_is_shown_once_in_ten_seconds() -> None:
    """An outage does not fill the disk."""
    limit = RateLimit()
    record = logging.LogRecord("aiokafka", logging.ERROR, "", 0, "no broker %s", ("x",), None)
    other = logging.LogRecord("aiokafka", logging.ERROR, "", 0, "other", (), None)
    assert [limit.filter(record), limit.filter(record), limit.filter(other)] == [True, False, True]
