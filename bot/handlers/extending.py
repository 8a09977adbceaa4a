"""`/extend`: words into the story, by whoever the room's rules let write; and fixing one's own."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from bot.arguments import Int, Ref, Text
from bot.cards import Reply, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound
from bot.faces import passages as faces
from bot.handlers.acting import act
from bot.sentences import say
from bot.story import extending, pitching, revising
from bot.story.asking import naming_asker
from bot.story.books import Books
from bot.story.extending import Extended, StoryMovedOn, ToTheVote
from bot.story.house_rules import seen
from bot.story.moments import Moment, Outcome
from bot.story.passages import Draft, MachineText
from bot.story.revising import Revised
from bot.story.snapshot import Snapshot
from bot.story.text import first_words

commands = Commands()
BASE_SECONDS = 0.5
"""So long may it take to see where the story stands before a form opens without knowing."""


def put_in(
    books: Books, moment: Moment, text: str, *, base: str | None = None, machine: MachineText | None = None,
    answer: Any = None, draft: Draft | None = None, along: Outcome[Any] | None = None, asker: str | None = None,
) -> Reply:  # fmt: skip
    """Text into the story, inside a unit of work: its receipt, the question when others wrote meanwhile, or the vote.

    `along` is kept with it; `asker` is who asked the writer for it, for the act's record.
    """
    room = books.snapshot()
    rows = seen(room, moment, acted=True)
    here = room.with_rows(rows)
    asked = here.story is not None and here.story.deals > 0
    ai_texts = books.machine_texts(here.story.id) if here.story is not None and asked else ()
    outcome = extending.extend(
        here,
        text,
        moment,
        base_passage_id=base,
        machine=machine,
        ai_texts=ai_texts,
        answer=answer,
        draft=draft,
    )
    frame = Outcome(None, rows).then(along) if along is not None else Outcome(None, rows)
    value = books.keep(frame.then(naming_asker(outcome, asker)), moment)
    match value:
        case Extended():
            return faces.receipt(value)
        case StoryMovedOn():
            return faces.moved_on(value)
        case ToTheVote():
            return _to_the_vote(books, moment, value, draft, asker)


def _to_the_vote(
    books: Books, moment: Moment, asked: ToTheVote, draft: Draft | None, asker: str | None
) -> Reply:
    """Here texts are voted in: the text is kept whole in a draft, and a pitch of its first words stands for it."""
    kept = draft or Draft(
        moment.new_id(),
        books.snapshot().room.id,
        asked.story.id,
        moment.actor,
        "passage",
        asked.text,
        "",
        "used",
        moment.now,
    )

    def rule(room: Snapshot) -> Any:
        pitched = pitching.pitch(room, first_words(asked.text, 900), moment, draft_id=kept.id)
        return Outcome(None, (kept,)).then(naming_asker(pitched, asker))

    pitched = act(books, moment, rule)
    return Reply.of(note(say("passage.to_the_vote", number=pitched.pitch.number or pitched.pitch.seq)))


async def _began(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    """The last passage when the form was opened, so that its writer is asked if others wrote meanwhile."""

    def last(books: Books, _: Moment) -> str:
        room = books.snapshot()
        tail = room.tail_of(room.story.id) if room.story is not None else ()
        return tail[-1].id if tail else ""

    try:
        async with asyncio.timeout(BASE_SECONDS):
            return {"base": await ctx.read(last)}
    except TimeoutError:
        return {}


@commands.add("extend", keeps="passage", prefill=_began)
async def extend(
    ctx: Context,
    text: Annotated[str, Text("The words that go into the story", most=100_000, long=True)],
    base: Annotated[str, Ref()] = "",
) -> Reply:
    """Write what happens next into the story."""
    return await ctx.act(
        lambda books, moment: put_in(books, moment, text, base=base or None), lambda reply: reply
    )


async def _prefill(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    def find(books: Books, moment: Moment) -> str:
        found = books.passage(str(values.get("passage", "")))
        return found[1].text if found is not None and found[0].author == moment.key else ""

    return {"text": await ctx.read(find)}


@commands.add("passage-card fix", button=True, keeps="edit", prefill=_prefill)
async def fix(
    ctx: Context,
    passage: Annotated[str, Ref()],
    version: Annotated[int, Int("version", 1)],
    text: Annotated[str, Text("The passage, as it shall read", most=100_000, long=True)],
) -> Reply:
    """Fix your own passage; the old version is kept."""

    def work(books: Books, moment: Moment) -> Revised:
        found = books.passage(passage)
        if found is None:
            raise NotFound("passage.no_such")
        ai_texts = books.machine_texts(found[0].story_id)
        return act(
            books,
            moment,
            lambda room: revising.fix(room, *found, text, moment, seen_version=version, ai_texts=ai_texts),
        )

    return await ctx.act(work, faces.fixed)
