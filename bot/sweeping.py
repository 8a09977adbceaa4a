"""The sweep: what time does, room by room, and the wish to be woken for the next thing."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from bot.errors import UserError, without_text
from bot.ports import Alarms, Clock, House, Store
from bot.posting import Poster
from bot.story.books import Books, DueRow
from bot.story.moments import Ids, Moment, Outcome
from bot.story.people import Place
from bot.story.scheduling import reckon
from bot.story.zones import version

log = logging.getLogger("room37.dispatch")

TOGETHER = 8
"""Rooms in which a sweep writes at the same time: on SQLite they share a commit."""
DUES_AT_ONCE = 3
"""Things that are due in one room are done so many in a write, so that nobody's command waits for long."""
AGAIN = timedelta(minutes=5)
"""What is due and failed by a defect is tried again after so long: it is never lost."""

DueRule = Callable[[Books, DueRow, Moment], Outcome[Any]]


class Sweeper:
    """One sweep at a time over all rooms of the house."""

    def __init__(
        self, store: Store, house: House, clock: Clock, poster: Poster, alarms: Alarms,
        rules: Mapping[str, DueRule], *, seed: str | None,
    ) -> None:  # fmt: skip
        self._store = store
        self._house = house
        self._clock = clock
        self._poster = poster
        self._alarms = alarms
        self._due_rules = rules
        self._seed = seed
        self._sweeping = asyncio.Lock()

    async def sweep(self) -> None:
        """Do everything that is due by now, room by room, and ask to be woken for the next thing.

        Behind it, schedules are reckoned anew whose zone got other rules, or that a clock which went back left ahead.
        """
        async with self._sweeping:
            await self._do_everything_due()
            while places := await self._house.unreckoned_places(version(), self._clock.now()):
                await self._write_each(places, self._reckon)
                await self._do_everything_due()
            following = await self._house.next_due()
        if following is not None:
            self._alarms.wake_at(following)

    async def _do_everything_due(self) -> None:
        now = self._clock.now()
        while places := await self._house.due_places(now):
            await self._write_each(places, self._do_dues)

    async def _write_each(self, places: Sequence[Place], work: Callable[[Books], None]) -> None:
        """One write in each of these places, some at a time, behind those who wait for an answer."""
        for n in range(0, len(places), TOGETHER):
            some = places[n : n + TOGETHER]
            await asyncio.gather(*(self._store.write(place, work, later=True) for place in some))
            for place in some:
                self._poster.wake(place)

    def _do_dues(self, books: Books) -> None:
        now = self._clock.now()
        for due in books.dues(until=now, limit=DUES_AT_ONCE):
            moment = Moment(now, Ids(f"{self._seed}:due:{due.id}:{due.generation}" if self._seed else None))
            books.due_done(due, now)
            try:
                with books.savepoint():
                    books.keep(self._due_rules[due.kind](books, due, moment), moment)
            except UserError as refusal:
                log.info("a due %s did nothing: %s", due.kind, refusal.key)
            except Exception as crash:
                log.exception("a due failed: kind=%s", due.kind, exc_info=without_text(crash))
                books.due_again(due, now + AGAIN)

    def _reckon(self, books: Books) -> None:
        now = self._clock.now()
        old = books.unreckoned(version(), now)
        new = [reckon(schedule, now) for schedule in old]
        books.reckoned(new, {b.id for a, b in zip(old, new, strict=True) if a.next_at != b.next_at})

