"""Public cards of the story: the house, scenes, passages, turns, stops and wraps."""

from __future__ import annotations

from datetime import datetime

from bot.cards import Card, Text
from bot.faces import passages, stopping, stories
from bot.sentences import literal, say
from bot.story.books import Books


def draw(kind: str, subject: str, books: Books, now: datetime) -> Card | None:
    """The card of a story's post as it shall show now."""
    room = books.snapshot()
    match kind:
        case "house":
            return stories.house(room)
        case "scene":
            scene = room.scenes.get(subject)
            return None if scene is None else passages.scene_head(room, scene, now)
        case "passage":
            found = books.passage(subject)
            return None if found is None else passages.public(room, *found)
        case "turn":
            turn, story = room.turns.get(subject), room.stories.get(subject)
            if turn is None or turn.current is None or story is None:
                return None
            return Card(
                parts=(Text(say("turn.notice", name=room.name(turn.current), story=story.title)),),
                notify=True,
            )
        case "stopped":
            return stopping.stopped() if room.room.stopped_at is not None else Card(parts=(Text(say("stop.over")),))
        case _:
            story = room.stories.get(subject)
            return (
                None
                if story is None
                else Card(literal(story.title), (Text(say("story.wrapped", title=story.title)),), notify=True)
            )
