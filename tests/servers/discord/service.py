"""What all parts of one server share: its world, clock, limits, gateway, faults, and the record of what happened."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from tests.servers.discord.buckets import Buckets
from tests.servers.discord.faults import Faults
from tests.servers.discord.gateway import Gateway
from tests.servers.discord.limits import Limits
from tests.servers.discord.refusal import Json, refuse
from tests.servers.discord.rules import File, Rules
from tests.servers.discord.settings import Settings
from tests.servers.discord.things import Clock
from tests.servers.discord.world import World


@dataclass(slots=True)
class Call:
    """One REST call, taken apart: its route's shape and the parts of its path that vary."""

    route: str
    args: list[str]
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = field(default_factory=dict)
    files: list[File] = field(default_factory=list)

    def id(self, place: int) -> int:
        """The id at that place of the path."""
        return int(self.args[place])

    def asks(self, name: str) -> bool:
        """Whether a switch in the query is on."""
        return self.query.get(name, "").lower() in ("1", "true")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that was refused, for a test that expects none."""

    method: str
    path: str
    status: int
    code: int
    reason: str


class Service:
    """The shared state of one server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.limits = Limits(settings.changed)
        self.rules = Rules(self.limits)
        self.clock = Clock()
        self.world = World(self.clock)
        self.faults = Faults()
        self.gateway = Gateway(self.world, self.limits, settings, self.faults, self.note)
        self.buckets = Buckets(self.limits, loose=settings.limits == "loose", pace=settings.pace)
        self.record: list[Json] = []
        self.refused: list[Refusal] = []
        self.url = ""
        self._started = time.monotonic()
        self._pulse = asyncio.Event()
        documented = self.limits["interaction.ack_seconds"]
        self.ack_seconds = documented if settings.ack_seconds is None else settings.ack_seconds
        documented = self.limits["interaction.token_minutes"] * 60
        self.token_seconds = documented if settings.token_seconds is None else settings.token_seconds

    def note(self, entry: Json) -> None:
        """Keep an entry of the record, with the milliseconds since the server began."""
        if self.settings.keep_record:
            self.record.append({"at": round((time.monotonic() - self._started) * 1000, 3), **entry})

    def changed(self) -> None:
        """Something that a person can see is different now."""
        self._pulse.set()

    async def until(self, condition: Callable[[], bool], seconds: float | None = None) -> None:
        """Wait until it holds, looking again after each change and every 10 ms; a TimeoutError if it does not in time."""
        async with asyncio.timeout(self.settings.patience if seconds is None else seconds):
            while not condition():
                self._pulse.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._pulse.wait(), 0.01)

    def snowflake(self, value: object) -> int:
        """An id given in a body."""
        text = str(value)
        if not text.isdigit():
            raise refuse(10003)
        return int(text)
