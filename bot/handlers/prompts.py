"""`/prompt`: asking the room now, closing, and the room's own list. Schedules are in bot.handlers.schedules."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, cast

from bot.arguments import Flag, Int, Pick, Text, When
from bot.cards import Reply, note
from bot.commands import Commands, Growing
from bot.context import Context
from bot.errors import NotFound, UserError
from bot.faces import prompts as faces
from bot.faces.exporting import export_prompts
from bot.handlers import prompt_orders
from bot.handlers.acting import act
from bot.handlers.prompt_stock import stocked
from bot.sentences import say
from bot.story import daily, picking, prompt_list
from bot.story.books import Books, DueRow
from bot.story.coming import instant_of
from bot.story.content_lines import crossed
from bot.story.deadlines import ends
from bot.story.guards import require_opener
from bot.story.house_rules import in_force
from bot.story.moments import Moment, Outcome
from bot.story.passages import MachineText
from bot.story.picking import Closed, the_prompt
from bot.story.prompt_list import Listed
from bot.story.prompts import (
    GENRES,
    KINDS,
    SOURCES,
    Genre,
    Instead,
    Prompt,
    PromptIdea,
    Source,
    Wish,
    WishKind,
)
from bot.story.rooms import Room
from bot.story.snapshot import Snapshot
from bot.sweeping import DueRule

commands = Commands()
OPEN_MOST = 12
"""Prompts that may be open at once before nobody can ask another by hand."""
NUMBER = Annotated[int, Int("The prompt's number; the latest without one", 1, suggested=True)]


@commands.add("prompt now")
async def now(
    ctx: Context,
    kind: Annotated[str, Pick("What kind of prompt", ("any", *KINDS))] = "any",
    genre: Annotated[str, Pick("In which genre", GENRES)] = "any",
    source: Annotated[str, Pick("Where it comes from", SOURCES)] = "deck",
    blind: Annotated[bool, Flag("Whether answers stay hidden until the close")] = False,
    closes: Annotated[str, When("Until when, such as 18:00 or 2d")] = "",
) -> AsyncIterator[Growing | Reply]:
    """Ask the room a prompt now."""
    wish = Wish(cast(WishKind, kind), cast(Genre, genre), cast(Source, source), blind)
    if wish.source != "co-writer":
        yield await ctx.act(lambda books, moment: _ask(books, moment, wish, closes), lambda up: faces.asked(up, wish))
        return
    begun: list[prompt_orders.Begun] = []

    def begin(books: Books, moment: Moment) -> prompt_orders.Begun:
        _may_ask(books, moment, closes)
        return prompt_orders.begin(ctx.shop, books, moment, wish)

    def in_between(found: prompt_orders.Begun) -> Reply:
        begun.append(found)
        return Reply.of(note(say("assist.in_between")))

    await ctx.begin(begin, in_between)
    asked = begun[0]
    came = prompt_orders.Came(None)
    if asked.brief is not None:
        yield Growing("", label=asked.text.label if asked.text is not None else "")
        came = await prompt_orders.written(ctx.shop.writer, asked.brief)

    def finish(books: Books, moment: Moment) -> Prompt:
        text, why = prompt_orders.end(books, moment, asked, came)
        return _ask(books, moment, wish, closes, machine=text, instead=why)

    yield await ctx.finish(finish, lambda up: faces.asked(up, wish))


def _may_ask(books: Books, moment: Moment, closes: str) -> datetime | None:
    """When the prompt will close. Refuses who may not ask, and one too many."""
    room = books.snapshot()
    require_opener(room, moment)
    open_ = len(books.prompts(statuses=("open",), limit=OPEN_MOST))
    if open_ >= OPEN_MOST:
        raise UserError("prompt.too_many_open", n=open_)
    return _closing(room.room, closes, moment)


def _closing(room: Room, closes: str, moment: Moment) -> datetime | None:
    """When a prompt that is asked by hand closes: as said, else after the room's length of a round."""
    if not closes:
        return ends(room, moment.now, in_force(room).length)
    at = instant_of(closes, room.zone, moment.now, argument="closes")
    if at < moment.now + timedelta(minutes=1):
        raise UserError("prompt.closes_soon", argument="closes")
    return at


def _ask(
    books: Books, moment: Moment, wish: Wish, closes: str, *, machine: MachineText | None = None, instead: Instead = ""
) -> Prompt:
    closes_at = _may_ask(books, moment, closes)
    stock = stocked(books, wish, moment, machine=machine, instead=instead)
    return act(books, moment, lambda room: daily.ask(room, wish, stock, moment, closes_at=closes_at))


def found(books: Books, number: int) -> Prompt:
    """The prompt of this number; for 0 the one that was asked last."""
    if number:
        return the_prompt(books.prompt_numbered(number))
    latest = books.prompts(statuses=("open", "voting", "closed"), limit=1)
    if not latest:
        raise NotFound("prompt.none_yet")
    return latest[0]


def open_one(books: Books, number: int) -> Prompt:
    """The prompt that an answer or a close is for: by number, else the latest that is open."""
    if number:
        return the_prompt(books.prompt_numbered(number))
    latest = books.prompts(statuses=("open", "voting"), limit=1)
    if not latest:
        raise NotFound("prompt.none_open")
    return latest[0]


@commands.add("prompt close")
async def close(ctx: Context, number: NUMBER = 0) -> Reply:
    """Close a prompt: answers are shown, votes are counted."""

    def work(books: Books, moment: Moment) -> Closed:
        prompt = open_one(books, number)
        answers, ballots = books.answers(prompt.id), books.answer_ballots(prompt.id)
        return act(books, moment, lambda room: picking.close(room, prompt, answers, ballots, moment), acted=False)

    return await ctx.act(work, faces.closed)


def _due_close(books: Books, due: DueRow, moment: Moment) -> Outcome[object]:
    prompt = books.prompt(due.subject)
    if prompt is None:
        return Outcome(None)
    answers, ballots = books.answers(prompt.id), books.answer_ballots(prompt.id)
    return picking.due_close(books.snapshot(), prompt, answers, ballots, moment).answering(None)


DUES: dict[str, DueRule] = {"prompt_close": _due_close, **prompt_orders.DUES}


# ---- the room's own list


@commands.add("prompt add", keeps="said")
async def add(ctx: Context, text: Annotated[str, Text("The prompt, as the room will read it", most=1000, long=True)]) -> Reply:
    """Put a prompt of your own on the room's list."""

    def work(books: Books, moment: Moment) -> PromptIdea:
        def rule(room: Snapshot) -> Outcome[PromptIdea]:
            if line := crossed(room.room, text):
                raise UserError("prompt.content_line", argument="text", line=line)
            return prompt_list.add(room, books.prompt_ideas(), text, moment)

        return act(books, moment, rule)

    return await ctx.act(work, faces.added)


@commands.add("prompt import", keeps="said")
async def bring(
    ctx: Context, text: Annotated[str, Text("Prompts, one a line; or a text file of them", most=100_000, long=True)]
) -> Reply:
    """Put many prompts on the room's list, one a line, from a text or a file."""

    def work(books: Books, moment: Moment) -> Listed:
        return act(books, moment, lambda room: prompt_list.bring(room, books.prompt_ideas(), text, moment))

    return await ctx.act(work, faces.imported)


@commands.add("prompt ideas", changes=False)
async def ideas(ctx: Context) -> Reply:
    """The room's own prompts, in the order in which they are asked."""
    return await ctx.read(lambda books, moment: faces.listed(books.snapshot(), books.prompt_ideas(), moment.now))


@commands.add("prompt remove")
async def remove(ctx: Context, number: Annotated[int, Int("Its number on the list", 1, suggested=True)]) -> Reply:
    """Take a prompt off the room's list."""

    def work(books: Books, moment: Moment) -> PromptIdea:
        return act(books, moment, lambda room: prompt_list.remove(room, books.prompt_ideas(), number, moment))

    return await ctx.act(work, faces.removed)


@commands.add("prompt export", changes=False)
async def export(ctx: Context, number: Annotated[int, Int("One prompt's number; all without one", 1, suggested=True)] = 0) -> Reply:
    """Take prompts and their answers with you, as a file."""

    def look(books: Books, moment: Moment) -> Reply:
        those = [found(books, number)] if number else list(books.prompts(statuses=("open", "voting", "closed"), limit=5_000))[::-1]
        if not those:
            raise NotFound("prompt.none_yet")
        name = f"prompt-{number}.md" if number else "prompts.md"
        text = export_prompts(books, those, moment.key)
        return Reply((note(say("prompt.export_ready", n=len(those), file=name)),), file=(name, text))

    return await ctx.read(look)
