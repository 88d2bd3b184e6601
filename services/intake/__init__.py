"""intake: takes an uploaded workbook in, checks it and publishes the rows of a confirmed batch."""
