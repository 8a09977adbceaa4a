"""Where a prompt's words come from: the deck, the room's own list, or the co-writer's text that was prepared for it.

What is wished for and is not there never makes a prompt late: then the deck's next card is asked, and the card says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.errors import UserError
from bot.story.moments import Due, Moment, Outcome
from bot.story.passages import MachineText
from bot.story.prompts import Instead, Kind, Prompt, PromptIdea, PromptOrder, Source, Wish
from bot.story.snapshot import Snapshot

LEAD = timedelta(minutes=30)
"""So long before its hour a co-writer's prompt is ordered."""


@dataclass(frozen=True, slots=True)
class DeckCard:
    """A card of the deck as it would be asked."""

    id: str
    kind: Kind
    text: str
    measure: str = ""
    own: bool = False
    """It is filled from the room's own story."""


@dataclass(frozen=True, slots=True)
class Stock:
    """What the sources hold for a wish."""

    cards: tuple[DeckCard, ...]
    """What the deck deals next for this wish, the first one first; none of them was asked since it was last used up."""
    ideas: tuple[PromptIdea, ...] = ()
    """The room's list, the one to be asked next first."""
    machine: MachineText | None = None
    """The co-writer's text for this wish."""
    order: PromptOrder | None = None
    """What ordered it."""
    instead: Instead = ""
    """Why there is nothing from the wished source, where the reason is not plain from the rest."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words that are asked, with what they were made of, and the rows that follow from their use."""

    source: Source
    kind: Kind
    text: str
    measure: str = ""
    card: DeckCard | None = None
    idea: PromptIdea | None = None
    machine: MachineText | None = None
    instead: Instead = ""
    rows: tuple[object, ...] = ()


def chosen(wish: Wish, stock: Stock, now: datetime) -> Words:
    """The words for a wish: its source's where that has any, else the deck's next card."""
    order = (replace(stock.order, state="used"),) if stock.order is not None else ()
    if wish.source == "list" and stock.ideas:
        idea = replace(stock.ideas[0], used_at=now)
        return Words("list", "spark", idea.text, idea=idea, rows=(idea, *order))
    if wish.source == "co-writer" and stock.machine is not None:
        used = replace(stock.machine, state="used", public=True)
        kind: Kind = "spark" if wish.kind == "any" else wish.kind
        return Words("co-writer", kind, used.text, machine=used, rows=(used, *order))
    if not stock.cards:
        raise UserError("prompt.no_cards")
    card = stock.cards[0]
    source: Source = "story" if card.own else "deck"
    return Words(source, card.kind, card.text, card.measure, card, instead=_why(wish, stock, card), rows=order)


def _why(wish: Wish, stock: Stock, card: DeckCard) -> Instead:
    match wish.source:
        case "list":
            return stock.instead or "empty_list"
        case "story":
            return "" if card.own else "no_story"
        case "co-writer":
            return stock.instead or (stock.order.why if stock.order is not None else "") or "late"
        case _:
            return ""


def order_id(room_id: str, schedule_id: str) -> str:
    """The id of a schedule's order: there is one at a time."""
    return f"{room_id}/{schedule_id}"


def plan(snapshot: Snapshot, schedule_id: str, wish: Wish, needed_at: datetime, moment: Moment) -> Outcome[None]:
    """Order a schedule's next prompt of the co-writer ahead of its hour; for other sources, drop what was ordered.

    A schedule's rule calls it with every next instant it keeps; an order that stands for the same hour is left alone by
    being planned anew only when nobody writes it yet.
    """
    id_ = order_id(snapshot.room.id, schedule_id)
    if wish.source != "co-writer":
        return Outcome(None, dues=(Due("prompt_order", id_, None),))
    made = PromptOrder(id_, snapshot.room.id, schedule_id, wish.kind, wish.genre, needed_at)
    at = max(moment.now, needed_at - LEAD)
    return Outcome(None, (made,), dues=(Due("prompt_order", id_, at),))


def of_the_room(prompt: Prompt) -> bool:
    """Whether people of this room wrote its words."""
    return prompt.source == "list"
