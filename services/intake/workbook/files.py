"""The files that a check leaves, by name; the child writes them and the parent reads them."""

SUMMARY_FILE = "summary.json"
FINDINGS_FILE = "findings.ndjson"
ROWS_FILE = "rows.ndjson"
