"""The deck: its cards are distinct and fill cleanly, and a story is not dealt the same card twice."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import WriterError
from bot.sentences import keys, say
from bot.writing.briefs import Brief, Materials, Mode, Written
from bot.writing.cards import HOLE, HOLES, Card, all_cards
from bot.writing.deck import IDEAS, NAMES, Deck, deal
from bot.writing.filling import MOST
from bot.writing.sameness import MOST_CHARACTERS, numbered_ideas

FULL = Materials(
    cast=("Tobin", "Ada Marsh", "the cook"),
    places=("the ferry", "Kiel", "engine room"),
    things=("lantern", "a red coat"),
    threads=("Who rang the bell?", "Ada's debt."),
)
DEALT_MODES: tuple[Mode | Literal["prompt"], ...] = (*(mode for mode in Mode if mode.deals_ideas), "prompt")
Wording = Callable[[Card], str]


def pieces(text: str) -> frozenset[str]:
    spaced = " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())
    return frozenset(spaced[i : i + 3] for i in range(len(spaced) - 2))


def brief(mode: Mode, materials: Materials = FULL, seed: str = "seven") -> Brief:
    return Brief(mode, (), (), materials=materials, seed=seed)


async def written(asked: Brief) -> tuple[list[str], Written]:
    *texts, end = [piece async for piece in Deck().write(asked)]
    assert isinstance(end, Written)
    assert all(isinstance(text, str) for text in texts)
    return [str(text) for text in texts], end


def later(materials: Materials, ids: tuple[str, ...]) -> Materials:
    return replace(materials, dealt=materials.dealt | set(ids), deals=materials.deals + 1)


def test_the_deck_has_at_least_six_hundred_cards_of_eighteen_kinds() -> None:
    sizes = Counter(card.kind for card in all_cards())

    assert sum(sizes.values()) >= 600
    assert len(sizes) == 18
    assert min(sizes.values()) >= 30


def test_every_card_has_an_id_of_its_own_that_names_its_kind() -> None:
    ids = [card.id for card in all_cards()]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(rf"{card.kind}-\d\d", card.id) for card in all_cards())


@pytest.mark.parametrize("wording", [lambda card: card.text, lambda card: card.plain], ids=["holes", "plain"])
def test_no_two_cards_share_over_half_of_their_three_letter_pieces(wording: Wording) -> None:
    cut = [(card.id, pieces(wording(card))) for card in all_cards()]

    alike = [(a, b) for (a, mine), (b, its) in combinations(cut, 2) if 2 * len(mine & its) > len(mine | its)]

    assert alike == []


def test_cards_borrow_only_what_a_story_can_have_and_can_all_do_without() -> None:
    for card in all_cards():
        assert card.holes <= HOLES, card.id
        assert not set("{}") & set(card.plain + HOLE.sub("", card.text)), card.id


def test_every_card_serves_modes_that_exist() -> None:
    for card in all_cards():
        assert card.serves, card.id
        assert card.serves <= {str(mode) for mode in DEALT_MODES}, card.id


@pytest.mark.parametrize(
    "materials", [FULL, Materials(), Materials(cast=("Tobin",))], ids=["full", "empty", "one"]
)
@pytest.mark.parametrize("mode", DEALT_MODES)
def test_every_card_fills_cleanly(mode: Mode | Literal["prompt"], materials: Materials) -> None:
    whole = sum(str(mode) in card.serves for card in all_cards())

    dealt = deal(mode, materials, "seven", whole)

    assert len(set(dealt.ids)) == whole
    assert not dealt.reshuffled
    for name, text in zip(dealt.ids, dealt.texts, strict=True):
        assert not re.search(r"[{}]|  |the the |the a |\.\.|\?\.|^\s|\s$", text), (name, text)
        assert text[0].isupper() or text[0] == "“", (name, text)
        assert text[-1] in ".?”!", (name, text)
        assert not re.search(r"[.!] [a-z]", text), (name, text)


def test_what_a_story_has_opens_a_sentence_with_a_capital_and_gets_its_article() -> None:
    materials = Materials(cast=("the cook",), places=("engine room",), things=("lantern.",))
    dealt = deal(Mode.PITCHES, materials, "s", 300)
    by_id = dict(zip(dealt.ids, dealt.texts, strict=True))

    assert by_id["object-01"] == "A child turns up with the lantern and won't say what was traded."
    assert by_id["spark-23"].startswith("The cook tells a joke at the engine room.")
    assert (
        by_id["place-07"]
        == "The cook hides in the engine room and finds a bed made up there, a lamp, and two cups."
    )


@pytest.mark.parametrize(
    ("given_name", "inside"),
    [
        ("The deck", "the deck"),
        ("The Last Ferry", "The Last Ferry"),
        ("a harbour", "the harbour"),
        ("An old mill", "the old mill"),
        ("harbour", "the harbour"),
        ("Ada's boat", "Ada's boat"),
        ("“the wheelhouse”.", "the wheelhouse"),
        ("Kiel", "Kiel"),
    ],
)
def test_a_place_stands_in_a_sentence_as_people_would_say_it(given_name: str, inside: str) -> None:
    dealt = deal(Mode.PITCHES, Materials(places=(given_name,)), "s", 300)
    by_id = dict(zip(dealt.ids, dealt.texts, strict=True))

    assert by_id["arrival-06"] == f"A woman comes to {inside} to be shown where she died."


@pytest.mark.parametrize("given_name", ["under the stairs", "Behind the mill"])
def test_a_whereabouts_is_no_name_so_the_card_is_dealt_plain(given_name: str) -> None:
    dealt = deal(Mode.PITCHES, Materials(places=(given_name,)), "s", 300)

    assert not any(given_name.casefold() in text.casefold() for text in dealt.texts)
    assert "A woman asks at the front desk to be shown where she died." in dealt.texts


def test_no_card_makes_a_verb_agree_with_a_thing_or_place_that_may_be_many() -> None:
    for card in all_cards():
        agreed = re.findall(r"(?:^|[.,;:!?] )\{(?:thing|place)\} (?!will |would |can |could )\w+", card.text)
        assert agreed == [], card.id


@given(
    names=st.lists(st.text(max_size=200), max_size=4),
    mode=st.sampled_from(DEALT_MODES),
    seed=st.text(max_size=5),
    deals=st.integers(0, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_no_name_of_a_story_breaks_a_card(
    names: list[str], mode: Mode | Literal["prompt"], seed: str, deals: int
) -> None:
    every = tuple(names)
    dealt = deal(mode, Materials(every, every, every, every, deals=deals), seed, 6)

    assert len(dealt.texts) == 6
    for text in dealt.texts:
        assert text
        assert text.splitlines() == [text]
        assert len(text) < MOST_CHARACTERS - MOST


def test_braces_in_a_name_stay_as_they_were_typed() -> None:
    dealt = deal(Mode.TWIST, Materials(cast=("{other}", "{0.x}")), "s", 200)

    assert any("{0.x}" in text for text in dealt.texts)
    assert any("{other}" in text for text in dealt.texts)


def test_a_person_never_meets_themselves_on_a_card() -> None:
    dealt = deal(Mode.PITCHES, Materials(cast=("Tobin", " tobin ", "Tobin")), "s", 300)
    by_id = dict(zip(dealt.ids, dealt.texts, strict=True))

    for card in all_cards():
        if card.id in by_id and "other" in card.holes:
            assert by_id[card.id] == card.plain


def test_the_same_deal_of_the_same_story_is_the_same() -> None:
    assert deal(Mode.OPTIONS, FULL, "s", 3) == deal(Mode.OPTIONS, FULL, "s", 3)


def test_another_seed_and_another_deal_bring_other_cards() -> None:
    first = deal(Mode.OPTIONS, FULL, "s", 3).ids

    assert deal(Mode.OPTIONS, FULL, "t", 3).ids != first
    assert deal(Mode.OPTIONS, replace(FULL, deals=1), "s", 3).ids != first


@pytest.mark.parametrize("mode", DEALT_MODES)
def test_no_card_comes_twice_before_all_have_and_then_the_deck_says_that_it_starts_over(
    mode: Mode | Literal["prompt"],
) -> None:
    whole = {card.id for card in all_cards() if str(mode) in card.serves}
    seen: list[str] = []
    materials = FULL
    while len(whole) - len(seen) >= 4:
        dealt = deal(mode, materials, "s", 4)
        assert not dealt.reshuffled
        seen += dealt.ids
        materials = later(materials, dealt.ids)
    assert len(set(seen)) == len(seen)

    dealt = deal(mode, materials, "s", 4)
    assert dealt.reshuffled
    assert whole - set(seen) <= set(dealt.ids)
    assert len(set(dealt.ids)) == 4


def test_after_the_deck_has_run_out_hands_in_a_row_still_differ() -> None:
    whole = frozenset(card.id for card in all_cards())
    hands = [deal(Mode.TWIST, replace(FULL, dealt=whole, deals=deals), "s", 3) for deals in range(100, 120)]

    assert all(hand.reshuffled for hand in hands)
    every = [name for hand in hands for name in hand.ids]
    assert len(set(every)) == len(every)


def test_a_deal_is_of_different_kinds_and_the_kinds_keep_in_step() -> None:
    materials, kinds = FULL, Counter[str]()
    for _ in range(20):
        dealt = deal(Mode.OPTIONS, materials, "s", 3)
        of = [name.split("-", maxsplit=1)[0] for name in dealt.ids]
        assert len(set(of)) == 3
        kinds.update(of)
        materials = later(materials, dealt.ids)

    sizes = Counter(card.kind for card in all_cards() if "options" in card.serves)
    used = [kinds[kind] / size for kind, size in sizes.items()]
    assert max(used) - min(used) <= 1 / min(sizes.values())


def test_cards_that_a_story_can_fill_come_before_cards_that_it_cannot() -> None:
    people = deal(Mode.PITCHES, Materials(cast=("Tobin", "Ada")), "s", 36)
    nothing = deal(Mode.PITCHES, Materials(), "s", 36)
    everything = deal(Mode.PITCHES, FULL, "s", 18)
    by_id = {card.id: card for card in all_cards()}

    assert all(by_id[name].holes <= {"cast", "other"} for name in people.ids)
    assert not any(by_id[name].holes for name in nothing.ids)
    assert sum(bool(by_id[name].holes) for name in everything.ids) > 9


def test_a_deal_speaks_of_several_people() -> None:
    texts = deal(Mode.TWIST, Materials(cast=("Tobin", "Ada", "Wu")), "s", 9).texts

    assert all(any(name in text for text in texts) for name in ("Tobin", "Ada", "Wu"))


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode.deals_ideas])
async def test_the_deck_writes_a_numbered_list_and_says_which_cards_it_dealt(mode: Mode) -> None:
    pieces, end = await written(brief(mode))
    count = NAMES if mode is Mode.NAMES else IDEAS
    dealt = deal(mode, FULL, "seven", count)

    assert "".join(pieces) == end.text
    assert end.text.splitlines() == [f"{n}) {text}" for n, text in enumerate(dealt.texts, 1)]
    assert (end.stop, end.model, end.dealt, end.cost_micros) == ("end", "deck", dealt.ids, 0)
    assert numbered_ideas(end.text) == dealt.texts


async def test_a_deck_that_starts_over_says_so_above_its_ideas() -> None:
    used_up = replace(FULL, dealt=frozenset(card.id for card in all_cards()), deals=40)

    _, end = await written(brief(Mode.TWIST, used_up))

    assert end.text.startswith(say("deck.reshuffled"))
    assert len(numbered_ideas(end.text)) == IDEAS


@pytest.mark.parametrize("mode", [mode for mode in Mode if not mode.deals_ideas])
async def test_asked_for_prose_the_deck_says_what_it_can_do_and_how_to_get_a_writer(mode: Mode) -> None:
    with pytest.raises(WriterError) as refused:
        await written(brief(mode))

    assert not refused.value.again
    for words in ("not an AI", f"`{mode}`", "`options`", "`ANTHROPIC_API_KEY`"):
        assert words in str(refused.value)


async def test_the_deck_answers_no_questions() -> None:
    with pytest.raises(WriterError, match="deck of cards"):
        await Deck().answer(brief(Mode.OPTIONS), {})


def test_the_deck_is_honest_about_what_it_is() -> None:
    able = Deck().capabilities

    assert (able.provider, able.label) == ("deck", "the deck (no AI)")
    assert (able.ideas, able.prose, able.schema, able.remote) == (True, False, False, False)
    assert {"deck.label", "deck.reshuffled", "deck.no_prose", "deck.no_answers"} <= keys()
