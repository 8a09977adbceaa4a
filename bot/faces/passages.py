"""Passages: the public message, the scene's head, receipts, and the card when others wrote meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.calls import Call
from bot.cards import Action, Card, Items, Part, Prose, Reply, Small, Text, button
from bot.faces.times import when
from bot.sentences import Marked, literal, say
from bot.story import pens
from bot.story.extending import Extended, StoryMovedOn
from bot.story.house_rules import in_force
from bot.story.passages import Passage, PassageVersion
from bot.story.revising import Revised
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story
from bot.story.text import first_words, shorten
from bot.story.veiling import mark

PIECE = 3_000
"""Characters of a text on one card; more is several cards."""
PARTS_MOST = 24
"""Passages on one card of a reading."""


def pieces(text: str) -> list[str]:
    """A long text in pieces that fit a card, cut at a paragraph, a line or a word."""
    found = []
    while len(text) > PIECE:
        at = max(text.rfind("\n\n", 0, PIECE), text.rfind("\n", PIECE // 2, PIECE))
        if at < PIECE // 2:
            at = text.rfind(" ", PIECE // 2, PIECE)
        at = at if at > 0 else PIECE
        found.append(text[:at])
        text = text[at:].lstrip("\n ")
    return [*found, text]


def public(room: Snapshot, passage: Passage, version: PassageVersion) -> Card | None:
    """A passage as its own message."""
    if passage.veil == "erased":
        return None
    if passage.status != "standing":
        return Card(parts=(Small(say(f"passage.is_{passage.status}", number=passage.number)),))
    if passage.veil:
        return Card(parts=(Small(say("veil.passage_hidden", number=passage.number)),))
    story = room.stories.get(passage.story_id)
    by = say("passage.by", number=passage.number, name=room.name(passage.author))
    if in_force(room.room).folded and story is not None and story.status != "wrapped":
        return Card(parts=(Prose(passage.closing, by), Small(say("passage.folded"))), notify=True)
    shown = pieces(version.text)
    parts: list[Part] = [Prose(version.text, by, name=f"passage-{passage.number}")]
    if len(shown) > 1:
        rest = say("passage.goes_on", words=f"{passage.words:,}", number=passage.number)
        parts = [Prose(shown[0], by, whole=version.text, rest=rest, name=f"passage-{passage.number}")]
    if passage.machine:
        parts.append(Small(say("passage.machine", name=room.name(passage.author))))
    return Card(parts=tuple(parts), notify=True)


def receipt(done: Extended) -> Reply:
    """The receipt of a passage."""
    passage = done.passage
    parts: list[Part] = [
        Text(say("passage.in", number=passage.number, n=passage.words, story=done.story.title))
    ]
    if done.replaced:
        parts.append(Text(say("text.replaced", n=done.replaced)))
    if done.turn is not None and done.turn.current is not None:
        parts.append(Text(say("turn.now", name=done.turn.current)))
    fix = Action(
        say("passage.fix"), Call("passage-card fix", {"passage": passage.id, "version": str(passage.version)})
    )
    return Reply.of(Card(parts=tuple(parts), actions=(fix, button(say("passage.undo"), "undo"))))


def fixed(done: Revised) -> Reply:
    """The receipt of a new version."""
    again = Action(
        say("passage.fix"),
        Call("passage-card fix", {"passage": done.passage.id, "version": str(done.passage.version)}),
    )
    return Reply.of(
        Card(
            parts=(Text(say("passage.fixed", number=done.passage.number, version=done.passage.version)),),
            actions=(again,),
        )
    )


def moved_on(asked: StoryMovedOn) -> Reply:
    """Others wrote meanwhile: the text is safe, and its writer says where it goes."""
    lines = [say("passage.since", name=s.name, opening=first_words(s.opening, 60) or say("veil.somewhere")) for s in asked.since]
    if asked.more:
        lines.append(say("passage.since_more", n=asked.more))
    draft = asked.draft.id
    return Reply.of(
        Card(
            say("passage.moved_title"),
            (Text(say("passage.moved", n=asked.words)), Items(tuple(lines))),
            (
                button(say("passage.after_theirs"), "draft write", "main", draft=draft, answer="after"),
                Action(say("passage.change_mine"), Call("draft edit", {"draft": draft})),
                button(say("passage.pitch_instead"), "draft pitch", draft=draft),
                button(say("passage.keep"), "draft keep", draft=draft),
            ),
        )
    )


def reading(
    room: Snapshot, story: Story, found: Sequence[tuple[Passage, PassageVersion]], scenes: Sequence[Scene]
) -> Iterator[Card]:
    """Passages in order as cards, drawn as they are asked for; a scene's title where it begins."""
    titles = {scene.id: scene for scene in scenes if scene.title}
    folded = in_force(room.room).folded and story.status != "wrapped"
    title = literal(story.title)
    parts: list[Part] = []
    size = 0
    last = ""
    for n, (passage, version) in enumerate(found):
        if passage.scene_id != last and (scene := titles.get(passage.scene_id)) is not None:
            parts.append(Text(say("scene.heading", number=scene.number, title=scene.title)))
        last = passage.scene_id
        hidden = folded and n < len(found) - 1 and not passage.veil
        for piece in _told(room, passage, version, hidden=hidden):
            if parts and (size + len(piece) > PIECE or len(parts) > PARTS_MOST):
                yield Card(title, tuple(parts))
                title, parts, size = Marked(""), [], 0
            by = say("passage.by", number=passage.number, name=room.name(passage.author))
            parts.append(Small(piece) if hidden else Prose(piece, by))
            size += len(piece) + 80
    if parts:
        yield Card(title, tuple(parts))


def _told(room: Snapshot, passage: Passage, version: PassageVersion, *, hidden: bool) -> Sequence[str]:
    """What a reader is shown of a passage, in pieces that fit a card."""
    if hidden:
        return [say("passage.folded_one", name=room.name(passage.author))]
    return pieces(str(mark(passage.veil)) or version.text)


def scene_head(room: Snapshot, scene: Scene, now: datetime) -> Card | None:
    """The scene's card: its head, with the buttons."""
    story = room.stories.get(scene.story_id)
    if story is None or scene.status == "removed":
        return None
    title = say("scene.card" if scene.title else "scene.card_untitled", number=scene.number, title=scene.title, story=story.title)
    text = say("scene.card_text" if story.passages else "scene.card_empty", words=f"{story.words:,}", n=story.passages)
    if scene.status == "locked":
        return Card(title, (Text(text), Small(say("scene.is_locked"))))
    actions = (
        Action(say("story.write"), Call("extend"), "main"),
        Action(say("story.pitch"), Call("pitch")),
        button(say("turn.take_pen"), "pen take"),
        *_unwritten_actions(room, story),
        button(say("story.read"), "read"),
    )
    waits = _unwritten(room, story)
    parts = [Text(text)]
    if waits:
        parts.append(Text(say("scene.unwritten", idea=shorten(waits.text, 200))))
    if held := pen_held(room, story, now):
        parts.append(Text(held))
    return Card(title, tuple(parts), actions)


def pen_held(room: Snapshot, story: Story, now: datetime) -> Marked | None:
    """Who is writing right now, and how long the pen is theirs."""
    pen = room.pens.get(story.id)
    held = pens.holder(pen, now) if pen is not None else None
    if pen is None or held is None:
        return None
    if pen.until is None:
        return say("story.pen_kept", name=room.name(held))
    return say("story.pen_held", name=room.name(held), until=when(pen.until, room.room, now, relative=True))


def _unwritten(room: Snapshot, story: Story) -> Pitch | None:
    """The chosen idea that nobody has written yet."""
    pen = room.pens.get(story.id)
    return room.pitches.get(pen.pitch_id) if pen is not None and pen.pitch_id else None


def _unwritten_actions(room: Snapshot, story: Story) -> tuple[Action, ...]:
    if _unwritten(room, story) is None:
        return ()
    return (button(say("scene.draft_it"), "assist", mode="continue"),)
