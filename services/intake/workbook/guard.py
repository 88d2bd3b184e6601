"""Cheap refusal before any workbook library touches the file.

A single cell in the last corner makes a reader allocate the whole sheet. So the bytes are looked at
first, as a stream, in constant memory; what any ZIP must be is guarded by shared/chassis/zip_guard.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from zipfile import ZipFile, ZipInfo

from services.intake.workbook.identify import refuse_other_zip, require_workbook, require_zip
from services.intake.workbook.refusals import Refused
from services.intake.workbook.scan import SheetMarks, SheetScan
from shared.chassis.zip_guard import (
    UnsafeZip,
    ZipFlaw,
    ZipLimits,
    guarded_zip,
    inflated,
    refuse_declarations,
)

_MIB = 1 << 20
#: 200,000 rows of 33 columns take 150 MiB.
LIMITS = ZipLimits(parts=2_000, total=400 * _MIB)
MAX_SHEET = 256 * _MIB
MAX_SMALL = 1 * _MIB  # content types and relations: a few kB
_PART_LIMITS = {"xl/sharedStrings.xml": 128 * _MIB, "xl/styles.xml": 8 * _MIB}
_OTHER_PART = 16 * _MIB

_CODES: Mapping[ZipFlaw, str] = MappingProxyType(
    {
        ZipFlaw.TRUNCATED: "afgekapt",
        ZipFlaw.CROWDED: "te-veel-onderdelen",
        ZipFlaw.DAMAGED: "beschadigd",
        ZipFlaw.ENCRYPTED: "versleuteld",
        ZipFlaw.BOMB: "zipbom",
        ZipFlaw.DECLARATION: "entiteiten",
        ZipFlaw.ENCODING: "codering",
    }
)
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
    require_zip(path)
    try:
        with path.open("rb") as file, guarded_zip(file, LIMITS) as archive:
            return _check_archive(archive)
    except UnsafeZip as unsafe:
        raise Refused(_CODES[unsafe.flaw], unsafe.detail) from unsafe


def _check_archive(archive: ZipFile) -> dict[str, SheetMarks]:
    parts = archive.infolist()
    refuse_other_zip(archive)
    require_workbook(archive, _read_small(archive, "[Content_Types].xml"))
    for part in parts:
        _check_name(part.filename)
    for part in parts:
        if part.filename.endswith(".rels"):
            _check_relations(_read_small(archive, part.filename))
    return dict(_scan_parts(archive, parts))


def _check_name(name: str) -> None:
    for pattern, code in _FORBIDDEN:
        if pattern.search(name):
            raise Refused(code)


def _check_relations(text: str) -> None:
    for match in _RELATION.finditer(text):
        if match[1] in _FORBIDDEN_RELATIONS:
            raise Refused(_FORBIDDEN_RELATIONS[match[1]])


def _read_small(archive: ZipFile, name: str) -> str:
    content = b"".join(inflated(archive, name, MAX_SMALL))
    refuse_declarations(content, is_start=True)
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
    tail, is_start = b"", True
    for block in inflated(archive, part, limit):
        joined = tail + block
        refuse_declarations(joined, is_start=is_start)
        if scan:
            scan.feed(block, joined)
        tail, is_start = block[-256:], False
