"""`/my timezone`, `/my notify`, `/my goal`, `/my streak`: what is one's own against the clock."""

from __future__ import annotations

from typing import Annotated, Any, cast

from bot.arguments import Flag, Int, Pick, Text
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context, There
from bot.errors import NotFound
from bot.faces import own_time as faces
from bot.faces.my import MyRoom
from bot.faces.streaks import streak_of
from bot.handlers.acting import act
from bot.sentences import Marked
from bot.story import evenings, goals, own_time
from bot.story.books import Books, DueRow
from bot.story.moments import Moment, Outcome
from bot.story.people import Notify
from bot.story.snapshot import Snapshot
from bot.sweeping import DueRule

commands = Commands()

_OPEN = 20


def _room(there: There, books: Books) -> MyRoom:
    room = books.snapshot()
    title = room.story.title if room.story is not None and there.standing is not None else ""
    return MyRoom(room.room.id, title, there.standing is not None)


# ---- the zone and notices


async def _zone_elsewhere(ctx: Context, _: dict[str, Any]) -> dict[str, str]:
    """The zone that the person chose in another of their rooms, for the form."""
    found = await ctx.read_rooms(lambda _, books, moment: own_time.own_time(books.snapshot(), moment))
    return {"zone": next((mine.zone for mine in found if mine.own), "")}


@commands.add("my timezone")
async def timezone(
    ctx: Context, zone: Annotated[str, Text("Your time zone, such as Europe/Berlin", most=60, suggested=True)] = ""
) -> Reply:
    """The time zone of your own days: goals are measured in it, and nothing is sent at night."""
    if ctx.private:
        return faces.rooms("own.zone_title", "my timezone", await ctx.read_rooms(_zone_there))
    if not zone.strip():
        return await ctx.read(lambda books, moment: faces.zone(own_time.own_time(books.snapshot(), moment), moment.now))
    return await _set_zone(ctx, zone)


@commands.add("my-card timezone", button=True, prefill=_zone_elsewhere)
async def choose_timezone(
    ctx: Context, zone: Annotated[str, Text("Your time zone, such as Europe/Berlin", most=60)]
) -> Reply:
    """Choose the time zone of your own days."""
    return await _set_zone(ctx, zone)


async def _set_zone(ctx: Context, zone: str) -> Reply:
    def work(books: Books, moment: Moment) -> own_time.OwnTime:
        return act(books, moment, lambda room: own_time.set_zone(room, zone, moment), acted=False)

    return await ctx.act(work, lambda mine: faces.zone_set(mine, ctx.now))


def _zone_there(there: There, books: Books, moment: Moment) -> tuple[MyRoom, tuple[Marked, ...]]:
    return _room(there, books), faces.zone_line(own_time.own_time(books.snapshot(), moment))


@commands.add("my notify")
async def notify(
    ctx: Context,
    by: Annotated[str, Pick("How you hear that something waits for you", ("mention", "dm", "off"))] = "",
    evening: Annotated[bool | None, Flag("Yes: a private word in the evening when a prompt waits for you")] = None,
) -> Reply:
    """How you are told here that something waits for you, and whether in the evening."""
    if ctx.private:
        return faces.rooms("own.notify_title", "my notify", await ctx.read_rooms(_notify_there))
    if not by and evening is None:
        return await ctx.read(lambda books, moment: faces.notify(own_time.own_time(books.snapshot(), moment)))

    def work(books: Books, moment: Moment) -> own_time.OwnTime:
        way = cast(Notify, by) if by else None
        return act(books, moment, lambda room: own_time.set_notify(room, way, evening, moment), acted=False)

    return await ctx.act(work, faces.notify)


def _notify_there(there: There, books: Books, moment: Moment) -> tuple[MyRoom, tuple[Marked, ...]]:
    return _room(there, books), faces.notify_lines(own_time.own_time(books.snapshot(), moment))


# ---- goals


@commands.add("my goal")
async def goal(
    ctx: Context,
    words: Annotated[int | None, Int("How many words; 0 drops the goal", 0, goals.A_PROJECT_MOST)] = None,
    what: Annotated[str, Pick("Words a day, or for this room's story", ("day", "story"))] = "day",
) -> Reply:
    """Your goal in words: a day, or for this room's story; measured on your own clock."""
    if ctx.private:
        return faces.rooms("own.goals_title", "my goal", await ctx.read_rooms(_goals_there))
    if words is None:
        return await ctx.read(lambda books, moment: faces.goals(_progress(books, moment), moment.now))

    def work(books: Books, moment: Moment) -> Reply:
        here = books.snapshot()
        if what == "story" and here.story is None:
            raise NotFound("story.none_yet")
        story = here.story if what == "story" else None

        def rule(room: Snapshot) -> Outcome[goals.Goal]:
            if words:
                return goals.set_goal(room, words, story, moment)
            return goals.drop(books.goals(moment.actor), story.id if story else "", moment)

        act(books, moment, rule, acted=False)
        return faces.goal_set(_progress(books, moment), moment.now) if words else faces.goal_dropped()

    return await ctx.act(work, lambda reply: reply)


def _progress(books: Books, moment: Moment) -> tuple[goals.Progress, ...]:
    room, mine = books.snapshot(), books.goals(moment.actor)
    if not mine:
        return ()
    since = goals.looks_back(room, mine, moment)
    answers = [goals.Piece(a.at, a.words, opening=a.opening) for a in books.answers_of(moment.actor, since=since)]
    words = goals.written(books.pieces_of(moment.actor, since=since), answers, books.runs_of(moment.actor, since=since))
    return goals.progress(room, mine, words, moment)


def _goals_there(there: There, books: Books, moment: Moment) -> tuple[MyRoom, tuple[Marked, ...]]:
    return _room(there, books), faces.goal_lines(_progress(books, moment), moment.now)


# ---- streaks


@commands.add("my streak", changes=False)
async def my_streak(ctx: Context) -> Reply:
    """How many days of prompts you have answered in a row, and your freezes."""
    if ctx.private:
        return faces.rooms("own.streak_title", "my streak", await ctx.read_rooms(_streak_there))

    def look(books: Books, moment: Moment) -> Reply:
        mine = own_time.own_time(books.snapshot(), moment)
        return faces.streak(streak_of(books, moment.actor, moment.now), mine)

    return await ctx.read(look)


def _streak_there(there: There, books: Books, moment: Moment) -> tuple[MyRoom, tuple[Marked, ...]]:
    found = streak_of(books, moment.actor, moment.now)
    return _room(there, books), (faces.streak_line(found),) if found.longest else ()


# ---- time


def _evening(books: Books, due: DueRow, moment: Moment) -> Outcome[Any]:
    prompts = books.prompts(statuses=("open",), limit=_OPEN)
    answered = (prompt for _, prompt in books.answered_by((due.subject,)))
    return evenings.fall_due(books.snapshot(), due.subject, prompts, answered, moment)


DUES: dict[str, DueRule] = {"evening": _evening}
