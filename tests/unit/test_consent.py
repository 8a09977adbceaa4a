"""Consent: what holds for whom, and that nothing private gets past the two walls."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.story import consent
from bot.story.consent import Source, effective, leaks, withhold
from bot.story.guarding import RUN, plain, split
from bot.story.people import Consent
from tests.unit.tiny_room import TinyRoom, person

PRIVATE, SHARING = person("w1").key, person("w2").key
LETTERS = st.sampled_from(["lamp", "rope", "ferry", "door", "the", "salt", "tide"])
TEXTS = st.lists(LETTERS, max_size=30).map(" ".join)


def turned_on(room: TinyRoom) -> None:
    room.snapshot = room.snapshot.with_rows((replace(room.snapshot.room, machine_on_at=room.now),))


def test_before_the_machine_is_on_nothing_may_be_seen() -> None:
    room = TinyRoom("table", "w1")
    assert effective(room.snapshot.member(person("w1")), room.snapshot.room) is Consent.NEVER


def test_an_author_of_earlier_text_stays_never_until_they_act() -> None:
    room = TinyRoom("table", "w1")
    room.later(hours=1)
    turned_on(room)
    assert effective(room.snapshot.member(person("w1")), room.snapshot.room) is Consent.NEVER
    room.later(minutes=1)
    assert room.do("w1", consent.ask) is not None
    assert effective(room.snapshot.member(person("w1")), room.snapshot.room) is Consent.READ


def test_an_author_is_asked_once() -> None:
    room = TinyRoom("table", "w1")
    room.later(hours=1)
    turned_on(room)
    room.later(minutes=1)
    assert room.do("w1", consent.ask) == consent.ConsentQuestion("w1")
    room.later(minutes=1)
    assert room.do("w1", consent.ask) is None


def test_who_comes_after_the_card_may_be_read_but_not_quoted() -> None:
    room = TinyRoom()
    turned_on(room)
    room.later(minutes=1)
    room.member("w3", last_at=room.now)
    assert effective(room.snapshot.member(person("w3")), room.snapshot.room) is Consent.READ
    assert not consent.may_quote(room.snapshot, person("w3").key)


@pytest.mark.parametrize("choice", list(Consent))
def test_what_a_person_chose_holds_whatever_they_do(choice: Consent) -> None:
    room = TinyRoom("table", "w1")
    turned_on(room)
    room.later(minutes=1)
    room.do("w1", consent.set_consent, choice)
    room.later(minutes=1)
    assert room.do("w1", consent.ask) is None
    assert effective(room.snapshot.member(person("w1")), room.snapshot.room) is choice


def test_choosing_the_same_again_changes_nothing() -> None:
    room = TinyRoom("table", "w1")
    room.do("w1", consent.set_consent, Consent.NEVER)
    with pytest.raises(UserError) as refusal:
        room.do("w1", consent.set_consent, Consent.NEVER)
    assert refusal.value.key == "consent.same"


def test_a_stranger_to_the_room_is_never() -> None:
    room = TinyRoom("table", "w1")
    turned_on(room)
    assert consent.private_people(room.snapshot, [person("nobody").key]) == {person("nobody").key}


def test_a_private_passage_leaves_a_placeholder() -> None:
    sent = withhold(
        [
            Source("1", "The lamp died as Orla spoke.", authors=(PRIVATE,)),
            Source("2", "The tide came in.", authors=(SHARING,)),
        ],
        {PRIVATE},
    )
    assert sent.texts == {"1": "(a passage by a writer who keeps it private)", "2": "The tide came in."}
    assert sent.withheld == ("1",)


def test_a_passage_that_a_private_writer_wrote_part_of_is_private() -> None:
    sent = withhold([Source("1", "Both of us.", authors=(SHARING, PRIVATE))], {PRIVATE})
    assert sent.withheld == ("1",)


def test_a_machine_text_that_carries_a_private_name_is_withheld_too() -> None:
    sent = withhold(
        [
            Source("1", "The lamp died as Orla spoke.", authors=(PRIVATE,)),
            Source("2", "Then Orla's coat was gone."),
            Source("3", "Then the coat was gone."),
        ],
        {PRIVATE},
    )
    assert sent.withheld == ("1", "2")


def test_a_fact_derived_from_private_text_is_withheld() -> None:
    assert withhold([Source("f1", "The purser lies.", authors=(SHARING, PRIVATE))], {PRIVATE}).withheld == (
        "f1",
    )


def test_what_a_sharing_writer_wrote_too_is_theirs_to_share() -> None:
    sent = withhold(
        [
            Source("1", "Orla said the ferry never docks at night.", authors=(PRIVATE,)),
            Source("2", "Orla said the ferry never docks at night.", authors=(SHARING,)),
        ],
        {PRIVATE},
    )
    assert sent.withheld == ("1",)
    assert leaks(" ".join(sent.texts.values()), sent.private, (*sent.public, sent.texts["1"])) == ()


@pytest.mark.parametrize(
    ("private", "request_text"),
    [
        ("The lamp died as Orla spoke.", "What does Orla want?"),
        ("Orla came.", "orla came"),
        ("A coat hung there. It was Orla’s.", "Orla's coat"),
        ("They called him Storm. The storm came.", "Storm"),
        ("a rope of salt and tide", "the lamp; A ROPE of “salt” and… tide went"),
        ("It was l’Orla who came.", "orla"),
        ("At the quay _Orla_ waited.", "**Orla**"),
        ("They saw Or\u00adla.", "Orla"),
        ("It docks.Orla waits.", "Orla"),
        ("Éloïse left.", "E\u0301loi\u0308se again"),
    ],
)
def test_a_name_or_run_is_found_however_it_is_dressed(private: str, request_text: str) -> None:
    assert leaks(request_text, [private], [])


@pytest.mark.parametrize(
    ("private", "request_text", "public"),
    [
        ("Nobody came. Then the lamp died.", "Nobody knows. Then what?", []),
        ("a rope of salt", "a rope of salt", []),
        ("Orla came.", "Orla came.", ["So this is Orla."]),
        ("Ropes creaked. The ropes held.", "Ropes lay about.", []),
        ("", "Anything at all may be said here, Orla.", []),
    ],
)
def test_four_words_common_words_and_shared_names_are_free(
    private: str, request_text: str, public: list[str]
) -> None:
    assert leaks(request_text, [private], public) == ()


def test_a_run_does_not_go_from_one_private_text_into_the_next() -> None:
    assert leaks("one two three four five", ["one two three", "four five"], []) == ()


def runs(text: str) -> set[tuple[str, ...]]:
    words = [plain(w) for w in split(text)]
    return {tuple(words[i:j]) for i in range(len(words)) for j in range(i + RUN, len(words) + 1)}


@given(request_text=TEXTS, private=st.lists(TEXTS, max_size=3), public=st.lists(TEXTS, max_size=3))
def test_a_request_leaks_exactly_when_it_holds_a_run_that_only_private_texts_hold(
    request_text: str, private: list[str], public: list[str]
) -> None:
    theirs = set().union(*map(runs, private)) if private else set()
    ours = set().union(*map(runs, public)) if public else set()
    assert bool(leaks(request_text, private, public)) == bool(runs(request_text) & (theirs - ours))


@given(
    private=st.lists(st.text(st.characters(categories=["Ll"]), min_size=1), min_size=RUN, max_size=20),
    before=TEXTS, after=TEXTS, data=st.data(),
)  # fmt: skip
def test_any_planted_run_of_five_private_words_is_found(
    private: list[str], before: str, after: str, data: st.DataObject
) -> None:
    marked = [f"zq{word}" for word in private]
    start = data.draw(st.integers(0, len(marked) - RUN))
    request_text = " ".join((before, *marked[start : start + RUN], after))
    assert leaks(request_text, [" ".join(marked)], [before, after])


@given(public=st.lists(TEXTS, min_size=1, max_size=4), private=TEXTS)
def test_what_is_public_is_never_called_a_leak(public: list[str], private: str) -> None:
    for text in public:
        assert leaks(text, [private], public) == ()


@given(texts=st.lists(st.tuples(TEXTS, st.sampled_from([PRIVATE, SHARING, ""])), max_size=6))
def test_what_withhold_sends_passes_the_guard(texts: list[tuple[str, str]]) -> None:
    sources = [Source(str(i), text, authors=(who,) if who else ()) for i, (text, who) in enumerate(texts)]
    sent = withhold(sources, {PRIVATE})
    for source in sources:
        if source.id not in sent.withheld:
            assert leaks(sent.texts[source.id], sent.private, sent.public) == ()
            assert source.authors != (PRIVATE,)


def test_a_word_is_divided_alike_in_a_short_text_and_in_a_very_long_one() -> None:
    private = "नाव कभी किनारे पर नहीं आती"
    assert leaks("नदी शांत थी। " * 4_000 + private, [private], [])


def test_long_texts_of_few_words_are_judged_in_reasonable_steps() -> None:
    private = "la la lo " * 5_000
    assert leaks("la la lo " * 5_001, [private], ["la lo " * 5_000])
