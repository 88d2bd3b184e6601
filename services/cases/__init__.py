"""Cases: opens a case per row, orders letters and mails, and keeps the status."""
