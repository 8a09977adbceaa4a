"""A full disk, a crash in a rule, a restart: the text comes back to its author, and nothing is done twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot import app
from bot.errors import OperatorError
from bot.handlers import due_rules
from tests.rig import Room, open_room


def _full(connection: Connection) -> None:
    """No page more than there are now."""
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


async def test_a_full_disk_gives_the_text_back(room: Room) -> None:
    await room.says("ada", "/story new Full")
    await room.house.runner.write(_full)
    text = "The last page there was. " * 2_000
    reply = await room.says("ada", f"/extend {text}")
    assert "copy them before you close this" in reply
    assert room.last["ada"].file is not None
    assert room.last["ada"].file[1].strip() == text.strip()
    await room.house.runner.write(
        lambda c: c.exec_driver_sql("PRAGMA max_page_count = 1000000").close()
    )
    assert "passage 1" in await room.says("ada", "/extend There was room again.")


async def test_quit_and_start_again_and_everything_is_still_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with open_room(url) as room:
        await room.says("ada", "/story new Again")
        await room.says("ada", "/pitch A door")
        await room.says("ben", "/pitch A bell")
        posted = len(room.wall.messages)
    async with open_room(url) as room:
        person = room.incoming("ben").person
        kinds = [audience for audience, _ in await room.house.inbox.lately(room.place, person)]
        assert "private" in kinds
        assert "public" in kinds
        await room.house.inbox.settled(room.place)
        assert room.wall.messages == []
        assert posted > 2
        assert "Counted" in await room.says("ada", "/vote 2")


async def test_every_kind_of_due_has_a_rule() -> None:
    import typing

    from bot.story.moments import DueKind

    assert set(typing.get_args(DueKind)) <= set(due_rules())


async def test_a_round_with_a_deadline_closes_by_itself(room: Room) -> None:
    await room.says("ada", "/story new Timed")
    await room.says("ada", "/showrunner rules preset community")
    await room.says("ada", "/pitch A door opens by itself")
    await room.says("ada", "/vote 1")
    assert room.alarms.earliest is not None
    await room.later(hours=23, minutes=30)
    assert "Last call" in room.wall.text
    await room.later(hours=1)
    assert "A door opens by itself" in room.wall.text
    result = await room.says("ada", "/round results")
    assert "Chosen" in result


def test_a_database_that_is_a_folder_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OperatorError, match="folder"):
        app.db_upgrade(config=None, db=str(tmp_path))


@pytest.mark.parametrize(("key", "value", "line", "expected"), [
    ("form", "word", "/extend two words", "word"),
    ("form", "line", "/extend One line.\nTwo lines.", "line"),
])  # fmt: skip
async def test_forms_of_play_refuse_what_does_not_fit_and_keep_it(
    room: Room, key: str, value: str, line: str, expected: str
) -> None:
    await room.says("ada", "/story new Play")
    await room.says("ada", f"/showrunner rules set {key} {value}")
    reply = await room.says("ada", line)
    assert expected in reply
    assert room.last["ada"].refused


async def test_folded_stories_show_only_the_last_line_until_the_wrap(room: Room) -> None:
    await room.says("ada", "/story new Folded")
    await room.says("ada", "/showrunner rules set folded on")
    await room.says("ada", "/extend A secret beginning.\nThe end of the first.")
    await room.says("ben", "/extend The second part entirely.")
    shown = await room.says("ben", "/read")
    assert "A secret beginning" not in shown
    assert "A secret beginning" not in room.wall.text
    await room.says("ada", "/story wrap")
    assert "A secret beginning" in await room.says("ben", "/read")


async def test_texts_are_voted_in_where_the_room_says_so(room: Room) -> None:
    await room.says("ada", "/story new Voted")
    await room.says("ada", "/showrunner rules set extending vote")
    await room.says("ada", "/extend The first text, whole.")
    await room.says("ben", "/extend The second text, whole.")
    await room.says("ada", "/vote 2")
    await room.says("ben", "/vote 2")
    await room.says("ada", "/round close")
    assert "The second text, whole." in await room.says("ada", "/read")


async def test_turns_go_round_and_refuse_who_is_not_up(room: Room) -> None:
    await room.says("ada", "/story new Turns")
    await room.says("ben", "/extend Ben was here first.")
    await room.says("ada", "/showrunner rules set extending turns")
    await room.says("ada", "/turn order ada, ben")
    refused = await room.says("ben", "/extend Out of turn.")
    assert room.last["ben"].refused
    assert "ada" in refused
    await room.says("ada", "/extend In turn.")
    await room.says("ben", "/extend Now it is Ben.")
    assert not room.last["ben"].refused


async def test_long_text_written_meanwhile_asks_where_it_goes(room: Room) -> None:
    await room.says("ada", "/story new Hands")
    await room.says("ada", "/extend It began.")
    call = room.last["ada"]
    assert call.cards
    tail = await room.house.store.read(room.place, lambda b: tuple(b.snapshot().passages))
    base = tail[-1]
    await room.says("ben", "/extend Ben was quicker.")
    from bot.calls import Call

    long = "word " * 80
    reply = await room.calls("ada", Call("extend", {"text": long, "base": base}))
    assert "Others wrote" in reply
    await room.presses("ada", "Add mine")
    assert long.strip() in await room.says("ada", "/read")


async def test_a_showrunner_calls_who_writes_next(room: Room) -> None:
    await room.says("ada", "/story new Called")
    await room.says("ben", "/extend Ben was here.")
    await room.says("cy", "/extend Cy too.")
    await room.says("ada", "/showrunner rules set extending turns")
    await room.says("ada", "/showrunner rules set turn-order showrunner")
    await room.says("ada", "/turn order")
    assert "cy" in await room.says("ada", "/turn order cy")
    await room.says("ben", "/extend Not yet.")
    assert room.last["ben"].refused
    await room.says("cy", "/extend Called and here.")
    assert not room.last["cy"].refused
