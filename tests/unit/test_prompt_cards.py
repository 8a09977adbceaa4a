"""The deck as a source of prompts: nothing comes twice before all of its kind have, and cards fill from the room's story."""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.story.constraints import measured
from bot.story.prompts import KINDS, Kind
from bot.writing.briefs import Materials
from bot.writing.prompt_cards import neglected, next_card, pile

STORY = Materials(cast=("Tobin", "Ada Marsh"), places=("engine room",), things=("lantern",), threads=("Who rang the bell?",))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_twenty_five_cards_and_some_that_borrow_from_a_story(kind: Kind) -> None:
    assert len(pile(kind)) >= 25
    assert len([card for card in pile(kind) if card.holes]) >= 5


@settings(max_examples=40, deadline=None)
@given(kind=st.sampled_from(KINDS), own=st.booleans(), seed=st.integers(0, 1_000))
def test_no_card_comes_twice_before_its_kind_is_used_up(kind: Kind, own: bool, seed: int) -> None:
    dice = Random(seed)
    dealt: list[str] = []
    materials = STORY if own else None
    whole = len([c for c in pile(kind) if c.holes]) if own else len(pile(kind))

    for _ in range(3 * whole):
        card = next_card(kind, dealt, materials, dice.randrange)
        assert card is not None
        assert card.own == own
        dealt.append(card.id)

    for n in range(3):
        assert len(set(dealt[n * whole : (n + 1) * whole])) == whole
    assert all(a != b for a, b in pairwise(dealt))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1_000))
def test_without_a_wish_the_kinds_take_turns(seed: int) -> None:
    dice = Random(seed)
    dealt: list[str] = []
    kinds: list[Kind] = []
    for _ in range(3 * len(KINDS)):
        card = next_card("any", dealt, None, dice.randrange)
        assert card is not None
        dealt.append(card.id)
        kinds.append(card.kind)

    for n in range(3):
        assert set(kinds[n * len(KINDS) : (n + 1) * len(KINDS)]) == set(KINDS)


def test_a_card_is_filled_from_the_story_with_whom_it_neglects() -> None:
    cast = neglected(("Ada Marsh", "Tobin"), ("Tobin rang.", "Ada Marsh came in and Tobin left.", "Ada Marsh sat down."))
    assert cast == ("Tobin", "Ada Marsh")

    for kind in KINDS:
        card = next_card(kind, (), Materials(cast=cast), Random(1).randrange)
        assert card is not None
        assert card.own
        assert "{" not in card.text


def test_a_story_with_nothing_to_borrow_gets_the_plain_deck() -> None:
    card = next_card("dialogue", (), Materials(), Random(1).randrange)

    assert card is not None
    assert not card.own
    assert "{" not in card.text


def test_cards_whose_words_are_not_wanted_are_passed_over() -> None:
    dice = Random(3)
    dealt: list[str] = []
    for _ in range(40):
        card = next_card("image", dealt, None, dice.randrange, lambda text: " red" not in text.casefold())
        assert card is not None
        assert " red" not in card.text.casefold()
        dealt.append(card.id)
    assert next_card("image", (), None, dice.randrange, lambda _: False) is None


def test_every_measure_of_a_card_can_be_counted() -> None:
    for card in pile("constraint"):
        assert len(measured(card.measure, "One two. Three!")) == len([m for m in card.measure.split(";") if m]), card.id
