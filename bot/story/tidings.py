"""Tidings: what a person is told once, privately, at their next act here, because it happened while they were elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.story.moments import Moment, Outcome
from bot.story.reports import Tiding
from bot.story.snapshot import Snapshot

MOST = 12
"""So many wait for one person; of more, the oldest are let go."""


def tell(
    snapshot: Snapshot, people: Iterable[str | None], key: str, moment: Moment, /, **fields: object
) -> tuple[Tiding, ...]:
    """Rows that tell these people (each once, never who acts) the sentence of this key at their next act."""
    rows: list[Tiding] = []
    for person in dict.fromkeys(people):
        if person is None or person == moment.key:
            continue
        waiting = snapshot.tidings_for(person)
        rows += [replace(t, told=True, fields={}) for t in waiting[: max(0, len(waiting) - MOST + 1)]]
        values = {name: str(value) for name, value in fields.items()}
        rows.append(Tiding(moment.new_id(), snapshot.room.id, person, key, moment.now, values))
    return tuple(rows)


def take(snapshot: Snapshot, moment: Moment) -> Outcome[tuple[Tiding, ...]]:
    """What waits for who acts; it is told now, and kept no longer."""
    waiting = snapshot.tidings_for(moment.key) if moment.key is not None else ()
    return Outcome(waiting, tuple(replace(t, told=True, fields={}) for t in waiting))
