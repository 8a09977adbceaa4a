"""What a test can set of a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """The defaults are Slack's own times, with loose rate limits and Socket Mode."""

    limits: Literal["real", "loose"] = "loose"
    """`real` counts calls and refuses; `loose` never does."""
    pace: float = 1.0
    """Real seconds for each second of a rate window; 0.02 makes a minute last 1.2 s."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """Limits that differ from the documented ones, by dotted name."""
    delivery: Literal["socket", "http"] = "socket"
    """How the app is told: over its websockets, or by signed requests to `server.request_url`."""
    ack_seconds: float | None = None
    """Real seconds until the app has failed to acknowledge; None is the documented time."""
    trigger_seconds: float | None = None
    """Seconds of the server's clock that a trigger_id lives; None is the documented time."""
    retry_waits: tuple[float, ...] = (0.0, 60.0, 300.0)
    """Real seconds before each re-delivery of an event that was not acknowledged."""
    commercial: bool = False
    """Whether the app is sold outside the Marketplace, with its narrow ration of history."""
    patience: float = 5.0
    """Real seconds that a person waits for something to appear before the test fails."""
    keep_record: bool = True
