"""The fast paths accept what the well-kept libraries accept, with the same result."""

import datetime as dt
import random

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.nl import bsn as reference

from services.intake.contract.bsn import passes_eleven_test
from services.intake.contract.contact import MAX_EMAIL, MAX_PHONE, email_reader, read_phone
from services.intake.contract.dates import date_reader
from services.intake.contract.verdicts import Problem

TODAY = dt.date(2026, 11, 22)
DOMAINS = (
    "example.nl", "Example.NL", "a-b.nl", "x..nl", "-a.nl", "test", "localhost", "xn--a.nl",
    "b_c.nl", "é.nl", "a.test", "example.nl.", "", "1.2", "[127.0.0.1]", "x" * 64 + ".nl",
)  # fmt: skip


def test_the_table_of_the_eleven_test_is_the_eleven_test() -> None:
    """100,000 numbers over the whole range, and both ends of it."""
    chance = random.Random(11)
    sample = [chance.randrange(10**9) for _ in range(100_000)]
    for number in [*range(1_000), *range(999_990_000, 10**9), *sample]:
        assert passes_eleven_test(number) is reference.is_valid(f"{number:09d}"), number


@settings(max_examples=2_000, deadline=None)
@given(
    st.text(alphabet="abzAZ09._-+@!#é '\"", max_size=12),
    st.sampled_from(DOMAINS),
)
def test_an_email_address_is_judged_as_the_library_judges(local: str, domain: str) -> None:
    """Accepted or not, and written the same way."""
    address = f"{local}@{domain}"
    try:
        expected = validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        expected = None
    value = email_reader()(address)
    assert (None if isinstance(value, Problem) else value) == expected


def test_a_domain_is_judged_once_and_still_right_for_long_addresses() -> None:
    """The remembered domain does not let an address through that is too long as a whole."""
    read = email_reader()
    domain = f"{'a' * 60}.{'b' * 60}.{'c' * 60}.nl"
    assert read(f"x@{domain}") == f"x@{domain}"
    local = "y" * (MAX_EMAIL - len(domain))
    assert isinstance(read(f"{local}@{domain}"), Problem)


def test_a_telephone_number_is_judged_as_the_library_judges() -> None:
    """20,000 numbers in the ways that people write them."""
    chance = random.Random(31)
    for _ in range(20_000):
        start = chance.choice(
            ("06", "+316", "06-", "010-", "030", "088-", "0800", "00316", "0031 6")
        )
        text = start + str(chance.randrange(10**6, 10**9))
        value = read_phone(text)
        assert (None if isinstance(value, Problem) else value) == _parsed(text), text


def _parsed(text: str) -> str | None:
    if len(text) > MAX_PHONE:
        return None
    try:
        number = phonenumbers.parse(text, "NL")
    except phonenumbers.NumberParseException:
        return None
    form = phonenumbers.PhoneNumberFormat.E164
    return (
        phonenumbers.format_number(number, form) if phonenumbers.is_valid_number(number) else None
    )


@settings(max_examples=1_000, deadline=None)
@given(st.integers(0, 40), st.integers(0, 14), st.integers(1890, 2110))
def test_a_written_date_is_read_as_the_standard_library_reads_it(
    day: int, month: int, year: int
) -> None:
    """The same days exist."""
    text = f"{day:02d}-{month:02d}-{year}"
    try:
        expected = dt.datetime.strptime(text, "%d-%m-%Y").date()  # noqa: DTZ007 - a bare date
    except ValueError:
        expected = None
    value = date_reader(TODAY, birth=False, since_1904=False)(text)
    inside = expected is not None and dt.date(1900, 1, 1) <= expected <= dt.date(2100, 12, 31)
    assert (value if isinstance(value, str) else None) == (str(expected) if inside else None)
