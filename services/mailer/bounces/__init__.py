"""Mails that come back: the mailbox they come to, what they say, and which mail they are about."""
