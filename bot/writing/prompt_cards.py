"""The deck as a source of prompts: which card comes next in a room, plain or filled from the room's own story.

No card of a kind comes twice before all of that kind have been asked here. Filled cards begin with what the story
neglects: the person of canon who was named longest ago, the thread that has been open longest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bot.story.prompt_sources import DeckCard
from bot.story.prompts import KINDS, Kind, WishKind
from bot.writing.briefs import Materials
from bot.writing.cards import Card, all_cards
from bot.writing.filling import offers, pools, worded

PILES: dict[Kind, tuple[str, ...]] = {
    "spark": ("spark", "question"), "first-line": ("first-line",), "dialogue": ("dialogue",),
    "constraint": ("measure", "constraint"), "voice": ("voice",), "image": ("image",), "break": ("break",),
    "villain": ("villain",),
}  # fmt: skip
"""Which kinds of the deck's cards serve which kind of prompt."""

Dice = Callable[[int], int]


def pile(kind: Kind) -> tuple[Card, ...]:
    """All cards of a kind of prompt."""
    return tuple(card for card in all_cards() if card.kind in PILES[kind] and "prompt" in card.serves)


def next_card(
    wish: WishKind, dealt: Sequence[str], materials: Materials | None, dice: Dice,
    allowed: Callable[[str], bool] = lambda _: True,
) -> DeckCard | None:  # fmt: skip
    """The card that is asked next. `dealt` are the ids of all that were asked here, oldest first.

    With `materials` a card is filled from them where it can be; without any that can, the plain deck serves (and the
    card is not `own`). `allowed` judges a card's words. None when nothing that is allowed is left at all.
    """
    holes = offers(materials) if materials is not None else frozenset()
    kinds = _by_rest(dealt, dice) if wish == "any" else (wish,)
    for own in (True, False) if holes else (False,):
        for kind in kinds:
            cards = [c for c in pile(kind) if not own or (c.holes and c.holes <= holes)]
            drawn = _drawn(cards, kind, dealt, materials if own else None, dice, allowed)
            if drawn is not None:
                return drawn
    return None


def _drawn(
    cards: Sequence[Card], kind: Kind, dealt: Sequence[str], materials: Materials | None, dice: Dice,
    allowed: Callable[[str], bool],
) -> DeckCard | None:  # fmt: skip
    worded_cards = [DeckCard(c.id, kind, _text(c, materials), c.measure, materials is not None) for c in cards]
    fine = [c for c in worded_cards if allowed(c.text)]
    fresh = _fresh([c.id for c in fine], dealt)
    left = [c for c in fine if c.id in fresh]
    return left[dice(len(left))] if left else None


def _text(card: Card, materials: Materials | None) -> str:
    if materials is None:
        return card.plain
    found = pools(materials)
    cast = found["cast"]
    borrowed = {hole: pool[0] for hole, pool in found.items() if pool}
    if cast:
        borrowed["other"] = cast[1] if "cast" in card.holes else cast[0]
    return worded(card.text, borrowed)


def _fresh(ids: Sequence[str], dealt: Iterable[str]) -> frozenset[str]:
    """What has not come since the pile was last used up; after it was, everything but the card that ended it."""
    pile_, seen, last = frozenset(ids), set[str](), ""
    for id_ in dealt:
        if id_ in pile_:
            seen.add(id_)
            last = id_
            if seen == pile_:
                seen.clear()
    if not seen and len(pile_) > 1:
        return pile_ - {last}
    return pile_ - seen


def _by_rest(dealt: Sequence[str], dice: Dice) -> tuple[Kind, ...]:
    """All kinds, those first that were asked longest ago."""
    last = {card: n for n, card in enumerate(dealt)}
    rested = [(max((last.get(c.id, -1) for c in pile(kind)), default=-1), dice(1_000), kind) for kind in KINDS]
    return tuple(kind for _, _, kind in sorted(rested))


def neglected(names: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """Names in the order of neglect: those that no text names first, then by how long ago (texts are oldest first)."""
    folded = [text.casefold() for text in texts]

    def last(name: str) -> int:
        word = name.casefold()
        return max((n for n, text in enumerate(folded) if word in text), default=-1)

    return tuple(sorted(dict.fromkeys(names), key=last))
