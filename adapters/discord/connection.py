"""How Discord is reached."""

from __future__ import annotations

from dataclasses import dataclass, field

DIRECT = "dm"
"""The space of direct messages."""


@dataclass(frozen=True, slots=True)
class Connection:
    """The token and what was configured beside it."""

    token: str = field(repr=False)
    guild: str = ""
    """The one server that the commands are registered in; empty is everywhere."""
    ready_seconds: float = 2.0
    """What discord.py waits for servers at a start."""
