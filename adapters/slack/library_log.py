"""Where slack_sdk and Bolt write: never in detail, which is what people wrote, and never tracebacks.

Both mend by themselves what they call errors (a websocket that broke, a connection that was refused).
"""

from __future__ import annotations

import logging

_NEEDLESS = ("As you gave `client` as well", "Failed to retrieve WSS URL")
"""Beginnings of what is meant so, or said elsewhere."""
_REFUSED = "SlackApiError"
"""In what slack_sdk says of a refused connection again and again; `adapters.slack.sockets` judges it, and says it once."""


def library_log() -> logging.Logger:
    """The log to hand to them."""
    library = logging.getLogger("room37.slack.sdk")
    library.setLevel(logging.WARNING)  # at INFO Bolt quotes requests whose signature is wrong
    if not library.filters:
        library.addFilter(_in_one_line)
    return library


def _in_one_line(record: logging.LogRecord) -> bool:
    if str(record.msg).startswith(_NEEDLESS) or _REFUSED in str(record.msg):
        return False
    if record.exc_info:
        record.exc_info = record.exc_text = None
    if str(record.msg).startswith("Unhandled request"):  # it quotes the whole of it
        record.msg, record.args = "Bolt knows no listener for a delivery", ()
    if record.levelno > logging.WARNING:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True
