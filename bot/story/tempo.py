"""The tempo: how often one person may act in a minute. It stands in process memory only, for so many people at most."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
PEOPLE = 10_000
"""People whose last minute is remembered; the longest silent are forgotten first."""


class Tempo:
    """The last minute of those who act. A value that whoever admits calls holds; nothing of it is written down."""

    __slots__ = ("_last", "_most_people")

    def __init__(self, most_people: int = PEOPLE) -> None:
        self._last: OrderedDict[tuple[str, str], deque[datetime]] = OrderedDict()
        self._most_people = most_people

    def again_at(self, who: tuple[str, str], now: datetime, most: int) -> datetime | None:
        """Admit a call of this (room, person) and give None; or, when it is one too many, say when the next may come."""
        times = self._last.setdefault(who, deque())
        self._last.move_to_end(who)
        while times and times[0] <= now - MINUTE:
            times.popleft()
        if len(times) >= most:
            return times[len(times) - most] + MINUTE
        times.append(now)
        while len(self._last) > self._most_people:
            self._last.popitem(last=False)
        return None

    def __len__(self) -> int:
        return len(self._last)
