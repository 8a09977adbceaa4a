"""Which errand is next for a person who has just acted."""

from __future__ import annotations

from bot.story.errands import Errand
from bot.story.moments import Moment
from bot.story.snapshot import Snapshot


def next_for(snapshot: Snapshot, moment: Moment) -> Errand | None:
    """What is to be said to them now: the oldest first, one at an act."""
    waiting = [e for e in snapshot.errands.values() if e.person == moment.key and e.at <= moment.now]
    return min(waiting, key=lambda e: (e.at, e.id), default=None)
