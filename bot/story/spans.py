"""Lengths of time as people type them: `3h`, `in 90 min`, `2 days`."""

from __future__ import annotations

import re

from bot.errors import UserError

_SPAN = re.compile(r"(?:in\s+)?(\d{1,5})\s*(m|min|mins|minutes?|h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_MINUTES = {"m": 1, "h": 60, "d": 1440, "w": 10080}
MOST = 60 * 24 * 60
"""Sixty days, in minutes."""


def minutes_of(text: str, *, argument: str = "time") -> int:
    """The minutes of a length, 1 to sixty days. Raises UserError for anything else."""
    found = _SPAN.fullmatch(text.strip())
    minutes = int(found[1]) * _MINUTES[found[2][0].casefold()] if found else 0
    if not 1 <= minutes <= MOST:
        raise UserError("kernel.not_a_span", argument=argument, given=text[:40])
    return minutes
