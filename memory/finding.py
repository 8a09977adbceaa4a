"""Finding one story of a house for an operator, who may name it by id, or by number when there is one room."""

from __future__ import annotations

from sqlalchemy import Connection, select

from bot.errors import OperatorError
from bot.sentences import say
from bot.story.people import Place
from bot.story.stories import Story
from memory import tables as t


def find_story(connection: Connection, named: str) -> tuple[Place, Story]:
    """The story and its room's place. Raises OperatorError when there is none, or several of that number."""
    s, r = t.stories.table, t.rooms.table
    which = s.c.number == int(named) if named.isdecimal() and len(named) < 10 else s.c.id == named
    query = select(s, r.c.platform, r.c.space, r.c.channel, r.c.thread).join(r, r.c.id == s.c.room_id)
    rows = connection.execute(query.where(which).order_by(s.c.id).limit(2)).all()
    if len(rows) != 1:
        raise OperatorError(str(say("memory.several_stories" if rows else "memory.no_story", story=named)))
    row = tuple(rows[0])
    return Place(*row[-4:]), t.stories.value(row[:-4])
