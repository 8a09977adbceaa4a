"""A stopped scene: the nameless public card, and the ways to go on."""

from __future__ import annotations

from bot.cards import Action, Card, Text, button
from bot.sentences import say

WAYS = ("fade", "back", "carry_on", "end")


def ways() -> tuple[Action, ...]:
    """How a room may go on after a stop."""
    return tuple(button(say(f"stop.{way}"), "stop-card go", way=way) for way in WAYS)


def stopped() -> Card:
    """The public card."""
    return Card(say("stop.title"), (Text(say("stop.text")),), ways(), notify=True)
