"""A stopped scene: the nameless public card, and the ways to go on."""

from __future__ import annotations

from bot.cards import Action, Card, Text, button
from bot.sentences import Marked, literal, say
from bot.story.house_rules import showrunners
from bot.story.snapshot import Snapshot

_NAMED = 3
WAYS = ("fade", "back", "carry_on", "end")


def ways() -> tuple[Action, ...]:
    """How a room may go on after a stop."""
    return tuple(button(say(f"stop.{way}"), "stop-card go", way=way) for way in WAYS)


def runners(room: Snapshot) -> Marked:
    """Who runs the room, by name: the first of a sentence about what they choose."""
    names = [room.name(key) for key in showrunners(room)]
    if not names:
        return say("stop.the_showrunner")
    if len(names) > _NAMED:
        return say("stop.several", names=", ".join(names[:_NAMED]))
    *before, last = names
    return say("stop.both", names=", ".join(before), last=last) if before else literal(last)


def stopped(room: Snapshot) -> Card:
    """The public card."""
    return Card(say("stop.title"), (Text(say("stop.text", who=runners(room))),), ways(), notify=True)
