"""Rate limits in fixed windows, with the headers that discord.py steers by.

https://docs.discord.com/developers/topics/rate-limits; the sizes of buckets are known from use, not documented.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from zlib import crc32

from tests.servers.discord.limits import Limits

BAN_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted together: the name that becomes the header's hash, how many calls in how many seconds."""

    name: str
    size: int
    seconds: float


@dataclass(slots=True)
class _Window:
    used: int
    ends: float


@dataclass(frozen=True, slots=True)
class Taken:
    """One call counted: its headers, and how long to wait if it was one too many."""

    headers: dict[str, str]
    wait: float | None = None
    is_global: bool = False


class Buckets:
    """The windows of one bot."""

    def __init__(self, limits: Limits, *, loose: bool, pace: float) -> None:
        self._limits = limits
        self._loose = loose
        self._pace = pace
        self._windows: dict[str, _Window] = {}
        self.invalid = _Window(0, 0.0)
        """Answers of 401, 403 and 429 in the running ten minutes."""
        other = Bucket("other", limits["request.a_second"], 1.0)
        self._other = other
        self._of = {
            "POST channels/#/messages": Bucket("create", limits["rate.message_create"], 5.0),
            "PATCH channels/#/messages/#": Bucket("edit", limits["rate.message_edit"], 5.0),
        }
        self._token = Bucket("token", limits["rate.token"], 2.0)
        self._every = Bucket("global", limits["request.a_second"], 1.0)

    def take(self, route: str, major: str, *, free: bool) -> Taken:
        """Count a call; `free` ones (interaction endpoints) do not count towards the global limit."""
        bucket = self._bucket(route)
        if bucket.name == "other":
            bucket = Bucket(route, bucket.size, bucket.seconds)
        now = time.monotonic()
        if not free and not self._loose and (wait := self._count("global", self._every, now)[1]) is not None:
            return Taken(self._headers(bucket, bucket.size, 0.0), wait, is_global=True)
        used, wait, ends = self._count(f"{bucket.name}:{major}", bucket, now)
        if self._loose:
            return Taken(self._headers(Bucket(bucket.name, 1_000_000, 1.0), 0, 1.0))
        return Taken(self._headers(bucket, used, ends - now), wait)

    def count_invalid(self) -> None:
        """One more call that was answered with 401, 403 or 429."""
        now = time.monotonic()
        if now >= self.invalid.ends:
            self.invalid = _Window(0, now + BAN_SECONDS * self._pace)
        self.invalid.used += 1

    @property
    def banned(self) -> bool:
        """Whether the front door is shut: too many invalid calls in ten minutes."""
        most = self._limits["request.invalid_in_ten_minutes"]
        return self.invalid.used > most and time.monotonic() < self.invalid.ends

    def _bucket(self, route: str) -> Bucket:
        found = self._of.get(route)
        if found is not None:
            return found
        return self._token if " webhooks/#/*" in route else self._other

    def _count(self, key: str, bucket: Bucket, now: float) -> tuple[int, float | None, float]:
        if self._loose:
            return 0, None, now
        window = self._windows.get(key)
        if window is None or now >= window.ends:
            if len(self._windows) > 4096:
                self._windows = {name: one for name, one in self._windows.items() if one.ends > now}
            window = self._windows[key] = _Window(0, now + bucket.seconds * self._pace)
        if window.used >= bucket.size:
            return window.used, window.ends - now, window.ends
        window.used += 1
        return window.used, None, window.ends

    @staticmethod
    def _headers(bucket: Bucket, used: int, left: float) -> dict[str, str]:
        left = max(left, 0.0)
        return {
            "X-RateLimit-Limit": str(bucket.size),
            "X-RateLimit-Remaining": str(max(bucket.size - used, 0)),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": f"{crc32(bucket.name.encode()):x}",
        }
