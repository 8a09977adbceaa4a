"""The writers that are no model: the recording, which plays, and the silent one, which declines."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator

import pytest

from adapters.recording import LABEL, Recording
from bot.errors import WriterError
from bot.writing.briefs import Block, Brief, Materials, Mode, Turn, Usage, Written
from bot.writing.silent import Silent


def brief(mode: Mode, *, deals: int = 0, seed: str = "") -> Brief:
    turns = (Turn("user", (Block("Go on."),)),)
    return Brief(mode, (), turns, materials=Materials(deals=deals), seed=seed)


async def played(pieces: AsyncGenerator[str | Written, None]) -> tuple[list[str], Written]:
    *words, end = [piece async for piece in pieces]
    assert isinstance(end, Written)
    return [word for word in words if isinstance(word, str)], end


async def texts(recording: Recording, mode: Mode, times: int) -> list[str]:
    return [(await played(recording.write(brief(mode))))[1].text for _ in range(times)]


@pytest.mark.parametrize("mode", list(Mode))
async def test_every_mode_has_several_replies_before_one_is_heard_again(mode: Mode) -> None:
    heard = await texts(Recording.shipped(), mode, 12)
    different = len(set(heard))
    assert different >= 2
    assert heard == (heard[:different] * 12)[:12]


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode.deals_ideas])
async def test_ideas_are_lists_numbered_from_one(mode: Mode) -> None:
    for text in await texts(Recording.shipped(), mode, 4):
        lines = text.splitlines()
        assert [re.match(r"(\d+)\) \S", line)[1] for line in lines] == [  # type: ignore[index]  # no match fails too
            str(number) for number in range(1, len(lines) + 1)
        ]
        assert 3 <= len(lines) <= 6
        assert all(len(line) <= 200 for line in lines)


@pytest.mark.parametrize("mode", [mode for mode in Mode if not mode.deals_ideas])
async def test_prose_is_a_passage_and_not_a_list(mode: Mode) -> None:
    for text in await texts(Recording.shipped(), mode, 4):
        assert 40 <= len(text.split()) <= 200
        assert not re.search(r"^\d+[.)]", text, re.MULTILINE)


async def test_no_recorded_text_holds_marks_that_a_card_would_read() -> None:
    recording = Recording.shipped()
    for mode in Mode:
        for text in await texts(recording, mode, 4):
            assert not set(text) & set("*_`[]<>|#\\\t")
            assert text.isascii()


async def test_it_comes_word_by_word_and_ends_in_the_whole_text() -> None:
    words, end = await played(Recording.shipped().write(brief(Mode.CONTINUE)))
    assert "".join(words) == end.text
    assert len(words) == len(end.text.split())
    assert end.stop == "end"


async def test_it_is_named_as_a_recording_costs_nothing_and_stays_on_this_machine() -> None:
    recording = Recording.shipped()
    _, end = await played(recording.write(brief(Mode.CONTINUE)))
    assert "no AI" in LABEL
    assert end.model == recording.capabilities.label == LABEL
    assert (end.cost_micros, end.usage) == (0, Usage())
    assert not recording.capabilities.remote
    assert recording.capabilities.prose
    assert recording.capabilities.ideas


async def test_a_room_that_was_opened_again_goes_on_where_it_was() -> None:
    straight = Recording.shipped()
    through = [(await played(straight.write(brief(Mode.CONTINUE, deals=n))))[1].text for n in range(5)]
    again = [
        (await played(Recording.shipped().write(brief(Mode.CONTINUE, deals=n))))[1].text for n in range(5)
    ]
    assert again == through
    assert len(set(through[:4])) == 4


async def test_two_stories_do_not_take_each_others_turns() -> None:
    recording = Recording.shipped()
    first = [(await played(recording.write(brief(Mode.CONTINUE, seed=seed))))[1].text for seed in "ab"]
    assert first[0] == first[1]


async def test_a_mode_that_was_not_recorded_is_said_to_be_missing() -> None:
    recording = Recording.parsed('[[continue]]\ntext = "On."')
    with pytest.raises(WriterError) as caught:
        await played(recording.write(brief(Mode.NAMES)))
    assert caught.value.sentence


def test_a_recording_of_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="sing"):
        Recording.parsed('[[sing]]\ntext = "La."')


async def test_a_recording_answers_no_questions() -> None:
    with pytest.raises(WriterError) as caught:
        await Recording.shipped().answer(brief(Mode.NAMES), {"type": "object"})
    assert not caught.value.again
    assert "recording" in caught.value.sentence


async def test_without_a_co_writer_every_request_says_how_to_get_one() -> None:
    silent = Silent()
    assert silent.capabilities.provider == "none"
    offers = (silent.capabilities.prose, silent.capabilities.ideas, silent.capabilities.remote)
    assert not any(offers)
    with pytest.raises(WriterError) as written:
        await played(silent.write(brief(Mode.CONTINUE)))
    with pytest.raises(WriterError) as answered:
        await silent.answer(brief(Mode.CONTINUE), {"type": "object"})
    for caught in (written, answered):
        assert not caught.value.again
        assert "bot.toml" in caught.value.sentence
        assert "`ANTHROPIC_API_KEY`" in caught.value.sentence
