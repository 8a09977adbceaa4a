"""`/showrunner digest`: the weekly card, off until a showrunner turns it on."""

from __future__ import annotations

from typing import Annotated, Any

from bot.arguments import Text
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.faces import digest as faces
from bot.handlers.acting import act
from bot.story import digest
from bot.story.books import Books, DueRow
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.sweeping import DueRule

commands = Commands()

_OFF = frozenset({"off", "no", "none", "never"})


@commands.add("showrunner digest")
async def weekly(
    ctx: Context, when: Annotated[str, Text("A weekday and an hour, such as Sun 18:00; or off", most=40)] = ""
) -> Reply:
    """A weekly card: what was written, who won, what is open, days in a row. Off until you turn it on."""
    if not when.strip():
        return await ctx.read(
            lambda books, moment: faces.state(books.snapshot(), digest.comes(books.digest()), moment.now)
        )

    def work(books: Books, moment: Moment) -> Reply:
        def rule(room: Snapshot) -> Outcome[digest.DigestNews]:
            if when.strip().casefold() in _OFF:
                return digest.turn_off(room, books.digest(), moment)
            return digest.turn_on(room, when, moment)

        news = act(books, moment, rule)
        return faces.state(books.snapshot(), news, moment.now, off=news.digest is None)

    return await ctx.act(work, lambda reply: reply)


def _due(books: Books, due: DueRow, moment: Moment) -> Outcome[Any]:
    return digest.fall_due(books.digest(), moment)


DUES: dict[str, DueRule] = {"digest": _due}
