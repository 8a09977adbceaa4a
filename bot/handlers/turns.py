"""`/turn`: whose turn it is; the pen; and what time does with both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from bot.arguments import Flag, Text
from bot.cards import Card, Items, Reply, button, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.faces.times import when
from bot.handlers.acting import act
from bot.sentences import Marked, say
from bot.story import naming, pens, turn_taking
from bot.story.books import Books, DueRow
from bot.story.house_rules import in_force
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.turn_taking import TurnNews
from bot.sweeping import DueRule

commands = Commands()


def _told(news: TurnNews) -> Reply:
    if news.current is None:
        return Reply.of(note(say("turn.nobody")))
    rows = [say("turn.now", name=news.current)]
    if news.order:
        rows.append(say("turn.order", names=", ".join(news.order)))
    if news.away:
        rows.append(say("turn.away_list", names=", ".join(news.away)))
    return Reply.of(Card(say("turn.title", story=news.story.title), (Items(tuple(rows)),)))


async def _act(ctx: Context, rule: Callable[[Snapshot, Moment], Outcome[TurnNews]]) -> Reply:
    def work(books: Books, moment: Moment) -> TurnNews:
        return act(books, moment, lambda room: rule(room, moment))

    return await ctx.act(work, _told)


@commands.add("turn status", changes=False)
async def status(ctx: Context) -> Reply:
    """Whose turn it is."""
    return await ctx.read(lambda books, _: _told(turn_taking.status(books.snapshot())))


@commands.add("turn pass")
async def pass_(ctx: Context) -> Reply:
    """Let your turn go to the next."""
    return await _act(ctx, turn_taking.pass_turn)


@commands.add("turn claim")
async def claim(ctx: Context) -> Reply:
    """Take the turn when it is nobody's."""
    return await _act(ctx, turn_taking.claim)


@commands.add("turn order")
async def order(
    ctx: Context,
    names: Annotated[str, Text("Who writes in which order, names parted by commas", most=1000)] = "",
) -> Reply:
    """Begin to write in turns, set who comes after whom, or call one person up."""

    def rule(room: Snapshot, moment: Moment) -> Outcome[TurnNews]:
        met = naming.meet(room, naming.divided(room, names), moment, ctx.people, argument="names")
        return met.then(_ordered(room.with_rows(met.rows), met.value, moment))

    return await _act(ctx, rule)


def _ordered(room: Snapshot, wanted: Sequence[str], moment: Moment) -> Outcome[TurnNews]:
    if room.story is not None and room.story.id not in room.turns:
        return turn_taking.start(room, moment, wanted)
    if not wanted:
        raise UserError("turn.say_names", argument="names")
    if len(wanted) == 1 and in_force(room.room).turn_order == "showrunner":
        return turn_taking.call(room, wanted[0], moment)
    return turn_taking.set_order(room, wanted, moment)


@commands.add("turn away")
async def away(ctx: Context, back: Annotated[bool, Flag("Yes when you are back")] = False) -> Reply:
    """Say that you are away: turns skip you until you act again."""

    def work(books: Books, moment: Moment) -> Any:
        rule = turn_taking.back if back else turn_taking.away
        return act(books, moment, lambda room: rule(room, moment), acted=back)

    return await ctx.act(
        work, lambda news: Reply.of(note(say("turn.is_away" if news.away else "turn.is_back")))
    )


# ---- the pen


@commands.add("pen take", button=True)
async def take(ctx: Context) -> Reply:
    """Take the pen: others see that you are writing."""

    def work(books: Books, moment: Moment) -> tuple[pens.PenNews, Snapshot]:
        return act(books, moment, lambda room: pens.take(room, moment)), books.snapshot()

    def face(done: tuple[pens.PenNews, Snapshot]) -> Reply:
        news, room = done
        until = when(news.pen.until, room.room, ctx.now) if news.pen.until else Marked("")
        return Reply.of(note(say("turn.pen_yours", until=until), button(say("turn.pen_back"), "pen release")))

    return await ctx.act(work, face)


@commands.add("pen release", button=True)
async def release(ctx: Context) -> Reply:
    """Put the pen down."""

    def work(books: Books, moment: Moment) -> pens.PenNews:
        return act(books, moment, lambda room: pens.release(room, moment))

    return await ctx.act(work, lambda _: Reply.of(note(say("turn.pen_free"))))


# ---- time


def _due(books: Books, due: DueRow, moment: Moment) -> Outcome[Any]:
    room = books.snapshot()
    match due.kind:
        case "pen":
            return pens.expire(room, due.subject, moment)
        case "turn":
            return turn_taking.time_out(room, due.subject, moment)
        case "nudge":
            return turn_taking.nudge(room, due.subject, moment)
        case _:
            return Outcome(None)


DUES: dict[str, DueRule] = dict.fromkeys(("pen", "turn", "nudge", "stop"), _due)
