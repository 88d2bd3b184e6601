"""Logs are facts for ops: JSON lines with static event names and ids, never personal data."""

from __future__ import annotations

import logging
import re
import sys
from time import monotonic
from typing import Any, TextIO

import structlog

#: One line per logger, level and message in this many seconds: a broker that is away makes the
#: Kafka client log some 35 errors a second.
QUIET_SECONDS = 10.0
_NINE_DIGITS = re.compile(r"(?<![0-9a-fA-F-])[0-9]{9}(?![0-9a-fA-F-])")
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
#: PostgreSQL quotes the row that it refused, names and all, until SQLAlchemy or Python goes on.
_QUOTED_ROW = re.compile(r"\b(DETAIL|CONTEXT): .*?(?=\n\n|\n\[SQL|\Z)", re.DOTALL)


class RateLimit(logging.Filter):
    """Lets the first of each message through per `QUIET_SECONDS`."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[tuple[str, int, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to show the record."""
        key, now = (record.name, record.levelno, str(record.msg)), monotonic()
        if now - self._seen.get(key, -QUIET_SECONDS) < QUIET_SECONDS:
            return False
        self._seen[key] = now
        return True


def _is_bsn(digits: str) -> bool:
    return sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11 == 0


def masked(text: str) -> str:
    """The text without what looks like a BSN, an e-mail address or a row of the database."""
    text = _QUOTED_ROW.sub(r"\1: ***", text)
    text = _NINE_DIGITS.sub(lambda m: "*****" if _is_bsn(m[0]) else m[0], text)
    return _EMAIL.sub("***@***", text)


def _mask(_: Any, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """The last net: libraries' messages and tracebacks may quote what they were given."""
    return {key: masked(value) if isinstance(value, str) else value for key, value in event.items()}


def start_logging(service: str, process: str, level: str, stream: TextIO = sys.stdout) -> None:
    """Log JSON lines to a stream, ours and the libraries' alike."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _mask,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    handler.addFilter(RateLimit())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                lambda _, __, event: {"service": service, "process": process, **event},
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("aiokafka", "faust", "mode", "botocore", "urllib3", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLogger().level))
