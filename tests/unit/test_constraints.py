"""What a constraint counts in an answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.story.constraints import measured
from bot.story.text import count_words


@pytest.mark.parametrize(
    ("measure", "text", "found", "kept", "where"),
    [
        ("words=3", "One, two - three!", 3, True, ()),
        ("words=100", "Too short.", 2, False, ()),
        ("most=2", "Too long by one.", 4, False, ()),
        ("sentences=2", "“Go on!” she said. So I went", 3, False, ()),
        ("sentences=3", "Wait... What? Nothing.", 3, True, ()),
        ("lines=2", "one\n\ntwo\n", 2, True, ()),
        ("without=e", "A ship in fog.", 0, True, ()),
        ("without=e", "The café, the EEL", 5, False, ("The", "café", "the")),
        ("avoid=was,were", "It was. They WERE, and it was.", 3, False, ("was", "WERE")),
        ("avoid=and", "Sand, band, brandy.", 0, True, ()),
    ],
)
def test_it_is_counted_and_where_it_broke_is_said(
    measure: str, text: str, found: int, kept: bool, where: tuple[str, ...]
) -> None:
    (tally,) = measured(measure, text)

    assert (tally.found, tally.kept, tally.where) == (found, kept, where)


def test_several_measures_are_counted_each() -> None:
    assert [t.kind for t in measured("most=80;avoid=quiet", "So quiet.")] == ["most", "avoid"]
    assert measured("", "Anything.") == ()


@given(st.text(max_size=200))
def test_words_are_counted_as_everywhere_else(text: str) -> None:
    (tally,) = measured("most=5", text)

    assert tally.found == count_words(text)
    assert tally.kept == (count_words(text) <= 5)
