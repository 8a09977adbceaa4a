"""The Store: units of work on rooms, each locked first; snapshots are kept by revision so that most calls read nothing."""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar, cast

from sqlalchemy import Connection, func, or_, select, union

from bot.ports import Clock
from bot.story.books import SAID, Books, LastCall
from bot.story.moments import Ids
from bot.story.people import Person, Place, member_id
from bot.story.rooms import Preset, Room
from bot.story.snapshot import Snapshot
from memory import beats, erasures, statements
from memory import tables as t
from memory.books import RoomBooks
from memory.engine import Runner
from memory.nouns import insert_for
from memory.transactions import left_behind

T = TypeVar("T")

SNAPSHOTS = 256
"""How many rooms' snapshots are kept in memory; idle rooms cost rows, not RAM."""

SCHEDULES = 20
"""So many schedules a room has at most: as many rows are looked through for each room that is wanted."""
BEAT = timedelta(seconds=50)
"""So often at most does one process note that it is there."""

PRESETS: dict[str, Preset] = {"terminal": "table", "discord": "community", "slack": "studio"}


class RoomStore:
    """Rooms of one database."""

    def __init__(
        self,
        runner: Runner,
        clock: Clock,
        *,
        zone: str = "UTC",
        hours: str = "",
        presets: dict[str, Preset] | None = None,
    ) -> None:
        self._runner = runner
        self._clock = clock
        self._zone = zone
        self._hours = hours
        self._presets = {**PRESETS, **(presets or {})}
        self._snapshots: OrderedDict[str, Snapshot] = OrderedDict()

    async def write(self, place: Place, work: Callable[[Books], T], *, later: bool = False) -> T:
        """Run `work` in one write transaction that has locked the room of this place (made at first use)."""

        def unit(connection: Connection) -> tuple[T, RoomBooks]:
            room = self._room(connection, place, lock=True) or self._make(connection, place)
            books = RoomBooks(connection, room, self._known(connection, room.id, room.revision))
            result = work(books)
            left_behind(connection)[room.id] = books.current
            return result, books

        result, books = await self._runner.write(unit, later=later)
        if books.erased and self._runner.path is not None:
            await asyncio.to_thread(erasures.remember, self._runner.path, books.erased)
        if books.current is not None:
            self._remember(books.current)
        return result

    async def read(self, place: Place, work: Callable[[Books], T]) -> T:
        """Run `work` on a consistent view of the room, beside writers. A place without a room reads as an empty one."""

        def unit(connection: Connection) -> tuple[T, RoomBooks]:
            room = self._room(connection, place) or self._fresh(place)
            known = self._known(connection, room.id, room.revision) if room.revision else Snapshot(room)
            books = RoomBooks(connection, room, known)
            return work(books), books

        result, books = await self._runner.read(unit)
        if books.current is not None and books.current.room.revision:
            self._remember(books.current)
        return result

    def _room(self, connection: Connection, place: Place, *, lock: bool = False) -> Room | None:
        """The room of a place as it is stored; one that is known at its revision is not read again."""
        at = {"at_platform": place.platform, "at_space": place.space, "at_channel": place.channel, "at_thread": place.thread}
        for id_, revision in statements.room_seen(lock=lock).rows(connection, at):
            if (known := self._known(connection, id_, revision)) is not None:
                return known.room
            return next((t.rooms.value(row) for row in statements.room().rows(connection, {"of_room": id_})), None)
        return None

    def _known(self, connection: Connection, room_id: str, revision: int) -> Snapshot | None:
        """The room at this revision, if it need not be read: as an earlier unit of this transaction left it, or as it was kept
        last."""
        for snapshot in (left_behind(connection).get(room_id), self._snapshots.get(room_id)):
            if snapshot is not None and snapshot.room.revision == revision:
                return snapshot
        return None

    def _remember(self, snapshot: Snapshot) -> None:
        known = self._snapshots.get(snapshot.room.id)
        if known is None or known.room.revision <= snapshot.room.revision:
            self._snapshots[snapshot.room.id] = snapshot
            self._snapshots.move_to_end(snapshot.room.id)
        while len(self._snapshots) > SNAPSHOTS:
            self._snapshots.popitem(last=False)

    def _fresh(self, place: Place) -> Room:
        now = self._clock.now()
        return Room(
            Ids(f"room:{place}").new(now), place.platform, place.space, place.channel, place.thread, now,
            preset=self._presets.get(place.platform, "community"), zone=self._zone, hours=self._hours,
        )  # fmt: skip

    def _make(self, connection: Connection, place: Place) -> Room:
        """A new room; a thread's inherits its parent's rules, zone, consent and blocks."""
        room = replace(self._fresh(place), revision=1)
        parent = self._room(connection, replace(place, thread="")) if place.thread else None
        if parent is not None:
            room = replace(
                room, parent_id=parent.id, preset=parent.preset, preset_chosen=parent.preset_chosen, rules=parent.rules,
                zone=parent.zone, hours=parent.hours, machine_on_at=parent.machine_on_at, machine_on_by=parent.machine_on_by,
                role_map=parent.role_map,
            )  # fmt: skip
        made = insert_for(self._runner.dialect)(t.rooms.table).on_conflict_do_nothing().returning(t.rooms.table.c.id)
        if connection.execute(made, t.rooms.row(room)).first() is None:  # another process was first, this moment
            return cast(Room, self._room(connection, place, lock=True))
        if parent is not None:
            c = t.members.table.c
            asked = (
                select(t.members.table)
                .where(c.room_id == parent.id, c.consent.is_not(None) | c.blocked_at.is_not(None))
                .order_by(c.id)
            )
            for row in connection.execute(asked).all():
                member = t.members.value(row)
                mine = replace(
                    member, id=member_id(room.id, Person.of(member.person)), room_id=room.id, active_days=(),
                    reports_seen="",
                )
                connection.execute(t.members.table.insert(), t.members.row(mine))
        return room


class HouseRows:
    """The house's due and post rows: ids and instants across rooms, no text."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._beaten: datetime | None = None

    async def beat(self, now: datetime) -> None:
        """Note that the house is there. A pause of more than ten minutes before it is kept as a time it was away.

        A clock that went back takes back what it had noted of a time that is still to come.
        """
        if self._beaten is not None and timedelta() <= now - self._beaten < BEAT:
            return
        self._beaten = now
        await self._runner.write(partial(beats.beat, now=now), later=True)

    async def due_places(self, now: datetime, *, limit: int = 100) -> Sequence[Place]:
        """Places in which something is due by now, the longest due first."""
        c, r = t.dues.c, t.rooms.table.c
        query = (
            select(r.platform, r.space, r.channel, r.thread)
            .join(t.dues, c.room_id == r.id)
            .where(c.done_at.is_(None), c.at_utc <= now)
            .group_by(r.id, r.platform, r.space, r.channel, r.thread)
            .order_by(func.min(c.at_utc), r.id)
            .limit(limit)
        )
        return [Place(*row) for row in await self._runner.rows(query)]

    async def wanted_prompts(self, now: datetime, *, limit: int = 50) -> Sequence[tuple[Place, str]]:
        """Prompts that a co-writer is to write now: (place, id of the order), those needed soonest first."""
        o, r = t.prompt_orders.table.c, t.rooms.table.c
        abandoned = (o.state == "writing") & (o.lease_until <= now)
        query = (
            select(r.platform, r.space, r.channel, r.thread, o.id)
            .join(t.prompt_orders.table, o.room_id == r.id)
            .where(o.needed_at > now, (o.state == "wanted") | abandoned)
            .order_by(o.needed_at, o.id)
            .limit(limit)
        )
        return await self._runner.read(
            lambda session: [(Place(*row[:4]), row[4]) for row in session.execute(query)]
        )

    async def next_due(self) -> datetime | None:
        """The earliest instant at which anything is due."""
        query = (
            select(t.dues.c.at_utc)
            .where(t.dues.c.done_at.is_(None))
            .order_by(t.dues.c.at_utc, t.dues.c.id)
            .limit(1)
        )
        return next((row.at_utc for row in await self._runner.rows(query)), None)

    async def unreckoned_places(self, version: str, now: datetime, *, limit: int = 100) -> Sequence[Place]:
        """Places with schedules that were reckoned by other rules of the zones, or after now."""
        c, r = t.schedules.table.c, t.rooms.table.c
        other = union(*(
            select(c.room_id).where(which).order_by(by, c.room_id).limit(limit * SCHEDULES).subquery().select()
            for which, by in (
                (c.reckoned_with < version, c.reckoned_with), (c.reckoned_with > version, c.reckoned_with),
                (c.reckoned_at > now, c.reckoned_at),
            )
        )).subquery()  # fmt: skip
        query = (
            select(r.platform, r.space, r.channel, r.thread)
            .where(r.id.in_(select(other.c.room_id)))
            .order_by(r.id)
            .limit(limit)
        )
        return [Place(*row) for row in await self._runner.rows(query)]

    async def rooms_of(self, person: str, *, limit: int = 50) -> Sequence[Place]:
        """Places of the rooms in which this person key is known or has kept drafts, those they acted in last first."""
        r, m, d = t.rooms.table.c, t.members.table.c, t.drafts.table.c
        member = select(m.room_id, m.last_at).where(m.person == person).subquery()
        drafts = select(d.room_id).where(d.person == person, d.state == "kept")
        query = (
            select(r.platform, r.space, r.channel, r.thread)
            .outerjoin(member, member.c.room_id == r.id)
            .where(or_(member.c.room_id.is_not(None), r.id.in_(drafts)))
            .order_by(member.c.last_at.is_(None), member.c.last_at.desc(), r.id)
            .limit(limit)
        )
        return [Place(*row) for row in await self._runner.rows(query)]

    async def knows(self, place: Place) -> bool:
        """Whether there is a room at this place."""
        r = t.rooms.table.c
        query = select(r.id).where(
            r.platform == place.platform, r.space == place.space, r.channel == place.channel, r.thread == place.thread
        )
        return bool(await self._runner.rows(query))

    async def last_calls(self, since: datetime, until: datetime, *, limit: int = 1000) -> Sequence[LastCall]:
        """Each person's last changing call in each place, of those that went through between these instants."""
        c, r = t.desk.c, t.rooms.table.c
        query = (
            select(r.platform, r.space, r.channel, r.thread, c.person, c.source_id, c.args, c.at)
            .join(t.desk, c.room_id == r.id)
            .where(c.id >= Ids("").new(since)[:10], c.at >= since, c.at < until, c.state == "done", c.person.is_not(None))
            .order_by(c.at.desc(), c.id.desc())
            .limit(limit)
        )
        found: dict[tuple[Place, str], LastCall] = {}
        for platform, space, channel, thread, person, source_id, args, at in await self._runner.rows(query):
            place = Place(platform, space, channel, thread)
            found.setdefault((place, person), LastCall(place, person, source_id, json.loads(args).get(SAID, ""), until - at))
        return list(found.values())

    async def place_of(self, room_id: str) -> Place | None:
        """The place of a room."""
        r = t.rooms.table.c
        query = select(r.platform, r.space, r.channel, r.thread).where(r.id == room_id)
        return next((Place(*row) for row in await self._runner.rows(query)), None)

    async def post_places(self, *, limit: int = 1000) -> Sequence[Place]:
        """Places whose public cards show less than is wanted."""
        c, r = t.posts.c, t.rooms.table.c
        query = (
            select(r.platform, r.space, r.channel, r.thread).join(t.posts, c.room_id == r.id)
            .where(statements.OWED).distinct().order_by(r.platform, r.space, r.channel, r.thread).limit(limit)
        )  # fmt: skip
        return [Place(*row) for row in await self._runner.rows(query)]

    async def owed(self, now: datetime, *, limit: int = 1000) -> Sequence[tuple[Place, str]]:
        """Places with cards that nobody posts just now, each with a mark that changes when more is wanted there."""
        c, r = t.posts.c, t.rooms.table.c
        rows = (
            select(c.room_id, func.max(c.wanted_rev).label("rev"), func.max(c.id).label("last"), func.count().label("n"))
            .where(statements.OWED, or_(c.lease_until.is_(None), c.lease_until <= now))
            .group_by(c.room_id).order_by(func.max(c.id).desc(), c.room_id).limit(limit).subquery()
        )  # fmt: skip
        query = select(r.platform, r.space, r.channel, r.thread, rows.c.rev, rows.c.last, rows.c.n).join(
            rows, rows.c.room_id == r.id
        )
        found = await self._runner.rows(query)
        return [(Place(*row[:4]), f"{row.rev}:{row.last}:{row.n}") for row in found]
