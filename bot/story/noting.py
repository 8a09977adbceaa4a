"""Giving notes and resolving them; and the overview of a story's open notes.

Whoever may speak here may give one: readers and guests too. A note is resolved by who gave it, by the passage's
author, or by a showrunner. The author hears of it privately at their next act, and once more when it is due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import NotAllowed, UserError
from bot.story import text as texts
from bot.story.changes import Change, detail
from bot.story.errands import Errand, ErrandKind, errand, errand_id
from bot.story.guards import runs_the_room
from bot.story.ledger import Act
from bot.story.moments import Moment, Outcome
from bot.story.notes import Note
from bot.story.passages import Passage
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story

NOTES_MOST = 500
"""Open notes that a story holds."""


@dataclass(frozen=True, slots=True)
class NoteNews:
    """A note after it was given or resolved, for its receipt."""

    story: Story
    note: Note
    by: str
    """Display name of who gave it."""
    writer: str = ""
    """Display name of the passage's author."""


@dataclass(frozen=True, slots=True)
class Covered:
    """The open notes of one scene, or of the story as a whole (without a scene)."""

    scene: Scene | None
    open: int
    oldest: datetime | None
    passages: tuple[tuple[int, int], ...] = ()
    """(passage number, open notes on it)."""
    out: bool = False
    """Of scenes that were taken out of the story."""


def give(
    snapshot: Snapshot, story: Story, text: str, moment: Moment, *, standing: Sequence[Note],
    passage: Passage | None = None, due_at: datetime | None = None, message: str = "",
) -> Outcome[NoteNews]:  # fmt: skip
    """Give a note on a passage, or on the story as a whole. `standing` are the story's open notes."""
    if not moment.standing.can_post:
        raise NotAllowed("rules.cannot_post")
    words = texts.fit(text, "note", argument="text")
    if passage is not None and passage.status != "standing":
        raise UserError("messages.passage_out", argument="passage", number=passage.number)
    if due_at is not None and due_at <= moment.now:
        raise UserError("notes.due_passed", argument="due")
    if len(standing) >= NOTES_MOST:
        raise UserError("notes.full", argument="text", most=NOTES_MOST)
    note = Note(
        moment.new_id(), snapshot.room.id, story.id, story.notes + 1, words, moment.actor, moment.now, due_at, message=message,
    )  # fmt: skip
    if passage is not None:
        note = replace(
            note, passage_id=passage.id, passage_number=passage.number, scene_id=passage.scene_id, writer=passage.author
        )  # fmt: skip
    told = replace(story, notes=note.number)
    act = Act(
        "note.given", (story.id, note.id), moment.actor, words,
        detail(Change("note", note.id, "state", "withdrawn", "open"), number=note.number, passage=note.passage_number),
    )  # fmt: skip
    return Outcome(_news(snapshot, told, note), (note, told, *_to_tell(note, fresh=True)), (act,))


def resolve(snapshot: Snapshot, story: Story, note: Note, moment: Moment) -> Outcome[NoteNews]:
    """Say that a note is seen to."""
    if note.state != "open":
        raise UserError("notes.not_open", argument="number", number=note.number)
    if not may_resolve(snapshot, note, moment):
        raise NotAllowed("notes.not_yours", argument="number", number=note.number, by=snapshot.name(note.by))
    after = replace(note, state="resolved", resolved_by=moment.key)
    act = Act(
        "note.resolved", (story.id, note.id), moment.actor, "",
        detail(Change("note", note.id, "state", "open", "resolved"), number=note.number, passage=note.passage_number),
    )  # fmt: skip
    return Outcome(_news(snapshot, story, after), (after, *_silenced(snapshot, note)), (act,))


def may_resolve(snapshot: Snapshot, note: Note, moment: Moment) -> bool:
    """Whether who acts may resolve it: who gave it, the passage's author, a showrunner."""
    return moment.key in (note.by, note.writer) or runs_the_room(snapshot, moment)


def set_state(snapshot: Snapshot, note: Note, state: str) -> tuple[object, ...]:
    """The rows of a note whose state undo or Put back has changed, with what its author is told of it."""
    after = replace(note, state=state, resolved_by=note.resolved_by if state == "resolved" else None)  # type: ignore[arg-type]  # the act's own value
    if state == "open":
        return (after, *_to_tell(after, fresh=note.state == "withdrawn"))
    return (after, *_silenced(snapshot, note))


def coverage(scenes: Sequence[Scene], notes: Sequence[Note]) -> tuple[Covered, ...]:
    """A story's open notes, scene by scene in their order; those on the story as a whole come first."""
    groups: dict[str, list[Note]] = {"": [], **{scene.id: [] for scene in scenes}}
    for note in notes:
        groups.setdefault(note.scene_id, []).append(note)
    by_id = {scene.id: scene for scene in scenes}
    inside = tuple(_covered(by_id.get(id_), groups[id_]) for id_ in ("", *by_id) if groups[id_] or id_ in by_id)
    out = [note for id_, rows in groups.items() if id_ and id_ not in by_id for note in rows]
    return (*inside, replace(_covered(None, out), out=True)) if out else inside


def _covered(scene: Scene | None, notes: Sequence[Note]) -> Covered:
    on: dict[int, int] = {}
    for note in notes:
        if note.passage_number:
            on[note.passage_number] = on.get(note.passage_number, 0) + 1
    return Covered(scene, len(notes), min((n.at for n in notes), default=None), tuple(sorted(on.items())))


def _news(snapshot: Snapshot, story: Story, note: Note) -> NoteNews:
    return NoteNews(story, note, snapshot.name(note.by), snapshot.name(note.writer) if note.writer else "")


def _to_tell(note: Note, *, fresh: bool) -> tuple[Errand, ...]:
    """What the passage's author is to hear: that it came (from somebody else), and when it is due."""
    if not note.writer:
        return ()
    came = fresh and note.writer != note.by
    first = (errand(note.room_id, "noted", note.id, note.writer, note.at),) if came else ()
    due = (errand(note.room_id, "note_due", note.id, note.writer, note.due_at),) if note.due_at is not None else ()
    return first + due


def _silenced(snapshot: Snapshot, note: Note) -> tuple[Errand, ...]:
    kinds: tuple[ErrandKind, ...] = ("noted", "note_due")
    waiting = (snapshot.errands.get(errand_id(kind, note.id)) for kind in kinds)
    return tuple(replace(e, done=True) for e in waiting if e is not None)
