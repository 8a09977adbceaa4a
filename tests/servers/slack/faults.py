"""Things that go wrong on demand, or for a share of all calls by the dice of a seed."""

from __future__ import annotations

import random
import socket
import struct
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from aiohttp import web

Moment = Literal["before", "after"]


@dataclass(slots=True)
class Fault:
    """What happens to calls of a method: a delay, then a status, an error word or a reset, before or after the effect."""

    route: str
    times: int = 1
    status: int | None = None
    error: str = ""
    reset: bool = False
    when: Moment = "before"
    delay: float = 0.0
    retry_after: float = 1.0

    @property
    def breaks(self) -> bool:
        return self.reset or self.status is not None or bool(self.error)


class Faults:
    """The faults that still wait for their calls."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._dice = random.Random(37)
        self._share = 0.0
        self._statuses: tuple[int, ...] = ()
        self.duplicates = 0
        """How many of the next envelopes or requests reach the app twice."""
        self.lost_acks = 0
        """How many of the next acknowledgements get lost on their way."""
        self.shut = 0
        """How many of the next websockets are refused."""
        self.signatures: Literal["good", "bad", "stale", "none"] = "good"
        """How requests to the app are signed from now on."""
        self.done: list[str] = []
        """What was broken, in order."""

    def add(
        self,
        route: str,
        *,
        times: int = 1,
        status: int | None = None,
        error: str = "",
        reset: bool = False,
        when: Moment = "before",
        delay: float = 0.0,
        retry_after: float = 1.0,
    ) -> None:
        """Break the next calls of a method such as `chat.postMessage`, `views.*`, or of `hooks` and `files` (fetching one).

        `when="after"` lets the call have its effect first. `delay` is in real seconds, before the effect.
        A `status` of 429 asks to wait `retry_after`; an `error` is Slack's own word, with status 200.
        """
        self._waiting.append(Fault(route, times, status, error, reset, when, delay, retry_after))

    def at_random(
        self, share: float, *, seed: int = 37, statuses: tuple[int, ...] = (500, 502, 503, 504)
    ) -> None:
        """From now on this share of all calls fails, half of them after their effect; 0 ends it."""
        self._dice = random.Random(seed)
        self._share = share
        self._statuses = statuses

    def clear(self) -> None:
        """Nothing breaks any more."""
        self._waiting.clear()
        self._share = 0.0
        self.duplicates = self.lost_acks = self.shut = 0
        self.signatures = "good"

    def take(self, route: str) -> Fault | None:
        """The fault for this call, used up once."""
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


def cut(request: web.Request) -> None:
    """End a TCP connection with a RST, as a crashed machine or a proxy does."""
    transport = request.transport
    if transport is None:
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
