"""Time in tests: a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class HandClock:
    """A clock that tests move by hand."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def now(self) -> datetime:
        """Where the hands stand."""
        return self.at

    def pass_(self, **by: float) -> None:
        """Let time pass."""
        self.at += timedelta(**by)
