"""The deck: a co-writer without a model. It deals hand-written ideas, filled with this story's own names."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass
from itertools import cycle, zip_longest
from random import Random
from typing import Any, Literal

from bot.errors import WriterError
from bot.sentences import say
from bot.writing.briefs import Brief, Capabilities, Materials, Mode, Written
from bot.writing.cards import Card, all_cards
from bot.writing.filling import offers, pools, worded

IDEAS = 3
"""How many ideas one deal has."""
NAMES = 6
"""How many names one deal has: they are short, and most are tried on and put back."""
_RATHER_OWN = 0.4
"""How far to the front cards move that borrow from the story: it should feel dealt for this story, mostly."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What one deal put on the table: the cards' ids, their filled texts, and whether it started over."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    reshuffled: bool = False


def deal(mode: Mode | Literal["prompt"], materials: Materials, seed: str, count: int) -> Dealt:
    """Deal `count` cards for this mode: the same for the same story, seed and number of earlier deals.

    No card comes twice in a story before all cards of the mode have; kinds that were dealt least come first.
    A mode that no card serves (prose) deals nothing.
    """
    serving = [card for card in all_cards() if str(mode) in card.serves]
    hand = _order(serving, materials, Random(f"{seed}/{mode}/{materials.deals}"))[:count]  # noqa: S311 - a game
    reshuffled = len(hand) < min(count, len(serving))
    if reshuffled:
        # Nothing records what was dealt since the deck ran out: a window that moves on with each deal
        # keeps those hands apart.
        again = _order(serving, Materials(), Random(f"{seed}/{mode}"))  # noqa: S311 - a game
        start = materials.deals * count % len(again)
        rest = [card for card in again[start:] + again[:start] if card not in hand]
        hand += rest[: count - len(hand)]
    filled = _fill(hand, materials, Random(f"{seed}/{mode}/{materials.deals}/names"))  # noqa: S311 - a game
    return Dealt(tuple(card.id for card in hand), tuple(filled), reshuffled)


class Deck:
    """A Writer that deals, the default without a key. It says that it is a deck and leaves prose to people."""

    @property
    def capabilities(self) -> Capabilities:
        """Ideas only, and nothing leaves this machine."""
        return Capabilities(provider="deck", label=str(say("deck.label")), ideas=True)

    async def write(self, brief: Brief) -> AsyncGenerator[str | Written, None]:
        """Yield a numbered list of ideas, a line at a time; a WriterError where prose was asked for."""
        if not brief.mode.deals_ideas:
            raise WriterError("deck.no_prose", again=False, mode=brief.mode)
        count = NAMES if brief.mode is Mode.NAMES else IDEAS
        dealt = deal(brief.mode, brief.materials, brief.seed, count)
        lines = [f"{number}) {text}" for number, text in enumerate(dealt.texts, 1)]
        if dealt.reshuffled:
            lines.insert(0, f"{say('deck.reshuffled')}\n")
        text = "\n".join(lines)
        for piece in text.splitlines(keepends=True):
            yield piece
        yield Written(text, stop="end", model="deck", dealt=dealt.ids)

    async def answer(self, brief: Brief, schema: dict[str, Any]) -> dict[str, Any]:
        """Always WriterError: cards hold no answers."""
        raise WriterError("deck.no_answers", again=False)


def _order(cards: Iterable[Card], materials: Materials, dice: Random) -> list[Card]:
    """Fresh cards in the order of dealing: kinds in turn, the least used first, this story's own foremost."""
    offered = offers(materials)
    kinds: dict[str, list[Card]] = {}
    for card in cards:
        kinds.setdefault(card.kind, []).append(card)
    piles: list[tuple[float, float, list[Card]]] = []
    for pile in kinds.values():
        fresh = [card for card in pile if card.id not in materials.dealt]
        fresh.sort(key=lambda card: _rank(card, offered, dice))
        piles.append((1 - len(fresh) / len(pile), dice.random(), fresh))
    piles.sort(key=lambda entry: entry[:2])
    return [card for row in zip_longest(*(pile for _, _, pile in piles)) for card in row if card is not None]


def _rank(card: Card, offers: frozenset[str], dice: Random) -> float:
    """Cards that borrow what the story has come early; those that borrow what it lacks wait until it may."""
    luck = dice.random()
    if not card.holes:
        return luck
    return luck * _RATHER_OWN if card.holes <= offers else 1 + luck


def _fill(cards: Iterable[Card], materials: Materials, dice: Random) -> Iterator[str]:
    """The cards' texts; names are handed out in turn, so that one deal speaks of several people."""
    found, offered = pools(materials), offers(materials)
    for pool in found.values():
        dice.shuffle(pool)
    sources = {hole: cycle(pool) for hole, pool in found.items()}
    sources["other"] = sources["cast"]
    for card in cards:
        if card.holes <= offered:
            yield worded(card.text, {hole: next(sources[hole]) for hole in sorted(card.holes)})
        else:
            yield card.plain
