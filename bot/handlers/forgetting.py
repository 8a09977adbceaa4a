"""`/my forget` and `/my export`: one's own words, out of the room or along in a file; and a keeper's answer to a request."""

from __future__ import annotations

from typing import Annotated

from bot.arguments import Int, Ref, Text
from bot.cards import Reply, note
from bot.commands import Commands
from bot.context import Context
from bot.faces import forgetting as faces
from bot.faces import moderation
from bot.handlers.acting import act
from bot.sentences import say
from bot.story import taking_out
from bot.story.books import Books
from bot.story.moderating import Answered, Reported
from bot.story.moments import Moment
from bot.story.taking_out import Plan, TakenOut

commands = Commands()


def _plan(books: Books, person: str, moment: Moment) -> Plan:
    return taking_out.plan(books.snapshot(), books.own(person), person, moment)


@commands.add("my forget", changes=False)
async def forget(ctx: Context) -> Reply:
    """Take your words out of this room; it says first what would go."""
    return await ctx.read(lambda books, moment: faces.before(_plan(books, moment.actor, moment)))


@commands.add("my-card forget", button=True)
async def forget_now(ctx: Context, rev: Annotated[int, Int("revision", 0, 2**31)]) -> Reply:
    """Take your words out of this room, for good."""

    def work(books: Books, moment: Moment) -> TakenOut:
        planned = _plan(books, moment.actor, moment)
        taking_out.check(books.snapshot(), planned, rev, moment)
        return _take_out(books, planned, moment)

    return await ctx.act(work, faces.done)


def _take_out(books: Books, planned: Plan, moment: Moment) -> TakenOut:
    """The words first, then what follows in the room, in one transaction of as many statements as there are places."""
    books.erase(planned.ids, moment.now, person=planned.person, since=planned.since)
    gone = [found[0] for p, _ in planned.own.passages if (found := books.passage(p.id)) is not None]
    pitches = [idea for p in planned.own.pitches if (idea := books.pitch(p.id)) is not None]
    return act(
        books, moment, lambda room: taking_out.taken_out(room, planned, gone, pitches, moment), acted=False
    )


@commands.add("my-card ask", button=True, keeps="said")
async def ask(
    ctx: Context, reason: Annotated[str, Text("What the showrunner should know", most=500, long=True)]
) -> Reply:
    """Ask the showrunner for your words to be taken out."""

    def work(books: Books, moment: Moment) -> Reported:
        planned = _plan(books, moment.actor, moment)
        return act(books, moment, lambda room: taking_out.ask(room, planned, reason, moment), acted=False)

    return await ctx.act(work, lambda done: Reply.of(note(say("forget.asked", number=done.report.number))))


@commands.add("moderate-card allow", button=True)
async def allow(ctx: Context, report: Annotated[str, Ref()], rev: Annotated[int, Int("revision", 0, 2**31)] = 0) -> Reply:
    """Take out the words of who asked for it."""
    if not rev:

        def look(books: Books, moment: Moment) -> Reply:
            made = taking_out.request(books.snapshot(), report, moment)
            return faces.to_allow(_plan(books, made.reporter, moment), made)

        return await ctx.read(look)

    def work(books: Books, moment: Moment) -> TakenOut:
        made = taking_out.request(books.snapshot(), report, moment)
        planned = _plan(books, made.reporter, moment)
        taking_out.check(books.snapshot(), planned, rev, moment)
        return _take_out(books, planned, moment)

    return await ctx.act(work, faces.allowed)


@commands.add("moderate-card decline", button=True, keeps="said")
async def decline(
    ctx: Context, report: Annotated[str, Ref()], words: Annotated[str, Text("Your answer", most=500, long=True)]
) -> Reply:
    """Leave the words of who asked where they are, with an answer."""

    def work(books: Books, moment: Moment) -> Answered:
        return act(books, moment, lambda room: taking_out.decline(room, report, words, moment))

    return await ctx.act(work, moderation.answered)


@commands.add("my export", changes=False)
async def export(ctx: Context) -> Reply:
    """All your own words in this room, as a file."""
    return await ctx.read(lambda books, moment: faces.export(books.own(moment.actor), "my-words.txt"))
