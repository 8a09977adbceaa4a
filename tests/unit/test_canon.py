"""Canon: plain facts, their kinds and names, the cast, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, UserError
from bot.story import canoneering
from bot.story.people import Role
from tests.unit.tiny_room import TinyRoom


@pytest.fixture
def room() -> TinyRoom:
    room = TinyRoom("table", "w1", "w2", "run")
    room.member("run", Role.SHOWRUNNER)
    room.open("w1")
    return room


def add(room: TinyRoom, text: str, name: str = "w1") -> canoneering.FactNews:
    return room.do(name, canoneering.add, text, standing=room.facts())


@pytest.mark.parametrize(
    ("text", "kind", "name", "fact"),
    [
        ("character: Orla, the purser, counts twice", "character", "Orla", "Orla, the purser, counts twice"),
        ("Place: The engine room: always warm", "place", "The engine room", "The engine room: always warm"),
        ("person: Tuesday Ames is the captain", "character", "Tuesday Ames", "Tuesday Ames is the captain"),
        (
            "character: Captain Ames keeps a dead man's watch",
            "character",
            "Captain Ames",
            "Captain Ames keeps a dead man's watch",
        ),
        ("thread: Why is the rum gone?", "thread", "Why is the rum gone?", "Why is the rum gone?"),
        ("question: Who rang the bell?", "thread", "Who rang the bell?", "Who rang the bell?"),
        ("THREAD: Who rang the bell?", "thread", "Who rang the bell?", "Who rang the bell?"),
    ],
)
def test_a_kind_before_a_colon_is_taken_at_its_word(
    room: TinyRoom, text: str, kind: str, name: str, fact: str
) -> None:
    news = add(room, text)
    assert (news.fact.kind, news.fact.name, news.fact.text, news.guessed) == (kind, name, fact, False)


def test_without_a_kind_what_is_known_of_the_name_is_taken(room: TinyRoom) -> None:
    add(room, "character: Orla keeps the purse")
    news = add(room, "Orla has never learned to swim")
    assert (news.fact.kind, news.fact.name, news.guessed) == ("character", "Orla", True)


def test_a_question_is_an_open_thread_and_all_else_an_event(room: TinyRoom) -> None:
    assert add(room, "Why does nobody age aboard?").fact.kind == "thread"
    news = add(room, "The bell rang thirteen times")
    assert (news.fact.kind, news.guessed) == ("event", True)


def test_a_word_before_a_colon_that_is_no_kind_stays_in_the_fact(room: TinyRoom) -> None:
    news = add(room, "Orla: she counts twice")
    assert (news.fact.text, news.fact.name, news.fact.kind) == ("Orla: she counts twice", "Orla", "character")


def test_the_same_fact_is_not_written_down_twice(room: TinyRoom) -> None:
    add(room, "character: Orla is the purser")
    with pytest.raises(UserError) as refusal:
        add(room, "character: ORLA is the purser", "w2")
    assert refusal.value.key == "canon.known"
    assert "w1" in str(refusal.value)


def test_a_number_is_never_given_twice(room: TinyRoom) -> None:
    first = add(room, "One thing").fact
    room.do("w1", canoneering.withdraw, first)
    assert add(room, "Another thing").fact.number == 2


def test_a_fact_is_withdrawn_by_its_writer_or_the_showrunner(room: TinyRoom) -> None:
    fact = add(room, "One thing").fact
    with pytest.raises(NotAllowed):
        room.do("w2", canoneering.withdraw, fact)
    room.do("run", canoneering.withdraw, fact)
    assert room.facts() == []
    with pytest.raises(UserError) as refusal:
        room.do("w1", canoneering.withdraw, room.all_facts[fact.id])
    assert refusal.value.key == "canon.withdrawn_already"


def test_a_full_canon_says_what_to_do(room: TinyRoom) -> None:
    fact = add(room, "One thing").fact
    with pytest.raises(UserError) as refusal:
        room.do("w1", canoneering.add, "More", standing=[fact] * canoneering.FACTS_MOST)
    assert refusal.value.key == "canon.full"


def test_the_cast_is_the_characters_with_what_is_known_of_each(room: TinyRoom) -> None:
    for text in (
        "character: Orla is the purser",
        "place: The deck is wet",
        "character: Ames is dead",
        "character: orla can swim",
    ):
        add(room, text)
    assert [(name, len(facts)) for name, facts in canoneering.cast(room.facts())] == [
        ("Orla", 2),
        ("Ames", 1),
    ]
    assert [kind for kind, _ in canoneering.by_kind(room.facts())] == ["character", "place"]


@given(st.text(min_size=1, max_size=400))
def test_whatever_is_written_down_has_a_name_and_a_kind(text: str) -> None:
    room = TinyRoom("table", "w1")
    room.open("w1")
    try:
        fact = add(room, text).fact
    except UserError:
        return
    assert fact.name
    assert len(fact.name) <= canoneering.NAME_MOST
    assert fact.kind in canoneering.kinds()
