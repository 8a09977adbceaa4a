"""What is erased is nowhere: no column of any table, no byte of the file, no backup that is restored."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Text, select

from bot.__main__ import main
from bot.calls import Call
from bot.story.books import Books
from bot.story.erasing import WINDOW, Echo, bare
from bot.story.people import Place, Standing
from memory import migrate, operators
from memory.tables import metadata
from memory.words import NAMES, NO_WORDS, OWN, QUOTES
from tests.rig import Room, open_room, plain

HEART = "My grandmother's kitchen smelled of *cardamom* and wet wool,\nand of the letters nobody opened."
FIXED = HEART + " I kept one of the cardamom letters."
WORDS = ("cardamom", "grandmother", "wet wool", "nobody opened")


def test_every_text_column_says_whether_words_live_there() -> None:
    for name, table in metadata.tables.items():
        columns = {c.name for c in table.c if isinstance(c.type, Text)} - {"id", "room_id"}
        listed = [*OWN.get(name, ()), *QUOTES.get(name, ()), *NAMES.get(name, ()), *NO_WORDS.get(name, ())]
        assert len(listed) == len(set(listed)), name
        assert columns == set(listed), f"memory/words.py does not know {sorted(columns ^ set(listed))} of {name}"


def everywhere(connection: Connection) -> str:
    """Everything that stands in any TEXT column."""
    found = []
    for table in metadata.sorted_tables:
        columns = [c for c in table.c if isinstance(c.type, Text)]
        found += [" ".join(str(cell) for cell in row) for row in connection.execute(select(*columns))]
    return "\n".join(found)


@asynccontextmanager
async def quoted_room(url: str) -> AsyncIterator[tuple[Room, str]]:
    """A room in which ben's words stand wherever words can: versions, drafts, machine texts, reports, receipts, ideas."""
    async with open_room(url) as room:
        await room.says("ada", "/story new Kitchens")
        await room.says("ada", "/extend It was raining.")
        await room.says("ben", HEART)
        await room.says("ben", f"/extend {HEART}")

        def find(books: Books) -> str:
            story = books.snapshot().story
            found = books.passage_numbered(story.id, 2) if story else None
            assert found is not None
            return found[0].id

        passage = await room.house.store.read(room.place, find)
        await room.calls("ben", Call("passage-card fix", {"passage": passage, "version": "1", "text": FIXED}))
        await room.says("ada", f"/assist continue {HEART[:70]}")
        await room.says("cy", f"They wrote this: {HEART} and I answered with a poem of my own.")
        await room.says("cy", f"/notes give 2 You wrote {HEART[:60]} - and that line stayed with me.")
        await room.says("ada", "/pitch A letter is opened")
        await room.says("ada", "/vote 1")
        report = "/showrunner moderate report passage: 2 value: It says the letters nobody opened, and cardamom"
        await room.says("cy", report)
        await room.says("ben", "/undo")
        await room.presses("ben", "Put back")
        yield room, passage


async def test_an_erased_passage_is_in_no_column_of_any_table(url: str) -> None:
    async with quoted_room(url) as (room, passage):
        before = await migrate.on_connection(url, everywhere)
        for word in WORDS:
            assert word in before
        assert any("cardamom" in plain(card) for card in room.wall.shown.values())
        card = await room.says("ada", "/showrunner moderate erase 2")
        assert "Erase this for good" in card
        assert "is erased" in await room.presses("ada", "Erase for good")
        after = await migrate.on_connection(url, everywhere)
        for word in WORDS[1:]:
            assert word not in after, after[max(0, after.index(word) - 300) : after.index(word) + 80]
        assert "and I answered with a poem of my own." in after
        assert "that line stayed with me." in after
        assert not any("cardamom" in plain(card) for card in room.wall.shown.values())
        assert "(erased)" in await room.says("ben", "/read")
        assert (await migrate.on_connection(url, operators.check)).problems == ()
        assert "passage 3" in await room.says("cy", "/extend And so we went on.")
        gone = await room.house.store.read(room.place, lambda books: books.passage(passage))
        assert gone is not None
        assert (gone[0].veil, gone[0].number, gone[1].text, gone[1].spans) == ("erased", 2, "", ())


async def test_a_room_beside_it_keeps_every_word(url: str) -> None:
    async with quoted_room(url) as (room, passage):
        attic = room.at(Place("terminal", "local", "attic"))
        await attic.says("eve", "/story new Attic")
        await attic.says("eve", f"/extend {HEART}")
        forged = Call("moderate-card erase", {"kind": "passage", "id": passage, "rev": "2"})
        await attic.calls("eve", forged)
        assert attic.last["eve"].refused
        await room.says("ada", "/showrunner moderate erase 2")
        await room.presses("ada", "Erase for good")
        assert "cardamom" in await attic.says("eve", "/read")
        assert "cardamom" not in await room.says("ada", "/read")


async def test_a_stale_second_press_and_one_by_somebody_else_erase_nothing(room: Room) -> None:
    await room.says("ada", "/story new Kitchens")
    await room.says("ben", f"/extend {HEART}")
    await room.says("ada", "/showrunner moderate erase 1")
    (card,) = room.last["ada"].cards
    erase = card.actions[-1].call
    fix = room.last["ben"].cards[0].actions[0].call
    await room.calls("ben", fix.with_args(text="My kitchen smelled of nothing at all."))
    assert "nothing was erased" in await room.calls("ada", erase)
    assert "keepers" in await room.calls("ben", erase.with_args(rev="2"))
    assert "nothing at all" in await room.says("ada", "/read")
    assert "is erased" in await room.calls("ada", erase.with_args(rev="2"))
    assert "was erased" in await room.calls("ada", erase.with_args(rev="2"))
    assert "erased your passage 1" in await room.says("ben", "/extend Oh.")


async def test_an_erased_idea_leaves_every_round_it_was_carried_through(room: Room) -> None:
    await room.says("ada", "/story new Carried")
    await room.says("ada", "/extend One.")
    await room.says("ben", "/extend Two.")
    await room.says("ben", "/pitch The cellar holds a second, smaller cellar")
    await room.says("ada", "/showrunner rules set quorum 2")
    await room.says("ada", "/round close")
    await room.presses("ada", "Close it all the same")
    await room.says("ada", "/pitch A bell rings")
    await room.says("cy", "/vote 1")
    await room.says("ada", "/showrunner moderate erase idea: 1")
    assert "The idea is erased" in await room.presses("ada", "Erase for good")
    held = await migrate.on_connection(room.settings.database.url, everywhere)
    assert "smaller cellar" not in held
    assert not any("smaller cellar" in plain(card) for card in room.wall.shown.values())
    assert "left the ballot" in await room.says("cy", "/extend Three.")
    assert "A bell rings" in await room.says("cy", "/round ballot")


async def test_hidden_words_can_be_erased_and_a_draft_of_the_machine_too(room: Room) -> None:
    await room.says("ada", "/story new Hidden")
    await room.says("ben", f"/extend {HEART}")
    await room.says("ada", "/showrunner moderate hide 1")
    await room.says("ada", "/showrunner moderate erase 1")
    await room.presses("ada", "Erase for good")
    held = await migrate.on_connection(room.settings.database.url, everywhere)
    assert "cardamom" not in held
    assert "erased" in await room.says("ada", "/showrunner moderate show 1")


async def test_not_a_byte_of_it_is_left_in_the_file_and_a_restored_backup_is_erased_again(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    url = f"sqlite:///{path}"
    async with quoted_room(url) as (room, _):
        await asyncio.to_thread(operators.copy_database, path, tmp_path / "before.db")
        await room.says("ada", "/showrunner moderate erase 2")
        await room.presses("ada", "Erase for good")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for word in WORDS[1:]:
        assert word.encode() not in path.read_bytes()
    assert "cardamom" not in operators.erased_file(path).read_text("utf-8")
    assert await asyncio.to_thread(main, ["restore", str(tmp_path / "before.db"), "--db", str(path)]) == 0
    held = await migrate.on_connection(url, everywhere)
    for word in WORDS[1:]:
        assert word not in held
    assert (await migrate.on_connection(url, operators.check)).problems == ()
    async with open_room(url) as room:
        assert "(erased)" in await room.says("ada", "/read")


async def test_erasures_that_only_the_database_knows_reach_the_file_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "house.db"
    async with quoted_room(f"sqlite:///{path}") as (room, passage):
        await room.says("ada", "/showrunner moderate erase 2")
        await room.presses("ada", "Erase for good")
    operators.erased_file(path).unlink()
    async with open_room(f"sqlite:///{path}"):
        assert passage in operators.standing_erasures(path)


# ---- knowing words again


@given(st.text(min_size=1), st.text(), st.text())
def test_words_are_known_again_inside_any_other_text(text: str, before: str, after: str) -> None:
    echo = Echo([text])
    if len(bare(text)) >= WINDOW:
        assert echo.quoted_in(before + text + after)
        assert echo.whole_in(before + " " + text + "\n" + after)
    elif bare(text):
        assert echo.quoted_in(f" {text} ")


@given(st.text(st.characters(categories=["L", "Nd", "Zs"]), min_size=90, max_size=4_000), st.data())
def test_an_excerpt_of_two_windows_is_known_wherever_it_was_cut(text: str, data: st.DataObject) -> None:
    whole = bare(text)
    if len(whole) < 2 * WINDOW:
        return
    start = data.draw(st.integers(0, len(whole) - 2 * WINDOW))
    assert Echo([text]).quoted_in("He said: " + whole[start : start + 2 * WINDOW] + "…")


@given(
    st.text(st.characters(categories=["L", "P"]), min_size=40, max_size=300),
    st.text(st.characters(max_codepoint=127, categories=["L", "Zs"])),
    st.text(st.characters(max_codepoint=127, categories=["L", "Zs"])),
)
def test_only_the_quoted_stretch_is_cut_from_somebody_elses_text(text: str, before: str, after: str) -> None:
    whole = bare(text)
    if len(whole) < WINDOW or bare(before)[-1:] == whole[-1:]:
        return
    left = Echo([text]).without(f"{before} | {text} | {after}", "(erased)")
    assert whole not in bare(left)
    assert left.startswith(before.rstrip()[:1]) or not before
    assert left.startswith(f"{before} |")
    assert left.endswith(f"| {after}")


@given(st.text("abcxyz. ", max_size=23), st.text("defg ", min_size=24, max_size=60))
def test_somebody_elses_text_is_not_taken_for_a_short_one_that_it_holds(short: str, long: str) -> None:
    echo = Echo([short])
    assert echo.whole_in(long + short) is (bare(long + short) == bare(short) and bool(bare(short)))


@pytest.mark.parametrize("standing", [Standing(), Standing(guest=True)])
async def test_only_keepers_are_told_what_erasing_would_do(room: Room, standing: Standing) -> None:
    await room.says("ada", "/story new Kitchens")
    await room.says("ben", f"/extend {HEART}")
    shown = await room.says("cy", "/showrunner moderate erase 1", standing=standing)
    assert "keepers" in shown
    assert "cardamom" not in shown
