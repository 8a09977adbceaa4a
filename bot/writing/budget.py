"""The budget that a group sees: a cap a room and month, a share of it a person, judged before each call."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.errors import UserError
from bot.settings import Price
from bot.story.house_rules import in_force
from bot.story.rooms import Room
from bot.writing.briefs import Brief

UNSAID_CENTS = 500
"""The cap of a room whose rules ask, until somebody says another."""
CHARS_A_TOKEN = 3.5
"""Characters a token at least; English prose has about four."""


def cap_cents(room: Room, default_dollars: float | None = None) -> int:
    """What a room may spend in a month, in US cents: what was agreed when the machine came, else the house's, else the preset's."""
    if room.budget_cents:
        return room.budget_cents
    if default_dollars is not None:
        return int(default_dollars * 100)
    preset = in_force(room).budget
    return preset * 100 if preset >= 0 else UNSAID_CENTS


def spent_micros(room: Room, now: datetime) -> int:
    """What was spent this month, in millionths of a dollar."""
    return room.spent_micros if room.spent_month == month(now) else 0


def month(now: datetime) -> str:
    """The month that spending counts in."""
    return f"{now:%Y-%m}"


def worst_micros(brief: Brief, price: Price | None) -> int:
    """The most that a request can cost: every input token written to the cache, every output token used."""
    if price is None:
        return 0
    characters = sum(len(b.text) for b in brief.system) + sum(
        len(b.text) for t in brief.turns for b in t.blocks
    )
    dearest = max(price.input, price.write_1h, price.write_5m)
    return int(characters / CHARS_A_TOKEN * dearest + brief.max_tokens * price.output)


def check(
    room: Room, now: datetime, worst: int, asked_micros: int, cap: int, share: float | None = None
) -> None:
    """Refuse a request that could pass the room's cap or the asker's share. Raises UserError; the room goes on, humans only.

    `asked_micros` is what the asker has cost this month; `cap` is in cents.
    """
    total = cap * 10_000
    if spent_micros(room, now) + worst > total:
        raise UserError("assist.budget_room", dollars=f"{cap / 100:.2f}")
    part = (in_force(room).budget_share / 100) if share is None else share
    if part and asked_micros + worst > total * part:
        raise UserError("assist.budget_person", dollars=f"{cap / 100 * part:.2f}")


def spend(room: Room, micros: int, now: datetime) -> Room:
    """The room after it spent this much."""
    return replace(room, spent_micros=spent_micros(room, now) + micros, spent_month=month(now))
