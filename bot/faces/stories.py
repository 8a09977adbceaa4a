"""Stories: receipts, the list, the status, and the house card."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Items, Part, Reply, Text, button, note
from bot.faces import passages, rules, stopping
from bot.sentences import Marked, literal, say, spot
from bot.story.house_rules import in_force
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import StoryNews


def begun(news: StoryNews, room: Snapshot) -> Reply:
    """The receipt of a new story; when the room opened with it, the one question comes too."""
    pitch = Action(say("story.pitch"), Call("pitch"), "main")
    first = Card(
        parts=(Text(say("story.begun", title=news.story.title)),),
        actions=(pitch, Action(say("story.write"), Call("extend"))),
    )
    return (
        Reply.of(first, rules.which_kind(room))
        if news.house_opened and not room.room.preset_chosen
        else Reply.of(first)
    )


def told(key: str, news: StoryNews) -> Reply:
    """The receipt of an act on a story."""
    parts: list[Part] = [Text(say(f"story.{key}", title=news.story.title, was=news.was))]
    if news.cancelled:
        parts.append(Text(say("story.rounds_cancelled", n=len(news.cancelled))))
    if news.unfolded:
        parts.append(Text(say("story.unfolded")))
    undo = {
        "paused": ("story.resume", "story-card resume"),
        "archived": ("story.reopen", "story-card reopen"),
    }.get(key)
    actions = (button(say(undo[0]), undo[1], number=news.story.number),) if undo else ()
    return Reply.of(Card(parts=tuple(parts), actions=actions))


def listed(stories: Sequence[Story]) -> Reply:
    """The stories of a room."""
    if not stories:
        return Reply.of(note(say("story.none_yet")))
    rows = [
        say(
            "story.line",
            number=s.number,
            title=s.title,
            state=say(f"story.is_{s.status}"),
            n=s.passages,
            words=f"{s.words:,}",
            id=s.id,
        )
        for s in stories
    ]
    return Reply.of(Card(say("story.list_title"), (Items(tuple(rows[:40]), numbered=True),)))


def status(room: Snapshot, story: Story, now: datetime) -> Reply:
    """Where a story stands: who is writing, what is open, what comes next."""
    rows = [
        say("story.size", n=story.passages, words=f"{story.words:,}", state=say(f"story.is_{story.status}"))
    ]
    scenes = {s.id: s for s in room.scenes_of(story.id)}
    if (scene := scenes.get(story.scene_id)) is not None:
        key = "story.in_scene" if scene.title else "story.in_scene_untitled"
        rows.append(say(key, number=scene.number, title=scene.title))
    if held := passages.pen_held(room, story, now):
        rows.append(held)
    rows += [say("story.round_open", question=r.question) for r in room.open_rounds(story.id)]
    turn = room.turns.get(story.id)
    if turn is not None and turn.current is not None:
        rows.append(say("story.turn_of", name=room.name(turn.current)))
    rows.append(say("story.how_extended", how=say(f"story.extend_{in_force(room.room).extend}")))
    actions: list[Action] = []
    if room.room.stopped_at is not None:
        rows.insert(0, say("stop.now", who=stopping.runners(room)))
        actions += stopping.ways()
    elif story.status == "paused":
        actions.append(button(say("story.resume"), "story-card resume", number=story.number))
    elif story.status in ("archived", "wrapped"):
        actions.append(button(say("story.reopen"), "story-card reopen", number=story.number))
    else:
        actions += [
            Action(say("story.pitch"), Call("pitch")),
            Action(say("story.write"), Call("extend")),
            Action(say("story.read"), Call("read")),
        ]
    return Reply.of(Card(literal(story.title), (Items(tuple(rows)),), tuple(actions)))


def house(room: Snapshot) -> Card:
    """The house card: what we write here, who can join, what is kept, what the machine may do, where to press first."""
    story = room.story
    machine = say("story.house_machine_on" if room.room.machine_on_at else "story.house_machine_off")
    parts = [
        Text(say("story.house_writing", title=story.title) if story else say("story.house_empty")),
        Text(Marked(f"{machine} {say('story.house_kept')}")),
    ]
    actions = (
        Action(say("story.pitch"), Call("pitch"), "main"), button(say("story.how_it_works"), "help"),
        button(say("story.house_rules"), "showrunner rules"), button(say("story.my_words"), "my ai"),
    )  # fmt: skip
    here = spot(room.room.space, room.room.channel, room.room.thread, say("story.house_here"))
    return Card(say("story.house_title", place=here), tuple(parts), actions)
