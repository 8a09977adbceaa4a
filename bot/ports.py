"""The ports: what the core asks of the outside, as small Protocols. A port exists only where there are two implementations."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.story.books import Books, LastCall
from bot.story.people import Place
from bot.writing.briefs import Brief, Capabilities, Written

T = TypeVar("T")


class Clock(Protocol):
    """What time it is; tests and transcripts bring their own."""

    def now(self) -> datetime:
        """The present instant, timezone-aware, in UTC."""


class Store(Protocol):
    """Storage of rooms. `work` is synchronous: no transaction can span the network or the co-writer."""

    async def write(self, place: Place, work: Callable[[Books], T], *, later: bool = False) -> T:
        """Run `work` in one write transaction that has locked the room of this place (made at first use).

        `later` lets the work of those who wait for an answer go first.

        Raises StorageFull when nothing can be written; any exception of `work` rolls everything back.
        """

    async def read(self, place: Place, work: Callable[[Books], T]) -> T:
        """Run `work` on a consistent view of the room, beside writers. It must not change anything."""


class House(Protocol):
    """The house's due and post rows across rooms: ids and instants, no text."""

    async def due_places(self, now: datetime, *, limit: int = 100) -> Sequence[Place]:
        """Places in which something is due by now, the longest due first."""

    async def next_due(self) -> datetime | None:
        """The earliest instant at which anything is due."""

    async def unreckoned_places(self, version: str, now: datetime, *, limit: int = 100) -> Sequence[Place]:
        """Places with schedules that were reckoned by other rules of the zones, or after now."""

    async def rooms_of(self, person: str, *, limit: int = 50) -> Sequence[Place]:
        """Places of the rooms in which this person key is known or has kept drafts, those they acted in last first."""

    async def knows(self, place: Place) -> bool:
        """Whether there is a room at this place."""

    async def last_calls(self, since: datetime, until: datetime, *, limit: int = 1000) -> Sequence[LastCall]:
        """Each person's last changing call in each place, of those that went through between these instants."""

    async def place_of(self, room_id: str) -> Place | None:
        """The place of a room."""

    async def wanted_prompts(self, now: datetime, *, limit: int = 50) -> Sequence[tuple[Place, str]]:
        """Prompts that a co-writer is to write now: (place, id of the order), those needed soonest first."""

    async def post_places(self, *, limit: int = 1000) -> Sequence[Place]:
        """Places whose public cards show less than is wanted (after a restart)."""


class Vault(Protocol):
    """What is kept for platforms beside the rooms: sealed texts by key."""

    async def keep(self, key: str, sealed: str, at: datetime) -> None:
        """Keep a value in the place of what had its key."""

    async def beginning(self, prefix: str) -> Mapping[str, str]:
        """The values of all keys that begin so, by key."""

    async def take(self, key: str, since: datetime) -> str | None:
        """The value of a key if it was kept after `since`; it is gone afterwards."""

    async def drop(self, prefix: str) -> int:
        """Forget every key that begins so; gives how many there were."""


class Alarms(Protocol):
    """Says "wake me at". The `due` table is the truth; this is its shadow."""

    def wake_at(self, at: datetime) -> None:
        """Wake the sweep at this instant, or earlier; the earliest instant asked for wins."""


class Writer(Protocol):
    """A co-writer: it proposes text and never decides anything."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do; known without a network call."""

    def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """Yield pieces of text as they come, then exactly one Written as the last item.

        Raises WriterError with a sentence for people when no text could be had; a text that broke off is a
        Written whose `stop` says so. Closing the iterator stops the request and frees its connection.
        """

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """A JSON answer that fits the schema; raises WriterError when the model cannot or did not."""
