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
from bot.writing.cards import HOLE, Card, all_cards

IDEAS = 3
"""How many ideas one deal has."""
NAMES = 6
"""How many names one deal has: they are short, and most are tried on and put back."""
MOST = 80
"""Characters of a name or phrase of the story that go into a card; the rest is cut at a word."""
_DETERMINERS = (
    "a an the this that these those his her their its my our your one two three four five six seven eight nine"
    " ten some every each no all both der die das le la les el los las il lo gli den det de het een"
)
_DETERMINED = frozenset(_DETERMINERS.split())
_RATHER_OWN = 0.4
"""How far to the front cards move that borrow from the story: it should feel dealt for this story, mostly."""


@dataclass(frozen=True, slots=True)
class Dealt:
    """What one deal put on the table: the cards' ids, their filled texts, and whether the deck started over."""

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
    """The Writer that deals: the default without a key. It says that it is a deck, and leaves prose to people."""

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
    """Fresh cards in the order of dealing: the kinds in turn, the least used first, this story's own foremost."""
    offers = _offers(materials)
    kinds: dict[str, list[Card]] = {}
    for card in cards:
        kinds.setdefault(card.kind, []).append(card)
    piles: list[tuple[float, float, list[Card]]] = []
    for pile in kinds.values():
        fresh = [card for card in pile if card.id not in materials.dealt]
        ranks = {card.id: _rank(card, offers, dice) for card in fresh}
        ranked = sorted(fresh, key=lambda card, ranks=ranks: (ranks[card.id], card.id))
        piles.append((1 - len(ranked) / len(pile), dice.random(), ranked))
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
    people, offers = _names(materials.cast), _offers(materials)
    pools = {
        "place": [_with_article(_bare(name)) for name in _names(materials.places)],
        "thing": [_with_article(_bare(name)) for name in _names(materials.things)],
        "thread": [_bare(name) for name in _names(materials.threads)],
    }
    for pool in (people, *pools.values()):
        dice.shuffle(pool)
    cast, others = cycle(people), {hole: cycle(pool) for hole, pool in pools.items()}
    for card in cards:
        if not card.holes <= offers:
            yield card.plain
            continue
        sources = {hole: cast if hole in ("cast", "other") else others[hole] for hole in sorted(card.holes)}
        yield _worded(card.text, {hole: next(source) for hole, source in sources.items()})


def _offers(materials: Materials) -> frozenset[str]:
    cast = len(_names(materials.cast))
    lists = {"place": materials.places, "thing": materials.things, "thread": materials.threads}
    offers = {hole for hole, names in lists.items() if _names(names)}
    return frozenset(offers | ({"cast"} if cast else set()) | ({"other"} if cast > 1 else set()))


def _worded(text: str, borrowed: dict[str, str]) -> str:
    """The text with its holes filled; what opens a sentence gets its capital."""
    worded, at = [], 0
    for hole in HOLE.finditer(text):
        before, name = text[: hole.start()].rstrip(" "), borrowed[hole[1]]
        opens = not before or before[-1] in ".!?"
        worded += [text[at : hole.start()], name[0].upper() + name[1:] if opens else name]
        at = hole.end()
    return "".join(worded) + text[at:]


def _names(names: Iterable[str]) -> list[str]:
    """Names on one line each, cut at a word where they are long, without blanks and repetitions."""
    kept: dict[str, str] = {}
    for given in names:
        name = " ".join(given.split())
        if len(name) > MOST:
            cut = name[: MOST - 1]
            name = (cut.rpartition(" ")[0] or cut) + "…"
        if any(c.isalnum() for c in name):
            kept.setdefault(name.casefold(), name)
    return list(kept.values())


def _bare(phrase: str) -> str:
    """A phrase that can stand inside a sentence: without a full stop or quotation marks of its own."""
    return phrase.strip("“”\"„«» ").rstrip(".,;: ") or phrase


def _with_article(name: str) -> str:
    """`lantern` as `the lantern`; proper names and what has its article already stay as they are."""
    first = name.split(maxsplit=1)[0].casefold()
    known = first in _DETERMINED or "'" in first or "’" in first
    return name if known or not name[0].islower() else f"the {name}"
