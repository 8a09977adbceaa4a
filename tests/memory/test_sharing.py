"""Two processes' posters and sweeps on one database: each card is posted once, each due is done once, the dead are buried."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Card, Text
from bot.chat import Inbox
from bot.errors import PostLater
from bot.faces import posts
from bot.posting import LEASE, Poster
from bot.story.books import Books, Post
from bot.story.moments import Due, Ids, Mark, Moment, Outcome
from bot.story.people import Place
from memory.alive import make_alive
from memory.engine import Runner, make_runner
from memory.processes import HouseProcesses
from memory.shards import PATIENCE, Shard, ShardRows, divided
from memory.store import HouseRows, RoomStore
from tests.clock import START, HandClock
from tests.memory.test_store import HALL, house


@dataclass
class Board:
    """A platform that forgets nonces, takes its time, and may or may not show what stands there."""

    shown: list[str] = field(default_factory=list)
    arrives: asyncio.Event = field(default_factory=asyncio.Event)
    """What was sent arrives once this is set."""
    sent: asyncio.Event = field(default_factory=asyncio.Event)
    readable: bool = True
    busy: int = 0

    async def run(self, inbox: Inbox) -> None:
        """Nobody types here."""

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """A new message, even with an old nonce."""
        if self.busy:
            self.busy -= 1
            raise PostLater("busy", 30.0)
        self.sent.set()
        await self.arrives.wait()
        self.shown.append(_words(card))
        return (str(len(self.shown)),)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Nothing is edited here."""
        return refs

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """By its words alone."""
        if not self.readable:
            return None
        return next(((str(n),) for n, words in enumerate(self.shown, 1) if words == _words(card)), ())

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Nothing is removed here."""


def _words(card: Card) -> str:
    return " ".join(part.markup for part in card.parts if isinstance(part, Text))


def _draw(books: Books, post: Post, now: datetime) -> Card | None:
    return posts.draw(books, post, now) if post.kind == "missing" else Card(parts=(Text(f"{post.kind} {post.subject}"),))


@dataclass
class Pair:
    """Two processes with posters of their own, and the platform that both post on."""

    runner: Runner
    clock: HandClock
    board: Board
    act: Callable[..., Any]

    def poster(self, owner: str, lease: timedelta = LEASE) -> Poster:
        """The poster of a process, with a store of its own."""
        return Poster(RoomStore(self.runner, self.clock), self.board, _draw, self.clock, lease=lease, owner=owner)

    async def wants(self, *subjects: str) -> None:
        """Cards that shall stand in the hall."""
        marks = tuple(Mark("passage", subject) for subject in subjects)
        await self.act("ada", lambda s, m, b: Outcome(None, marks=marks))


@asynccontextmanager
async def pair(url: str) -> AsyncIterator[Pair]:
    async with house(url, HALL) as (hall,):
        yield Pair(hall.runner, hall.clock, Board(), hall.act)


async def test_while_one_process_posts_in_a_place_another_leaves_it_alone(url: str) -> None:
    async with pair(url) as two:
        first, second = two.poster("one"), two.poster("two")
        await two.wants("a", "b")
        posting = asyncio.create_task(first.settle(HALL))
        await two.board.sent.wait()
        await two.wants("c")
        await second.settle(HALL)
        assert two.board.shown == []
        two.board.arrives.set()
        await posting
        assert two.board.shown == ["passage a", "passage b", "passage c"]
        first.close()
        second.close()


async def test_what_a_dead_process_was_posting_is_looked_for_and_stands_there_once(url: str) -> None:
    async with pair(url) as two:
        dead, living = two.poster("dead"), two.poster("living")
        await two.wants("a", "b")
        posting = asyncio.create_task(dead.settle(HALL))
        await two.board.sent.wait()
        two.board.arrives.set()
        two.board.shown.append("passage a")  # it arrives, and its sender never hears of it
        posting.cancel()
        await asyncio.wait({posting})
        await living.settle(HALL)
        assert two.board.shown == ["passage a"]
        two.clock.pass_(seconds=LEASE.total_seconds() + 1)
        await living.settle(HALL)
        assert two.board.shown == ["passage a", "passage b"]
        living.close()
        dead.close()


async def test_where_nobody_can_look_a_card_is_not_posted_twice_and_the_room_is_told(url: str) -> None:
    async with pair(url) as two:
        two.board.readable = False
        dead, living = two.poster("dead"), two.poster("living")
        await two.wants("a")
        posting = asyncio.create_task(dead.settle(HALL))
        await two.board.sent.wait()
        posting.cancel()
        await asyncio.wait({posting})
        two.board.arrives.set()
        two.clock.pass_(seconds=LEASE.total_seconds() + 1)
        await living.settle(HALL)
        (told,) = two.board.shown
        assert "A new passage may not have arrived here" in told
        living.close()


async def test_what_waits_in_the_queue_keeps_its_lease(url: str) -> None:
    async with pair(url) as two:
        slow = two.poster("slow", lease=timedelta(seconds=0.4))
        await two.wants("a", "b")
        posting = asyncio.create_task(slow.settle(HALL))
        await two.board.sent.wait()
        rows = await two.runner.read(lambda c: c.exec_driver_sql("SELECT lease_until FROM posts ORDER BY id").all())
        two.clock.pass_(seconds=0.3)
        renewed = rows
        async with asyncio.timeout(30):
            while any(old == new for old, new in zip(rows, renewed, strict=True)):
                await asyncio.sleep(0.02)
                renewed = await two.runner.read(
                    lambda c: c.exec_driver_sql("SELECT lease_until FROM posts ORDER BY id").all()
                )
        two.board.arrives.set()
        await posting
        assert two.board.shown == ["passage a", "passage b"]
        slow.close()


async def test_who_lost_a_lease_posts_no_more_of_it_and_overwrites_nothing(url: str) -> None:
    async with pair(url) as two:
        paused, other = two.poster("paused"), two.poster("other")
        await two.wants("a", "b")
        posting = asyncio.create_task(paused.settle(HALL))
        await two.board.sent.wait()
        two.clock.pass_(seconds=LEASE.total_seconds() + 1)  # the machine slept
        two.board.arrives.set()
        taken = asyncio.create_task(other.settle(HALL))
        await asyncio.wait({posting, taken})
        assert sorted(set(two.board.shown)) == ["passage a", "passage b"]
        assert two.board.shown.count("passage b") == 1
        states = await two.runner.read(lambda c: c.exec_driver_sql("SELECT DISTINCT state, owner FROM posts").all())
        assert [tuple(row) for row in states] == [("shown", "")]
        paused.close()
        other.close()


async def test_a_busy_place_stays_with_the_process_that_was_told_so(url: str) -> None:
    async with pair(url) as two:
        first, second = two.poster("one"), two.poster("two")
        two.board.arrives.set()
        two.board.busy = 1
        await two.wants("a", "b")
        await first.settle(HALL)
        await second.settle(HALL)
        assert two.board.shown == []
        two.clock.pass_(seconds=31)
        await second.settle(HALL)
        assert two.board.shown == ["passage a", "passage b"]
        first.close()
        second.close()


async def test_two_processes_that_sweep_at_once_do_each_thing_once(url: str) -> None:
    async with house(url, HALL) as (hall,):
        other = make_runner(url)
        stores = (hall.store, RoomStore(other, hall.clock))
        dues = tuple(Due("nudge", f"n{n}", hall.clock.now()) for n in range(40))
        await hall.act("ada", lambda s, m, b: Outcome(None, dues=dues))
        done: list[str] = []

        def some(books: Books) -> None:
            now = hall.clock.now() + timedelta(minutes=1)
            for due in books.dues(until=now, limit=5):
                books.due_done(due, now)
                books.keep(Outcome(None, marks=(Mark("line", due.subject),)), Moment(now, Ids(None)))
                done.append(due.subject)

        try:
            await asyncio.gather(*(stores[n % 2].write(HALL, some) for n in range(20)))
        finally:
            await other.close()
        assert sorted(done) == sorted(due.subject for due in dues)


async def test_two_processes_make_a_room_at_once(url: str) -> None:
    async with house(url, HALL) as (hall,):
        other = make_runner(url)
        place = Place("terminal", "local", "brand new")
        stores = (hall.store, RoomStore(other, hall.clock))
        try:
            found = await asyncio.gather(
                *(stores[n % 2].write(place, lambda books: books.snapshot().room.id) for n in range(10))
            )
        finally:
            await other.close()
        assert len(set(found)) == 1


async def test_a_process_that_is_gone_is_seen_and_what_it_held_is_free(url: str) -> None:
    async with house(url, HALL) as (hall,):
        path = hall.runner.path
        one, two = (
            HouseProcesses(hall.runner, make_alive(url, path), hall.clock, ("discord",), dead_after=0.2) for _ in range(2)
        )
        locks = make_alive(url, path)
        gone = HouseProcesses(hall.runner, locks, hall.clock, ("slack",), dead_after=0.2)
        for process in (one, two, gone):
            await process.look()
        living = (await one.look()).living
        assert {process.id for process in living} == {one.me.id, two.me.id, gone.me.id}
        assert (await two.look()).buried == ()
        shards = ShardRows(hall.runner)
        assert (await shards.share(gone.me.id, {gone.me.id: START}, 3, hall.clock.now())).numbers == {0, 1, 2}
        await hall.act("ada", lambda s, m, b: Outcome(None, marks=(Mark("line", "a"),)))
        (post,) = await hall.look(lambda books: books.posts_wanted())
        held = replace(post, state="posting", owner=gone.me.id, lease_until=hall.clock.now() + LEASE)
        await hall.store.write(HALL, lambda books: books.posts_save([held]))
        rows = HouseRows(hall.runner)
        assert await rows.owed(hall.clock.now()) == []
        await locks.close()  # as when it is killed
        buried: set[str] = set()
        async with asyncio.timeout(30):
            while gone.me.id not in buried:
                buried |= {*(await one.look()).buried, *(await two.look()).buried}
                await asyncio.sleep(0.05)
        ((place, _),) = await rows.owed(hall.clock.now())
        assert place == HALL
        assert (await shards.share(one.me.id, {one.me.id: START}, 3, hall.clock.now())).numbers == {0, 1, 2}
        await one.leave()
        assert [process.id for process in (await two.look()).living] == [two.me.id]
        await two.leave()


@given(
    st.integers(1, 12), st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from(["look", "look", "die", "come"])), max_size=60)
)
def test_every_shard_is_run_by_one_and_shares_become_even(count: int, told: list[tuple[str, str]]) -> None:
    rows = [Shard(n, "", None) for n in range(count)]
    living: dict[str, datetime] = {"a": START}
    now = START
    for who, what in told:
        now += timedelta(seconds=1)
        if what == "come":
            living.setdefault(who, now)
        elif what == "die":
            living.pop(who, None)
        elif who in living:
            before = {row.number: row.owner for row in rows}
            rows = divided(rows, who, living, now)
            for row in rows:  # nobody takes what a living process runs
                assert row.owner in ("", who) or row.owner == before[row.number]
    living = living or {"a": now}
    for _ in range(40):
        now += PATIENCE / 2
        for who in living:
            rows = divided(rows, who, living, now)
    counts = [sum(row.owner == who for row in rows) for who in living]
    assert sum(counts) == count
    assert max(counts) - min(counts) <= 1


@pytest.mark.parametrize("count", [1, 2])
async def test_the_number_of_shards_changes_only_while_nobody_runs_any(url: str, count: int) -> None:
    async with house(url, HALL) as (hall,):
        shards, now = ShardRows(hall.runner), hall.clock.now()
        assert await shards.known() == 0
        assert (await shards.share("a", {"a": now}, count, now)).of == count
        assert (await shards.share("b", {"a": now, "b": now}, 5, now)).of == count
        assert (await shards.share("b", {"b": now}, 5, now)).of == 5
        assert await shards.known() == 5
