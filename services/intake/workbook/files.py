"""The files that a check leaves, by name; the child writes them and the parent reads them."""

SUMMARY_FILE = "summary.json"
FINDINGS_FILE = "findings.ndjson"
ROWS_FILE = "rows.ndjson"
MARKS_FILE = "marks.bin"
COPY_FILE = "copy.xlsx"
COPY_SUMMARY_FILE = "copy.json"
