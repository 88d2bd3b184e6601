"""Letters: templates, rendered PDFs and print files."""
