"""Things that go wrong on demand, or for a share of all calls by the dice of a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

Moment = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """What happens to calls whose `METHOD /path` matches: a delay, then a status or a reset, before or after the effect."""

    route: str
    times: int = 1
    status: int | None = None
    reset: bool = False
    when: Moment = "before"
    delay: float = 0.0
    retry_after: float = 1.0


class Faults:
    """The faults that still wait for their calls."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._dice = random.Random(37)
        self._share = 0.0
        self._statuses: tuple[int, ...] = ()
        self.duplicates = 0
        """How many of the next interactions reach the bot twice."""
        self.shut = 0
        """How many of the next gateway handshakes fail."""
        self.done: list[str] = []
        """What was broken, in order."""

    def add(
        self,
        route: str,
        *,
        times: int = 1,
        status: int | None = None,
        reset: bool = False,
        when: Moment = "before",
        delay: float = 0.0,
        retry_after: float = 1.0,
    ) -> None:
        """Break the next calls to a route such as `POST /channels/*/messages` (shell wildcards).

        `when="after"` lets the call have its effect first. `delay` is in real seconds, before the effect.
        A `status` of 429 waits `retry_after`.
        """
        self._waiting.append(Fault(route, times, status, reset, when, delay, retry_after))

    def at_random(
        self, share: float, *, seed: int = 37, statuses: tuple[int, ...] = (500, 502, 503, 504)
    ) -> None:
        """From now on this share of all REST calls fails, half of them after their effect; 0 ends it."""
        self._dice = random.Random(seed)
        self._share = share
        self._statuses = statuses

    def clear(self) -> None:
        """Nothing breaks any more."""
        self._waiting.clear()
        self._share = 0.0
        self.duplicates = self.shut = 0

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this call, used up once."""
        if not self._waiting and not self._share:
            return None
        route = f"{method} {path}"
        for fault in self._waiting:
            if fnmatchcase(route, fault.route):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                self.done.append(route)
                return fault
        if self._share and self._dice.random() < self._share:
            when: Moment = "after" if self._dice.random() < 0.5 else "before"
            self.done.append(route)
            return Fault(route, status=self._dice.choice(self._statuses), when=when)
        return None
