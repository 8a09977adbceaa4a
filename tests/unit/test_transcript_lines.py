"""How a transcript is read and played: what each line is, whose it is, and how a run goes on after it was killed."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.transcript import Page, Player, TranscriptClock
from adapters.transcript_lines import read_line, read_lines
from tests.unit.small_room import PLACE, Killed, SmallRoom

START = datetime(2026, 3, 8, 6, 0, tzinfo=UTC)


class Run:
    """One process that plays lines into a room, which outlives it."""

    def __init__(self, room: SmallRoom | None = None) -> None:
        self.out = io.StringIO()
        self.errors = io.StringIO()
        self.page = Page(self.out)
        self.room = room or SmallRoom(self.page)
        self.room.adapter = self.page
        self.clock = TranscriptClock(START)
        self.swept: list[datetime] = []

    async def sweep(self) -> None:
        self.swept.append(self.clock.now())

    async def play(self, lines: Iterable[str], *, resume: bool = False) -> int:
        player = Player(
            self.room, PLACE, self.clock, self.sweep, self.page, lines, seed=7, resume=resume, errors=self.errors
        )
        return await player.play()

    @property
    def printed(self) -> str:
        return self.out.getvalue()

    @property
    def calls(self) -> list[tuple[str, str]]:
        return [(done.name, done.call.command) for done in self.room.done]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("# w1: a comment", "comment"),
        ("@ 2026-03-08T01:30-05:00", "clock"),
        ("@ 2026-03-08T01:30", "raw"),
        ("@ tomorrow", "raw"),
        ("@ 0001-01-01T00:00+14:00", "raw"),
        ("w1: /pitch", "said"),
        ("w1: # no comment", "said"),
        ("🦊: hello", "said"),
        ("@everyone: hello", "said"),
        ("w1:hello", "raw"),
        ("w 1: hello", "raw"),
        ("x" * 32 + ": hello", "said"),
        ("x" * 33 + ": hello", "raw"),
        ("  ", "blank"),
        ("", "blank"),
    ],
)
def test_what_a_line_is_can_be_told_from_the_line_alone(raw: str, kind: str) -> None:
    assert read_line(raw).kind == kind


def test_lines_end_at_line_feeds_only_and_bytes_that_are_no_text_get_through() -> None:
    file = io.BytesIO(b"\xef\xbb\xbfw1: a\x0bb\x85\r\nw2: \xff\x00\nw3: c")
    assert list(read_lines(file)) == ["w1: a\x0bb\udc85", "w2: \udcff\x00", "w3: c"]


async def test_each_line_is_printed_with_what_its_person_sees_and_then_what_all_see() -> None:
    run = Run()
    assert await run.play(["# begin", "", "w1: /pitch The ferry never docks"]) == 0
    heard, only, public = (run.printed.index(s) for s in ("w1: /pitch The", "only w1 sees", "What happens next?"))
    assert heard < only < public
    assert "# begin" not in run.printed


async def test_the_same_lines_print_the_same_bytes() -> None:
    lines = ["w1: /pitch One", "w2: /pitch", "Two", ".", "w2: 1", "@ 2026-03-09T00:00+00:00", "w1: /nonsense", "w1: 9"]
    first, second = Run(), Run()
    assert await first.play(lines) == await second.play(lines) == 0
    assert first.printed == second.printed
    assert "\x1b" not in first.printed
    assert all(len(line) <= 80 for line in first.printed.splitlines())


async def test_a_new_choice_on_a_ballot_is_told_without_printing_the_ballot_again() -> None:
    run = Run()
    await run.play(["w1: /pitch One", "w2: /pitch Two"])
    assert run.printed.count("What happens next?") == 1
    assert "2 Two" in run.printed


async def test_a_number_presses_what_it_means_to_its_person() -> None:
    run = Run()
    await run.play(["w1: /pitch One", "w2: 1", "w1: 2"])
    assert [done.call.token for done in run.room.done[1:]] == ["toggle;number=1"]
    assert "2 is not on your ballot" in run.printed


async def test_long_text_takes_plain_lines_and_blank_ones_until_a_dot() -> None:
    run = Run()
    await run.play(["w1: /pitch", "One.", "", "w1: Ana: two.", "..", "."])
    assert run.room.ideas == ["One.\n\nAna: two.\n."]


async def test_somebody_else_may_speak_while_a_form_is_open() -> None:
    run = Run()
    await run.play(["w1: /pitch", "One", "w2: /pitch Two", "w1: and more", "."])
    assert run.room.ideas == ["Two", "One\nand more"]


async def test_questions_of_a_form_are_the_same_persons_next_lines() -> None:
    run = Run()
    await run.play(["w1: /canon add", "w1: place", "# a comment", "w1: The pier is rotten"])
    assert run.room.done[0].call.args == {"kind": "place", "fact": "The pier is rotten"}


async def test_a_command_leaves_an_open_form_and_its_text_is_kept() -> None:
    run = Run()
    await run.play(["w1: /pitch", "Half a thought", "w1: /pitch Another"])
    assert run.calls == [("w1", "said"), ("w1", "pitch")]
    assert run.room.done[0].call.args == {"text": "Half a thought"}
    assert run.room.ideas == ["Another"]


async def test_a_slash_that_begins_no_command_is_text_inside_a_form() -> None:
    run = Run()
    await run.play(["w1: /pitch", "/me waves", "."])
    assert run.room.ideas == ["/me waves"]


async def test_cancelling_a_form_keeps_its_text() -> None:
    run = Run()
    await run.play(["w1: /pitch", "Half a thought", "w1: /cancel", "w1: /cancel"])
    assert run.room.done[0].call.args == {"text": "Half a thought"}
    assert "Nothing is open" in run.printed


async def test_a_form_that_is_open_at_the_end_is_named() -> None:
    run = Run()
    assert await run.play(["w1: /pitch", "Half a thought"]) == 0
    assert run.room.done == []
    assert "w1 still writes" in " ".join(run.printed.split())


@pytest.mark.parametrize("line", ["what is this", "w1:no", "@ tomorrow", "two words: no"])
async def test_a_line_that_is_none_stops_the_play_and_is_named(line: str) -> None:
    run = Run()
    assert await run.play(["w1: /pitch One", line, "w2: /pitch Two"]) == 2
    assert "line 2" in run.errors.getvalue()
    assert run.room.ideas == ["One"]


async def test_a_refused_command_is_output() -> None:
    run = Run()
    assert await run.play(["w1: /nonsense", "w1: ", "w1: 4", "w1: /quit"]) == 0
    assert run.errors.getvalue() == ""
    assert run.room.done == []


async def test_the_clock_is_a_second_later_at_each_line_and_goes_where_it_is_set() -> None:
    run = Run()
    await run.play(["# one", "w1: /pitch One", "@ 2026-03-09T00:00-05:00", "w2: /pitch Two"])
    assert run.swept == [datetime(2026, 3, 9, 5, 0, tzinfo=UTC)]
    assert run.clock.now() == run.swept[0] + timedelta(seconds=1)


async def test_the_clock_is_never_set_back() -> None:
    run = Run()
    assert await run.play(["w1: /pitch One", "@ 2026-03-08T00:00+00:00"]) == 2
    assert "line 2" in run.errors.getvalue()


async def test_control_characters_reach_the_room_and_not_the_reader() -> None:
    run = Run()
    await run.play(["w1: /pitch red \x1b[31m\x00\udcff"])
    assert run.room.ideas == ["red \x1b[31m\x00\udcff"]
    assert "red \ufffd[31m\ufffd\ufffd" in run.printed.split("\n", 1)[0]


async def test_people_are_the_same_whatever_the_case_and_keep_the_name_first_typed() -> None:
    run = Run()
    await run.play(["Ana: /pitch One", "ANA: /pitch Two"])
    assert {done.name for done in run.room.done} == {"Ana"}


async def test_growing_text_is_one_line_and_then_the_reply() -> None:
    run = Run()
    await run.play(["w1: /assist"])
    assert run.printed.count("writing…") == 1
    assert run.printed.index("writing…") < run.printed.index("Did assist.")


async def test_lines_are_played_as_they_come_and_receipts_are_out_before_the_next() -> None:
    run = Run()
    seen: list[str] = []

    def lines() -> Iterable[str]:
        yield "w1: /pitch One"
        seen.append(run.printed)
        yield "w2: /pitch Two"

    await run.play(lines())
    assert "Pitched" in seen[0]


# ---- going on after an end

STORY = [
    "# five lines and three people",
    "w1: /pitch One",
    "w2: /pitch",
    "Two begins",
    "",
    "w3: /help",
    "w3: 1",
    "w3: Three begins",
    "@ 2026-03-08T12:00+00:00",
    "w1: /vote 1",
    "w2: and two ends",
    "w2: .",
    "w1: /stop",
    "w3: and three ends",
    ".",
    "w1: /nonsense",
    "w2: 2",
    "w1: a stray thought",
    "w2: /canon add",
    "w2: person",
    "w1: 1",
    "w2: Ana has two brothers",
]


def _deeds(run: Run) -> list[tuple[str, str, str | None]]:
    return [(done.name, str(dict(done.call.args)), done.source_id + str(done.seed)) for done in run.room.done]


@pytest.mark.parametrize("changes", range(8))
async def test_a_run_that_was_killed_goes_on_to_the_same_end(changes: int) -> None:
    whole = Run()
    assert await whole.play(STORY) == 0
    cut = Run()
    cut.room.kill_after = changes
    with pytest.raises(Killed):
        await cut.play(STORY)
    cut.room.kill_after = None
    again = Run(cut.room)
    assert await again.play(STORY, resume=True) == 0
    strange = [deed for deed in _deeds(again) if deed not in _deeds(whole)]
    assert strange == []
    assert len({done.source_id for done in again.room.done}) == len(whole.room.done)
    assert again.room.ideas == whole.room.ideas
    assert again.clock.now() == whole.clock.now()


async def test_what_is_held_is_neither_done_nor_printed_again() -> None:
    run = Run()
    await run.play(STORY)
    before = len(run.room.done)
    again = Run(run.room)
    assert await again.play(STORY, resume=True) == 0
    assert len(run.room.done) == before
    assert again.printed == ""


async def test_a_transcript_that_grew_at_its_end_is_resumed() -> None:
    run = Run()
    await run.play(STORY[:2])
    again = Run(run.room)
    await again.play([*STORY[:2], "w2: /pitch Two", "w1: 1"], resume=True)
    assert run.room.ideas == ["One", "Two"]
    assert "w1: /pitch One" not in again.printed


async def test_without_resume_the_same_lines_are_a_new_play() -> None:
    run = Run()
    await run.play(["w1: /help", "w1: /pitch One"])
    again = Run(run.room)
    await again.play(["w1: /help", "w1: /pitch One"])
    assert run.room.ideas == ["One", "One"]
    third = Run(run.room)
    await third.play(["w1: /help", "w1: /pitch One", "w2: /pitch Two"], resume=True)
    assert run.room.ideas == ["One", "One", "Two"]


async def test_resuming_what_was_never_played_plays_it() -> None:
    run = Run()
    assert await run.play(["w1: /pitch One"], resume=True) == 0
    assert run.room.ideas == ["One"]


@given(st.lists(st.text(max_size=30), max_size=8))
def test_lines_of_a_file_come_back_as_they_were_written(texts: list[str]) -> None:
    lines = [text.replace("\n", " ").rstrip("\r") for text in texts]
    lines = [line.removeprefix("\ufeff") if n == 0 else line for n, line in enumerate(lines)]
    data = "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")
    if b"\xed" not in data:
        assert list(read_lines(io.BytesIO(data))) == lines


def test_a_file_is_read_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "evening.txt"
    path.write_bytes("w1: Fähre\r\n".encode())
    with path.open("rb") as file:
        assert list(read_lines(file)) == ["w1: Fähre"]
