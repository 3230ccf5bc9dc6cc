"""What the server writes to its log: text for people, JSON lines for machines, never a live link.

Addresses of one-time links and of webhooks open something for whoever reads them, so they are masked
wherever a record's message or arguments hold one.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from factotum.store.away import known_trouble

KEYS_IN_ADDRESSES = re.compile(r"(/sign-in/link/|/webhooks/)[\w~.-]+")


def settings_for(form: str) -> dict[str, Any]:
    """Django's LOGGING for ``text`` or ``json``."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"addresses": {"()": Addresses}, "known": {"()": KnownTrouble}},
        "formatters": {
            "text": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
            "json": {"()": JsonLines},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": form,
                "filters": ["known", "addresses"],
            }
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # every 404 of a stranger would be a line of its own
            "django.request": {"level": "ERROR"},
        },
    }


class Addresses(logging.Filter):
    """Masks what opens something."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, masked."""
        record.msg = masked(record.getMessage())
        record.args = ()
        return True


class KnownTrouble(logging.Filter):
    """A database that is away is told in a sentence: where it was noticed tells nobody anything."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes."""
        away = known_trouble(record.exc_info[1] if record.exc_info else None)
        if away is not None:
            record.exc_info, record.exc_text = None, None
            record.msg, record.args = f"{record.getMessage()} {away.sentence}", ()
        return True


def masked(text: str) -> str:
    """The text without the keys in addresses.

    >>> masked("Forbidden: /sign-in/link/aBc-123")
    'Forbidden: /sign-in/link/***'
    """
    return KEYS_IN_ADDRESSES.sub(r"\1***", text)


class JsonLines(logging.Formatter):
    """One object a line: time, level, logger, message, and the traceback of an error."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
