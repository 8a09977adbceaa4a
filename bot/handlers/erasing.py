"""Erasing for good: what it would do, then a second press that carries the version it was shown."""

from __future__ import annotations

from typing import Annotated, cast

from bot.arguments import Int, Pick, Ref
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.faces import erasing as faces
from bot.handlers.acting import act
from bot.handlers.things import KINDS, Kind, thing
from bot.story import erasing
from bot.story.books import Books
from bot.story.erasing import Erased, Swept
from bot.story.moderating import require_keeper
from bot.story.moments import Moment
from bot.story.passages import MachineText, Passage
from bot.story.prompts import Answer, Prompt
from bot.story.rounds import Pitch

commands = Commands()


@commands.add("moderate-card erase", button=True)
async def erase(
    ctx: Context,
    kind: Annotated[str, Pick("What kind of thing", KINDS)],
    id: Annotated[str, Ref()],  # the argument's name in tokens
    rev: Annotated[int, Int("version")] = 0,
) -> Reply:
    """Erase something for good, from every place in this room."""
    if not rev:
        return await before(ctx, cast(Kind, kind), id)

    def work(books: Books, moment: Moment) -> tuple[Erased, Swept]:
        erasing.check(books.snapshot(), thing(books, cast(Kind, kind), id), rev, moment)
        swept = books.erase((id,), moment.now)
        gone = thing(books, cast(Kind, kind), id)
        return act(books, moment, lambda room: erasing.erased(room, gone, moment)), swept

    return await ctx.act(work, lambda done: faces.done(*done))


async def before(ctx: Context, kind: Kind, id_: str) -> Reply:
    """What erasing would do: the first of two presses."""

    def look(books: Books, moment: Moment) -> Reply:
        room, found = books.snapshot(), thing(books, kind, id_)
        require_keeper(room, moment)
        erasing.check(room, found, erasing.version_of(found), moment)
        match found:
            case Passage():
                versions = books.versions(found.id)
                words = versions[-1].text or versions[-1].hidden_text
                return faces.before(found, kind, room.name(found.author), words, len(versions))
            case Pitch():
                return faces.before(found, kind, "", found.hidden_text or found.text, 1)
            case Answer():
                kept = books.answer_versions(found.id)
                return faces.before(found, kind, found.name, kept[-1].text or kept[-1].hidden_text, len(kept))
            case Prompt():
                return faces.before(found, kind, "", found.hidden_text or found.text, 1)
            case MachineText():
                return faces.before(found, kind, "", found.hidden_text or found.text, 1)

    return await ctx.read(look)
