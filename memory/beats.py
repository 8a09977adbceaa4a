"""The house's heartbeat: one row that says when it was last there, and rows for the times when it was not."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from bot.story.moments import Ids
from memory import tables as t
from memory.nouns import insert_for

PAUSE = timedelta(minutes=10)
"""After so long without a beat the house was away: a sweep comes every minute, a restart takes less."""
_HOUSE = "house"


def beat(connection: Connection, now: datetime) -> None:
    """Note that the house is there now; what was before, when it was away."""
    b, d = t.beats, t.downtimes
    last = connection.execute(select(b.c.at).where(b.c.id == _HOUSE).with_for_update()).scalar_one_or_none()
    if last is not None and now - last > PAUSE:
        connection.execute(d.insert(), {"id": Ids().new(now), "since": last, "until": now})
    elif last is not None and last - now > PAUSE:
        connection.execute(delete(d).where(d.c.since >= now))
        connection.execute(update(d).where(d.c.until > now).values(until=now))
    insert = insert_for(connection.dialect.name)(b).values(id=_HOUSE, at=now)
    connection.execute(insert.on_conflict_do_update(index_elements=["id"], set_={"at": insert.excluded.at}))
