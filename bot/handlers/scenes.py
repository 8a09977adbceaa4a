"""`/scene`: dividing the story, and keeping its parts in order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from bot.arguments import Int, Text
from bot.calls import Call
from bot.cards import Action, Card, Items, Reply, button, note
from bot.commands import Commands
from bot.context import Context
from bot.faces import passages as faces
from bot.handlers.acting import act, the_story
from bot.handlers.reading import present
from bot.sentences import say
from bot.story import staging
from bot.story.books import Books
from bot.story.moments import Moment, Outcome
from bot.story.passages import Passage
from bot.story.snapshot import Snapshot
from bot.story.staging import SceneNews

commands = Commands()
NUMBER = Annotated[int, Int("The scene's number", 1, suggested=True)]


def _receipt(key: str, news: SceneNews) -> Reply:
    title = news.scene.title or say("scene.untitled")
    text = say(f"scene.{key}", number=news.scene.number, title=title, n=news.passages)
    back = (button(say("undo.back"), "scene restore", number=news.scene.number),) if key == "removed" else ()
    return Reply.of(note(text, *back))


async def _act(
    ctx: Context, key: str, rule: Callable[[Snapshot, Books, Moment], Outcome[SceneNews]]
) -> Reply:
    def work(books: Books, moment: Moment) -> SceneNews:
        return act(books, moment, lambda room: rule(room, books, moment))

    return await ctx.act(work, lambda news: _receipt(key, news))


@commands.add("scene add", keeps="said")
async def add(
    ctx: Context,
    title: Annotated[str, Text("What the scene is called", most=200)] = "",
    place: Annotated[str, Text("Where it plays", most=200)] = "",
) -> Reply:
    """Begin a new scene; passages go into it from now on."""
    return await _act(ctx, "added", lambda room, _, moment: staging.add(room, title, moment, place=place))


@commands.add("scene list", changes=False)
async def list_(ctx: Context) -> Reply:
    """The scenes of the story."""

    def look(books: Books, _: Moment) -> Reply:
        room = books.snapshot()
        story = present(room)
        rows = []
        for scene in room.scenes_of(story.id):
            key = "scene.line_here" if scene.id == story.scene_id else "scene.line"
            rows.append(say(key, number=scene.number, title=scene.title or say("scene.untitled")))
        return Reply.of(Card(say("scene.list_title", story=story.title), (Items(tuple(rows), numbered=True),)))

    return await ctx.read(look)


@commands.add("scene view", changes=False)
async def view(ctx: Context, number: NUMBER = 0) -> Reply:
    """Read one scene."""

    def look(books: Books, _: Moment) -> Reply:
        room = books.snapshot()
        story = present(room)
        scene = staging.scene_numbered(room, story, number or None)
        found = books.passages(story.id, scene_id=scene.id, limit=5_000)
        if not found:
            return Reply.of(note(say("scene.empty", number=scene.number)))
        cards = tuple(faces.reading(room, story, found, (scene,)))
        report = Action(say("moderation.report"), Call("report-card passage"))
        return Reply((*cards[:-1], cards[-1].with_actions(report)))

    return await ctx.read(look)


@commands.add("scene revise", keeps="said")
async def revise(
    ctx: Context,
    number: NUMBER,
    title: Annotated[str, Text("The scene's new title", most=200)],
    place: Annotated[str, Text("Where it plays", most=200)] = "",
) -> Reply:
    """Give a scene another title or place."""
    return await _act(
        ctx, "revised", lambda room, _, m: staging.revise(room, number, m, title=title, place=place or None)
    )


@commands.add("scene lock")
async def lock(ctx: Context, number: NUMBER = 0) -> Reply:
    """Close a scene to new words, or open it again."""

    def rule(room: Snapshot, _: Books, moment: Moment) -> Outcome[SceneNews]:
        scene = staging.scene_numbered(room, the_story(room), number or None)
        return (staging.unlock if scene.status == "locked" else staging.lock)(room, scene.number, moment)

    def work(books: Books, moment: Moment) -> SceneNews:
        return act(books, moment, lambda room: rule(room, books, moment))

    return await ctx.act(
        work, lambda news: _receipt("locked" if news.scene.status == "locked" else "unlocked", news)
    )


def _heads(room: Snapshot, books: Books, number: int) -> list[Passage]:
    """The heads of all passages of a scene, standing or not."""
    story = the_story(room)
    scene = next((s for s in room.scenes.values() if s.story_id == story.id and s.number == number), None)
    if scene is None:
        return []
    return [p for p, _ in books.passages(story.id, scene_id=scene.id, limit=100_000, standing=False)]


@commands.add("scene remove")
async def remove(ctx: Context, number: NUMBER) -> Reply:
    """Take a scene out of the story; it can be put back."""
    return await _act(
        ctx, "removed", lambda room, books, m: staging.remove(room, number, _heads(room, books, number), m)
    )


@commands.add("scene restore")
async def restore(ctx: Context, number: NUMBER) -> Reply:
    """Put a scene back."""
    return await _act(
        ctx, "restored", lambda room, books, m: staging.restore(room, number, _heads(room, books, number), m)
    )
