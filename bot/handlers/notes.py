"""`/notes`: what people would say to the writer of a passage, or about the story as a whole."""

from __future__ import annotations

from typing import Annotated

from bot.arguments import Int, Ref, Text, When
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound
from bot.faces import notes as faces
from bot.handlers.acting import act
from bot.handlers.reading import present
from bot.story import noting
from bot.story.books import Books
from bot.story.coming import instant_of
from bot.story.moments import Moment, Outcome
from bot.story.notes import Note
from bot.story.noting import NoteNews
from bot.story.passages import Passage
from bot.story.snapshot import Snapshot
from bot.story.stories import Story

commands = Commands()


def give_note(
    books: Books, moment: Moment, text: str, *, passage: Passage | None = None, due: str = "", message: str = ""
) -> Reply:
    """A note inside a unit of work, and its receipt."""
    here = books.snapshot()
    story = here.stories.get(passage.story_id) if passage is not None else present(here)
    if story is None:
        raise NotFound("passages.in_archive", number=passage.number if passage is not None else 0)
    standing = books.notes(story.id, limit=noting.NOTES_MOST)
    due_at = instant_of(due, here.room.zone, moment.now, argument="due") if due else None

    def rule(room: Snapshot) -> Outcome[NoteNews]:
        return noting.give(
            room, room.stories[story.id], text, moment, standing=standing, passage=passage, due_at=due_at, message=message
        )  # fmt: skip

    return faces.receipt(act(books, moment, rule), books.snapshot(), moment.now, on_message=bool(message))


@commands.add("notes give", keeps="said")
async def give(
    ctx: Context,
    *,
    passage: Annotated[int, Int("The passage's number; the whole story without one", 1)] = 0,
    text: Annotated[str, Text("What you would say to its writer", most=2000, long=True)],
    due: Annotated[str, When("When it should be seen to, such as Fri 17:00 or 3d")] = "",
) -> Reply:
    """Give a note on a passage, or on the story as a whole."""

    def work(books: Books, moment: Moment) -> Reply:
        found = books.passage_numbered(present(books.snapshot()).id, passage) if passage else None
        if passage and found is None:
            raise NotFound("passages.no_such", argument="passage", number=passage)
        return give_note(books, moment, text, passage=found[0] if found is not None else None, due=due)

    return await ctx.act(work, lambda reply: reply)


@commands.add("notes list", changes=False)
async def list_(ctx: Context, number: Annotated[int, Int("The note's number, to read it whole", 1)] = 0) -> Reply:
    """The open notes, oldest first; with a number one note, whole."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        story = present(room)
        if number:
            one = _numbered(books, story, number)
            return faces.whole(room, story, one, moment.now, mine=noting.may_resolve(room, one, moment))
        found = books.notes(story.id, limit=noting.NOTES_MOST)
        mine = [one for one in found if noting.may_resolve(room, one, moment)]
        return faces.listed(room, story, found, moment.now, mine)

    return await ctx.read(look)


@commands.add("notes resolve")
async def resolve(ctx: Context, number: Annotated[int, Int("The note's number", 1)]) -> Reply:
    """Say that a note is seen to."""

    def work(books: Books, moment: Moment) -> NoteNews:
        story = present(books.snapshot())
        one = _numbered(books, story, number)
        return act(books, moment, lambda room: noting.resolve(room, story, one, moment))

    return await ctx.act(work, faces.resolved)


@commands.add("note-card resolve", button=True)
async def seen_to(ctx: Context, note: Annotated[str, Ref()]) -> Reply:
    """Say on its card that a note is seen to."""

    def work(books: Books, moment: Moment) -> NoteNews:
        one = books.note(note)
        story = books.snapshot().stories.get(one.story_id) if one is not None else None
        if one is None or story is None:
            raise NotFound("notes.no_such", number="?")
        return act(books, moment, lambda room: noting.resolve(room, story, one, moment))

    return await ctx.act(work, faces.resolved)


@commands.add("notes coverage", changes=False)
async def coverage(ctx: Context) -> Reply:
    """How many notes are open in each scene, and since when."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        story = present(room)
        found = noting.coverage(room.scenes_of(story.id), books.notes(story.id, limit=noting.NOTES_MOST))
        return faces.coverage(room, story, found, moment.now)

    return await ctx.read(look)


def _numbered(books: Books, story: Story, number: int) -> Note:
    found = books.note_numbered(story.id, number)
    if found is None or found.state == "withdrawn":
        raise NotFound("notes.no_such", argument="number", number=number)
    return found
