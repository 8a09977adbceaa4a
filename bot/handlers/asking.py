"""The answers to a question about one's message: yes lets the words in as one's own, no leaves nothing behind."""

from __future__ import annotations

from typing import Annotated

from bot.arguments import Ref
from bot.cards import Reply, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound
from bot.faces import pitches
from bot.handlers import canon
from bot.handlers.acting import act, the_story
from bot.handlers.extending import put_in
from bot.holding import expire
from bot.sentences import say
from bot.story import asking, canoneering, pitching
from bot.story.asks import Ask
from bot.story.books import Books, DueRow
from bot.story.canoneering import FactNews
from bot.story.moments import Moment, Outcome
from bot.story.pitching import Pitched
from bot.story.snapshot import Snapshot
from bot.sweeping import DueRule

commands = Commands()
ASK = Annotated[str, Ref()]


def _found(books: Books, ask_id: str) -> Ask:
    found = books.ask(ask_id)
    if found is None:
        raise NotFound("asks.gone")
    return found


@commands.add("ask-card yes", button=True)
async def yes(ctx: Context, ask: ASK) -> Reply:
    """Let your words in: they stand as yours."""

    def work(books: Books, moment: Moment) -> Reply:
        found = _found(books, ask)
        settled = asking.answer(books.snapshot(), found, moment, yes=True)
        match found.kind:
            case "add":
                return put_in(books, moment, found.text, along=settled, asker=found.asker)
            case "pitch":
                return pitches.receipt(_pitched(books, moment, found, settled))
            case "canon":
                return canon.receipt(_canon(books, moment, found, settled))

    return await ctx.act(work, lambda reply: reply)


def _pitched(books: Books, moment: Moment, found: Ask, settled: Outcome[Ask]) -> Pitched:
    def rule(room: Snapshot) -> Outcome[Pitched]:
        return settled.then(asking.naming_asker(pitching.pitch(room, found.text, moment), found.asker))

    return act(books, moment, rule)


def _canon(books: Books, moment: Moment, found: Ask, settled: Outcome[Ask]) -> FactNews:
    standing = books.facts(the_story(books.snapshot()).id, limit=10_000)

    def rule(room: Snapshot) -> Outcome[FactNews]:
        made = canoneering.add(
            room, found.text, moment, standing=standing, kind=found.fact_kind, name=found.name,
            source_message=found.message,
        )  # fmt: skip
        return settled.then(asking.naming_asker(made, found.asker))

    return act(books, moment, rule)


@commands.add("ask-card no", button=True)
async def no(ctx: Context, ask: ASK) -> Reply:
    """Say no: nothing is used, and only the asker hears of it."""

    def work(books: Books, moment: Moment) -> Ask:
        found = _found(books, ask)
        return act(books, moment, lambda room: asking.answer(room, found, moment, yes=False), acted=False)

    return await ctx.act(work, lambda _: Reply.of(note(say("asks.no_receipt"))))


@commands.add("ask-card back", button=True)
async def back(ctx: Context, ask: ASK) -> Reply:
    """Take your question back."""

    def work(books: Books, moment: Moment) -> Ask:
        found = _found(books, ask)
        return act(books, moment, lambda room: asking.take_back(room, found, moment), acted=False)

    return await ctx.act(work, lambda _: Reply.of(note(say("asks.back_receipt"))))


def _due(books: Books, due: DueRow, moment: Moment) -> Outcome[object]:
    if due.kind == "held":
        return expire(books, due.subject).answering(None)
    found = books.ask(due.subject)
    return Outcome(None) if found is None else asking.lapse(books.snapshot(), found, moment).answering(None)


DUES: dict[str, DueRule] = dict.fromkeys(("ask", "held"), _due)
