"""`/undo`: one's own last act here, reversed; and put back."""

from __future__ import annotations

from bot.cards import Card, Reply, Text, button
from bot.commands import Commands
from bot.context import Context
from bot.handlers.acting import act
from bot.sentences import keys, say
from bot.story import undoing
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.text import first_words
from bot.story.undoing import Undone

commands = Commands()
DEEDS = 40


def _face(done: Undone) -> Reply:
    key = f"undo.{done.kind.replace('.', '_')}"
    what = say(key if key in keys() else "undo.act", number=done.number, words=first_words(done.text, 60))
    if done.back:
        text = say("undo.put_back", what=what)
        return Reply.of(Card(parts=(Text(text),), actions=(button(say("passage.undo"), "undo"),)))
    text = say("undo.whose", what=what, name=done.whose) if done.whose else say("undo.undone", what=what)
    return Reply.of(Card(parts=(Text(text),), actions=(button(say("undo.back"), "undo-card back"),)))


@commands.add("undo")
async def undo(ctx: Context) -> Reply:
    """Take back your own last act here."""

    def work(books: Books, moment: Moment) -> Undone:
        room = books.snapshot()
        own = books.deeds(person=moment.key, limit=DEEDS)
        if not own and undoing.may_undo_the_storys(room, moment) and room.story is not None:
            own = books.deeds(chain=room.story.id, limit=DEEDS)
        return act(books, moment, lambda here: undoing.undo(here, own, moment, books))

    return await ctx.act(work, _face)


@commands.add("undo-card back", button=True)
async def put_back(ctx: Context) -> Reply:
    """Put back what you took back."""

    def work(books: Books, moment: Moment) -> Undone:
        own = books.deeds(person=moment.key, limit=DEEDS)
        return act(books, moment, lambda here: undoing.put_back(here, own, moment, books))

    return await ctx.act(work, _face)
