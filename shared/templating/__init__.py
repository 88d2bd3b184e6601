"""Templates with `$VELD$` fields: what a field is worth, how it is filled in, what is wrong."""

from shared.templating.errors import (
    RequiredFieldEmpty,
    SubjectHasLineBreak,
    TemplatingError,
    UnknownField,
)
from shared.templating.linter import Finding, Level, lint_html, lint_subject, lint_text
from shared.templating.substitution import fill_html, fill_subject, fill_text
from shared.templating.values import batch_ready_values, field_values

__all__ = [
    "Finding",
    "Level",
    "RequiredFieldEmpty",
    "SubjectHasLineBreak",
    "TemplatingError",
    "UnknownField",
    "batch_ready_values",
    "field_values",
    "fill_html",
    "fill_subject",
    "fill_text",
    "lint_html",
    "lint_subject",
    "lint_text",
]
