"""Reversing the changes of one act, each checked against what stands now: what undo and Put back have in
common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from bot.errors import NotFound, UserError
from bot.story.books import Deed
from bot.story.canon import Fact
from bot.story.changes import Change
from bot.story.clocks import run_again, stand_still
from bot.story.deadlines import dues_of
from bot.story.guards import runs_the_room
from bot.story.moments import Mark, Moment, Outcome
from bot.story.notes import Note
from bot.story.noting import set_state
from bot.story.passages import Passage, PassageVersion
from bot.story.people import Role
from bot.story.pitching import withdraw
from bot.story.revising import refuse_if_built_on, refuse_unwritable, reworded, set_status
from bot.story.roles import refuse_last_showrunner
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot
from bot.story.staging import set_scene_status
from bot.story.stories import Scene, Story

N = TypeVar("N", Scene, Story)


class Shelf(Protocol):
    """Where rows are found that a snapshot does not hold; a room's Books are one."""

    def passage(self, passage_id: str) -> tuple[Passage, PassageVersion] | None:
        """One passage with its current version, standing or not."""

    def passages(
        self, story_id: str, *, scene_id: str | None = None, limit: int = 200, standing: bool = True
    ) -> Sequence[tuple[Passage, PassageVersion]]:
        """Passages of a story, or of one of its scenes."""

    def versions(self, passage_id: str) -> Sequence[PassageVersion]:
        """All versions of a passage, oldest first."""

    def pitch(self, pitch_id: str) -> Pitch | None:
        """One pitch."""

    def fact_numbered(self, story_id: str, number: int) -> Fact | None:
        """The fact that people call by this number."""

    def note(self, note_id: str) -> Note | None:
        """A note by its id."""

    def story_numbered(self, number: int) -> Story | None:
        """A story of this room by its number, archived ones too."""


class Reversal:
    """One reversal while it is made: the rows so far, over the snapshot, over the shelf."""

    def __init__(self, snapshot: Snapshot, root: str, deed: Deed, moment: Moment, shelf: Shelf) -> None:
        self.outcome: Outcome[None] = Outcome(None)
        self.done: tuple[Change, ...] = ()
        self.named = ""
        self.story_of_deed: Story | None = None
        self._snapshot, self._root, self._deed, self._moment, self._shelf = (
            snapshot,
            root,
            deed,
            moment,
            shelf,
        )
        if (first := deed.entry.subjects[:1]) and first[0] in snapshot.stories:
            self.story_of_deed = snapshot.stories[first[0]]

    def take_back(self, change: Change) -> None:
        """Put one field back to what it was."""
        match change.noun:
            case "passage":
                self._passage(change)
            case "scene":
                self._scene(change)
            case "story":
                self._story(change)
            case "pitch":
                self._pitch(change)
            case "fact":
                self._fact(change)
            case "member":
                self._member(change)
            case "note":
                self._note(change)

    def _passage(self, change: Change) -> None:
        found = self._shelf.passage(change.id)
        if found is None:
            raise NotFound("passages.undo_gone")
        passage, version = found
        story = self._the_story(passage.story_id)
        self.named = passage.opening
        self._refuse_unless(getattr(passage, change.field) == change.now)
        refuse_unwritable(self._snapshot, story, passage)
        if change.field == "version":
            before = next((v for v in self._shelf.versions(passage.id) if v.version == change.was), None)
            if before is None:
                raise NotFound("passages.undo_gone")
            made = reworded(
                self._snapshot, story, passage, version, before.text, before.spans, "", self._moment
            )
            self._keep(
                made.rows,
                made.marks,
                Change("passage", passage.id, "version", change.now, passage.version + 1),
            )
            self.story_of_deed = made.value.story
            return
        if change.was != "standing" and (
            self._root == "passage.added" or not runs_the_room(self._snapshot, self._moment)
        ):
            refuse_if_built_on(self._snapshot, passage, int(self._deed.detail.get("after") or passage.number))
        moved = set_status(self._snapshot, story, passage, version, str(change.was), "", self._moment)
        self._keep(moved.rows, moved.marks, change.reversed)
        self.story_of_deed = moved.value.story

    def _scene(self, change: Change) -> None:
        scene = self._kept(Scene, change.id) or self._snapshot.scenes.get(change.id)
        if scene is None:
            raise NotFound("passages.undo_gone")
        story = self._the_story(scene.story_id)
        self._refuse_unless(getattr(scene, change.field) == change.now)
        self.named = scene.title
        if change.field != "status":
            after = replace(scene, **{change.field: change.was})  # type: ignore[arg-type]  # title or place, both text
            self._keep((after,), (Mark("scene", scene.id),), change.reversed)
            return
        if "removed" not in (change.was, change.now):
            locked = replace(scene, status="locked" if change.was == "locked" else "open")
            self._keep((locked,), (Mark("scene", scene.id),), change.reversed)
            return
        inside = [
            p for p, _ in self._shelf.passages(story.id, scene_id=scene.id, limit=100_000, standing=False)
        ]
        out = change.was == "removed"
        if out and self._root == "scene.added" and any(p.status == "standing" for p in inside):
            raise UserError("passages.undo_scene_written", number=scene.number)
        told, after, moved = set_scene_status(story, scene, inside, out=out, next_id=story.scene_id)
        if change.was == "locked":
            after = replace(after, status="locked")
        marks = (Mark("scene", scene.id), Mark("scene", told.scene_id))
        self._keep((after, told, *moved), marks, change.reversed)
        self.story_of_deed = told

    def _story(self, change: Change) -> None:
        story = self._the_story(change.id)
        self._refuse_unless(getattr(story, change.field) == change.now)
        self.named = story.title
        now = self._moment.now
        after = replace(story, **{change.field: change.was})  # type: ignore[arg-type]  # the act's own field and value
        if change.field == "status":
            after = replace(
                after,
                paused_at=now if change.was == "paused" else None,
                wrapped_at=(story.wrapped_at or now) if change.was in ("wrapped", "archived") else None,
            )
            if self._root == "story.opened" and change.was == "archived" and (story.passages or story.rounds):
                raise UserError("passages.undo_story_written", title=story.title)
            others = [s for s in self._snapshot.stories.values() if s.status == "open" and s.id != story.id]
            if change.was == "open" and others:
                raise UserError("stories.one_open", title=others[0].title)
            if change.was == "open" and story.paused_at is not None:
                rows, dues = run_again(self._snapshot, story, story.paused_at, now)
                self.outcome = self.outcome.also(rows=rows, dues=dues)
            elif change.was != "open":
                self.outcome = self.outcome.also(dues=stand_still(self._snapshot, story))
        marks = tuple(Mark("scene", id_) for id_ in dict.fromkeys((story.scene_id, after.scene_id)) if id_)
        self._keep((after,), marks, change.reversed)
        self.story_of_deed = after

    def _pitch(self, change: Change) -> None:
        pitch = self._snapshot.pitches.get(change.id) or self._shelf.pitch(change.id)
        if pitch is None:
            raise NotFound("passages.undo_gone")
        self.named = pitch.text[:80]
        if pitch.veil:
            raise UserError("passages.undo_moderation")
        in_round = self._snapshot.rounds.get(pitch.round_id)
        if in_round is None or in_round.part == "closed":
            raise UserError("passages.undo_round_closed")
        if pitch.frozen:
            raise UserError("passages.undo_frozen")
        if change.was == "withdrawn":
            self._refuse_unless(pitch.status in ("standing", "waiting"))
            gone = withdraw(self._snapshot, pitch, self._moment)
            self.outcome = self.outcome.also(dues=gone.dues)
            done = Change("pitch", pitch.id, "status", pitch.status, "withdrawn")
            self._keep(gone.rows, gone.marks, done)
            return
        self._refuse_unless(pitch.status == change.now == "withdrawn")
        stands = change.was == "standing"
        if stands and len(self._snapshot.ideas(in_round.id)) >= in_round.terms.ideas_most:
            raise UserError("passages.undo_ballot_full")
        now = self._moment.now
        touched = replace(in_round, last_idea_at=now, early_close_at=None) if stands else in_round
        back = replace(pitch, status="standing" if stands else "waiting", at=now)
        self.outcome = self.outcome.also(rows=(touched,), dues=dues_of(touched, now))
        self._keep((back,), (Mark("ballot", in_round.id),), change.reversed)

    def _fact(self, change: Change) -> None:
        story_id = self._deed.entry.subjects[0]
        fact = self._shelf.fact_numbered(story_id, int(self._deed.detail.get("number") or 0))
        if fact is None or fact.id != change.id:
            raise NotFound("passages.undo_gone")
        self._refuse_unless(fact.status == change.now)
        self.named = fact.name
        after = replace(fact, status="standing" if change.was == "standing" else "withdrawn")
        self._keep((after,), (), change.reversed)

    def _member(self, change: Change) -> None:
        member = self._snapshot.members.get(change.id)
        if member is None:
            raise NotFound("passages.undo_gone")
        self._refuse_unless(member.role == change.now)
        self.named = member.name
        refuse_last_showrunner(self._snapshot, member, Role(str(change.was)))
        self._keep((replace(member, role=Role(str(change.was))),), (), change.reversed)

    def _note(self, change: Change) -> None:
        note = self._shelf.note(change.id)
        if note is None:
            raise NotFound("passages.undo_gone")
        self._refuse_unless(note.state == change.now)
        self.named = note.text[:80]
        self._keep(set_state(self._snapshot, note, str(change.was)), (), change.reversed)

    def _the_story(self, story_id: str) -> Story:
        story = self._kept(Story, story_id) or self._snapshot.stories.get(story_id)
        if story is None:
            story = self._shelf.story_numbered(int(self._deed.detail.get("story") or 0))
        if story is None or story.id != story_id:
            raise NotFound("passages.undo_gone")
        return story

    def _kept(self, noun: type[N], id_: str) -> N | None:
        """A row as this reversal has already made it."""
        return next((row for row in self.outcome.rows if isinstance(row, noun) and row.id == id_), None)

    def _refuse_unless(self, unchanged: bool) -> None:
        if not unchanged:
            raise UserError("passages.undo_changed_since")

    def _keep(self, rows: tuple[object, ...], marks: tuple[Mark, ...], change: Change) -> None:
        self.outcome = self.outcome.also(rows=rows, marks=marks)
        self.done += (change,)
