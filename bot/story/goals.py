"""Goals: words a day, or for a project (a story of the room), measured on the writer's own clock.

What counts: passages that the person put in and that stand (not those that are mostly a machine's), answers to
prompts, and words said in sprints. Nothing counts twice: of a sprint's words those are taken off that the person put
into the room from its start until its words were due, and an answer that went into the story as it is counts once. A
sprint's words belong to the day on which it began; those of a passage or an answer to the day on which it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from bot.errors import NotFound, UserError
from bot.story.moments import Moment, Outcome
from bot.story.own_time import begins, day_at, zone_of
from bot.story.snapshot import Snapshot
from bot.story.sprints import GRACE, Runner, Sprint
from bot.story.stories import Story

A_DAY_MOST = 100_000
A_PROJECT_MOST = 5_000_000
"""Words that a goal may ask for."""


@dataclass(frozen=True, slots=True)
class Goal:
    """One person's goal in a room: one a day and one for each story. `id` is room id, person key, and the story or `day`."""

    id: str
    room_id: str
    person: str
    story_id: str
    """Empty for words a day."""
    words: int
    set_at: datetime
    status: Literal["set", "dropped"] = "set"


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that a person put into the room: a passage of a story, or an answer (without a story)."""

    at: datetime
    words: int
    story_id: str = ""
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """Words that count, once, at an instant."""

    at: datetime
    words: int
    story_id: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a goal is."""

    goal: Goal
    done: int
    story: Story | None = None
    zone: str = "UTC"
    until: datetime | None = None
    """When the day ends; None for a project."""


def set_goal(snapshot: Snapshot, words: int, story: Story | None, moment: Moment) -> Outcome[Goal]:
    """Set a goal of so many words a day, or for a story."""
    most = A_PROJECT_MOST if story is not None else A_DAY_MOST
    if not 1 <= words <= most:
        raise UserError("goals.range", argument="words", given=f"{words:,}", most=f"{most:,}")
    goal = Goal(_id(snapshot, moment, story), snapshot.room.id, moment.actor, story.id if story else "", words, moment.now)
    return Outcome(goal, (goal,))


def drop(goals: Sequence[Goal], story_id: str, moment: Moment) -> Outcome[Goal]:
    """Drop a goal; nothing that was written goes with it."""
    goal = next((g for g in goals if g.story_id == story_id), None)
    if goal is None:
        raise NotFound("goals.none")
    gone = replace(goal, status="dropped")
    return Outcome(gone, (gone,))


def written(
    passages: Iterable[Piece], answers: Iterable[Piece], runs: Iterable[tuple[Sprint, Runner]]
) -> tuple[Written, ...]:
    """All words of a person, each once, in order."""
    kept = list(passages)
    stands = {(p.opening, p.words) for p in kept}
    kept += [a for a in answers if (a.opening, a.words) not in stands or not a.opening]
    kept.sort(key=lambda p: (p.at, p.story_id, p.words, p.opening))
    left = [p.words for p in kept]
    found = [Written(p.at, p.words, p.story_id) for p in kept]
    for sprint, runner in sorted(runs, key=lambda run: (run[0].starts_at, run[1].id)):
        more = 0 if runner.left else runner.words or 0
        for n, piece in enumerate(kept):
            if sprint.starts_at <= piece.at <= sprint.ends_at + GRACE:
                same = min(more, left[n])
                left[n] -= same
                more -= same
        if more:
            found.append(Written(sprint.starts_at, more, sprint.story_id))
    return tuple(sorted(found, key=lambda w: (w.at, w.story_id, w.words)))


def on_day(words: Iterable[Written], zone: str, day: date) -> int:
    """Words of a day on the clocks of a zone."""
    return sum(w.words for w in words if day_at(zone, w.at) == day)


def progress(snapshot: Snapshot, goals: Iterable[Goal], words: Sequence[Written], moment: Moment) -> tuple[Progress, ...]:
    """How far each goal is: the day's first, then stories by number. A story that is put away is not shown."""
    zone = zone_of(snapshot.room, snapshot.member(moment.person))
    today = day_at(zone, moment.now)
    found: list[Progress] = []
    for goal in goals:
        if not goal.story_id:
            ends = begins(zone, today + timedelta(days=1))
            found.append(Progress(goal, on_day(words, zone, today), None, zone, ends))
        elif (story := snapshot.stories.get(goal.story_id)) is not None:
            done = sum(w.words for w in words if w.story_id == story.id)
            found.append(Progress(goal, done, story, zone))
    return tuple(sorted(found, key=lambda p: (p.story is not None, p.story.number if p.story else 0)))


def looks_back(snapshot: Snapshot, goals: Iterable[Goal], moment: Moment) -> datetime | None:
    """From when on words have to be read for these goals; None is from the beginning."""
    if any(goal.story_id for goal in goals):
        return None
    zone = zone_of(snapshot.room, snapshot.member(moment.person))
    return begins(zone, day_at(zone, moment.now) - timedelta(days=1))


def _id(snapshot: Snapshot, moment: Moment, story: Story | None) -> str:
    return f"{snapshot.room.id}/{moment.actor}/{story.id if story is not None else 'day'}"
