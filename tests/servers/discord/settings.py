"""What a test can set of a server."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Settings:
    """The defaults are Discord's own times, with loose rate limits."""

    limits: Literal["real", "loose"] = "loose"
    """`real` counts calls in windows and refuses; `loose` never does."""
    pace: float = 1.0
    """Real seconds for each second of a rate window; 0.02 makes a window of 5 s last 100 ms."""
    changed: Mapping[str, int] = field(default_factory=dict)
    """Limits that differ from the documented ones, by dotted name."""
    ack_seconds: float | None = None
    """Real seconds until an interaction fails; None is the documented time."""
    token_seconds: float | None = None
    """Seconds of the server's clock that a token lives; None is the documented time."""
    nonce_seconds: float = 180.0
    """Seconds of the server's clock in which `enforce_nonce` knows a nonce again."""
    heartbeat_seconds: float = 41.25
    old_edit_wait: float = 1.0
    """`retry_after` of the refusal to edit old messages."""
    privileged: tuple[str, ...] = ()
    """Privileged intents that are switched on: `members`, `presences`, `message_content`."""
    patience: float = 5.0
    """Real seconds that a person waits for a deferred answer before the test fails."""
    shards: int = 1
    """How many shards `/gateway/bot` recommends."""
    keep_record: bool = True
