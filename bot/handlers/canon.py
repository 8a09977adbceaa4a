"""`/canon`: plain facts of the story bible."""

from __future__ import annotations

from typing import Annotated, cast

from bot.arguments import Pick, Text
from bot.cards import Card, Items, Reply, button, note
from bot.commands import Commands
from bot.context import Context
from bot.handlers.acting import act, the_story
from bot.handlers.reading import present
from bot.sentences import Marked, say
from bot.story import canoneering
from bot.story.books import Books
from bot.story.canon import Fact, FactKind
from bot.story.canoneering import FactNews
from bot.story.moments import Moment

commands = Commands()
KIND = Annotated[str, Pick("What kind of fact", tuple(canoneering.kinds()))]
PAGE = 25


@commands.add("canon add", keeps="said")
async def add(
    ctx: Context, fact: Annotated[str, Text("The fact, its name first", most=500, long=True)], kind: KIND = ""
) -> Reply:
    """Add a fact to the story bible."""

    def work(books: Books, moment: Moment) -> FactNews:
        story = the_story(books.snapshot())
        standing = books.facts(story.id, limit=10_000)
        chosen = cast(FactKind, kind) if kind else None
        return act(
            books, moment, lambda room: canoneering.add(room, fact, moment, standing=standing, kind=chosen)
        )

    return await ctx.act(work, receipt)


def receipt(news: FactNews) -> Reply:
    """The receipt of a fact."""
    key = "cast.added_guessed" if news.guessed else "cast.added"
    text = say(
        key,
        number=news.fact.number,
        kind=say(f"cast.kind_{news.fact.kind}"),
        name=news.fact.name,
        text=news.fact.text,
    )
    return Reply.of(note(text, button(say("passage.undo"), "undo")))


def _rows(facts: tuple[Fact, ...]) -> list[Marked]:
    return [say("cast.line", number=f.number, kind=say(f"cast.kind_{f.kind}"), text=f.text) for f in facts]


@commands.add("canon list", changes=False)
async def list_(ctx: Context, kind: KIND = "") -> Reply:
    """The facts of the story, by number."""

    def look(books: Books, _: Moment) -> Reply:
        story = present(books.snapshot())
        rows = _rows(tuple(books.facts(story.id, kind=kind or None)))
        if not rows:
            return Reply.of(note(say("cast.none")))
        pages = [rows[n : n + 6] for n in range(0, len(rows), 6)]
        first = Card(say("cast.title", story=story.title), (Items(tuple(pages[0])),))
        return Reply((first, *(Card(parts=(Items(tuple(page)),)) for page in pages[1:PAGE])))

    return await ctx.read(look)


@commands.add("canon cast", changes=False)
async def cast_(ctx: Context) -> Reply:
    """Who is in the story."""

    def look(books: Books, _: Moment) -> Reply:
        story = present(books.snapshot())
        people = canoneering.cast(tuple(books.facts(story.id)))
        if not people:
            return Reply.of(note(say("cast.nobody")))
        rows = [
            say("cast.person", name=name, facts=" ".join(f.text for f in facts)[:400])
            for name, facts in people
        ]
        pages = [rows[n : n + 6] for n in range(0, len(rows), 6)]
        first = Card(say("cast.cast_title", story=story.title), (Items(tuple(pages[0])),))
        return Reply((first, *(Card(parts=(Items(tuple(page)),)) for page in pages[1:PAGE])))

    return await ctx.read(look)
