"""Cards as plain lines: what they look like, how wide they are, and that nobody's text can steer a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from adapters.text import columns, draw, visible
from bot.calls import Call
from bot.cards import Card, Items, Option, Options, Prose, Small, Text, button
from bot.sentences import literal


def option(number: int, idea: str, *, chosen: bool = False) -> Option:
    """A choice of a ballot with this number."""
    return Option(number, literal(idea), Call("vote toggle", {"pitch": str(number)}), chosen)


def test_a_card_reads_from_its_title_to_its_buttons() -> None:
    card = Card(
        "A draft from the machine – not in the story",
        (
            Prose("Nobody had told the *captain*.\n  The ferry\n\nwent on arriving.", "After passage 41"),
            Items(("two questions", "one place")),
            Small("118 words. If you use it, the credits will say: machine text, taken by Ana."),
        ),
        (button("Use as is", "a"), button("Edit…", "b"), button("Drop", "c")),
    )
    assert (
        draw(card, 60)
        == """\
A draft from the machine – not in the story
───────────────────────────────────────────

After passage 41:
    Nobody had told the captain.
      The ferry

    went on arriving.

- two questions
- one place

(118 words. If you use it, the credits will say: machine
 text, taken by Ana.)

[1] Use as is  [2] Edit…  [3] Drop"""
    )


def test_on_a_ballot_the_numbers_are_the_ideas_and_the_buttons_are_letters() -> None:
    choices = (
        option(2, "He died on Tuesday", chosen=True),
        option(10, "Same birthday"),
        option(0, "None of these"),
    )
    card = Card("", (Options(choices),), (button("Vote", "vote"), button("Rules", "rules")))
    assert (
        draw(card)
        == """\
*  2  He died on Tuesday
  10  Same birthday
   0  None of these

[a] Vote  [b] Rules"""
    )


def test_a_long_idea_goes_on_under_its_own_first_word() -> None:
    drawn = draw(Card("", (Options((option(1, "The ferry never docks and nobody minds"),)),)), 24)
    assert drawn == "  1  The ferry never\n     docks and nobody\n     minds"


def test_buttons_can_be_drawn_without_numbers() -> None:
    assert (
        draw(Card("", (), (button("Vote", "a"), button("Read all", "b"))), numbered=False)
        == "[Vote]  [Read all]"
    )


def test_buttons_go_on_in_the_next_line_whole() -> None:
    card = Card(
        "", (), tuple(button(label, label) for label in ("use as is", "another one", "show the room"))
    )
    assert draw(card, 32) == "[1] use as is  [2] another one\n[3] show the room"


@pytest.mark.parametrize(
    "steering",
    [
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\x9b2J",
        "\x85",
        "\r",
        "\x08",
        "\x7f",
        "\u202e",
        "\u2066",
        "\u2028",
        "\ud800",
    ],
)
def test_no_text_of_people_steers_the_terminal(steering: str) -> None:
    typed = f"good{steering}night"
    said = literal(typed)
    parts = (Text(said), Small(said), Items((said,)), Prose(typed, said), Options((option(1, typed),)))
    drawn = draw(Card(said, parts, (button(said, "pitch"),)))
    drawn.encode()
    assert not set(drawn) & (set(steering) - set("[31m]0;titleJ2"))
    assert drawn.count("good") == drawn.count("night") == 8


def test_what_cannot_be_printed_is_shown_as_such() -> None:
    assert visible("a\x1b[0m\tb\u202ec\u2067d\u2069") == "a\ufffd[0m    b\ufffdcd"


@pytest.mark.parametrize(
    ("text", "wide"),
    [("abc", 3), ("雨が", 4), ("e\u0301", 1), ("👩‍👩‍👧", 2), ("🇫🇷", 2), ("a\u200bb", 2), ("“yes” – …", 9)],
)
def test_columns_are_counted_as_a_terminal_counts_them(text: str, wide: int) -> None:
    assert columns(text) == wide


def test_text_without_spaces_is_broken_where_its_script_allows() -> None:
    assert draw(Card("", (Text("雨が降っていた。船は港に着かなかった。"),)), 20) == (
        "雨が降っていた。船は\n港に着かなかった。"
    )


def test_a_word_wider_than_the_line_is_cut_between_graphemes() -> None:
    drawn = draw(Card("", (Text("e\u0301" * 30),)), 20)
    assert drawn == "e\u0301" * 20 + "\n" + "e\u0301" * 10


ODD = st.text(st.sampled_from("ab .,-*雨👩\u200d👧e\u0301\n\t#_é—“"), max_size=120) | st.text(max_size=60)


@given(ODD, st.integers(20, 60))
def test_no_line_is_wider_than_the_width_and_no_word_is_lost(text: str, width: int) -> None:
    said = literal(text)
    card = Card(
        "", (Text(said), Prose(text), Items((said,)), Options((option(1, text),))), (button(said, "go"),)
    )
    lines = draw(card, width).split("\n")
    assert all(columns(line) <= width for line in lines)
    wanted = "".join(visible(text).split())
    assert (
        "".join(
            "".join(wrapped_text.split()) for wrapped_text in draw(Card("", (Text(said),)), width).split("\n")
        )
        == wanted
    )


@given(
    st.text(
        st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\u00ad\x7f"), max_size=40
    )
)
def test_the_quick_way_to_count_agrees_with_the_slow_one(text: str) -> None:
    shown = visible(text).replace("\n", "")
    assert columns(shown) == max(wcswidth(shown), 0)
