"""What the sources of a prompt hold in a room now: read in one look, for whoever asks (a person or a schedule)."""

from __future__ import annotations

from dataclasses import replace

from bot.story.books import Books
from bot.story.content_lines import crossed
from bot.story.moments import Moment
from bot.story.passages import MachineText
from bot.story.prompt_sources import Stock, order_id
from bot.story.prompts import Instead, Wish
from bot.writing.briefs import Materials
from bot.writing.prompt_cards import neglected, next_card

PASSAGES = 200
"""Passages in which people of canon are looked for, to find whom the story neglects."""


def stocked(
    books: Books, wish: Wish, moment: Moment, *, schedule_id: str = "", machine: MachineText | None = None, instead: Instead = ""
) -> Stock:
    """What can be asked for this wish. `machine` is a co-writer's text that was just written; else what a schedule's order
    holds serves, if it is ready by now."""
    room = books.snapshot()
    materials = _materials(books) if wish.source == "story" else None
    card = next_card(
        wish.kind, books.dealt_cards(), materials, moment.ids.number, lambda text: not crossed(room.room, text)
    )
    found = Stock((card,) if card is not None else (), machine=machine, instead=instead)
    if wish.source == "list":
        ideas = books.prompt_ideas()
        fine = tuple(i for i in ideas if not crossed(room.room, i.text))
        return replace(found, ideas=fine, instead="lines" if ideas and not fine else "")
    if wish.source == "co-writer" and schedule_id:
        return _ordered(books, found, schedule_id)
    return found


def _ordered(books: Books, found: Stock, schedule_id: str) -> Stock:
    """What was prepared for a schedule's hour."""
    order = books.prompt_order(order_id(books.snapshot().room.id, schedule_id))
    if order is None or order.state in ("used", "gone"):
        return found
    ready = books.machine_text(order.machine_text_id) if order.state == "ready" and order.machine_text_id else None
    if ready is None or ready.veil or not ready.text:
        return replace(found, order=order)
    if crossed(books.snapshot().room, ready.text):
        return replace(found, order=order, instead="lines")
    return replace(found, order=order, machine=ready)


def _materials(books: Books) -> Materials:
    """What the story lends a card: people in the order of neglect, the thread that has been open longest first."""
    story = books.snapshot().story
    if story is None:
        return Materials()
    facts = books.facts(story.id, limit=500)
    texts = [v.text for p, v in books.passages(story.id, limit=PASSAGES, last=True) if not p.veil]

    def named(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(f.name for f in facts if f.kind == kind))

    return Materials(neglected(named("character"), texts), named("place"), named("thing"), named("thread"))
