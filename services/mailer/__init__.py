"""Mail: templates, sending with follow-up, and mailboxes that are read."""
