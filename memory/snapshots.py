"""Reading a room whole: one snapshot in a fixed number of statements, bounded as bot.story.snapshot says."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from bot.story.ledger import Head
from bot.story.rooms import Room
from bot.story.rounds import NEXT
from bot.story.snapshot import TAIL, Snapshot
from memory import tables as t
from memory.nouns import Shelf

STORIES_MOST = 500


def load(connection: Connection, room: Room) -> Snapshot:
    """The snapshot of a room, read afresh (thirteen statements)."""

    def shelf(of: Shelf[Any], query: Select[Any]) -> dict[str, Any]:
        return {row[0]: of.value(row) for row in connection.execute(query)}

    def of_room(of: Shelf[Any]) -> Select[Any]:
        return select(of.table).where(of.table.c.room_id == room.id)

    live = select(t.stories.table.c.id).where(
        t.stories.table.c.room_id == room.id, t.stories.table.c.status != "archived"
    )
    stories = shelf(
        t.stories,
        of_room(t.stories)
        .where(t.stories.table.c.status != "archived")
        .order_by(t.stories.table.c.number.desc())
        .limit(STORIES_MOST),
    )
    r, p = t.rounds.table.c, t.passages.table.c
    outer = t.rounds.table.alias("rounds_of_room")
    latest = (
        select(func.max(r.number))
        .where(r.room_id == room.id, r.story_id == outer.c.story_id, r.part == "closed")
        .scalar_subquery()
    )
    rounds_query = select(outer).where(
        outer.c.room_id == room.id,
        outer.c.story_id.in_(live),
        (outer.c.part != "closed") | (outer.c.number == latest),
    )
    rounds = {row[0]: t.rounds.value(row) for row in connection.execute(rounds_query)}
    place = (
        func.row_number()
        .over(partition_by=p.story_id, order_by=(p.number.desc(), p.id.desc()))
        .label("place")
    )
    ranked = (
        select(t.passages.table, place)
        .where(p.room_id == room.id, p.status == "standing", p.story_id.in_(live))
        .subquery()
    )
    tails = {
        row[0]: t.passages.value(row[:-1])
        for row in connection.execute(select(ranked).where(ranked.c.place <= TAIL))
    }
    round_ids, c = list(rounds), t.pitches.table.c
    return Snapshot(
        room=room,
        members=shelf(t.members, of_room(t.members)),
        stories=stories,
        scenes=shelf(t.scenes, of_room(t.scenes).where(t.scenes.table.c.story_id.in_(live))),
        passages=tails,
        rounds=rounds,
        pitches=shelf(
            t.pitches, of_room(t.pitches).where(c.round_id.in_(round_ids) | ((c.round_id == NEXT) & (c.status == "waiting")))
        ),
        ballots=shelf(t.ballots, of_room(t.ballots).where(t.ballots.table.c.round_id.in_(round_ids)))
        if round_ids
        else {},
        pens=shelf(t.pens, of_room(t.pens).where(t.pens.table.c.id.in_(live))),
        turns=shelf(t.turn_states, of_room(t.turn_states).where(t.turn_states.table.c.id.in_(live))),
        reports=shelf(t.reports, of_room(t.reports).where(t.reports.table.c.state == "open")),
        tidings=shelf(t.tidings, of_room(t.tidings).where(t.tidings.table.c.told.is_(False))),
        errands=shelf(t.errands, of_room(t.errands).where(t.errands.table.c.done.is_(False))),
        heads={
            row.chain: Head(row.chain, row.seq, row.hash)
            for row in connection.execute(
                select(t.chains.c.chain, t.chains.c.seq, t.chains.c.hash).where(t.chains.c.room_id == room.id)
            )
        },
    ).trimmed()
