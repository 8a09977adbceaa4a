"""Public cards of the story: the house, scenes, passages, turns, stops and wraps."""

from __future__ import annotations

from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Text, button
from bot.faces import passages, stopping, stories
from bot.sentences import literal, say
from bot.story.books import Books
from bot.story.snapshot import Snapshot
from bot.story.stories import Story


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
            return _turn(room, subject)
        case "stopped":
            return stopping.stopped(room) if room.room.stopped_at is not None else Card(parts=(Text(say("stop.over")),))
        case _:
            story = room.stories.get(subject)
            return None if story is None else _finished(story)


def _finished(story: Story) -> Card:
    """The post of a story's wrap."""
    text = Text(say("story.finished", n=story.passages, words=f"{story.words:,}"))
    return Card(literal(story.title), (text,), (button(say("story.read"), "read"),), notify=True)


def _turn(room: Snapshot, subject: str) -> Card | None:
    """The notice of one turn; of a turn that is over nothing is posted any more."""
    story_id, number, *again = subject.split(":")
    turn, story = room.turns.get(story_id), room.stories.get(story_id)
    if turn is None or turn.current is None or story is None or str(turn.number) != number:
        return None
    key = ("turn.called_again" if again else "turn.called") if turn.ping else ("turn.notice_again" if again else "turn.notice")
    text = Text(say(key, name=room.name(turn.current), story=story.title))
    actions = (Action(say("story.write"), Call("extend"), "main"), button(say("turn.pass"), "turn pass"))
    return Card(parts=(text,), actions=actions, notify=True, ping=turn.current if turn.ping else "")
