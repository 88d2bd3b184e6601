"""What every ZIP of a stranger must be, whichever kind of document it is."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.chassis.zip_guard import (
    UnsafeZip,
    ZipFlaw,
    ZipLimits,
    guarded_zip,
    inflated,
    refuse_declarations,
)

LIMITS = ZipLimits(parts=5, total=4 << 20)


def package(parts: Mapping[str, bytes], kind: int = ZIP_DEFLATED) -> bytes:
    """A ZIP of these parts."""
    out = BytesIO()
    with ZipFile(out, "w", kind) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def whole(content: bytes) -> dict[str, bytes]:
    """Every part of a ZIP, as a service would read it."""
    with guarded_zip(BytesIO(content), LIMITS) as archive:
        return {
            name: b"".join(inflated(archive, name, LIMITS.total)) for name in archive.namelist()
        }


def changed(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The ZIP with other bytes at a place after the last such record."""
    place = content.rfind(mark) + offset
    return content[:place] + value + content[place + len(value) :]


PLAIN = package({"a.xml": b"<a/>", "b/c.xml": b"<c/>"})
ENTRY, END = b"PK\x01\x02", b"PK\x05\x06"


def test_a_plain_zip_is_read_whole() -> None:
    """Also with a comment behind it."""
    assert whole(PLAIN) == {"a.xml": b"<a/>", "b/c.xml": b"<c/>"}


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", ZipFlaw.TRUNCATED),
        (PLAIN[:-10], ZipFlaw.TRUNCATED),
        (PLAIN[: PLAIN.rfind(END)], ZipFlaw.TRUNCATED),
        (package({f"{n}.xml": b"" for n in range(6)}), ZipFlaw.CROWDED),
        (changed(PLAIN, END, 10, struct.pack("<H", 0xFFFF)), ZipFlaw.CROWDED),
        (changed(PLAIN, END, 12, struct.pack("<I", 1 << 30)), ZipFlaw.CROWDED),
        (changed(PLAIN, END, 10, struct.pack("<H", 1)), ZipFlaw.DAMAGED),
        (changed(PLAIN, END, 16, struct.pack("<I", 1 << 20)), ZipFlaw.DAMAGED),
        (changed(PLAIN, ENTRY, 8, struct.pack("<H", 1)), ZipFlaw.ENCRYPTED),
        (package({"a": b"x" * 99}, ZIP_BZIP2), ZipFlaw.DAMAGED),
        (package({"A.xml": b"", "a.XML": b""}), ZipFlaw.DAMAGED),
        (package({"../a.xml": b""}), ZipFlaw.DAMAGED),
        (package({"/etc/a.xml": b""}), ZipFlaw.DAMAGED),
        (package({"a": bytes(3 << 20)}), ZipFlaw.BOMB),
        (changed(PLAIN, ENTRY, 24, struct.pack("<I", 1 << 30)), ZipFlaw.BOMB),
        (package({"a": b"<a/>"}, ZIP_STORED).replace(b"<a/>", b"<b/>"), ZipFlaw.DAMAGED),
        (changed(PLAIN, ENTRY, 46, b"z"), ZipFlaw.DAMAGED),
    ],
)
def test_each_flaw_is_named(content: bytes, flaw: ZipFlaw) -> None:
    """Before anything is inflated, or while it is."""
    with pytest.raises(UnsafeZip) as unsafe:
        whole(content)
    assert unsafe.value.flaw is flaw


def test_a_part_is_read_no_further_than_its_limit() -> None:
    """Whatever size it says it has: one byte more is too much."""
    content = package({"a": zlib.compress(b"x") * 1000})
    with guarded_zip(BytesIO(content), LIMITS) as archive:
        size = sum(map(len, inflated(archive, "a", 9_000)))
        assert size == 9_000
        with pytest.raises(UnsafeZip) as unsafe:
            list(inflated(archive, "a", size - 1))
    assert unsafe.value.flaw is ZipFlaw.BOMB


@pytest.mark.parametrize(
    ("xml", "flaw"),
    [
        (b'<?xml version="1.0" encoding="UTF-8"?><a/>', None),
        (b"<?xml version='1.0' encoding='utf8'?><a/>", None),
        (b'<?xml version="1.0" encoding="ISO-8859-1"?><a/>', None),
        (b"<a>&lt;!DOCTYPE</a>", None),
        (b"<!DOCTYPE a><a/>", ZipFlaw.DECLARATION),
        (b'<a/><!ENTITY b "c">', ZipFlaw.DECLARATION),
        ("<!DOCTYPE a>".encode("utf-16"), ZipFlaw.ENCODING),
        ("<!DOCTYPE a>".encode("utf-16-le"), ZipFlaw.ENCODING),
        (b'<?xml version="1.0" encoding="cp037"?>', ZipFlaw.ENCODING),
        (b'<?xml version="1.0" encoding = "utf-7"?>', ZipFlaw.ENCODING),
    ],
)
def test_xml_that_declares_something_or_hides_it_is_refused(
    xml: bytes, flaw: ZipFlaw | None
) -> None:
    """An encoding is looked at where it may stand: at the start."""
    if flaw is None:
        refuse_declarations(xml, is_start=True)
        return
    with pytest.raises(UnsafeZip) as unsafe:
        refuse_declarations(xml, is_start=True)
    assert unsafe.value.flaw is flaw


def test_a_block_in_the_middle_may_hold_any_bytes() -> None:
    """Only the start tells the encoding; a document type is refused everywhere."""
    refuse_declarations(b"\xff\xfe\0encoding='x'", is_start=False)
    with pytest.raises(UnsafeZip):
        refuse_declarations(b"\0<!ENTITY", is_start=False)


@given(st.integers(0, len(PLAIN) - 1), st.integers(0, 255))
def test_any_byte_may_be_wrong(place: int, value: int) -> None:
    """It is read as it was, or refused with a flaw; nothing else happens."""
    content = PLAIN[:place] + bytes([value]) + PLAIN[place + 1 :]
    try:
        found = whole(content)
    except UnsafeZip:
        return
    assert sorted(found.values()) == [b"<a/>", b"<c/>"]  # a name may be another
