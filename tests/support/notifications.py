"""Delivery status notifications as mail servers write them."""

from __future__ import annotations

from uuid import uuid4


def notification(
    message_id: str, status: str = "5.1.1", action: str = "failed", *, whole: bool = False
) -> bytes:
    """A notification as mail servers write them, with our headers or our whole mail."""
    kind = "message/rfc822" if whole else "text/rfc822-headers"
    body = "\r\nBeste mevrouw," if whole else ""
    return "\r\n".join(
        [
            "From: MAILER-DAEMON@elders.example.nl",
            "Subject: Undelivered Mail Returned to Sender",
            "Auto-Submitted: auto-replied",
            f"Message-ID: <{uuid4()}@elders.example.nl>",
            "MIME-Version: 1.0",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="grens"',
            "",
            "--grens",
            "Content-Type: text/plain",
            "",
            "I'm sorry to have to inform you that your message could not be delivered.",
            "--grens",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; elders.example.nl",
            "",
            "Final-Recipient: rfc822; inwoner@example.nl",
            f"Action: {action}",
            f"Status: {status}",
            "Diagnostic-Code: smtp; 550 5.1.1 user unknown",
            "",
            "--grens",
            f"Content-Type: {kind}",
            "",
            f"Message-ID: {message_id}",
            f"Subject: Uitnodiging{body}",
            "",
            "--grens--",
            "",
        ]
    ).encode()
