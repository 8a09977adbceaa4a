"""A room for the tests of rounds: people pitch, vote and close in it, on any platform and by any preset.

Outcomes are applied as memory would apply them: rows replace rows, a due replaces that of its kind and
subject.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from bot.story import ballots, deciding, house_rules, opening, pitching, voting
from bot.story.ledger import Act
from bot.story.moments import Due, Ids, Mark, Moment, Outcome
from bot.story.people import Member, Person, Role, Standing, member_id
from bot.story.pitching import Pitched, Withdrawn
from bot.story.rooms import Preset, Room
from bot.story.rounds import Pitch, Round
from bot.story.settling import Closed
from bot.story.snapshot import Snapshot
from bot.story.stories import Scene, Story
from bot.story.voting import Voted

START = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)  # a Tuesday
T = TypeVar("T")


class VotingRoom:
    """One room with one story, a clock, and everything that was kept."""

    def __init__(
        self,
        preset: Preset = "table",
        platform: str = "terminal",
        *,
        seed: str = "room",
        zone: str = "UTC",
        hours: str = "",
        rules: dict[str, str] | None = None,
    ) -> None:
        self.now = START
        self.platform = platform
        self.ids = Ids(seed)
        self.acts: list[Act] = []
        self.marks: list[Mark] = []
        self.dues: dict[tuple[str, str], datetime] = {}
        self.closed: list[Closed] = []
        self.all_pitches: dict[str, Pitch] = {}
        """Every pitch row as it was kept last, also of rounds that a snapshot holds no more."""
        room = Room(
            "room",
            platform,
            "space",
            "hall",
            "",
            START,
            preset=preset,
            rules=rules or {},
            zone=zone,
            hours=hours,
            opened=True,
            stories=1,
        )
        story = Story("story", "room", 1, "Ferry", "open", START, self.person("w1").key, scene_id="scene")
        scene = Scene("scene", "room", "story", "main", 1, "a", "", "open", START)
        self.snapshot = Snapshot(room, stories={"story": story}, scenes={"scene": scene})

    # ---- people and time

    def person(self, name: str) -> Person:
        """A person of this platform."""
        return Person(self.platform, "space", name)

    def by(self, name: str | None, standing: Standing = Standing()) -> Moment:
        """A moment of this person, or of time itself."""
        if name is None:
            return Moment(self.now, self.ids)
        return Moment(self.now, self.ids, self.person(name), name, standing)

    def member(self, name: str, *, days: int = 1, role: Role = Role.NONE, away: bool = False) -> Member:
        """Put a member into the room who took part on the last so many days."""
        today = self.now.date()
        active: tuple[date, ...] = tuple(today - timedelta(days=n) for n in reversed(range(days)))
        key = self.person(name)
        member = Member(
            member_id("room", key),
            "room",
            key.key,
            name,
            role,
            away,
            first_at=START,
            last_at=START,
            active_days=active,
        )
        new = member.id not in self.snapshot.members
        room = replace(self.snapshot.room, acted=self.snapshot.room.acted + new)
        self.snapshot = self.snapshot.with_rows((member, room))
        return member

    def later(self, **by: float) -> None:
        """Let time pass without anything falling due."""
        self.now += timedelta(**by)

    def until(self, at: datetime) -> None:
        """Let time pass, and what falls due happen in its order."""
        while True:
            due = min(((t, k) for k, t in self.dues.items() if t <= at), default=None)
            if due is None:
                break
            when, (kind, subject) = due
            del self.dues[kind, subject]
            self.now = max(self.now, when)
            value = self.keep(deciding.due(self.snapshot, kind, subject, self.by(None)))
            if isinstance(value, Closed):
                self.closed.append(value)
        self.now = max(self.now, at)

    # ---- what people do

    def keep(self, outcome: Outcome[T]) -> T:
        """Apply an outcome as memory would."""
        self.snapshot = self.snapshot.with_rows(outcome.rows)
        self.all_pitches |= {row.id: row for row in outcome.rows if isinstance(row, Pitch)}
        self.acts += outcome.acts
        self.marks += outcome.marks
        for due in outcome.dues:
            self._set(due)
        return outcome.value

    def _set(self, due: Due) -> None:
        if due.at is None:
            self.dues.pop((due.kind, due.subject), None)
        else:
            self.dues[due.kind, due.subject] = due.at

    @property
    def story(self) -> Story:
        """The story as it stands."""
        return self.snapshot.stories["story"]

    @property
    def round(self) -> Round:
        """The open round, or the last one."""
        return deciding.round_to_close(self.snapshot, self.story)

    def seen(self, name: str) -> None:
        """The room notices that someone acts."""
        for row in house_rules.seen(self.snapshot, self.by(name), acted=True):
            self.snapshot = self.snapshot.with_rows((row,))

    def came_to(self) -> str:
        """What the last close came to."""
        return self.closed[-1].kind

    def early(self) -> timedelta | None:
        """How soon the round closes early, if it does."""
        at = self.round.early_close_at
        return None if at is None else at - self.now

    def part(self) -> str:
        """The part that the round is in."""
        return self.round.part

    def open(self, name: str, question: str = "", *, sealed: bool = False, **more: str) -> Round:
        """Open a round."""
        self.seen(name)
        return self.keep(
            opening.open_round(self.snapshot, self.story, question, self.by(name), sealed=sealed, **more)  # type: ignore[arg-type]  # method and kind are words
        )

    def pitch(self, name: str, idea: str, **more: object) -> Pitched:
        """Pitch an idea."""
        self.seen(name)
        return self.keep(pitching.pitch(self.snapshot, idea, self.by(name), **more))  # type: ignore[arg-type]  # the test names arguments of pitch

    def vote(self, name: str, numbers: str, standing: Standing = Standing()) -> Voted:
        """Vote by numbers as typed."""
        self.seen(name)
        r = self.round
        choices = ballots.parse_choices(numbers, voting.votable(self.snapshot, r), r.terms.method, r.letter)
        return self.keep(voting.vote(self.snapshot, r, choices, self.by(name, standing)))

    def withdraw(self, name: str, pitch: Pitch) -> Withdrawn:
        """Take an idea back."""
        return self.keep(pitching.withdraw(self.snapshot, self.snapshot.pitches[pitch.id], self.by(name)))

    def close(self, name: str, *, forced: bool = False) -> Closed:
        """Close the round."""
        closed = self.keep(deciding.close(self.snapshot, self.round, self.by(name), forced=forced))
        self.closed.append(closed)
        return closed
