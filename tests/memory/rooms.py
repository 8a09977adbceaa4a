"""A room driven by rules straight through the store, for the tests of memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.story.books import Books
from bot.story.house_rules import seen
from bot.story.moments import Ids, Moment, Outcome
from bot.story.people import Person, Place
from bot.story.snapshot import Snapshot
from memory.engine import Runner
from memory.store import RoomStore
from tests.clock import HandClock


@dataclass
class Driver:
    """People of one place, acting by rules."""

    runner: Runner
    store: RoomStore
    clock: HandClock
    place: Place
    acts: int = 0

    def moment(self, name: str) -> Moment:
        """A moment of this person."""
        self.acts += 1
        self.clock.pass_(seconds=1)
        return Moment(
            self.clock.now(), Ids(f"{self.place}:{self.acts}"), Person("terminal", "local", name), name
        )

    async def act(self, name: str, rule: Callable[[Snapshot, Moment, Books], Outcome[Any]]) -> Any:
        """One rule in one transaction, with what the room notes of who acts."""
        moment = self.moment(name)

        def work(books: Books) -> Any:
            room = books.snapshot()
            rows = seen(room, moment, acted=True)
            return books.keep(Outcome(None, rows).then(rule(room.with_rows(rows), moment, books)), moment)

        return await self.store.write(self.place, work)

    async def look(self, work: Callable[[Books], Any]) -> Any:
        """A read."""
        return await self.store.read(self.place, work)
