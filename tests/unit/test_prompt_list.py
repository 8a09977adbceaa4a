"""The room's own list of prompts: every line of an import is counted once, and nothing stands on the list twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, NotFound, UserError
from bot.story import prompt_list
from bot.story.content_lines import crossed
from bot.story.prompt_list import LIST_MOST, add, bring, remove
from bot.story.prompts import PromptIdea
from tests.unit.tiny_room import START, TinyRoom, person

_WORDS = st.sampled_from(("A gate", "a  GATE!", "- A gate", "3) The night bus", "The night bus", "Spoon", "", "  ", "***", "x" * 1001))


def idea(number: int, text: str, by: str = "ana") -> PromptIdea:
    return PromptIdea(f"i{number}", "room", number, text, person(by).key, START)


@given(st.lists(_WORDS, min_size=1, max_size=20), st.lists(st.sampled_from(("A gate", "Spoon", "Fog")), unique=True))
def test_an_import_counts_every_line_once(lines: list[str], there: list[str]) -> None:
    room = TinyRoom("table", "ana")
    standing = [idea(n, text) for n, text in enumerate(there, 1)]
    try:
        done = bring(room.snapshot, standing, "\n".join(lines), room.by("ana")).value
    except UserError:
        assert not any(c.isalnum() for line in lines for c in line)
        return

    counted = [line for line in lines if any(c.isalnum() for c in line)]
    assert len(done.added) + done.doubles + len(done.too_long) + done.left == len(counted)
    keys = [prompt_list._key(i.text) for i in (*standing, *done.added)]
    assert len(set(keys)) == len(keys)
    numbers = [i.number for i in (*standing, *done.added)]
    assert numbers == list(range(1, len(numbers) + 1))
    assert done.standing == len(numbers)


def test_bullets_and_numbers_before_a_line_are_left_out_and_nothing_else() -> None:
    room = TinyRoom("table", "ana")
    text = "- A gate\n* Fog\n12. Spoon\n3) Bus\n1984 is a number here.\n-40 degrees"

    done = bring(room.snapshot, (), text, room.by("ana")).value

    assert [i.text for i in done.added] == ["A gate", "Fog", "Spoon", "Bus", "1984 is a number here.", "-40 degrees"]


def test_a_full_list_takes_no_more_and_says_how_many_were_left() -> None:
    room = TinyRoom("table", "ana")
    standing = [idea(n, f"Number {n}") for n in range(1, LIST_MOST)]

    done = bring(room.snapshot, standing, "One more\nAnd another", room.by("ana")).value

    assert (len(done.added), done.left, done.standing) == (1, 1, LIST_MOST)
    with pytest.raises(UserError):
        add(room.snapshot, [*standing, *done.added], "Yet another", room.by("ana"))


def test_a_prompt_is_taken_off_by_its_writer_or_a_showrunner() -> None:
    room = TinyRoom("table", "ana", "ben", "cy")
    room.open("cy")
    standing = [idea(1, "A gate", "ana")]

    with pytest.raises(NotAllowed):
        remove(room.snapshot, standing, 1, room.by("ben"))
    with pytest.raises(NotFound):
        remove(room.snapshot, standing, 2, room.by("ana"))
    for name in ("ana", "cy"):
        assert remove(room.snapshot, standing, 1, room.by(name)).value.status == "removed"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Two spiders and a bell.", "spider"),
        ("SPIDER", "spider"),
        ("An aspider is nothing.", ""),
        ("In the hospital\n rooms at night", "hospital rooms"),
        ("A hospital, and rooms.", ""),
    ],
)
def test_a_content_line_is_touched_by_words_that_begin_so(text: str, line: str) -> None:
    room = TinyRoom("table", "ana", rules={"content-lines": "hospital rooms, spider"})

    assert crossed(room.snapshot.room, text) == line
