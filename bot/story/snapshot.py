"""One read of a room: everything that rules need to judge a call, at one revision.

It is bounded: open stories with their scenes, the last passages of each, rounds that are open (and the latest
closed one of each story), their pitches and ballots, ideas that wait for the next one, members, pens and turns. Longer things (texts, drafts,
old rounds) are asked of Books by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bot.story.errands import Errand
from bot.story.ledger import Head
from bot.story.passages import Passage
from bot.story.people import Member, Person, member_id
from bot.story.reports import Report, Tiding
from bot.story.rooms import Room
from bot.story.rounds import NEXT, Ballot, Pitch, Round
from bot.story.stories import Scene, Story
from bot.story.turns import Pen, TurnState

TAIL = 8
"""How many last standing passages of a story a snapshot holds."""

N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A room and its present business. Maps are by id, and are never changed in place."""

    room: Room
    members: Mapping[str, Member] = field(default_factory=dict)
    stories: Mapping[str, Story] = field(default_factory=dict)
    scenes: Mapping[str, Scene] = field(default_factory=dict)
    passages: Mapping[str, Passage] = field(default_factory=dict)
    """The tail of each story: its last standing passages."""
    rounds: Mapping[str, Round] = field(default_factory=dict)
    pitches: Mapping[str, Pitch] = field(default_factory=dict)
    ballots: Mapping[str, Ballot] = field(default_factory=dict)
    pens: Mapping[str, Pen] = field(default_factory=dict)
    turns: Mapping[str, TurnState] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    """Reports that wait for an answer."""
    tidings: Mapping[str, Tiding] = field(default_factory=dict)
    """What waits to be told to someone."""
    errands: Mapping[str, Errand] = field(default_factory=dict)
    """What is still to be said to people at their next act."""
    heads: Mapping[str, Head] = field(default_factory=dict)
    """Ends of the ledger's chains: one per story (by story id), one for the room (by room id)."""

    # ---- looking things up

    def member(self, person: Person | str | None) -> Member | None:
        """What the room remembers of a person."""
        if person is None:
            return None
        key = person.key if isinstance(person, Person) else person
        return self.members.get(f"{self.room.id}/{key}")

    def name(self, key: str | None) -> str:
        """The display name of a person key; the user part for one the room does not know."""
        if not key:
            return ""
        member = self.members.get(f"{self.room.id}/{key}")
        return member.name if member else Person.of(key).user

    @property
    def story(self) -> Story | None:
        """The story that calls of this room mean: its open one, else the paused one that is latest."""
        live = [s for s in self.stories.values() if s.status in ("open", "paused")]
        return max(live, key=lambda s: (s.status == "open", s.number), default=None)

    def scenes_of(self, story_id: str) -> tuple[Scene, ...]:
        """The scenes of a story that are not removed, in order."""
        return tuple(
            sorted(
                (s for s in self.scenes.values() if s.story_id == story_id and s.status != "removed"),
                key=lambda s: (s.order_key, s.id),
            )
        )

    def tail_of(self, story_id: str) -> tuple[Passage, ...]:
        """The last standing passages of a story, oldest first."""
        return tuple(
            sorted(
                (p for p in self.passages.values() if p.story_id == story_id), key=lambda p: (p.number, p.id)
            )
        )

    def open_rounds(self, story_id: str) -> tuple[Round, ...]:
        """Rounds of a story that are not closed, oldest first."""
        return tuple(
            sorted(
                (r for r in self.rounds.values() if r.story_id == story_id and r.part != "closed"),
                key=lambda r: (r.number, r.id),
            )
        )

    def last_round(self, story_id: str) -> Round | None:
        """The latest closed round of a story."""
        return max(
            (r for r in self.rounds.values() if r.story_id == story_id and r.part == "closed"),
            key=lambda r: (r.number, r.id),
            default=None,
        )

    def pitches_of(self, round_id: str) -> tuple[Pitch, ...]:
        """All pitches of a round, by arrival."""
        return tuple(
            sorted((p for p in self.pitches.values() if p.round_id == round_id), key=lambda p: (p.seq, p.id))
        )

    def ideas(self, round_id: str) -> tuple[Pitch, ...]:
        """The pitches that stand on a round's ballot, by number."""
        return tuple(
            sorted(
                (p for p in self.pitches_of(round_id) if p.status == "standing"),
                key=lambda p: (p.number, p.seq),
            )
        )

    def ballots_of(self, round_id: str) -> tuple[Ballot, ...]:
        """The ballots of a round, by their first casting."""
        return tuple(
            sorted(
                (b for b in self.ballots.values() if b.round_id == round_id), key=lambda b: (b.first_at, b.id)
            )
        )

    def waiting_reports(self) -> tuple[Report, ...]:
        """Reports that wait for an answer, the oldest first."""
        return tuple(sorted(self.reports.values(), key=lambda r: (r.at, r.id)))

    def tidings_for(self, person: str | None) -> tuple[Tiding, ...]:
        """What waits to be told to this person, the oldest first."""
        return tuple(
            sorted((t for t in self.tidings.values() if t.person == person), key=lambda t: (t.at, t.id))
        )

    # ---- applying what a rule decided

    def with_rows(self, rows: Iterable[object], heads: Mapping[str, Head] | None = None) -> Snapshot:
        """This snapshot after these rows are in place: what the database would give back; `heads` are new ends of chains."""
        changed: dict[str, dict[str, object]] = {}
        room = self.room
        for row in rows:
            if isinstance(row, Room):
                room = row
            elif (shelf := _SHELVES.get(type(row))) is not None:
                changed.setdefault(shelf, dict(getattr(self, shelf)))[row.id] = row  # type: ignore[attr-defined]  # every noun has an id
        after = replace(self, room=room, heads=self.heads if heads is None else heads, **changed)  # type: ignore[arg-type]  # a shelf holds one type
        return after if changed.keys() <= _WHOLE else after.trimmed()

    def trimmed(self) -> Snapshot:
        """Only what a snapshot holds (see the module's words); equal to a fresh read of the same rows."""
        stories = {k: s for k, s in self.stories.items() if s.status != "archived"}
        scenes = {k: s for k, s in self.scenes.items() if s.story_id in stories}
        latest: dict[str, Round] = {}
        for r in self.rounds.values():
            if r.part == "closed" and (r.story_id not in latest or r.number > latest[r.story_id].number):
                latest[r.story_id] = r
        rounds = {
            k: r
            for k, r in self.rounds.items()
            if r.story_id in stories and (r.part != "closed" or latest[r.story_id].id == r.id)
        }
        pitches = {k: p for k, p in self.pitches.items() if p.round_id in rounds or _waits_for_next(p, stories)}
        ballots = {k: b for k, b in self.ballots.items() if b.round_id in rounds}
        tails: dict[str, list[Passage]] = {}
        for p in self.passages.values():
            if p.status == "standing" and p.story_id in stories:
                tails.setdefault(p.story_id, []).append(p)
        passages = {
            p.id: p for tail in tails.values() for p in sorted(tail, key=lambda p: (p.number, p.id))[-TAIL:]
        }
        return Snapshot(
            self.room, self.members, stories, scenes, passages, rounds, pitches, ballots,
            pens={k: p for k, p in self.pens.items() if k in stories},
            turns={k: t for k, t in self.turns.items() if k in stories},
            reports={k: r for k, r in self.reports.items() if r.state == "open"},
            tidings={k: t for k, t in self.tidings.items() if not t.told},
            errands={k: e for k, e in self.errands.items() if not e.done},
            heads=self.heads,
        )  # fmt: skip


def _waits_for_next(pitch: Pitch, stories: Mapping[str, Story]) -> bool:
    return pitch.round_id == NEXT and pitch.status == "waiting" and pitch.story_id in stories


_WHOLE = frozenset({"members"})
"""What a snapshot holds all of, and by which nothing else is held."""
_SHELVES: Mapping[type, str] = {
    Member: "members", Story: "stories", Scene: "scenes", Passage: "passages", Round: "rounds", Pitch: "pitches",
    Ballot: "ballots", Pen: "pens", TurnState: "turns", Report: "reports", Tiding: "tidings", Errand: "errands",
}  # fmt: skip

__all__ = ["TAIL", "Snapshot", "member_id"]
