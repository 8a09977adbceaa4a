"""Drafts: what was said without a command, and what a refused or overtaken text may still become."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from bot.arguments import Pick, Ref, Text
from bot.calls import Call
from bot.cards import Action, Card, Prose, Reply, button, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound
from bot.faces import passages as passage_faces
from bot.faces import pitches as pitch_faces
from bot.handlers.acting import act
from bot.handlers.extending import put_in
from bot.sentences import say
from bot.story import later, pitching
from bot.story.books import Books
from bot.story.later import Later
from bot.story.moments import Moment, Outcome
from bot.story.passages import Draft
from bot.story.pitching import Pitched
from bot.story.snapshot import Snapshot
from bot.story.text import clean, first_words

commands = Commands()
DRAFT = Annotated[str, Ref()]


def _draft(books: Books, draft_id: str, moment: Moment) -> Draft:
    """One's own kept draft. Raises NotFound for anybody else's, as for one that is gone."""
    found = books.draft(draft_id)
    if found is None or found.person != moment.key or found.state != "kept":
        raise NotFound("draft.gone")
    return found


def _choices(draft: Draft) -> tuple[Action, ...]:
    return (
        button(say("draft.write"), "draft write", "main", draft=draft.id),
        button(say("draft.pitch"), "draft pitch", draft=draft.id),
        button(say("draft.forget"), "draft drop", draft=draft.id),
    )


@commands.add("said", button=True, keeps="said")
async def said(ctx: Context, text: Annotated[str, Text("What you said", most=100_000, long=True)]) -> Reply:
    """Keep text that is no command, and ask what it is."""

    def work(books: Books, moment: Moment) -> Draft:
        room = books.snapshot()
        story = room.story.id if room.story else None
        kept = clean(text).text
        draft = Draft(
            moment.new_id(), room.room.id, story, moment.actor, "said", kept, "", "kept", moment.now
        )
        return act(books, moment, lambda _: Outcome(draft, (draft,)), acted=False)

    return await ctx.act(
        work,
        lambda draft: Reply.of(note(say("draft.asked", words=first_words(draft.text, 80)), *_choices(draft))),
    )


@commands.add("draft write", button=True)
async def write(
    ctx: Context, draft: DRAFT, answer: Annotated[str, Pick("Where it goes", ("after",))] = ""
) -> Reply:
    """Put a draft into the story."""

    def work(books: Books, moment: Moment) -> Reply:
        kept = _draft(books, draft, moment)
        machine = books.machine_text(kept.machine_text_id) if kept.machine_text_id else None
        base = kept.base_passage_id
        reply = put_in(
            books, moment, kept.text, base=base, machine=machine, answer=answer or None, draft=kept
        )
        if (still := books.draft(draft)) is not None and still.state == "kept" and not reply.cards[0].title:
            books.keep(Outcome(None, (replace(still, state="used"),)), moment)
        return reply

    return await ctx.act(work, lambda reply: reply)


@commands.add("draft pitch", button=True)
async def pitch(ctx: Context, draft: DRAFT) -> Reply:
    """Pitch a draft as an idea."""

    def work(books: Books, moment: Moment) -> Pitched:
        kept = _draft(books, draft, moment)

        def rule(room: Snapshot) -> Outcome[Pitched]:
            pitched = pitching.pitch(room, kept.text, moment)
            return pitched.also(rows=(replace(kept, state="used"),))

        return act(books, moment, rule)

    return await ctx.act(work, pitch_faces.receipt)


@commands.add("draft next", button=True)
async def pitch_next(ctx: Context, draft: DRAFT) -> Reply:
    """Pitch a draft in the next round."""

    def work(books: Books, moment: Moment) -> Pitched | Later:
        kept = _draft(books, draft, moment)
        used = replace(kept, state="used")
        return act(books, moment, lambda room: later.pitch_next(room, kept.text, moment).also(rows=(used,)))

    return await ctx.act(work, pitch_faces.placed)


@commands.add("draft drawer", button=True)
async def drawer(ctx: Context, draft: DRAFT) -> Reply:
    """Put a draft in the drawer of ideas."""

    def work(books: Books, moment: Moment) -> Later:
        kept = _draft(books, draft, moment)
        used = replace(kept, state="used")
        return act(books, moment, lambda room: later.put_in_drawer(room, kept.text, moment).also(rows=(used,)))

    return await ctx.act(work, pitch_faces.later)


@commands.add("draft drop", button=True)
async def drop(ctx: Context, draft: DRAFT) -> Reply:
    """Forget a draft."""

    def work(books: Books, moment: Moment) -> Draft:
        kept = _draft(books, draft, moment)
        return act(books, moment, lambda _: Outcome(kept, (replace(kept, state="dropped"),)), acted=False)

    return await ctx.act(
        work, lambda kept: Reply.of(note(say("draft.dropped", words=first_words(kept.text, 60))))
    )


@commands.add("draft keep", button=True, changes=False)
async def keep(ctx: Context, draft: DRAFT) -> Reply:
    """Leave a draft where it is."""
    return await ctx.read(
        lambda books, moment: Reply.of(
            note(say("draft.kept", words=first_words(_draft(books, draft, moment).text, 60)))
        )
    )


@commands.add("draft show", button=True, changes=False)
async def show(ctx: Context, draft: DRAFT) -> Reply:
    """Read a draft, whole, and say what becomes of it."""

    def look(books: Books, moment: Moment) -> Reply:
        kept = _draft(books, draft, moment)
        *before, last = passage_faces.pieces(kept.text)
        change = Action(say("kernel.change_it"), Call("draft edit", {"draft": kept.id}))
        cards = [Card(parts=(Prose(piece),)) for piece in before]
        cards.append(Card(parts=(Prose(last),), actions=(*_choices(kept), change)))
        return Reply((replace(cards[0], title=say("draft.title")), *cards[1:]))

    return await ctx.read(look)


async def _prefill(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    return {
        "text": await ctx.read(lambda books, moment: _draft(books, str(values.get("draft", "")), moment).text)
    }


@commands.add("draft edit", button=True, keeps="edit", prefill=_prefill)
async def edit(
    ctx: Context,
    draft: DRAFT,
    text: Annotated[str, Text("Your draft, as it shall read", most=100_000, long=True)],
) -> Reply:
    """Change a draft."""

    def work(books: Books, moment: Moment) -> Draft:
        changed = replace(_draft(books, draft, moment), text=clean(text).text)
        return act(books, moment, lambda _: Outcome(changed, (changed,)), acted=False)

    return await ctx.act(
        work,
        lambda kept: Reply.of(note(say("draft.changed", words=first_words(kept.text, 80)), *_choices(kept))),
    )
