"""The live room: people typing at one keyboard, seen through what is printed and what reaches the room."""

from __future__ import annotations

import asyncio
import io
import stat
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from adapters.completion import DiscreetHistory, RoomCompleter
from adapters.console import Console
from adapters.screen import speaker
from adapters.styled import StyledPaper
from bot.calls import Call
from bot.cards import Card, Prose, Small, Text, button
from bot.story.people import Person
from tests.unit.small_room import PLACE, SmallRoom

PASTE = "\x1b[200~{}\x1b[201~"


class Talk:
    """One sitting: these keys are typed, and then the keyboard is gone."""

    def __init__(self, path: Path | None = None) -> None:
        self.out = io.StringIO()
        self.path = path
        self.room: SmallRoom | None = None

    async def type(self, *lines: str) -> SmallRoom:
        with create_pipe_input() as keyboard:
            console = Console(
                PLACE, database="my room.db", path=self.path, keyboard=keyboard, display=DummyOutput(), out=self.out
            )
            self.room = self.room or SmallRoom(console)
            self.room.adapter = console
            keyboard.send_text("".join(line + "\r" for line in lines) + "\x04")
            await console.run(self.room)
        return self.room

    @property
    def printed(self) -> str:
        return " ".join(self.out.getvalue().split())


async def test_a_new_name_is_confirmed_once_and_then_speaks_until_another_does() -> None:
    talk = Talk()
    room = await talk.type("w1: /pitch One", "y", "/pitch Two", "w2: /pitch Three", "Y", "w1: /pitch Four", "/vote 1")
    assert [(done.name, done.call.command) for done in room.done] == [
        ("w1", "pitch"), ("w1", "pitch"), ("w2", "pitch"), ("w1", "pitch"), ("w1", "vote"),
    ]  # fmt: skip


async def test_a_colon_in_a_sentence_makes_no_writer() -> None:
    talk = Talk()
    room = await talk.type("w1: /help", "y", "Listen: it rings", "maybe", "n")
    assert [done.call.args for done in room.done] == [{"text": "Listen: it rings"}]
    assert room.done[0].name == "w1"


async def test_nobody_speaks_before_a_name_was_given() -> None:
    talk = Talk()
    room = await talk.type("/pitch One", "Listen: it rings", "n")
    assert room.done == []
    assert "Who is that?" in talk.printed
    assert "no name" in talk.printed


async def test_people_who_were_here_before_are_not_asked_again_and_press_their_last_card() -> None:
    talk = Talk()
    await talk.type("w1: /pitch One", "y")
    again = Talk()
    again.room = talk.room
    room = await again.type("w1: 1")
    assert room.done[-1].call == Call("toggle", {"number": "1"})
    assert "Welcome back" in again.printed
    assert "Welcome back" not in talk.printed


async def test_a_room_that_is_entered_again_shows_its_last_public_card_once() -> None:
    talk = Talk()
    await talk.type("w1: /pitch One", "y")
    again = Talk()
    again.room = talk.room
    await again.type()
    assert again.printed.count("What happens next?") == 1


@pytest.mark.parametrize("keys", [[], ["/quit"]])
async def test_leaving_says_how_to_come_back(keys: list[str]) -> None:
    talk = Talk()
    await talk.type(*keys)
    assert "room37 try --db 'my room.db'" in talk.printed


async def test_leaving_in_the_middle_of_a_text_keeps_it() -> None:
    talk = Talk()
    room = await talk.type("w1: /pitch", "y", "Half a thought", "/quit")
    assert [dict(done.call.args) for done in room.done] == [{"text": "Half a thought"}]


async def test_interrupting_clears_the_line_and_leaves_nobody() -> None:
    talk = Talk()
    room = await talk.type("w1: /help", "y", "half a line\x03/pitch One")
    assert room.ideas == ["One"]
    assert "The line is cleared" in talk.printed


async def test_a_long_text_takes_lines_that_look_like_names_and_comments() -> None:
    talk = Talk()
    room = await talk.type("w1: /pitch", "y", "Ana: Where is he?", "# one", "", "w1: Gone.", ".")
    assert room.ideas == ["Ana: Where is he?\n# one\n\nGone."]


async def test_a_paste_is_text_to_its_end() -> None:
    talk = Talk()
    room = await talk.type("w1: /pitch", "y", PASTE.format("One\r.\rTwo"), ".")
    assert room.ideas == ["One\n.\nTwo"]


async def test_a_command_may_carry_a_paste_of_several_lines() -> None:
    talk = Talk()
    room = await talk.type(PASTE.format("w1: /pitch One\r\rTwo"), "y")
    assert room.ideas == ["One\n\nTwo"]


async def test_a_paste_of_several_peoples_lines_is_played_line_by_line() -> None:
    talk = Talk()
    room = await talk.type("w1: /help", "y", "w2: /help", "y", PASTE.format("# two\rw1: /pitch One\rw2: /pitch Two"))
    assert [done.name for done in room.done] == ["w1", "w2"]


async def test_an_editor_writes_a_whole_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nprintf "First.\\n\\nSecond.\\n" > "$1"\n')
    editor.chmod(0o700)
    monkeypatch.setenv("VISUAL", str(editor))
    with create_pipe_input() as keyboard:
        console = Console(PLACE, database="x.db", keyboard=keyboard, display=DummyOutput(), out=io.StringIO())
        room = SmallRoom(console)
        keyboard.send_text("w1: /pitch\ry\re\r")
        sitting = asyncio.create_task(console.run(room))
        await room.changed.wait()
        keyboard.send_text("\x04")
        await sitting
    assert room.ideas == ["First.\n\nSecond."]


async def test_a_public_card_is_printed_after_the_reply_that_caused_it() -> None:
    talk = Talk()
    await talk.type("w1: /pitch One", "y")
    assert talk.printed.index("only w1 sees") < talk.printed.index("What happens next?")


async def test_a_public_card_of_no_line_is_printed_at_once() -> None:
    out = io.StringIO()
    console = Console(PLACE, database="x.db", out=out)
    refs = await console.post(PLACE, Card("One", notify=True), "nonce")
    await console.edit(PLACE, refs, Card("Two", notify=True))
    await console.edit(PLACE, refs, Card("Three"))
    assert [word for word in out.getvalue().split() if word.isascii()] == ["One", "changed:", "Two"]


async def test_references_of_two_sessions_are_never_the_same() -> None:
    refs = [await Console(PLACE, database="x.db", out=io.StringIO()).post(PLACE, Card("One"), "n") for _ in range(2)]
    assert refs[0] != refs[1]


# ---- keys


def test_the_history_holds_no_ballots_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    history = DiscreetHistory(tmp_path / "room.history")
    for line in ("w1: /vote 2 3", "/my ai never", "w2: 4", "a", "/stop", "w1: /pitch One", "w2: hello"):
        history.append_string(line)
    assert history.get_strings() == ["w1: /pitch One", "w2: hello"]
    text = (tmp_path / "room.history").read_text()
    assert "vote" not in text
    assert stat.S_IMODE((tmp_path / "room.history").stat().st_mode) == 0o600


async def test_a_history_that_cannot_be_written_hinders_nobody(tmp_path: Path) -> None:
    talk = Talk(tmp_path / "gone" / "room.db")
    room = await talk.type("w1: /pitch One", "y")
    assert room.ideas == ["One"]


@pytest.mark.parametrize(
    ("begun", "offered"),
    [
        ("/pi", ["/pitch"]),
        ("w1: /pi", ["/pitch"]),
        ("/to", []),
        ("/canon ", ["add"]),
        ("/canon a", ["add"]),
        ("/canon add ", ["person", "place"]),
        ("w1: /canon add pl", ["place"]),
        ("w", ["w1: "]),
        ("hello ", []),
    ],
)
async def test_what_is_begun_is_completed(begun: str, offered: list[str]) -> None:
    room = SmallRoom(Console(PLACE, database="x.db", out=io.StringIO()))
    room.people_of = lambda begun: []
    w1 = speaker("w1", PLACE)
    completer = RoomCompleter(room, PLACE, lambda: [w1], lambda name: w1)
    found = [c.text async for c in completer.get_completions_async(Document(begun), CompleteEvent())]
    assert found == offered


async def test_the_room_suggests_what_only_it_knows() -> None:
    room = SmallRoom(Console(PLACE, database="x.db", out=io.StringIO()))
    w1 = speaker("w1", PLACE)
    completer = RoomCompleter(room, PLACE, lambda: [w1], lambda name: w1)
    found = [c.text async for c in completer.get_completions_async(Document("/vote "), CompleteEvent())]
    assert found == ["w1"]


def test_styled_paper_says_what_plain_paper_says() -> None:
    out = io.StringIO()
    paper = StyledPaper(out, width=80)
    card = Card("Title", (Text("One."), Small("Two."), Prose("Three.", "w1")), (button("Press", "help"),))
    paper.only("w1", [card])
    shown = out.getvalue()
    assert "\x1b[1m" in shown
    for word in ("only w1 sees", "One.", "Two.", "Three.", "Press"):
        assert word in shown


def test_a_person_of_the_terminal_is_known_by_the_folded_name() -> None:
    assert speaker("Straße", PLACE).person == Person("terminal", "local", "strasse")
