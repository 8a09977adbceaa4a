"""What a handler is handed: who calls, where, when, and the three things it may do (act, read, ask the co-writer)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from bot.calls import Call
from bot.cards import Reply
from bot.ports import Clock, Writer
from bot.settings import PRICES, BudgetDefaults, Price
from bot.story.books import Books
from bot.story.moments import Ids, Moment
from bot.story.people import Person, Place, Standing

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Incoming:
    """One call as an adapter hands it in. `source_id` is the exactly-once key of the platform's delivery."""

    place: Place
    person: Person
    name: str
    call: Call
    source_id: str
    standing: Standing = field(default_factory=Standing)
    seed: str | None = None
    """Seed of ids and dice; None uses the system's randomness."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Display names, by person key, of people that the call's arguments name by their key (the platform knew them)."""
    private: bool = False
    """It comes from a direct message with the bot: no room's place, but one person's."""
    elsewhere: Callable[[Place], Awaitable[Standing | None]] | None = None
    """How the platform says that the caller stands in another place now; None as its answer: they are not there. A
    private call without it reaches only what is the caller's own."""


@dataclass(frozen=True, slots=True)
class There:
    """One of a person's rooms, and how they stand there now; None: they are not there any more."""

    place: Place
    standing: Standing | None


class Unit(Protocol):
    """What the dispatcher binds to one call: its transactions, with the desk kept."""

    async def act(
        self, work: Callable[[Books, Moment], T], face: Callable[[T], Reply], *, last: bool = True
    ) -> Reply:
        """Run `work` in one write transaction with the call on the desk, and keep the reply with it."""

    async def write(self, work: Callable[[Books, Moment], T]) -> T:
        """A further write of the same call (a co-writer's text as it grows)."""

    async def read(self, work: Callable[[Books, Moment], T]) -> T:
        """A read."""

    async def rooms(self) -> Sequence[There]:
        """The caller's rooms, those they were in last first."""

    async def read_there(self, there: There, work: Callable[[Books, Moment], T]) -> T:
        """A read in one of them, with the caller as they stand there."""


@dataclass(frozen=True, slots=True)
class Shop:
    """What the house owns and hands to every call: co-writers by name, and where exports go."""

    writer: Writer
    max_tokens: int = 4000
    """Output limit of a co-writer's answer, thinking included."""
    prices: Mapping[str, Price] = field(default_factory=lambda: PRICES)
    budget: BudgetDefaults = field(default_factory=BudgetDefaults)
    nameless: set[tuple[str, str]] = field(default_factory=set)
    """Process memory of `/stop` (its limit must not be written down anywhere)."""


@dataclass(frozen=True, slots=True)
class Context:
    """One call in a handler's hands."""

    place: Place
    person: Person
    name: str
    standing: Standing
    now: datetime
    ids: Ids
    call: Call
    unit: Unit
    shop: Shop
    desk_id: str
    clock: Clock
    people: Mapping[str, str] = field(default_factory=dict)
    """Display names, by key, of the people whom the arguments name."""
    private: bool = False
    """The call comes from a direct message."""

    async def act(self, work: Callable[[Books, Moment], T], face: Callable[[T], Reply]) -> Reply:
        """Change the room: desk, work and reply in one transaction."""
        return await self.unit.act(work, face)

    async def begin(self, work: Callable[[Books, Moment], T], face: Callable[[T], Reply]) -> Reply:
        """The first of several writes of one call: the desk stays open until `act` or `write` ends it."""
        return await self.unit.act(work, face, last=False)

    async def write(self, work: Callable[[Books, Moment], T]) -> T:
        """A further write of a call that began."""
        return await self.unit.write(work)

    async def finish(self, work: Callable[[Books, Moment], T], face: Callable[[T], Reply]) -> Reply:
        """The last write of a call that began: its reply takes the place of the first one's."""
        return await self.unit.act(work, face)

    async def read(self, work: Callable[[Books, Moment], T]) -> T:
        """Look at the room."""
        return await self.unit.read(work)

    async def read_rooms(self, work: Callable[[There, Books, Moment], T]) -> list[T]:
        """Look at each of the caller's rooms, at nothing in them but what is theirs: the one scope beside a room."""
        return [await self.unit.read_there(there, partial(work, there)) for there in await self.unit.rooms()]
