"""What is kept is what is read back, on every database; rooms are strangers; a stale room is refused."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from bot.errors import OperatorError, UserError
from bot.story import deciding, extending, pitching, storytelling, undoing, voting
from bot.story.books import Books, DeskEntry
from bot.story.ledger import Entry, verify
from bot.story.moments import Due, Ids, Mark, Moment, Outcome
from bot.story.people import Place
from bot.story.snapshot import Snapshot
from memory import migrate, operators, snapshots
from memory import tables as t
from memory.engine import SqliteRunner, make_runner
from memory.store import HouseRows, RoomStore
from tests.clock import HandClock
from tests.memory.rooms import Driver

HALL = Place("terminal", "local", "hall")
ATTIC = Place("terminal", "local", "attic")


@asynccontextmanager
async def house(url: str, *places: Place) -> AsyncIterator[list[Driver]]:
    clock = HandClock()
    path = Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None
    await operators.open_house(url, path, clock.now())
    runner = make_runner(url)
    store = RoomStore(runner, clock)
    try:
        yield [Driver(runner, store, clock, place) for place in places]
    finally:
        await runner.close()


def _chain(chain: str, books: Books) -> Sequence[Entry]:
    return books.chain(chain)


def fresh(books: Books) -> Snapshot:
    """The room read anew, past the kept snapshot."""
    real: Any = books
    return snapshots.load(real._connection, real.snapshot().room)


def _numbered(n: int, s: Snapshot, m: Moment, books: Books) -> Outcome[Any]:
    return pitching.pitch(s, f"Idea number {n} entirely", m)


async def some_evening(room: Driver, dice: random.Random, acts: int) -> None:
    """People doing what people do, in any order; refusals are part of it."""

    def step(s: Snapshot, m: Moment, books: Books) -> Outcome[Any]:
        story = s.story
        if story is None:
            return storytelling.new_story(s, f"Story {dice.random()}", m)
        rounds = s.open_rounds(story.id)
        match dice.randrange(9):
            case 0 | 1 | 2:
                return pitching.pitch(s, f"Idea {dice.random()} of {m.name}", m)
            case 3 | 4 if rounds and s.ideas(rounds[0].id):
                return voting.vote(s, rounds[0], (dice.choice(s.ideas(rounds[0].id)).id,), m)
            case 5 if rounds:
                return deciding.close(s, rounds[0], m, forced=True)
            case 6:
                return undoing.undo(s, books.deeds(person=m.actor), m, books)
            case 7 if dice.random() < 0.1:
                return storytelling.wrap(s, m)
            case _:
                return extending.extend(s, f"Passage {dice.random()} " * dice.randrange(1, 30), m)

    for _ in range(acts):
        try:
            await room.act(dice.choice(("ada", "bo", "cy")), step)
        except UserError:
            continue


@pytest.mark.parametrize("seed", range(4))
async def test_the_kept_snapshot_equals_a_fresh_read_whatever_happened(url: str, seed: int) -> None:
    async with house(url, HALL) as (room,):
        dice = random.Random(seed)
        for _ in range(8):
            await some_evening(room, dice, 6)
            kept, read = await room.store.write(HALL, lambda books: (books.snapshot(), fresh(books)))
            assert kept == read


async def test_writes_that_share_a_commit_see_each_other_without_reading_the_room_again(tmp_path: Path) -> None:
    run: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        run.append(statement)

    def breaks(books: Books) -> None:
        moment = hall.moment("dov")
        books.keep(pitching.pitch(books.snapshot(), "Never kept", moment), moment)
        raise UserError("kernel.crashed")

    async with house(f"sqlite:///{tmp_path}/house.db", HALL, ATTIC) as (hall, attic):
        for room in (hall, attic):
            await room.act("ada", lambda s, m, _: storytelling.new_story(s, "Shared", m))
        assert isinstance(hall.runner, SqliteRunner)
        event.listen(hall.runner.writer, "before_cursor_execute", note)
        free = threading.Event()
        busy = asyncio.create_task(hall.runner.write(lambda _: free.wait(5)))
        await asyncio.sleep(0.05)
        waiting = [asyncio.create_task(room.act(name, partial(_numbered, n))) for n, (room, name) in enumerate(
            [(hall, "ada"), (attic, "ada"), (hall, "bo")]
        )]  # fmt: skip
        waiting.append(asyncio.create_task(hall.store.write(HALL, breaks)))
        waiting.append(asyncio.create_task(hall.act("cy", partial(_numbered, 3))))
        await asyncio.sleep(0.05)
        free.set()
        await busy
        told = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one).__name__ for one in told if isinstance(one, Exception)] == ["UserError"]
        event.remove(hall.runner.writer, "before_cursor_execute", note)
        assert sum(statement.startswith("BEGIN") for statement in run) == 2  # the busy one's, and theirs
        assert [statement for statement in run if "FROM members" in statement] == []
        kept, read = await hall.store.write(HALL, lambda books: (books.snapshot(), fresh(books)))
        assert kept == read
        assert sorted(pitch.text for pitch in kept.pitches.values()) == [f"Idea number {n} entirely" for n in (0, 2, 3)]


@pytest.mark.parametrize("seed", range(3))
async def test_two_rooms_never_see_each_others_rows(url: str, seed: int) -> None:
    async with house(url, HALL, ATTIC) as (hall, attic):
        dice = random.Random(seed)
        for _ in range(6):
            await some_evening(hall, dice, 5)
            await some_evening(attic, dice, 5)
        mine = await hall.look(lambda b: b.snapshot())
        theirs = await attic.look(lambda b: b.snapshot())
        assert mine.room.id != theirs.room.id
        assert mine.story and theirs.story
        for noun in (
            "members",
            "stories",
            "scenes",
            "passages",
            "rounds",
            "pitches",
            "ballots",
            "pens",
            "turns",
        ):
            for row in getattr(mine, noun).values():
                assert row.room_id == mine.room.id
        foreign = [row.id for row in theirs.pitches.values()] + [row.id for row in theirs.passages.values()]

        def pry(books: Books) -> list[object]:
            found: list[object] = [books.pitch(i) or books.passage(i) for i in foreign]
            found += (
                list(books.passages(theirs.story.id))
                + list(books.rounds(theirs.story.id))
                + list(books.drawer(theirs.story.id))
            )
            return found + list(books.deeds(chain=theirs.story.id)) + list(books.chain(theirs.story.id))

        assert [x for x in await hall.look(pry) if x is not None] == []


async def test_a_row_of_another_room_cannot_be_written_from_this_one(url: str) -> None:
    async with house(url, HALL, ATTIC) as (hall, attic):
        story = (await hall.act("ada", lambda s, m, b: storytelling.new_story(s, "Mine", m))).story
        with pytest.raises(LookupError):
            await attic.act("bo", lambda s, m, b: Outcome(None, (replace(story, title="Stolen"),)))
        moved = replace(story, title="Stolen", room_id=(await attic.look(lambda b: b.snapshot().room.id)))
        try:
            await attic.act("bo", lambda s, m, b: Outcome(None, (replace(moved, room_id=s.room.id),)))
        except (OperatorError, UserError):
            pass
        assert (await hall.look(fresh)).stories[story.id].title == "Mine"


async def test_every_chain_verifies_and_a_changed_word_is_noticed(url: str) -> None:
    async with house(url, HALL) as (room,):
        await some_evening(room, random.Random(3), 40)
        before = await migrate.on_connection(url, operators.check)
        assert before.acts > 10
        assert before.problems == ()
        for chain in await room.look(lambda b: b.snapshot().heads):
            assert verify(await room.look(partial(_chain, chain))) == []
        act = await migrate.on_connection(
            url,
            lambda c: c.execute(select(t.acts.c.id).where(t.acts.c.actor_salt != "").limit(1)).scalar_one(),
        )
        await migrate.on_connection(
            url,
            lambda c: c.execute(
                t.acts.update().where(t.acts.c.id == act).values(actor="terminal/local/nobody")
            ),
        )
        assert (await migrate.on_connection(url, operators.check)).problems
        await migrate.on_connection(url, lambda c: operators.apply_erasures(c, [act]))
        assert (await migrate.on_connection(url, operators.check)).problems == ()


async def test_a_source_is_taken_onto_the_desk_once(url: str) -> None:
    async with house(url, HALL) as (room,):
        entry = DeskEntry(
            "1", "source", "terminal/local/ada", "pitch", {"idea": "x"}, room.clock.now(), "open"
        )
        assert await room.store.write(HALL, lambda b: b.desk_add(entry)) is None
        await room.store.write(HALL, lambda b: b.desk_settle("1", "done", {"cards": [], "refused": False}))
        held = await room.store.write(HALL, lambda b: b.desk_add(replace(entry, id="2")))
        assert held is not None
        assert (held.id, held.state) == ("1", "done")


async def test_a_savepoint_takes_back_rows_and_snapshot_but_not_what_came_before(url: str) -> None:
    async with house(url, HALL) as (room,):
        moment = room.moment("ada")

        def work(books: Books) -> None:
            books.desk_add(DeskEntry("1", "s", None, "x", {}, moment.now, "open"))
            try:
                with books.savepoint():
                    books.keep(storytelling.new_story(books.snapshot(), "Lost", moment), moment)
                    raise UserError("kernel.already")
            except UserError:
                pass
            assert books.snapshot().story is None

        await room.store.write(HALL, work)
        assert await room.look(lambda b: b.snapshot().story) is None
        assert (await room.look(lambda b: b.desk("1"))).state == "open"


async def test_dues_are_kept_moved_cancelled_and_done_once(url: str) -> None:
    async with house(url, HALL) as (room,):
        at = room.clock.now()

        async def wish(when: datetime | None) -> None:
            await room.act("ada", lambda s, m, b: Outcome(None, dues=(Due("deadline", "round", when),)))

        rows = HouseRows(room.runner)
        await wish(at)
        later = at.replace(year=2027)
        await wish(later)
        assert await rows.next_due() == later
        assert await rows.due_places(later) == [HALL]
        assert await rows.due_places(at) == []
        (due,) = await room.look(lambda b: b.dues())
        await room.store.write(HALL, lambda b: b.due_done(due, later))
        assert await rows.next_due() is None
        await wish(at)
        await wish(None)
        assert await rows.next_due() is None


async def test_marks_wait_until_they_are_shown_and_rise_again(url: str) -> None:
    async with house(url, HALL) as (room,):
        rows = HouseRows(room.runner)
        await room.act("ada", lambda s, m, b: Outcome(None, marks=(Mark("ballot", "r"), Mark("opened", "r"))))
        first, second = await room.look(lambda b: b.posts_wanted())
        assert (first.kind, second.kind) == ("ballot", "opened")
        assert await rows.post_places() == [HALL]
        await room.store.write(
            HALL,
            lambda b: b.posts_save(
                [replace(p, shown_rev=p.wanted_rev, state="shown", refs=("1",)) for p in (first, second)]
            ),
        )
        assert await rows.post_places() == []
        await room.act("ada", lambda s, m, b: Outcome(None, marks=(Mark("ballot", "r"),)))
        (again,) = await room.look(lambda b: b.posts_wanted())
        assert (again.id, again.refs) == (first.id, ("1",))


async def test_writers_of_one_room_wait_for_each_other(url: str) -> None:
    async with house(url, HALL) as (room,):
        await room.act("ada", lambda s, m, b: storytelling.new_story(s, "Busy", m))
        await asyncio.gather(*(room.act(f"p{n}", partial(_numbered, n)) for n in range(12)))
        seqs = sorted(p.seq for p in (await room.look(lambda b: b.snapshot())).pitches.values())
        assert seqs == list(range(1, 13))
        assert (await migrate.on_connection(url, operators.check)).problems == ()


async def test_a_place_without_a_room_reads_as_an_empty_one(url: str) -> None:
    async with house(url, HALL) as (room,):
        assert await room.look(lambda b: (b.snapshot().story, list(b.drafts("x")), list(b.deeds()))) == (
            None,
            [],
            [],
        )


async def test_a_thread_inherits_rules_and_consent(url: str) -> None:
    thread = Place("discord", "s", "c", "t")
    async with house(url, Place("discord", "s", "c"), thread) as (parent, child):
        await parent.act(
            "ada", lambda s, m, b: Outcome(None, (replace(s.room, preset="studio", zone="Europe/Berlin"),))
        )
        assert await child.store.write(
            thread, lambda b: (b.snapshot().room.preset, b.snapshot().room.zone)
        ) == ("studio", "Europe/Berlin")


def test_ids_of_one_call_keep_their_order() -> None:
    ids, at = Ids("x"), HandClock().now()
    made = [ids.new(at) for _ in range(50)]
    assert made == sorted(made)
