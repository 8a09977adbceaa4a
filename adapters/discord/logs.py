"""What discord.py may say in our log: what happened, never a traceback of what mends itself, never people's text.

At DEBUG discord.py logs whole requests and events: words, names and the tokens of interactions.
"""

from __future__ import annotations

import logging

_TALKING = ("client", "gateway", "http", "shard", "state", "webhook.async_")
"""Loggers of discord.py that log exceptions; a filter holds only for the logger that it stands on."""


def hush() -> None:
    """Keep discord.py's log as short as ours."""
    root = logging.getLogger("discord")
    if root.level < logging.INFO:
        root.setLevel(logging.INFO)
    for name in _TALKING:
        logger = logging.getLogger(f"discord.{name}")
        if not any(isinstance(one, _Short) for one in logger.filters):
            logger.addFilter(_Short())


class _Short(logging.Filter):
    """Says the kind of an exception instead of showing it; a connection that is tried again is no error."""

    def filter(self, record: logging.LogRecord) -> bool:
        """All pass, shortened."""
        kind = record.exc_info[0] if isinstance(record.exc_info, tuple) else None
        if kind is not None:
            record.msg, record.args = f"{record.getMessage()} ({kind.__name__})", ()
            record.exc_info = record.exc_text = None
            if record.levelno > logging.WARNING:
                record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
