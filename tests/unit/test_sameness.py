"""Ideas that say nearly the same are found, those that only sound alike are not, and lists are read leniently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.writing.sameness import MOST_CHARACTERS, MOST_IDEAS, SAME, nearest, numbered_ideas


@pytest.mark.parametrize(
    ("idea", "other"),
    [
        ("The captain is a ghost", "The captain has been a ghost all along"),
        ("The captain is a ghost", "the CAPTAIN is a ghost!!"),
        ("The captain isn't a ghost", "The captain is not a ghost"),
        ("The ghosts vote", "A ghost votes"),
        ("Tobin finds a letter under the bench", "Under the bench, Tobin finds an old letter"),
        ("The lighthouse keeper is lying about the storm", "The lighthouse keeper lied about the storm"),
        ("The bell rings under water", "The bell rings underwater"),
        ("Le capitaine est un fantôme", "le capitaine est un fantome"),
        ("船長は幽霊だった", "船長は幽霊だった。"),
    ],
)
def test_ideas_that_say_nearly_the_same_are_found(idea: str, other: str) -> None:
    for asked, there in ((idea, other), (other, idea)):
        found = nearest(asked, [("x", "The kettle boils over"), ("y", there)])
        assert found is not None
        assert (found.id, found.text) == ("y", there)
        assert SAME <= found.score <= 1


@pytest.mark.parametrize(
    ("idea", "other"),
    [
        ("The captain is dead", "The cook is dead"),
        ("The ferry never docks", "The captain has been dead since Tuesday"),
        ("The captain is a ghost", "The captain is not a ghost"),
        ("The ferry sinks at midnight", "The ferry sinks at dawn"),
        ("Ada marries Tobin", "Ada buries Tobin"),
        ("Tobin sells the lantern", "Ada sells the boat"),
        ("It was not here", "The captain is a ghost"),
        ("", "The captain is a ghost"),
        ("...", "!!!"),
    ],
)
def test_ideas_that_differ_in_what_matters_are_not(idea: str, other: str) -> None:
    assert nearest(idea, [("x", other)]) is None
    assert nearest(other, [("x", idea)]) is None


def test_the_nearest_of_several_is_named() -> None:
    others = [
        ("far", "The captain was a ghost in the engine room"),
        ("near", "A ghost is the captain"),
        ("no", "Rain"),
    ]

    found = nearest("The captain is a ghost", [*others, ("same", "The captain is a ghost.")])

    assert found is not None
    assert (found.id, found.score) == ("same", 1.0)


def test_nothing_is_near_where_nothing_is() -> None:
    assert nearest("The captain is a ghost", []) is None


@given(st.text(), st.text())
def test_likeness_is_mutual(one: str, two: str) -> None:
    there, back = nearest(one, [("x", two)]), nearest(two, [("x", one)])

    assert (there and there.score) == (back and back.score)


@given(st.text(min_size=1).filter(lambda text: any(c.isascii() and c.isalnum() for c in text)))
def test_an_idea_is_nearest_to_itself(idea: str) -> None:
    found = nearest(idea, [("x", idea)])

    assert found is not None
    assert found.score == 1


@pytest.mark.parametrize(
    "text",
    [
        "1) The bell rings\n2) Ada lies\n3) It snows",
        "1. The bell rings\n2. Ada lies\n3. It snows\n",
        "- The bell rings\n- Ada lies\n- It snows",
        "* The bell rings\r\n* Ada lies\r\n* It snows",
        "Here are three ideas:\n\n1) The bell\n   rings\n\n2) Ada\nlies\n\n3) It snows\n\nShall I go on?",
        "**1.** The bell rings\n**2.** Ada lies\n**3.** It snows",
        "1. The bell rings\n1. Ada lies\n1. It snows",
        "3: The bell rings\n4: Ada lies\n5: It snows",
        "Idea 1: The bell rings\nIdea 2: Ada lies\nIdea 3: It snows",
        "The bell rings\nAda lies\nIt snows",
        "The bell\nrings\n\nAda lies\n\nIt snows",
        "1)\nThe bell rings\n2)\nAda lies\n3)\nIt snows",
    ],
)
def test_lists_are_read_however_they_are_marked(text: str) -> None:
    assert numbered_ideas(text) == ("The bell rings", "Ada lies", "It snows")


def test_bullets_and_numbers_inside_an_idea_belong_to_it() -> None:
    text = "1) Two clues:\n- a glove\n- a bill for\n12. That is all.\n2) The bell rings"

    assert numbered_ideas(text) == ("Two clues: - a glove - a bill for 12. That is all.", "The bell rings")


def test_paragraphs_of_ideas_that_have_several_are_kept_to_the_end() -> None:
    text = "1) A bell\n\nIt rings.\n\n2) A lie\n\nIt holds."

    assert numbered_ideas(text) == ("A bell It rings.", "A lie It holds.")


def test_a_long_list_stops_at_ten_and_a_long_idea_is_cut_at_a_word() -> None:
    ideas = numbered_ideas("\n".join(f"{n}) {'bell ' * 400}" for n in range(1, 15)))

    assert len(ideas) == MOST_IDEAS
    assert all(len(idea) <= MOST_CHARACTERS and idea.endswith("bell…") for idea in ideas)


@pytest.mark.parametrize("text", ["", "   \n\n", "1)\n2)\n", "- \n-"])
def test_a_list_of_nothing_holds_no_ideas(text: str) -> None:
    assert numbered_ideas(text) == ()


_LINES = st.lists(
    st.one_of(st.text(), st.from_regex(r"(\d{1,3}[.)]|[-*•]) ?\w*", fullmatch=True)), max_size=15
)


@given(st.one_of(st.text(), _LINES.map("\n".join)))
def test_any_text_at_all_is_read_within_the_limits(text: str) -> None:
    ideas = numbered_ideas(text)

    assert len(ideas) <= MOST_IDEAS
    assert all(0 < len(idea) <= MOST_CHARACTERS and idea == " ".join(idea.split()) for idea in ideas)


@given(st.lists(st.text("abc xyz", min_size=1).map(str.strip).filter(bool), min_size=1, max_size=MOST_IDEAS))
def test_what_was_written_as_a_list_is_read_back(ideas: list[str]) -> None:
    tidy = tuple(" ".join(idea.split()) for idea in ideas)

    assert numbered_ideas("\n".join(f"{n}) {idea}" for n, idea in enumerate(tidy, 1))) == tidy
