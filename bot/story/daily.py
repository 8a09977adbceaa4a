"""The day's prompt: asked by a schedule or by somebody, closed by time or by hand, or missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from bot.story.ledger import Act
from bot.story.moments import Due, Mark, Moment, Outcome
from bot.story.prompt_sources import Stock, chosen
from bot.story.prompts import Prompt, Wish
from bot.story.snapshot import Snapshot


def ask(
    room: Snapshot, wish: Wish, stock: Stock, moment: Moment, *, schedule_id: str = "", day: date | None = None,
    closes_at: datetime | None = None, missed: Sequence[date] = (),
) -> Outcome[Prompt]:  # fmt: skip
    """Ask the room. Who may ask is judged by who calls this (a schedule may always).

    `day` is the schedule's local date: the database keeps one prompt for each schedule and date. Without `closes_at` it
    stays open until somebody closes it. `missed` are dates that its card tells were missed. Raises UserError when even
    the deck holds nothing for the wish.
    """
    words = chosen(wish, stock, moment.now)
    here = replace(room.room, prompts=room.room.prompts + 1)
    prompt = Prompt(
        moment.new_id(), here.id, here.prompts, words.kind, wish.genre if words.idea is None else "any", words.source,
        words.text, moment.now, blind=wish.blind, closes_at=closes_at, by=moment.key, schedule_id=schedule_id or None,
        day=day.isoformat() if day is not None else None, missed=tuple(d.isoformat() for d in missed),
        measure=words.measure, card_id=words.card.id if words.card else "", idea_id=words.idea.id if words.idea else None,
        machine_text_id=words.machine.id if words.machine else None, label=words.machine.label if words.machine else "",
        wished=wish.source, instead=words.instead,
    )  # fmt: skip
    act = Act(
        "prompt.asked", (here.id, prompt.id), moment.key, "",
        {"number": prompt.number, "source": prompt.source, "kind": prompt.kind, "day": prompt.day or ""},
    )  # fmt: skip
    dues = (Due("prompt_close", prompt.id, closes_at),) if closes_at is not None else ()
    return Outcome(prompt, (here, prompt, *words.rows), (act,), (Mark("prompt", prompt.id),), dues)


def missed(
    room: Snapshot, wish: Wish, schedule_id: str, day: date, moment: Moment
) -> Outcome[Prompt]:
    """A day on which a schedule's prompt was not asked, because the bot was down: kept for streaks, and never shamed."""
    prompt = Prompt(
        moment.new_id(), room.room.id, 0, "spark", wish.genre, wish.source, "", moment.now, "missed",
        schedule_id=schedule_id, day=day.isoformat(), wished=wish.source,
    )  # fmt: skip
    return Outcome(prompt, (prompt,))
