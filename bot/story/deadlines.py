"""When a round's parts end: every due of a round follows from its row, so that any change of the row sets
them anew.

A round of a story that rests, or of a room where a scene is stopped, has no dues: its clocks stand still, and
afterwards every instant is later by the time that was lost.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.story.hours import Length, after
from bot.story.moments import Due
from bot.story.rooms import Room
from bot.story.rounds import Round
from bot.story.snapshot import Snapshot

RUN_OFF_LEAST = 15
RUN_OFF_MOST = 6 * 60
"""A run-off lasts a quarter of the length, between these minutes."""
IDLE = timedelta(hours=24)
"""A round without a deadline may be closed by anyone once nothing came for so long."""


def ends(room: Room, start: datetime, length: Length) -> datetime | None:
    """When something of this length ends that begins now, in the room's zone and hours."""
    return after(start, length, room.zone, room.hours)


def run_off_length(length: Length) -> Length:
    """How long a run-off lasts; without end where the round had none."""
    if not length:
        return length
    return Length(minutes=max(RUN_OFF_LEAST, min(RUN_OFF_MOST, length.about_minutes // 4)))


def dues_of(round_: Round, now: datetime) -> tuple[Due, ...]:
    """Everything that time will do for a round, and what it shall no longer do."""
    runs = round_.part != "closed" and round_.result != "undecided"
    closes = round_.closes_at if runs else None
    waits = round_.part == "showrunner"
    call = None
    if closes is not None and round_.terms.last_call_minutes and round_.part in ("together", "votes"):
        call = closes - timedelta(minutes=round_.terms.last_call_minutes)
    return (
        Due("last_call", round_.id, call if call is not None and call > now else None),
        Due("deadline", round_.id, None if waits else closes),
        Due("early_close", round_.id, round_.early_close_at if runs and not waits else None),
        Due("decide", round_.id, closes if waits else None),
    )


def dues_changed(before: Round | None, after: Round, now: datetime) -> tuple[Due, ...]:
    """Only those dues that a change of a round's row changed: most changes touch none."""
    had = {due.kind: due.at for due in dues_of(before, now)} if before is not None else {}
    return tuple(due for due in dues_of(after, now) if due.at != had.get(due.kind))


def later(round_: Round, lost: timedelta) -> Round:
    """The round after its clocks stood still for so long."""
    return replace(
        round_,
        closes_at=round_.closes_at + lost if round_.closes_at else None,
        early_close_at=round_.early_close_at + lost if round_.early_close_at else None,
    )


def is_over(round_: Round, now: datetime) -> bool:
    """Whether the time of the present part has passed."""
    return round_.closes_at is not None and round_.closes_at <= now


def is_idle(round_: Round, now: datetime) -> bool:
    """Whether a round without a deadline had neither idea nor ballot for a day."""
    touched = max(
        at for at in (round_.opened_at, round_.last_idea_at, round_.last_ballot_at) if at is not None
    )
    return round_.closes_at is None and now - touched >= IDLE


def stands_still(snapshot: Snapshot, round_: Round) -> bool:
    """Whether the round's clocks stand still: its scene is stopped, or its story rests."""
    story = snapshot.stories.get(round_.story_id)
    return snapshot.room.stopped_at is not None or story is None or story.status != "open"
