"""Rate limits: tiers by method and workspace, and about one post a second in each channel.

https://docs.slack.dev/apis/web-api/rate-limits; how short a burst may be is assumed, not documented.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Literal

from tests.servers.slack.limits import Limits

Tier = Literal["1", "2", "3", "4", "post", "free", "history"]


@dataclass(slots=True)
class _Window:
    used: int
    ends: float


@dataclass(slots=True)
class _Purse:
    """Posts that may be sent at once, refilled with one a second."""

    left: float
    at: float


class Buckets:
    """What one app has used up."""

    def __init__(self, limits: Limits, *, loose: bool, pace: float, commercial: bool) -> None:
        self._limits = limits
        self._loose = loose
        self._pace = pace
        self._commercial = commercial
        self._windows: dict[str, _Window] = {}
        self._purses: dict[str, _Purse] = {}

    def take(self, tier: Tier, method: str, team: str, channel: str) -> float | None:
        """Count a call; the seconds to wait if it was one too many."""
        if self._loose or tier == "free":
            return None
        if tier == "post":
            return self._post(f"{team}:{channel}")
        name = f"tier_{tier}"
        if tier == "history":
            name = "commercial" if self._commercial else "tier_3"
        return self._window(f"{method}:{team}", self._limits[f"rate.{name}"])

    def _post(self, key: str) -> float | None:
        now, most = time.monotonic(), self._limits["rate.post_burst"]
        purse = self._purses.setdefault(key, _Purse(most, now))
        purse.left = min(most, purse.left + (now - purse.at) / self._pace)
        purse.at = now
        if purse.left < 1:
            return (1 - purse.left) * self._pace
        purse.left -= 1
        return None

    def _window(self, key: str, size: int) -> float | None:
        now = time.monotonic()
        window = self._windows.get(key)
        if window is None or now >= window.ends:
            window = self._windows[key] = _Window(0, now + 60 * self._pace)
        if window.used >= size:
            return window.ends - now
        window.used += 1
        return None
