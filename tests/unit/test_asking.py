"""A question about somebody's words: whatever is answered in whatever order, they go in at most once, by a yes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import NotAllowed, UserError
from bot.story import asking, extending
from bot.story.asks import Ask
from bot.story.moments import Moment, Outcome
from bot.story.people import Role
from bot.story.pointing import Pointed, point
from bot.story.snapshot import Snapshot
from tests.unit.tiny_room import TinyRoom, person

WORDS = "The tide came in twice that night."


def a_room() -> TinyRoom:
    room = TinyRoom("table", "ada", "ben", "cleo")
    room.open("ada")
    return room


def adas(words: str = WORDS, message: str = "m1") -> Pointed:
    return Pointed("theirs", message, person("ada").key, "ada", words)


def asked_by(room: TinyRoom, name: str, *before: Ask, message: str = "m1", words: str = WORDS) -> Ask:
    return room.do(name, asking.ask, "add", adas(words, message), asks=before)


def let_in(snapshot: Snapshot, asked: Ask, moment: Moment) -> Outcome[object]:
    """What a handler does with a yes."""
    settled = asking.answer(snapshot, asked, moment, yes=True)
    put = extending.extend(snapshot, asked.text, moment)
    return settled.then(asking.naming_asker(put, asked.asker)).answering(settled.value)


STEPS = st.tuples(
    st.sampled_from(["yes", "no", "back", "lapse", "wait", "ask"]), st.sampled_from(["ada", "ben", "cleo"])
)


@given(st.lists(STEPS, max_size=14))
def test_words_go_in_at_most_once_and_only_by_their_authors_yes(steps: list[tuple[str, str]]) -> None:
    room = a_room()
    asked = asked_by(room, "ben")
    everything = [asked]
    yeses = 0
    for what, who in steps:
        before, state = len(room.text()), asked.state
        try:
            match what:
                case "yes":
                    asked = room.keep(let_in(room.snapshot, asked, room.by(who)))  # type: ignore[assignment]  # the ask
                    yeses += 1
                    assert (who, state) == ("ada", "open")
                case "no":
                    asked = room.do(who, asking.answer, asked, yes=False)
                    assert (who, state) == ("ada", "open")
                case "back":
                    asked = room.do(who, asking.take_back, asked)
                    assert (who, state) == ("ben", "open")
                case "lapse":
                    asked = room.do(None, asking.lapse, asked)
                case "wait":
                    room.later(hours=9)
                case _:
                    asked = asked_by(room, "ben", *everything)
                    assert state in ("lapsed", "back")
                    everything.append(asked)
        except UserError:
            assert len(room.text()) == before
        everything[-1] = asked
        if asked.state != "open":
            assert asked.text == ""
    assert room.text() == [WORDS] * yeses
    assert yeses <= 1
    for passage in room.all_passages.values():
        assert passage.author == person("ada").key
    for deed in room.deeds:
        if deed.entry.kind == "passage.added":
            assert (deed.actor, deed.detail["asked_by"]) == (person("ada").key, person("ben").key)


@given(st.integers(0, 48 * 60))
def test_a_question_lapses_after_a_day_and_not_before(minutes: int) -> None:
    room = a_room()
    asked = asked_by(room, "ben")
    room.later(minutes=minutes)
    over = timedelta(minutes=minutes) >= asking.WAITS
    assert room.do(None, asking.lapse, asked).state == ("lapsed" if over else "open")
    if over:
        with pytest.raises(UserError):
            room.do("ada", asking.answer, asked, yes=True)


def test_only_the_author_answers_and_only_the_asker_takes_back() -> None:
    room = a_room()
    asked = asked_by(room, "ben")
    for name in ("ben", "cleo"):
        with pytest.raises(NotAllowed):
            room.do(name, asking.answer, asked, yes=True)
    with pytest.raises(NotAllowed):
        room.do("ada", asking.take_back, asked)


def test_who_may_not_write_cannot_ask_and_who_only_reads_is_not_asked() -> None:
    room = a_room()
    room.member("ben", Role.READER)
    with pytest.raises(NotAllowed):
        asked_by(room, "ben")
    room.member("ada", Role.READER)
    with pytest.raises(UserError) as refusal:
        asked_by(room, "cleo")
    assert refusal.value.key == "asks.reads_only"


def test_a_few_questions_are_open_at_once() -> None:
    room = a_room()
    asks = [asked_by(room, "ben", message=f"m{n}") for n in range(asking.OPEN_MOST)]
    with pytest.raises(UserError) as refusal:
        asked_by(room, "ben", *asks, message="one more")
    assert refusal.value.key == "asks.enough"


def test_what_cannot_go_in_is_not_asked() -> None:
    room = a_room()
    for words in ("", "   ", "x" * 100_001):
        with pytest.raises(UserError):
            asked_by(room, "ben", words=words)
    assert room.snapshot.errands == {}


@pytest.mark.parametrize("author", ["x", "a/b", "slack/test/ada", "terminal/elsewhere/ada", "terminal/test/nobody", "//", "a//b"])
def test_an_author_whom_no_platform_named_is_a_stranger(author: str) -> None:
    room = a_room()
    people = {} if author.endswith("nobody") else {author: "Somebody"}
    with pytest.raises(UserError) as refusal:
        point(room.snapshot, "m1", author, "words", people, room.by("ben"))
    assert refusal.value.key == "messages.stranger"
