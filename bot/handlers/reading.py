"""`/read` and `/previously`: the story as it stands, and what happened since one was last here."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Annotated

from bot.arguments import Int, When
from bot.cards import Card, Items, Reply, Text, note
from bot.commands import Commands
from bot.context import Context
from bot.faces import passages as faces
from bot.faces.exporting import reading_copy
from bot.handlers.acting import the_story
from bot.sentences import say
from bot.story.books import Books
from bot.story.house_rules import in_force
from bot.story.moments import Moment
from bot.story.snapshot import Snapshot
from bot.story.spans import minutes_of
from bot.story.staging import scene_numbered
from bot.story.stories import Story
from bot.story.text import last_line, shorten
from bot.story.veiling import mark

commands = Commands()
CARDS_MOST = 4
"""Cards of a reading; a longer story is handed over as a file."""
SCENE_MOST = 5_000
"""Passages of a scene, or of a folded story, that are shown."""
SHORT = CARDS_MOST * (faces.PARTS_MOST + 1)
"""More passages than these never fit on so many cards."""


def present(room: Snapshot) -> Story:
    """The room's story, else the one that was finished last."""
    return room.story or max(room.stories.values(), key=lambda s: s.number, default=None) or the_story(room)


@commands.add("read", changes=False)
async def read(ctx: Context, scene: Annotated[int, Int("The scene's number", 1, suggested=True)] = 0) -> Reply:
    """Read the story, or one scene of it."""

    def look(books: Books, _: Moment) -> Reply:
        room = books.snapshot()
        story = present(room)
        chosen = scene_numbered(room, story, scene) if scene else None
        whole = scene or (in_force(room.room).folded and story.status != "wrapped")
        most = SCENE_MOST if whole else SHORT + 1
        found = books.passages(story.id, scene_id=chosen.id if chosen else None, limit=most)
        if not found:
            return Reply.of(note(say("passage.nothing_yet")))
        drawn = faces.reading(room, story, found, room.scenes_of(story.id))
        if whole:
            return Reply(tuple(drawn))
        cards = tuple(islice(drawn, CARDS_MOST + 1))
        if len(cards) <= CARDS_MOST:
            return Reply(cards)
        name = f"story-{story.number}.md"
        return Reply(
            (cards[0], note(say("passage.read_file", file=name))), file=(name, reading_copy(books, story))
        )

    return await ctx.read(look)


@commands.add("previously", changes=False)
async def previously(ctx: Context, since: Annotated[str, When("Since when, such as 2d or 3h")] = "") -> Reply:
    """What happened so far, or since a while ago."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        story = present(room)
        start: datetime | None = (
            moment.now - timedelta(minutes=minutes_of(since, argument="since")) if since else None
        )
        found = books.passages(story.id, since=start, limit=12, last=True)
        rows = []
        if not in_force(room.room).folded or story.status == "wrapped":
            rows += [
                say(
                    "reading.passage",
                    number=p.number,
                    name=room.name(p.author),
                    opening=mark(p.veil) or shorten(p.opening, 70),
                )
                for p, _ in found
            ]
        elif found:
            rows.append(say("reading.folded", n=len(found)))
        for round_ in reversed(books.rounds(story.id, limit=5)):
            if (
                round_.part == "closed"
                and round_.winner_id
                and (start is None or (round_.closed_at or moment.now) >= start)
            ):
                won = books.pitch(round_.winner_id)
                if won is not None:
                    rows.append(say("reading.decided", question=round_.question, idea=shorten(won.text, 80)))
        rows += [say("story.round_open", question=r.question) for r in room.open_rounds(story.id)]
        if not rows:
            return Reply.of(note(say("reading.nothing_since" if since else "passage.nothing_yet")))
        parts = [Items(tuple(rows[-25:]))]
        last = found[-1][1].text if found else ""
        where = (
            Text(say("reading.last_line", line=last_line(last, 300)))
            if last
            else None
        )
        return Reply.of(Card(say("reading.title", story=story.title), (*parts, *((where,) if where else ()))))

    return await ctx.read(look)
