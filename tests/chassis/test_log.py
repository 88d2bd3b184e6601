"""What looks like personal data does not reach the log, whatever a library says."""

from __future__ import annotations

import logging
import traceback

import pytest
import sqlalchemy as sa

from deploy.local.stack import Stack
from shared.chassis import tables
from shared.chassis.log import RateLimit, masked
from tests.support.faults import broken
from tests.support.parts import Bench


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


async def test_a_row_that_the_database_refused_is_not_quoted(
    stack: Stack, book: Bench, gemeente: str
) -> None:
    """Neither in PostgreSQL's words nor in those of SQLAlchemy; the reason stays."""
    row = {"id": gemeente, "name": "A. de Geheimhouder", "email": ""}
    with (
        broken(stack, "ledger", "gebruikers", "name like 'A. %'"),
        pytest.raises(sa.exc.IntegrityError) as caught,
    ):
        async with book.database.transaction() as transaction:
            await transaction.connection.execute(sa.insert(tables.gebruikers).values(**row))
    text = "".join(traceback.format_exception(caught.value))
    assert "Geheimhouder" in text
    assert "Geheimhouder" not in masked(text)
    assert 'violates check constraint "fault"' in masked(text)
    assert "[SQL: INSERT" in masked(text)
