"""What the gateway does by itself. It follows no topic: it answers people."""

from __future__ import annotations

from datetime import timedelta

from services.gateway.sealing import seal_days
from shared.chassis.service import every

#: A day is sealed some minutes after it ended; nobody waits for it.
TIMERS = [every(timedelta(minutes=10), seal_days)]
