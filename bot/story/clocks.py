"""Clocks that stand still: while a story is paused or a scene is stopped, no deadline runs; afterwards the
time is given back.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.sentences import Marked, instant
from bot.story.deadlines import dues_of, ends, later
from bot.story.house_rules import in_force
from bot.story.moments import Due, DueKind
from bot.story.rooms import Room
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.zones import zone as zone_of


def room_time(room: Room, at: datetime) -> Marked:
    """An instant as people of the room say it: the hour and what its clock is called, for what is over within a day."""
    return instant(at, Marked(clock_on(at, room.zone)))


def clock_on(at: datetime, zone: str) -> str:
    """The hour of an instant in a zone, with what its clocks are called there; the zone's name where that is a number."""
    local = at.astimezone(zone_of(zone))
    called = local.tzname() or ""
    return f"{local:%H:%M} {called if called.isalpha() else zone}"


def stand_still(snapshot: Snapshot, story: Story) -> tuple[Due, ...]:
    """The dues of a story's rounds, pen and turn, cancelled."""
    of_rounds: tuple[DueKind, ...] = ("last_call", "deadline", "early_close", "decide")
    of_story: tuple[DueKind, ...] = ("pen", "turn", "nudge", "unwritten", "offer")
    rounds = snapshot.open_rounds(story.id)
    return tuple(Due(kind, r.id, None) for r in rounds for kind in of_rounds) + tuple(
        Due(kind, story.id, None) for kind in of_story
    )


def run_again(
    snapshot: Snapshot, story: Story, since: datetime, now: datetime
) -> tuple[tuple[object, ...], tuple[Due, ...]]:
    """Rows and dues of a story whose clocks stood still since then: every deadline is later by that time."""
    lost = now - since
    rows: list[object] = []
    dues: list[Due] = []
    for r in snapshot.open_rounds(story.id):
        moved = later(r, lost)
        rows += [moved] if moved != r else []
        dues += dues_of(moved, now)
    if (pen := snapshot.pens.get(story.id)) is not None:
        pen = replace(
            pen,
            until=pen.until + lost if pen.until else None,
            offered_until=pen.offered_until + lost if pen.offered_until else None,
        )
        rows.append(pen)
        dues.append(Due("pen", story.id, pen.until if pen.holder else None))
        dues.append(Due("offer", story.id, pen.offered_until if pen.offered_to else None))
        if pen.pitch_id is not None:
            dues.append(
                Due("unwritten", story.id, ends(snapshot.room, now, in_force(snapshot.room).unwritten))
            )
    if (turn := snapshot.turns.get(story.id)) is not None and turn.current and turn.until:
        rows.append(replace(turn, until=turn.until + lost))
        dues.append(Due("turn", story.id, turn.until + lost))
    return tuple(rows), tuple(dues)
