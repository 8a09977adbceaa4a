"""`/prompt schedule` and what goes with it: when prompts come by themselves, and what happens at their hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, cast

from bot.arguments import Flag, Int, Pick, Ref, Text
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound, UserError
from bot.faces import schedules as faces
from bot.handlers.acting import act
from bot.handlers.coming_due import ask_when_due
from bot.story import recurring, scheduling
from bot.story.books import Books
from bot.story.hours import day_of
from bot.story.moments import Moment, Outcome
from bot.story.prompts import GENRES, KINDS, SOURCES, Wish
from bot.story.schedules import Schedule
from bot.story.scheduling import Told
from bot.story.snapshot import Snapshot
from bot.story.zones import zone_named
from bot.sweeping import DueRule

commands = Commands()
DUES: Mapping[str, DueRule] = {"prompt": ask_when_due}

_TIME = Text("Local time, such as 09:00 or 9pm", most=20, word=True)
_ZONE = Text("Whose clock: a time zone such as Europe/Berlin", most=60, word=True, suggested=True)
_DAYS = Text("Which days: daily, weekdays, Mon Wed Fri, every 3 days", most=80)
_KIND = Pick("The kind of prompt", ("any", *KINDS))
_GENRE = Pick("The genre", GENRES)
_SOURCE = Pick("Where prompts come from", SOURCES)
_BLIND = Flag("Whether answers stay hidden until it closes")
_NUMBER = Int("The schedule's number; not needed where there is one", 1, suggested=True)


@commands.add("prompt schedule")
async def schedule(
    ctx: Context,
    time: Annotated[str, _TIME],
    zone: Annotated[str, _ZONE],
    days: Annotated[str, _DAYS],
    kind: Annotated[str, _KIND] = "any",
    genre: Annotated[str, _GENRE] = "any",
    source: Annotated[str, _SOURCE] = "deck",
    blind: Annotated[bool, _BLIND] = False,
) -> Reply:
    """Let prompts come by themselves: at a local time, on the days you say."""
    clock, name = recurring.clock_of(time), zone_named(zone)
    days_read = recurring.days_of(days, day_of(ctx.now, name))
    wish = Wish(cast(Any, kind), cast(Any, genre), cast(Any, source), blind)

    def work(books: Books, moment: Moment) -> Reply:
        standing = len(books.schedules())
        told = act(books, moment, lambda room: scheduling.set_up(room, standing, days_read, clock, name, wish, moment))
        return faces.set_up(told, moment.now)

    return await ctx.act(work, lambda reply: reply)


@commands.add("prompt change")
async def change(
    ctx: Context,
    number: Annotated[int, _NUMBER] = 0,
    *,
    time: Annotated[str, _TIME] = "",
    zone: Annotated[str, _ZONE] = "",
    days: Annotated[str, _DAYS] = "",
    kind: Annotated[str | None, _KIND] = None,
    genre: Annotated[str | None, _GENRE] = None,
    source: Annotated[str | None, _SOURCE] = None,
    blind: Annotated[bool | None, _BLIND] = None,
) -> Reply:
    """Change a schedule: whatever you give is changed, the rest stays."""
    clock = recurring.clock_of(time) if time else None
    name = zone_named(zone) if zone else None

    def rule(room: Snapshot, found: Schedule, moment: Moment) -> Outcome[Told]:
        read = recurring.days_of(days, day_of(moment.now, name or found.zone)) if days else None
        was = found.wish
        wish = Wish(
            cast(Any, kind or was.kind), cast(Any, genre or was.genre), cast(Any, source or was.source),
            was.blind if blind is None else blind,
        )  # fmt: skip
        return scheduling.change(room, found, moment, days=read, at=clock, zone=name, wish=wish)

    def work(books: Books, moment: Moment) -> Reply:
        found = _numbered(books, number)
        return faces.changed(act(books, moment, lambda room: rule(room, found, moment)), moment.now)

    return await ctx.act(work, lambda reply: reply)


@commands.add("prompt list", changes=False)
async def list_(ctx: Context) -> Reply:
    """When prompts come by themselves here."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        return faces.listed(room, books.schedules(), moment.now, may=scheduling.may_schedule(room, moment))

    return await ctx.read(look)


@commands.add("prompt pause")
async def pause(ctx: Context, number: Annotated[int, _NUMBER] = 0) -> Reply:
    """Let a schedule rest until it goes on."""
    return await _do(ctx, "pause", number=number)


@commands.add("prompt resume")
async def resume(ctx: Context, number: Annotated[int, _NUMBER] = 0) -> Reply:
    """Let a schedule that rests go on."""
    return await _do(ctx, "resume", number=number)


@commands.add("prompt skip")
async def skip(ctx: Context, number: Annotated[int, _NUMBER] = 0) -> Reply:
    """Leave out the next prompt of a schedule."""
    return await _do(ctx, "skip", number=number)


@commands.add("prompt unschedule", changes=False)
async def unschedule(ctx: Context, number: Annotated[int, _NUMBER] = 0) -> Reply:
    """Take a schedule away; it asks once more whether you mean it."""

    def look(books: Books, moment: Moment) -> Reply:
        scheduling.require_scheduler(books.snapshot(), moment)
        return faces.really_remove(_numbered(books, number))

    return await ctx.read(look)


@commands.add("schedule-card do", button=True)
async def do(
    ctx: Context, what: Annotated[str, Pick("What to do", tuple(faces.RECEIPTS))], schedule: Annotated[str, Ref()]
) -> Reply:
    """Do something about a schedule, on its card."""
    return await _do(ctx, what, id_=schedule)


async def _do(ctx: Context, what: str, *, number: int = 0, id_: str = "") -> Reply:
    def work(books: Books, moment: Moment) -> Reply:
        found = _of_id(books, id_) if id_ else _numbered(books, number)
        rule = _RULES[what]
        told = act(books, moment, lambda room: rule(room, found, moment))
        return faces.RECEIPTS[what](told, moment.now)

    return await ctx.act(work, lambda reply: reply)


_RULES = {
    "pause": scheduling.pause, "resume": scheduling.resume, "skip": scheduling.skip, "back": scheduling.put_back,
    "remove": scheduling.remove,
}  # fmt: skip


def _numbered(books: Books, number: int) -> Schedule:
    """The schedule of this number; without one, the only one there is."""
    standing = books.schedules()
    if not standing:
        raise NotFound("schedule.none_yet")
    if not number and len(standing) > 1:
        numbers = ", ".join(str(one.number) for one in standing)
        raise UserError("schedule.which", argument="number", numbers=numbers)
    found = next((one for one in standing if one.number == (number or one.number)), None)
    if found is None:
        raise NotFound("schedule.no_such", argument="number", number=number)
    return found


def _of_id(books: Books, schedule_id: str) -> Schedule:
    found = books.schedule(schedule_id)
    if found is None or found.status == "gone":
        raise NotFound("schedule.is_gone")
    return found
