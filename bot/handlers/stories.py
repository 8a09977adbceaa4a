"""`/story`: beginning, naming, resting, finishing and keeping stories."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast

from bot.arguments import Int, Pick, Text
from bot.cards import Reply, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound
from bot.faces import stories as faces
from bot.faces.exporting import Format, export_text
from bot.handlers.acting import act, the_story
from bot.sentences import say
from bot.story import storytelling
from bot.story.books import Books
from bot.story.moments import Moment, Outcome
from bot.story.snapshot import Snapshot
from bot.story.stories import Story
from bot.story.storytelling import StoryNews

commands = Commands()
NUMBER = Annotated[int, Int("The story's number", 1)]
Rule = Callable[[Snapshot, Moment, Story | None], Outcome[StoryNews]]


@commands.add("story new", keeps="said")
async def new(ctx: Context, title: Annotated[str, Text("What the story is called", most=200)]) -> Reply:
    """Begin a story."""

    def work(books: Books, moment: Moment) -> tuple[StoryNews, Snapshot]:
        return act(books, moment, lambda room: storytelling.new_story(room, title, moment)), books.snapshot()

    return await ctx.act(work, lambda done: faces.begun(*done))


def _numbered(books: Books, number: int) -> Story | None:
    """The story of this number, or None for the room's present one."""
    if not number:
        return None
    found = books.story_numbered(number)
    if found is None:
        raise NotFound("story.no_such", number=number)
    return found


async def _act(ctx: Context, key: str, number: int, rule: Rule) -> Reply:
    def work(books: Books, moment: Moment) -> StoryNews:
        story = _numbered(books, number)
        return act(books, moment, lambda room: rule(room, moment, story))

    return await ctx.act(work, lambda news: faces.told(key, news))


@commands.add("story list", changes=False)
async def list_(ctx: Context) -> Reply:
    """All stories of this room."""

    def look(books: Books, _: Moment) -> Reply:
        live = sorted(books.snapshot().stories.values(), key=lambda s: -s.number)
        return faces.listed([*live, *books.archived()])

    return await ctx.read(look)


@commands.add("story status", changes=False)
async def status(ctx: Context, number: NUMBER = 0) -> Reply:
    """Where the story stands."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        return faces.status(room, _numbered(books, number) or _latest(room), moment.now)

    return await ctx.read(look)


def _latest(room: Snapshot) -> Story:
    """The room's present story, else the one that was finished last."""
    return room.story or max(room.stories.values(), key=lambda s: s.number, default=None) or the_story(room)


@commands.add("story rename", keeps="said")
async def rename(ctx: Context, title: Annotated[str, Text("The new title", most=200)]) -> Reply:
    """Give the story another title."""
    return await _act(
        ctx, "renamed", 0, lambda room, moment, story: storytelling.rename(room, title, moment, story)
    )


@commands.add("story pause")
async def pause(ctx: Context) -> Reply:
    """Let the story rest; its clocks stand still."""
    return await _act(ctx, "paused", 0, storytelling.pause)


@commands.add("story-card resume", button=True)
async def resume(ctx: Context, number: NUMBER = 0) -> Reply:
    """Take the story up again."""
    return await _act(ctx, "resumed", number, storytelling.resume)


@commands.add("story wrap")
async def wrap(ctx: Context) -> Reply:
    """Finish the story."""
    return await _act(ctx, "wrapped", 0, storytelling.wrap)


@commands.add("story archive")
async def archive(ctx: Context, number: NUMBER = 0) -> Reply:
    """Put the story away; it is kept."""
    return await _act(ctx, "archived", number, storytelling.archive)


@commands.add("story-card reopen", button=True)
async def reopen(ctx: Context, number: NUMBER) -> Reply:
    """Open a finished or archived story again."""
    return await _act(ctx, "reopened", number, storytelling.reopen)


@commands.add("story export", changes=False)
async def export(
    ctx: Context,
    format: Annotated[str, Pick("The kind of file", ("md", "txt", "json"))] = "md",  # the option's name
    number: NUMBER = 0,
) -> Reply:
    """Take the story with you as a file, with credits."""

    def look(books: Books, _: Moment) -> Reply:
        story = _numbered(books, number) or _latest(books.snapshot())
        name = f"story-{story.number}.{format}"
        text = export_text(books, story, cast(Format, format))
        return Reply((note(say("story.export_ready", title=story.title, file=name)),), file=(name, text))

    return await ctx.read(look)
