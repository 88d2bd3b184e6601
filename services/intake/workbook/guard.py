"""Cheap refusal before any workbook library touches the file.

A 1 MB file can inflate to gigabytes, and a single cell in the last corner makes a reader allocate
the whole sheet. So the bytes are looked at first, as a stream, in constant memory. The guard is
not the wall: that is the child process with its limits.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

from services.intake.workbook.identify import refuse_other_zip, require_workbook, require_zip
from services.intake.workbook.refusals import Refused
from services.intake.workbook.scan import BLOCK, SheetMarks, SheetScan, refuse_hostile_xml

_MIB = 1 << 20
MAX_PARTS = 2_000
MAX_DIRECTORY = MAX_PARTS * 400  # bytes: a part takes some 100
MAX_TOTAL = 400 * _MIB  # 200,000 rows of 33 columns take 150 MiB
MAX_SHEET = 256 * _MIB
MAX_RATIO = 200  # real files: 6 to 10
MAX_SMALL = 1 * _MIB  # content types and relations: a few kB
_PART_LIMITS = {"xl/sharedStrings.xml": 128 * _MIB, "xl/styles.xml": 8 * _MIB}
_OTHER_PART = 16 * _MIB

_END_OF_DIRECTORY = b"PK\x05\x06"
_LONGEST_TAIL = 65_557  # the record itself and the longest comment
_MANY = 0xFFFF
_ENCRYPTED = 1
_FORBIDDEN = (
    (re.compile(r"vbaproject|macrosheets/|dialogsheets/", re.IGNORECASE), "macro's"),
    (
        re.compile(r"externallinks/|connections\.xml|querytables/", re.IGNORECASE),
        "externe-koppelingen",
    ),
    (
        re.compile(
            r"activex/|embeddings/|ctrlprops/|webextensions/|customui/|xl/model/", re.IGNORECASE
        ),
        "ingesloten-objecten",
    ),
)
_RELATION = re.compile(r"Type\s*=\s*[\"'][^\"']*/(\w+)[\"']")
_FORBIDDEN_RELATIONS = {
    "vbaProject": "macro's",
    "externalLink": "externe-koppelingen",
    "externalLinkPath": "externe-koppelingen",
    "attachedTemplate": "externe-koppelingen",
    "oleObject": "ingesloten-objecten",
}


def guard(path: Path) -> dict[str, SheetMarks]:
    """Refuse what is not a harmless workbook; return what was seen in each sheet, by part name."""
    size = require_zip(path)
    _check_directory(path, size)
    try:
        with ZipFile(path) as archive:
            return _check_archive(archive)
    except (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise Refused("beschadigd", type(error).__name__) from error


def _check_directory(path: Path, size: int) -> None:
    """Count the parts from the end record, before a list of them is built."""
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_TAIL))
        tail = file.read()
    place = tail.rfind(_END_OF_DIRECTORY)
    if place < 0 or len(tail) < place + 16:
        raise Refused("afgekapt")
    (parts,) = struct.unpack_from("<H", tail, place + 10)
    (directory,) = struct.unpack_from("<I", tail, place + 12)
    if parts == _MANY or parts > MAX_PARTS or directory > MAX_DIRECTORY:
        raise Refused("te-veel-onderdelen", f"{parts} parts")


def _check_archive(archive: ZipFile) -> dict[str, SheetMarks]:
    parts = archive.infolist()
    names = [part.filename.lower() for part in parts]
    if len(set(names)) != len(names):
        raise Refused("beschadigd", "duplicate parts")
    for part in parts:
        _check_part(part)
    if sum(part.file_size for part in parts) > MAX_TOTAL:
        raise Refused("zipbom", "declared total")
    refuse_other_zip(archive)
    require_workbook(archive, _read_small(archive, "[Content_Types].xml"))
    for part in parts:
        _check_name(part.filename)
    for part in parts:
        if part.filename.endswith(".rels"):
            _check_relations(_read_small(archive, part.filename))
    return dict(_scan_parts(archive, parts))


def _check_part(part: ZipInfo) -> None:
    if part.flag_bits & _ENCRYPTED:
        raise Refused("versleuteld", "zip password")
    if part.compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
        raise Refused("beschadigd", f"compression {part.compress_type}")
    if part.filename.startswith("/") or ".." in part.filename or "\\" in part.filename:
        raise Refused("beschadigd", "part outside the package")
    if part.file_size > _MIB and part.file_size > MAX_RATIO * max(1, part.compress_size):
        raise Refused("zipbom", f"ratio {part.file_size // max(1, part.compress_size)}")


def _check_name(name: str) -> None:
    for pattern, code in _FORBIDDEN:
        if pattern.search(name):
            raise Refused(code)


def _check_relations(text: str) -> None:
    for match in _RELATION.finditer(text):
        if match[1] in _FORBIDDEN_RELATIONS:
            raise Refused(_FORBIDDEN_RELATIONS[match[1]])


def _read_small(archive: ZipFile, name: str) -> str:
    with archive.open(name) as part:
        content = part.read(MAX_SMALL + 1)
    if len(content) > MAX_SMALL:
        raise Refused("zipbom", "large part of the package's frame")
    refuse_hostile_xml(content, is_start=True)
    return content.decode("utf-8", "replace")


def _scan_parts(archive: ZipFile, parts: list[ZipInfo]) -> Iterator[tuple[str, SheetMarks]]:
    """Inflate every XML part once, however large it says it is."""
    for part in parts:
        name = part.filename
        if not name.endswith((".xml", ".rels")):
            continue
        is_sheet = name.startswith("xl/worksheets/") and name.endswith(".xml")
        scan = SheetScan() if is_sheet else None
        limit = MAX_SHEET if is_sheet else _PART_LIMITS.get(name, _OTHER_PART)
        _scan_part(archive, part, limit, scan)
        if scan:
            yield name, scan.marks


def _scan_part(archive: ZipFile, part: ZipInfo, limit: int, scan: SheetScan | None) -> None:
    total, tail = 0, b""
    with archive.open(part) as file:
        while block := file.read(BLOCK):
            total += len(block)
            if total > limit:
                raise Refused("zipbom", "inflated part")
            joined = tail + block
            refuse_hostile_xml(joined, is_start=total == len(block))
            if scan:
                scan.feed(block, joined)
            tail = block[-256:]
