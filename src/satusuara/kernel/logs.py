"""What the system writes about itself: one JSON object a line on stderr, without anything about a person."""

from __future__ import annotations

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

PERSONAL = frozenset(
    {
        "username", "user", "user_name", "login", "password", "display_name", "name", "nama", "email", "phone",
        "nik", "nkk", "ip", "ip_address", "remote_addr", "user_agent", "cookie", "session", "token", "key", "secret",
        "otp", "request", "headers", "body",
    }
)  # fmt: skip
"""Keys that never reach a log, whatever their value; a person is named by ``user_id`` where he must be."""

_IDENTITY_NUMBER = re.compile(r"\d{14,}")  # longer than a station's code: a number of a person
_SETUP_LINK = re.compile(r"(/masuk/atur/)[^\s\"']+")
_ADDRESS = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])")
_QUERY = re.compile(r"(/[\w\-/.]*)\?[^\s\"']*")


def drop_personal_fields(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drops the fields of ``PERSONAL`` and masks, in every text, identity numbers, IP addresses, links and queries."""
    return {key: _masked(value) for key, value in event.items() if key.lower() not in PERSONAL}


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        value = _SETUP_LINK.sub(r"\1***", value)
        value = _QUERY.sub(r"\1?***", value)
        value = _ADDRESS.sub("***", value)
        return _IDENTITY_NUMBER.sub("***", value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items() if str(key).lower() not in PERSONAL}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
_LAST: list[Any] = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    structlog.processors.format_exc_info,
    drop_personal_fields,
    structlog.processors.JSONRenderer(),
]


def logging_config(level: str) -> dict[str, Any]:
    """Django's ``LOGGING``: everything, ours or a library's, through one formatter that drops what is personal."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": structlog.stdlib.ProcessorFormatter, "processors": _LAST, "foreign_pre_chain": _SHARED}
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "axes": {"level": "ERROR"},  # says who failed to sign in from where: kept in its table, not in a log
        },
    }
