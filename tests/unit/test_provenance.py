"""Provenance: every character has one source, kept words keep theirs, and a pasted draft is not claimed as human."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.story import differing
from bot.story.differing import same_pieces
from bot.story.provenance import (
    RUN,
    Span,
    all_by,
    covers,
    edited,
    from_json,
    merge,
    recognise,
    revised,
    shares,
    taken_as_is,
    to_json,
)
from bot.story.text import count_words
from bot.story.words import words

ANA, BEN = "t:l:ana", "t:l:ben"
MACHINE = "The bell rang twice and nobody on the ferry moved at all."


@dataclass(frozen=True)
class Shown:
    """A co-writer's text that somebody saw."""

    id: str
    text: str


PROSE = st.lists(
    st.sampled_from(["rain", "the", "a", "Ana’s", ",", ".", "\n", "\n\n", " ", "  ", "雨", "e\u0301"]),
    max_size=30,
).map("".join)
ANY = PROSE | st.text(max_size=30)


@st.composite
def attributed(draw: st.DrawFn) -> tuple[str, tuple[Span, ...]]:
    """A text with spans of all sources, cut anywhere."""
    text = draw(ANY)
    cuts = sorted({0, len(text), *draw(st.lists(st.integers(0, len(text)), max_size=4))})
    sources = st.sampled_from(
        [
            ("person", ANA, ""),
            ("person", BEN, ""),
            ("ai", "", "M1"),
            ("ai", "", "M2"),
            ("ai_edited", BEN, "M1"),
        ]
    )
    spans = from_json([a, b, *draw(sources)] for a, b in pairwise(cuts))
    return text, merge(spans)


def told(text: str, spans: tuple[Span, ...]) -> list[tuple[str, str]]:
    """Each span as its source in short and its words."""
    assert covers(text, spans)
    return [(s.kind if s.kind != "person" else s.person, text[s.start : s.end]) for s in spans]


# ---- what always holds


@given(attributed(), ANY, st.lists(st.builds(Shown, st.sampled_from(["M3", "M4"]), ANY), max_size=2))
def test_spans_cover_every_edit_exactly(
    before: tuple[str, tuple[Span, ...]], after: str, ai_texts: list[Shown]
) -> None:
    spans = revised(*before, after, ANA, ai_texts)
    assert covers(after, spans)
    assert merge(spans) == spans
    assert "".join(after[s.start : s.end] for s in spans) == after


@given(attributed())
def test_an_edit_that_changes_nothing_changes_no_source(before: tuple[str, tuple[Span, ...]]) -> None:
    text, spans = before
    assert revised(text, spans, text, ANA) == spans


@given(attributed(), PROSE)
def test_what_is_added_at_the_end_takes_nothing_from_what_was_there(
    before: tuple[str, tuple[Span, ...]], more: str
) -> None:
    text, spans = before
    after = f"{text} \n {more}"
    assume(words(after)[: len(words(text))] == words(text))
    made = revised(text, spans, after, "t:l:cy")
    kept = [s for s in made if s.person != "t:l:cy"]
    assert merge(kept) == spans
    assert made[len(spans) :] == (Span(len(text), len(after), "person", "t:l:cy"),)


@given(ANY, ANY)
def test_an_edit_makes_no_more_machine_words_than_there_were(machine_text: str, text: str) -> None:
    counted = shares(text, edited(machine_text, text, "M1", ANA))
    assert sum(n for (kind, _, _), n in counted.items() if kind != "person") <= count_words(machine_text)


@given(attributed())
def test_the_shares_add_up_to_the_words(before: tuple[str, tuple[Span, ...]]) -> None:
    text, _ = before
    whole_words = recognise(text, ANA, [Shown("M1", text)])
    assert sum(shares(text, whole_words).values()) == count_words(text)


@given(attributed())
def test_spans_come_back_from_json(before: tuple[str, tuple[Span, ...]]) -> None:
    _, spans = before
    assert from_json(json.loads(json.dumps(to_json(spans)))) == spans


# ---- what counts as whose


def test_a_text_of_ones_own_and_a_text_taken_as_it_was() -> None:
    assert told("Rain.", all_by("Rain.", ANA)) == [(ANA, "Rain.")]
    assert told("Rain.", taken_as_is("Rain.", "M1")) == [("ai", "Rain.")]
    assert all_by("", ANA) == taken_as_is("", "M1") == ()


def test_a_word_put_in_the_place_of_a_machines_is_edited() -> None:
    text = MACHINE.replace("ferry", "pier")
    assert told(text, edited(MACHINE, text, "M1", ANA)) == [
        ("ai", "The bell rang twice and nobody on the "),
        ("ai_edited", "pier"),
        ("ai", " moved at all."),
    ]


def test_a_word_that_is_simply_added_is_the_persons() -> None:
    text = MACHINE.replace("nobody", "almost nobody")
    assert told(text, edited(MACHINE, text, "M1", ANA)) == [
        ("ai", "The bell rang twice and "),
        (ANA, "almost "),
        ("ai", "nobody on the ferry moved at all."),
    ]


def test_a_page_in_the_place_of_one_word_is_the_persons_but_for_one_word() -> None:
    text = MACHINE.replace("twice", "once, then a door slammed")
    assert shares(text, edited(MACHINE, text, "M1", ANA)) == {
        ("ai", "", "M1"): 11,
        ("ai_edited", ANA, "M1"): 1,
        ("person", ANA, ""): 4,
    }


def test_words_that_are_cut_leave_the_rest_as_it_was() -> None:
    text = MACHINE.replace(" twice", "")
    assert told(text, edited(MACHINE, text, "M1", ANA)) == [("ai", text)]


def test_a_persons_word_in_the_place_of_a_persons_is_no_machines() -> None:
    mine = "She waited. "
    spans = (
        *all_by(mine, ANA),
        *(Span(s.start + 12, s.end + 12, s.kind, "", "M1") for s in taken_as_is(MACHINE, "M1")),
    )
    text = "He waited. " + MACHINE
    assert told(text, revised(mine + MACHINE, spans, text, BEN)) == [
        (BEN, "He"),
        (ANA, " waited. "),
        ("ai", MACHINE),
    ]


def test_each_new_word_stands_for_the_word_in_its_place() -> None:
    before = "mine theirs"
    spans = (Span(0, 5, "person", ANA), Span(5, 11, "ai", "", "M1"))
    assert told("one two three", revised(before, spans, "one two three", ANA)) == [
        (ANA, "one "),
        ("ai_edited", "two "),
        (ANA, "three"),
    ]


def test_punctuation_changed_between_kept_words_makes_nobodys_word_anothers() -> None:
    text = "The bell rang, twice and nobody on the ferry moved at all!"
    assert shares(text, edited(MACHINE, text, "M1", ANA)) == {("ai", "", "M1"): 12}


# ---- drafts that are pasted


def test_a_pasted_draft_is_the_machines() -> None:
    text = f"I thought so. {MACHINE} Then it rained."
    assert told(text, recognise(text, ANA, [Shown("M1", MACHINE)])) == [
        (ANA, "I thought so. "),
        ("ai", MACHINE[:-1]),
        (ANA, ". Then it rained."),
    ]


@pytest.mark.parametrize(("count", "claimed"), [(RUN - 1, False), (RUN, True)])
def test_it_takes_eight_words_in_a_row_to_be_known_again(count: int, claimed: bool) -> None:
    text = " ".join(MACHINE.split()[:count]) + " or so she said."
    found = recognise(text, ANA, [Shown("M1", MACHINE)])
    assert ((found[0].kind, found[0].machine_text_id) == ("ai", "M1")) is claimed


def test_capitals_and_punctuation_do_not_hide_a_pasted_draft() -> None:
    text = MACHINE.upper().replace(" ", ", ")
    assert shares(text, recognise(text, ANA, [Shown("M1", MACHINE)])) == {("ai", "", "M1"): 12}


def test_of_two_drafts_with_the_same_words_the_first_is_named() -> None:
    found = recognise(MACHINE, ANA, [Shown("M1", MACHINE), Shown("M2", MACHINE)])
    assert {s.machine_text_id for s in found if s.kind == "ai"} == {"M1"}


def test_another_draft_pasted_over_a_machines_text_is_the_other_drafts() -> None:
    other = "A gull walked along the rail and looked at every one of them."
    counted = shares(other, revised(MACHINE, taken_as_is(MACHINE, "M1"), other, ANA, [Shown("M2", other)]))
    assert ("person", ANA, "") not in counted
    assert not any(kind == "ai_edited" for kind, _, _ in counted)


def test_a_draft_pasted_into_a_passage_is_the_machines() -> None:
    before = "She waited. It rained."
    text = f"She waited. {MACHINE} It rained."
    assert told(text, revised(before, all_by(before, ANA), text, ANA, [Shown("M1", MACHINE)])) == [
        (ANA, "She waited. "),
        ("ai", MACHINE[:-1]),
        (ANA, ". It rained."),
    ]


def test_ones_own_words_stay_ones_own_when_a_machine_repeats_them() -> None:
    text = MACHINE + " So it went."
    spans = revised(MACHINE, all_by(MACHINE, ANA), text, ANA, [Shown("M1", MACHINE)])
    assert told(text, spans) == [(ANA, text)]


# ---- the diff itself


@given(PROSE, PROSE)
def test_kept_stretches_are_equal_and_in_order(one: str, other: str) -> None:
    old, new = words(one), words(other)
    at_old, at_new = 0, 0
    for i, j, n in same_pieces(old, new):
        assert i >= at_old
        assert j >= at_new
        assert n > 0
        assert old[i : i + n] == new[j : j + n]
        at_old, at_new = i + n, j + n


def test_a_word_changed_in_every_line_of_a_long_text_costs_only_that_word() -> None:
    lines = [f"Line {n} of the long night was the {n} of the same." for n in range(800)]
    before, after = "\n\n".join(lines), "\n\n".join(line.replace("night", "day") for line in lines)
    assert shares(after, edited(before, after, "M1", ANA)) == {
        ("ai", "", "M1"): 800 * 11,
        ("ai_edited", ANA, "M1"): 800,
    }


def test_a_few_changed_lines_of_a_long_text_leave_the_others_whole() -> None:
    lines = [f"Line {n} of the long night was the {n} of the same." for n in range(2_000)]
    before = "\n".join(lines)
    lines[3] = "Something else happened."
    lines.insert(1_000, "And a gull came.")
    del lines[1_500]
    after = "\n".join(lines)
    counted = shares(after, edited(before, after, "M1", ANA))
    assert counted == {("ai", "", "M1"): 1_998 * 12, ("ai_edited", ANA, "M1"): 3, ("person", ANA, ""): 4}


@pytest.mark.parametrize("piece", ["a ", "\n", "a\n", "雨", "a x b "])
def test_a_text_made_to_cost_much_is_still_covered(piece: str) -> None:
    size = 60_000 // len(piece)
    before, after = "x " + piece * size + "y", "z " + piece * (size - 7) + "w"
    assert covers(after, revised(before, all_by(before, ANA), after, BEN))


def test_comparing_stays_within_its_budget_whatever_the_texts_hold() -> None:
    def paragraphs(filler: str) -> str:
        return "\n".join(" ".join(f"a {filler}{n}{i}" for i in range(200)) + f"\nL{n}" for n in range(60))

    old, new = words(paragraphs("x")), words(paragraphs("y"))
    kept = sum(1 for i, _, n in same_pieces(old, new) for piece in old[i : i + n] if piece == "a")
    assert kept**2 <= differing.MEETINGS
