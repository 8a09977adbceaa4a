"""`/my`: one's own turns and drafts, and what the machine may see of one's words."""

from __future__ import annotations

from typing import Annotated

from bot.arguments import Pick
from bot.calls import Call
from bot.cards import Action, Card, Items, Reply, Text, button, note
from bot.commands import Commands
from bot.context import Context, There
from bot.faces import my as faces
from bot.faces.times import when
from bot.handlers.acting import act
from bot.sentences import Marked, say
from bot.story import consent, later, pens, voting
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.passages import Draft, MachineText
from bot.story.people import Consent
from bot.story.text import first_words

commands = Commands()


def _waiting(books: Books, moment: Moment) -> list[Marked]:
    """What waits for a person in one room."""
    room = books.snapshot()
    rows = []
    for story in sorted(room.stories.values(), key=lambda s: s.number):
        turn, pen = room.turns.get(story.id), room.pens.get(story.id)
        if turn is not None and turn.current == moment.key:
            rows.append(say("my.turn", story=story.title))
        if pen is not None and pens.holder(pen, moment.now) == moment.key and pen.until is not None:
            rows.append(say("my.pen", story=story.title, until=when(pen.until, room.room, moment.now)))
        if pen is not None and pens.offered_to(pen, moment.now) == moment.key:
            rows.append(say("my.offer", story=story.title))
        votable = [r for r in room.open_rounds(story.id) if r.part in ("together", "votes", "runoff")]
        rows += [
            say("my.vote", question=r.question) for r in votable if voting.my_ballot(room, r, moment) is None
        ]
    if drafts := len(books.drafts(moment.actor)):
        rows.append(say("my.has_drafts", n=drafts))
    return rows


@commands.add("my turns", changes=False)
async def turns(ctx: Context) -> Reply:
    """What waits for you here; in a direct message, in all your rooms."""
    if ctx.private:
        return faces.turns(await ctx.read_rooms(_waiting_there))

    def look(books: Books, moment: Moment) -> Reply:
        rows = _waiting(books, moment)
        return Reply.of(
            Card(say("my.turns_title"), (Items(tuple(rows)),)) if rows else note(say("my.nothing"))
        )

    return await ctx.read(look)


def _room(there: There, books: Books) -> faces.MyRoom:
    """One of a person's rooms as a list names it: by its story, as long as they are there."""
    room = books.snapshot()
    title = room.story.title if room.story is not None and there.standing is not None else ""
    return faces.MyRoom(room.room.id, title, there.standing is not None)


def _waiting_there(there: There, books: Books, moment: Moment) -> tuple[faces.MyRoom, tuple[Marked, ...]]:
    return _room(there, books), tuple(_waiting(books, moment)) if there.standing is not None else ()


def _drafts_there(there: There, books: Books, moment: Moment) -> tuple[faces.MyRoom, tuple[Draft, ...]]:
    return _room(there, books), tuple(books.drafts(moment.actor, limit=faces.DRAFTS))


def _consent_there(there: There, books: Books, moment: Moment) -> tuple[faces.MyRoom, Consent, bool]:
    room = books.snapshot()
    now = consent.effective(room.member(moment.person), room.room)
    return _room(there, books), now, room.room.machine_on_at is not None


def _cut_off(books: Books, moment: Moment) -> list[MachineText]:
    """One's own requests to a co-writer that a crash cut off."""
    story = books.snapshot().story
    asked = books.machine_texts(story.id, states=("writing", "interrupted"), limit=3) if story else ()
    late = [m for m in asked if m.lease_until is None or m.lease_until <= moment.now]
    return [m for m in late if m.asker == moment.key]


@commands.add("my drafts", changes=False)
async def drafts(ctx: Context) -> Reply:
    """Your words that are not in the story; in a direct message, those of all your rooms."""
    if ctx.private:
        return faces.drafts(await ctx.read_rooms(_drafts_there))

    def look(books: Books, moment: Moment) -> Reply:
        found = books.drafts(moment.actor, limit=10)
        cut_off = _cut_off(books, moment)
        waiting = later.waiting_of(books.snapshot(), moment.key)
        if not found and not cut_off and not waiting:
            return Reply.of(note(say("my.no_drafts")))
        rows = [say("my.draft", number=n, words=first_words(d.text, 100)) for n, d in enumerate(found, 1)]
        actions = tuple(
            Action(say("my.open_draft", number=n), Call("draft show", {"draft": d.id}))
            for n, d in enumerate(found, 1)
        )
        for text in cut_off:
            rows.append(
                say("my.interrupted", mode=text.mode, words=first_words(text.text or text.request, 80))
            )
            actions += (button(say("assist.try_again"), "assist-card another", text=text.id),)
        actions += tuple(
            button(say("my.take_back", words=first_words(p.text, 40)), "pitch-card back", pitch=p.id) for p in waiting
        )
        lines = tuple(Text(say("my.for_next", words=first_words(p.text, 100))) for p in waiting)
        listed = (Items(tuple(rows), numbered=True),) if rows else ()
        return Reply.of(Card(say("my.drafts_title"), (*listed, *lines), actions))

    return await ctx.read(look)


@commands.add("my ai")
async def ai(
    ctx: Context, choice: Annotated[str, Pick("What the machine may see", ("never", "read", "quote"))] = ""
) -> Reply:
    """What an AI co-writer may see of your words; in a direct message, room by room."""
    if ctx.private:
        return faces.consent(await ctx.read_rooms(_consent_there), choice)
    if not choice:

        def look(books: Books, moment: Moment) -> Reply:
            room = books.snapshot()
            now = consent.effective(room.member(moment.person), room.room)
            on = say("my.machine_on" if room.room.machine_on_at else "my.machine_off")
            actions = tuple(
                button(say(f"my.choose_{c.value}"), "my ai", choice=c.value) for c in Consent if c is not now
            )
            return Reply.of(Card(say("my.ai_title"), (Text(say(f"my.ai_{now.value}")), Text(on)), actions))

        return await ctx.read(look)

    def work(books: Books, moment: Moment) -> consent.ConsentNews:
        return act(books, moment, lambda room: consent.set_consent(room, Consent(choice), moment))

    def face(news: consent.ConsentNews) -> Reply:
        parts = [Text(say(f"my.now_{news.choice.value}"))]
        if news.machine_on and news.choice is Consent.NEVER and news.was is not Consent.NEVER:
            parts.append(Text(say("my.already_sent")))
        return Reply.of(Card(parts=tuple(parts)))

    return await ctx.act(work, face)
