"""Counting ballots: what was typed becomes choices, and choices become one count."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import UserError
from bot.story.ballots import Count, count, counted, dice, letter_in, parse_choices
from bot.story.rounds import NONE, Ballot, Method, Pitch

AT = datetime(2026, 3, 6, 12, tzinfo=UTC)
METHODS: tuple[Method, ...] = ("approval", "ranked", "single")


def idea(number: int) -> Pitch:
    return Pitch(f"p{number}", "R", "S", "Q", number, f"Idea {number}", "t/s/w", "w", "standing", AT, number)


def ballot(who: int, *choices: str, set_aside: bool = False) -> Ballot:
    return Ballot(f"Q/{who}", "R", "Q", f"t/s/{who}", choices, AT, AT, set_aside=set_aside)


def ballots_for(*choices: str, start: int = 0) -> list[Ballot]:
    """Ballots written as `p1>p2`, one a string."""
    return [ballot(start + n, *chosen.split(">")) for n, chosen in enumerate(choices)]


IDEAS = [idea(n) for n in range(1, 5)]


@pytest.mark.parametrize(
    ("typed", "chosen"),
    [
        ("2 3", ("p2", "p3")),
        ("2,3", ("p2", "p3")),
        ("3, 2", ("p3", "p2")),
        ("2 and 3", ("p2", "p3")),
        ("#2 3.", ("p2", "p3")),
        ("2 2 2", ("p2",)),
        ("0", (NONE,)),
        ("none", (NONE,)),
        ("None of these.", (NONE,)),
    ],
)
def test_choices_are_read_as_people_type_them(typed: str, chosen: tuple[str, ...]) -> None:
    assert parse_choices(typed, IDEAS, "approval") == chosen


def test_a_letter_before_the_number_means_that_rounds_ballot() -> None:
    assert parse_choices("A2 a3", IDEAS, "approval", "A") == ("p2", "p3")
    assert parse_choices("2 3", IDEAS, "approval", "A") == ("p2", "p3")
    assert letter_in("a2 3") == "A"
    assert letter_in("2 3") == ""
    with pytest.raises(UserError) as refused:
        parse_choices("B2", IDEAS, "approval", "A")
    assert "B2" in refused.value.sentence


@pytest.mark.parametrize("typed", ["7", "00", "2 9"])
def test_a_number_that_is_not_on_the_ballot_names_the_numbers_that_are(typed: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_choices(typed, IDEAS, "approval")
    assert "1, 2, 3, 4" in refused.value.sentence
    assert refused.value.argument == "choices"


@pytest.mark.parametrize(
    ("typed", "method", "key"),
    [
        ("", "approval", "rounds.no_choice"),
        ("two", "approval", "rounds.not_a_choice"),
        ("0 2", "approval", "rounds.none_alone"),
        ("1 2", "single", "rounds.one_choice"),
        ("1 2 3 4", "ranked", "rounds.three_picks"),
    ],
)
def test_what_a_ballot_cannot_hold_is_refused_with_a_sentence(typed: str, method: Method, key: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_choices(typed, IDEAS, method)
    assert refused.value.key == key
    assert refused.value.sentence


@given(st.text(max_size=40), st.sampled_from(METHODS))
def test_whatever_is_typed_is_choices_of_the_ballot_or_one_clear_refusal(typed: str, method: Method) -> None:
    try:
        chosen = parse_choices(typed, IDEAS, method)
    except UserError as refused:
        chosen = ("refused",) if refused.sentence else ()
    assert set(chosen) <= {NONE, "refused", *(p.id for p in IDEAS)}
    assert len(set(chosen)) == len(chosen) > 0


def test_a_ranked_ballot_keeps_its_order_and_may_prefer_none_to_the_rest() -> None:
    assert parse_choices("3 1 0", IDEAS, "ranked") == ("p3", "p1", NONE)


def test_the_idea_that_most_approve_of_leads() -> None:
    tally = count("approval", IDEAS, ballots_for("p2>p3", "p2", "p2>p3"))
    assert tally.leaders == ("p2",)
    assert dict(tally.votes) == {"p2": 3, "p3": 2, "p1": 0, "p4": 0, NONE: 0}
    assert tally.runner_up("p2") == "p3"


def test_a_vote_for_a_withdrawn_idea_is_ignored_and_a_ballot_without_another_does_not_count() -> None:
    left = [p for p in IDEAS if p.id != "p2"]
    cast = ballots_for("p2", "p2>p3", "p1")
    assert count("approval", left, cast).ballots == 2
    assert [b.choices for b in counted(left, cast)] == [("p2", "p3"), ("p1",)]
    assert dict(count("approval", left, cast).votes)["p3"] == 1


def test_ballots_that_were_set_aside_or_taken_back_do_not_count() -> None:
    cast = [ballot(1, "p1"), ballot(2, "p1", set_aside=True), ballot(3)]
    assert count("approval", IDEAS, cast).ballots == 1
    assert len(counted(IDEAS, cast)) == 1


@pytest.mark.parametrize("method", METHODS)
def test_none_of_these_leads_when_it_has_more_or_as_many(method: Method) -> None:
    assert count(method, IDEAS, ballots_for(NONE, NONE, "p1")).leaders == (NONE,)
    level = count(method, IDEAS, ballots_for(NONE, "p1"))
    assert level.leaders == (NONE,)
    assert level.none_leads


@pytest.mark.parametrize("method", METHODS)
def test_without_a_vote_nothing_leads(method: Method) -> None:
    tally = count(method, IDEAS, [])
    assert tally.leaders == ()
    assert tally.none_leads


def test_instant_run_off_moves_ballots_to_their_next_choice() -> None:
    cast = ballots_for(*["p1"] * 4, *["p2>p3"] * 3, *["p3>p2"] * 2)
    tally = count("ranked", IDEAS, cast)
    assert tally.leaders == ("p2",)
    assert tally.eliminations[-1].votes == (("p2", 5), ("p1", 4))


def test_a_first_choice_of_more_than_half_wins_at_once() -> None:
    tally = count("ranked", IDEAS, ballots_for("p1>p2", "p1", "p2"))
    assert tally.leaders == ("p1",)
    assert len(tally.eliminations) == 1


def test_of_several_with_the_fewest_the_one_that_had_fewer_before_goes_out() -> None:
    # first count: p1 5, p2 4, p3 3, p4 1; p4's ballot makes p3 level with p2, and p3 had fewer before
    cast = ballots_for(*["p1"] * 5, *["p2>p1"] * 4, *["p3>p1"] * 3, "p4>p3")
    tally = count("ranked", IDEAS, cast)
    outs = [e.out for e in tally.eliminations if e.out]
    assert outs[-2:] == ["p4", "p3"]


def test_of_those_that_were_always_level_the_later_on_the_ballot_goes_out() -> None:
    tally = count("ranked", IDEAS[:3], ballots_for("p1", "p1", "p2", "p3"))
    assert [e.out for e in tally.eliminations if e.out] == [NONE, "p3"]


def test_the_last_two_with_the_same_number_are_a_tie() -> None:
    assert count("ranked", IDEAS, ballots_for("p1", "p3")).leaders == ("p1", "p3")


def test_in_a_run_off_old_ballots_count_for_the_finalists_they_hold() -> None:
    cast = ballots_for("p1>p2", "p2", "p3>p2", "p1")
    tally = count("approval", IDEAS, cast, among=("p1", "p2"))
    assert dict(tally.votes) == {"p2": 3, "p1": 2, NONE: 0}


def test_few_ballots_show_only_the_order_of_the_first_two() -> None:
    few = count("approval", IDEAS, ballots_for("p2>p3", "p2", "p3>p1", "p2"))
    assert few.shown(5) == (("p2", None), ("p3", None))
    many = count("approval", IDEAS, ballots_for("p2>p3", "p2", "p3>p1", "p2", "p2"))
    assert many.shown(5) == (("p2", 4), ("p3", 2), ("p1", 1))


_CHOICE = st.sampled_from([NONE, "p1", "p2", "p3", "p4"])
_CAST = st.lists(st.lists(_CHOICE, max_size=4, unique=True), max_size=30)


@given(_CAST, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_a_count_depends_on_the_ballots_and_not_on_their_order(
    chosen: list[list[str]], method: Method, shuffle: object
) -> None:
    cast = [ballot(n, *c) for n, c in enumerate(chosen)]
    again = list(cast)
    shuffle.shuffle(again)  # type: ignore[attr-defined]  # hypothesis hands in a random.Random
    assert count(method, IDEAS, cast) == count(method, list(reversed(IDEAS)), again)


@given(_CAST)
def test_an_approval_tally_equals_its_ballots(chosen: list[list[str]]) -> None:
    tally = count("approval", IDEAS, [ballot(n, *c) for n, c in enumerate(chosen)])
    expected = Counter(c for one in chosen for c in one)
    assert dict(tally.votes) == {i: expected[i] for i in (NONE, "p1", "p2", "p3", "p4")}
    assert tally.ballots == len([c for c in chosen if c])
    assert [n for _, n in tally.votes] == sorted((n for _, n in tally.votes), reverse=True)


@given(_CAST)
def test_an_instant_run_off_never_counts_a_ballot_twice_and_each_choice_goes_out_at_most_once(
    chosen: list[list[str]],
) -> None:
    tally = count("ranked", IDEAS, [ballot(n, *c) for n, c in enumerate(chosen)])
    for counting in tally.eliminations:
        assert sum(n for _, n in counting.votes) <= tally.ballots
    outs = [e.out for e in tally.eliminations if e.out]
    assert len(set(outs)) == len(outs)
    assert not set(outs) & set(tally.leaders)
    assert {i for i, _ in tally.votes} == {NONE, "p1", "p2", "p3", "p4"}


@given(_CAST)
def test_an_idea_that_more_than_half_put_first_wins_any_instant_run_off(chosen: list[list[str]]) -> None:
    firsts = Counter(c[0] for c in chosen if c)
    tally: Count = count("ranked", IDEAS, [ballot(n, *c) for n, c in enumerate(chosen)])
    for choice, n in firsts.items():
        if 2 * n > tally.ballots:
            assert tally.leaders == (choice,)


def test_the_dice_can_be_thrown_again_by_anyone() -> None:
    tied = ("p1", "p2", "p3")
    lots = {hashlib.sha256(f"0badc0de {i}".encode()).hexdigest(): i for i in tied}
    assert dice("0badc0de", tied) == lots[min(lots)]
    assert dice("0badc0de", tuple(reversed(tied))) == lots[min(lots)]


def test_the_dice_are_fair_to_every_place_on_the_ballot() -> None:
    faces = ("p1", "p2", "p3", "p4", "p5")
    throws = Counter(dice(f"seed-{n}", faces) for n in range(5000))
    chi_square = sum((throws[i] - 1000) ** 2 / 1000 for i in faces)
    assert chi_square < 18.47  # 4 degrees of freedom, p = 0.001; the seeds are fixed
