"""What is wrong with a template, found when it is uploaded and not when 1,400 letters fail.

A template comes from outside and is hostile until shown otherwise: tags, attributes and addresses
are checked against lists of what is allowed. The renderer refuses the same things again by itself.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.codes import Channel, Purpose
from shared.contracts.merge_fields import ASKING, FORBIDDEN_FIELDS, MERGE_FIELDS, RECOMMENDED
from shared.templating.careful_text import table_problems, text_problems
from shared.templating.hostile_html import Problem, html_problems
from shared.templating.known_style import font_problems, unknown_rules

_WHOLE = re.compile(r"\$([A-Za-z][A-Za-z0-9_]*)\$")
_HALF = re.compile(r"\$[A-Z][A-Z0-9_]{2,}(?![A-Za-z0-9_$])|(?<![A-Za-z0-9_$])[A-Z][A-Z0-9_]{2,}\$")
LONGEST_SUBJECT = 100  # a telephone shows 40; with a name filled in it grows
LONGEST_MAIL = 100_000  # bytes; what large mail services cut off
_FIELD_MEANINGS = {
    "DATUM": "de datum van verzending",
    "ADRESBLOK": "naam en adres voor het venster van de envelop",
}


class Level(StrEnum):
    """An error keeps a template from being used; a warning asks for a look."""

    ERROR = "fout"
    WARNING = "waarschuwing"


@dataclass(frozen=True)
class Finding:
    """One thing about a template. `line` starts at 1; None is the template as a whole."""

    level: Level
    code: str
    message: str
    line: int | None = None


def lint_html(
    source: str, purpose: Purpose, channel: Channel, assets: Collection[str] = ()
) -> list[Finding]:
    """Check an HTML template; `assets` are the names of the pictures and fonts stored with it."""
    hostile = (
        Finding(Level.ERROR, problem.code, problem.message, problem.line)
        for problem in html_problems(source, channel, frozenset(assets))
    )
    findings = [
        *_field_findings(source, purpose),
        *hostile,
        *_told(text_problems(source, purpose, channel)),
        *_told(table_problems(source)),
        *_missing(source, purpose, channel),
    ]
    if channel is Channel.LETTER:
        findings += _told(font_problems(source))
        findings += _told(unknown_rules(source), Level.WARNING)
    elif len(source.encode()) > LONGEST_MAIL:
        message = "De e-mail is groter dan 100 kB. Sommige postbussen kappen hem dan af."
        findings.append(Finding(Level.WARNING, "email-lang", message))
    return sorted(findings, key=lambda found: (found.line is None, found.line or 0, found.level))


def lint_text(source: str, purpose: Purpose, channel: Channel = Channel.EMAIL) -> list[Finding]:
    """Check the plain text of a mail template."""
    return [
        *_field_findings(source, purpose),
        *_told(text_problems(source, purpose, channel)),
        *_missing(source, purpose, channel),
    ]


def lint_subject(source: str, purpose: Purpose) -> list[Finding]:
    """Check a subject: one line, not empty, only known fields."""
    findings = list(_field_findings(source, purpose))
    if not source.strip():
        message = "Het onderwerp is leeg. Vul een onderwerp in."
        findings.append(Finding(Level.ERROR, "onderwerp-leeg", message, 1))
    if len(source.splitlines()) > 1:
        message = "Het onderwerp heeft meer dan één regel. Zet het op één regel."
        findings.append(Finding(Level.ERROR, "onderwerp-regels", message, 2))
    if len(source) > LONGEST_SUBJECT:
        message = f"Het onderwerp is langer dan {LONGEST_SUBJECT} tekens. Maak het korter."
        findings.append(Finding(Level.WARNING, "onderwerp-lang", message, 1))
    return findings


def _told(problems: Iterable[Problem], level: Level = Level.ERROR) -> list[Finding]:
    return [Finding(level, each.code, each.message, each.line or None) for each in problems]


def _field_findings(source: str, purpose: Purpose) -> Iterator[Finding]:
    for number, line in enumerate(source.splitlines(), start=1):
        for match in _WHOLE.finditer(line):
            if finding := _unknown(match[1], purpose, number):
                yield finding
        for match in _HALF.finditer(_WHOLE.sub(" ", line)):
            name = match[0].strip("$")
            message = f"Bij {match[0]} ontbreekt een dollarteken. Schrijf ${name}$ zonder opmaak."
            yield Finding(Level.ERROR, "veld-half", message, number)


def _unknown(name: str, purpose: Purpose, line: int) -> Finding | None:
    known = MERGE_FIELDS.get(name)
    if known is not None and purpose in known.purposes:
        return None
    if name.upper() in FORBIDDEN_FIELDS:
        message = f"${name}$ bestaat niet: een BSN mag nooit in een brief of e-mail. Haal het weg."
        return Finding(Level.ERROR, "veld-bsn", message, line)
    if known is not None:
        message = f"${name}$ bestaat niet voor het doel '{purpose}'. Haal het veld weg."
        return Finding(Level.ERROR, "veld-ander-doel", message, line)
    names = [field.name for field in MERGE_FIELDS.values() if purpose in field.purposes]
    close = difflib.get_close_matches(name.upper(), names, n=1)
    advice = f"Bedoelt u ${close[0]}$?" if close else "Kijk in de lijst met velden."
    return Finding(Level.ERROR, "veld-onbekend", f"${name}$ bestaat niet. {advice}", line)


def _missing(source: str, purpose: Purpose, channel: Channel) -> Iterator[Finding]:
    used = {match[1] for match in _WHOLE.finditer(source)}
    for choices in RECOMMENDED.get((purpose, channel), ()):
        if choices == ("REACTIEDATUM",) and purpose in ASKING:
            continue  # an error, told with the words of the template
        if used.isdisjoint(choices):
            names = " of ".join(f"${name}$" for name in choices)
            why = _FIELD_MEANINGS.get(choices[0], MERGE_FIELDS[choices[0]].meaning.lower())
            law = ""
            if choices[0] == "DATUM":
                law = " De wet (Wmebv) vraagt dat een inwoner weet van wanneer een bericht is."
            message = f"{names} komt niet voor: {why}.{law}"
            yield Finding(Level.WARNING, "veld-ontbreekt", message)
