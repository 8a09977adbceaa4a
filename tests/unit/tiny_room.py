"""A room in memory for the tests of rules: it applies outcomes as memory would, and keeps what a snapshot
does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from bot.story import extending, storytelling
from bot.story.books import Deed
from bot.story.canon import Fact
from bot.story.extending import Extended
from bot.story.ledger import Entry
from bot.story.moments import Due, Ids, Mark, Moment, Outcome
from bot.story.notes import Note
from bot.story.passages import Draft, MachineText, Passage, PassageVersion
from bot.story.people import Member, Person, Role, Standing, member_id
from bot.story.rooms import Preset, Room
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story

T = TypeVar("T")
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def person(name: str) -> Person:
    """A person of the test's terminal."""
    return Person("terminal", "test", name)


class TinyRoom:
    """One room, its shelf, its ledger and its clock."""

    def __init__(self, preset: Preset = "table", *people: str, rules: dict[str, str] | None = None) -> None:
        self.now = START
        self.room_id = "room"
        room = Room(
            "room", "terminal", "test", "hall", "", START, preset=preset, preset_chosen=True,
            rules=rules or {}, acted=len(people),
        )  # fmt: skip
        self.snapshot = Snapshot(room)
        self.all_passages: dict[str, Passage] = {}
        self.all_versions: dict[str, PassageVersion] = {}
        self.all_facts: dict[str, Fact] = {}
        self.all_stories: dict[str, Story] = {}
        self.all_scenes: dict[str, Scene] = {}
        self.all_pitches: dict[str, Pitch] = {}
        self.all_notes: dict[str, Note] = {}
        self.drafts: dict[str, Draft] = {}
        self.machine_texts: dict[str, MachineText] = {}
        self.deeds: list[Deed] = []
        self.marks: list[Mark] = []
        self.dues: dict[tuple[str, str], datetime] = {}
        self.ids = Ids("tiny")
        for number, name in enumerate(people):
            self.member(name, first_at=START + timedelta(seconds=number))

    # ---- people and time

    def member(self, name: str, role: Role = Role.NONE, **more: object) -> Member:
        """Put a member into the room."""
        id_ = member_id("room", person(name))
        before = self.snapshot.members.get(id_) or Member(
            id_, "room", person(name).key, name, first_at=self.now
        )
        member = replace(before, role=role, **more)  # type: ignore[arg-type]  # the test names fields of Member
        self.snapshot = self.snapshot.with_rows((member,))
        return member

    def by(self, name: str | None, *, keeper: bool = False) -> Moment:
        """A moment of this person, or of time itself."""
        if name is None:
            return Moment(self.now, self.ids)
        return Moment(self.now, self.ids, person(name), name, Standing(keeper=keeper))

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    # ---- keeping what a rule decided

    def keep(self, outcome: Outcome[T]) -> T:
        """Apply an outcome as memory does."""
        self.snapshot = self.snapshot.with_rows(outcome.rows)
        shelves: dict[type, dict[str, Any]] = {
            Passage: self.all_passages, PassageVersion: self.all_versions, Fact: self.all_facts,
            Story: self.all_stories, Scene: self.all_scenes, Pitch: self.all_pitches, Draft: self.drafts,
            MachineText: self.machine_texts, Note: self.all_notes,
        }  # fmt: skip
        for row in outcome.rows:
            if (shelf := shelves.get(type(row))) is not None:
                shelf[row.id] = row  # type: ignore[attr-defined]  # every noun has an id
        self._refill()
        self.log(outcome)
        self.marks += outcome.marks
        for due in outcome.dues:
            self._due(due)
        return outcome.value

    def do(self, name: str | None, rule: Callable[..., Outcome[T]], *args: object, **named: object) -> T:
        """Call a rule as this person and keep what it decided."""
        moment = self.by(name)
        return self.keep(rule(self.snapshot, *args, moment=moment, **named))

    def write(self, name: str, text: str, **named: object) -> Extended:
        """Extend as this person, where nothing is expected to be in the way."""
        landed = self.do(name, extending.extend, text, **named)
        assert isinstance(landed, Extended)
        return landed

    def open(self, name: str, title: str = "The Last Ferry") -> Story:
        """Begin a story, as someone who may open a room of any kind."""
        moment = self.by(name, keeper=True)
        return self.keep(storytelling.new_story(self.snapshot, title, moment)).story

    def _refill(self) -> None:
        """What a fresh read would hold: passages that stand again, stories back from the archive with their
        scenes.
        """
        live = [s for s in self.all_stories.values() if s.status != "archived"]
        ids = {s.id for s in live}
        scenes = [s for s in self.all_scenes.values() if s.story_id in ids]
        standing = [p for p in self.all_passages.values() if p.status == "standing" and p.story_id in ids]
        self.snapshot = self.snapshot.with_rows((*live, *scenes, *standing))

    def _due(self, due: Due) -> None:
        if due.at is None:
            self.dues.pop((due.kind, due.subject), None)
        else:
            self.dues[due.kind, due.subject] = due.at

    def log(self, outcome: Outcome[T]) -> None:
        """Enter the acts into the ledger, newest first."""
        for act in outcome.acts:
            entry = Entry(self.ids.new(self.now), act.kind, act.subjects, self.now)
            self.deeds.insert(0, Deed(entry, act.actor, act.text, dict(act.detail), None))
            reversed_id = act.detail.get("reverses")
            self.deeds = [
                replace(deed, reversed_by=entry.id) if deed.entry.id == reversed_id else deed
                for deed in self.deeds
            ]

    # ---- the shelf

    def passage(self, passage_id: str) -> tuple[Passage, PassageVersion] | None:
        """One passage with its current version."""
        found = self.all_passages.get(passage_id)
        return None if found is None else (found, self.current(found))

    def found(self, passage_id: str) -> tuple[Passage, PassageVersion]:
        """One passage that is there."""
        found = self.passage(passage_id)
        assert found is not None
        return found

    def current(self, passage: Passage) -> PassageVersion:
        """A passage's current version."""
        return next(
            v
            for v in self.all_versions.values()
            if v.passage_id == passage.id and v.version == passage.version
        )

    def passages(
        self, story_id: str, *, scene_id: str | None = None, limit: int = 200, standing: bool = True
    ) -> Sequence[tuple[Passage, PassageVersion]]:
        """Passages in reading order."""
        order = {s.id: (s.order_key, s.id) for s in self.all_scenes.values()}
        found = sorted(
            (
                p
                for p in self.all_passages.values()
                if p.story_id == story_id
                and (scene_id is None or p.scene_id == scene_id)
                and (not standing or p.status == "standing")
            ),
            key=lambda p: (order[p.scene_id], p.order_key, p.id),
        )
        return [(p, self.current(p)) for p in found[:limit]]

    def versions(self, passage_id: str) -> Sequence[PassageVersion]:
        """All versions of a passage, oldest first."""
        return sorted(
            (v for v in self.all_versions.values() if v.passage_id == passage_id), key=lambda v: v.version
        )

    def pitch(self, pitch_id: str) -> Pitch | None:
        """One pitch."""
        return self.all_pitches.get(pitch_id)

    def note(self, note_id: str) -> Note | None:
        """One note."""
        return self.all_notes.get(note_id)

    def fact_numbered(self, story_id: str, number: int) -> Fact | None:
        """One fact."""
        return next(
            (f for f in self.all_facts.values() if f.story_id == story_id and f.number == number), None
        )

    def story_numbered(self, number: int) -> Story | None:
        """One story, archived ones too."""
        return next((s for s in self.all_stories.values() if s.number == number), None)

    def deeds_of(self, name: str) -> list[Deed]:
        """A person's acts, newest first."""
        return [deed for deed in self.deeds if deed.actor == person(name).key]

    def facts(self) -> list[Fact]:
        """Facts that stand."""
        return [f for f in self.all_facts.values() if f.status == "standing"]

    # ---- what tests look at

    @property
    def story(self) -> Story:
        """The room's story."""
        found = self.snapshot.story
        assert found is not None
        return found

    @property
    def scene(self) -> Scene:
        """The current scene."""
        return self.snapshot.scenes[self.story.scene_id]

    def text(self, story_id: str | None = None) -> list[str]:
        """The story as it reads: its standing passages, in order."""
        return [v.text for _, v in self.passages(story_id or self.story.id)]
