"""`/sprint`: write for some minutes together, and say how many words it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from bot.arguments import Int, Ref
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.faces import sprints as faces
from bot.handlers.acting import act
from bot.story import sprints
from bot.story.books import Books, DueRow
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.sprints import Runner, Sprint, SprintNews
from bot.sweeping import DueRule

commands = Commands()

SPRINT = Annotated[str, Ref()]
Rule = Callable[[Snapshot, Sprint | None, Sequence[Runner], Moment], Outcome[SprintNews]]


async def _act(
    ctx: Context, which: Callable[[Books, Moment], Sprint | None], rule: Rule,
    face: Callable[[Snapshot, SprintNews, Moment], Reply],
) -> Reply:  # fmt: skip
    """One act in the sprint that is meant."""

    def work(books: Books, moment: Moment) -> Reply:
        sprint = which(books, moment)
        runners = books.runners(sprint.id) if sprint is not None else ()
        news = act(books, moment, lambda room: rule(room, sprint, runners, moment))
        return face(books.snapshot(), news, moment)

    return await ctx.act(work, lambda reply: reply)


def _latest(books: Books, _: Moment) -> Sprint | None:
    return books.last_sprint()


@commands.add("sprint start")
async def start(
    ctx: Context,
    for_: Annotated[int, Int("For how many minutes", 1, 180)] = 20,
    in_: Annotated[int, Int("In how many minutes it begins", 0, 1440)] = 2,
) -> Reply:
    """Call a word sprint: who joins writes for some minutes, then says how many words it was."""

    def work(books: Books, moment: Moment) -> Reply:
        last = books.last_sprint()
        open_ = last if last is not None and last.state in ("called", "running") else None
        number = last.number + 1 if last is not None else 1
        news = act(books, moment, lambda room: sprints.start(room, open_, number, for_, in_, moment))
        return faces.called(books.snapshot(), news, moment.now)

    return await ctx.act(work, lambda reply: reply)


@commands.add("sprint join")
async def join(
    ctx: Context,
    begin_with: Annotated[int | None, Int("How many words your text has now, if you count the whole", 0, 5_000_000)] = None,
) -> Reply:
    """Join the sprint that is called or runs."""
    return await _act(
        ctx, _latest, lambda room, sprint, runners, moment: sprints.join(room, sprint, runners, begin_with, moment),
        lambda room, news, moment: faces.joined(room, news, moment.now),
    )  # fmt: skip


@commands.add("sprint words")
async def words(
    ctx: Context,
    words: Annotated[int, Int("How many words you wrote; how many there are now, if you began with a count", 0, 5_000_000)],
    sprint: SPRINT = "",
) -> Reply:
    """Say how many words you wrote in the sprint."""

    def which(books: Books, moment: Moment) -> Sprint | None:
        return books.sprint(sprint) if sprint else books.sprint_of(moment.actor) or books.last_sprint()

    return await _act(
        ctx, which, lambda room, found, runners, moment: sprints.words(room, found, runners, words, moment),
        lambda _, news, __: faces.said(news),
    )  # fmt: skip


@commands.add("sprint end")
async def end(ctx: Context) -> Reply:
    """End the sprint that you called now, or call it off before it begins."""
    return await _act(ctx, _latest, sprints.end, lambda _, news, __: faces.ended(news))


@commands.add("sprint-card leave", button=True)
async def leave(ctx: Context, sprint: SPRINT) -> Reply:
    """Leave a sprint; nothing of yours is counted in it."""
    return await _act(ctx, lambda books, _: books.sprint(sprint), sprints.leave, lambda _, news, __: faces.left(news))


# ---- time


def _due(books: Books, due: DueRow, moment: Moment) -> Outcome[Any]:
    sprint = books.sprint(due.subject)
    return Outcome(None) if sprint is None else sprints.tick(sprint, books.runners(sprint.id), moment)


DUES: dict[str, DueRule] = {"sprint": _due}
