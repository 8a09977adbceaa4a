"""Answering a prompt, reading what was written, voting for the room's pick, and pitching an answer into the story."""

from __future__ import annotations

from typing import Annotated, Any

from bot.arguments import Int, Ranking, Ref, Text
from bot.cards import Reply, Small
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotAllowed, NotFound
from bot.faces import answers as faces
from bot.faces import asking as asking_faces
from bot.faces import pitches
from bot.handlers.acting import act
from bot.handlers.prompts import NUMBER, found, open_one
from bot.sentences import say
from bot.story import answering, asking, picking, pitching
from bot.story.answering import Answered
from bot.story.asks import Ask
from bot.story.books import Books
from bot.story.house_rules import is_showrunner
from bot.story.moments import Moment, Outcome
from bot.story.picking import Picked, the_prompt
from bot.story.pitching import Pitched
from bot.story.pointing import Pointed
from bot.story.prompts import Answer, Prompt
from bot.story.snapshot import Snapshot
from bot.story.text import LIMITS, shorten

commands = Commands()
PROMPT = Annotated[str, Ref()]
ANSWER = Annotated[str, Ref()]
_IDEA = 900
"""Characters of a long answer that are pitched: how it begins."""


def _answered(books: Books, moment: Moment, prompt: Prompt, text: str, version: int = 0) -> Answered:
    answers = books.answers(prompt.id)
    return act(books, moment, lambda room: answering.answer(room, prompt, answers, text, moment, seen_version=version))


@commands.add("prompt answer", keeps="passage")
async def answer(
    ctx: Context,
    text: Annotated[str, Text("Your answer", most=100_000, long=True)],
    number: Annotated[int, Int("The prompt's number; the latest open one without it", 1, suggested=True)] = 0,
) -> Reply:
    """Answer a prompt; again, it changes your answer."""
    return await ctx.act(lambda books, moment: _answered(books, moment, open_one(books, number), text), faces.receipt)


async def _mine(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    """What the form begins with: one's own answer as it stands, and its version; the prompt above it."""

    def look(books: Books, moment: Moment) -> dict[str, str]:
        prompt = the_prompt(books.prompt(str(values.get("prompt", ""))))
        answering.refuse_unless_open(prompt, moment)
        lead = {"title": say("prompt.title", number=prompt.number), "lead": shorten(prompt.text, 300)}
        mine = answering.own(books.answers(prompt.id), moment.key)
        if mine is None or mine.veil:
            return lead
        return {**lead, "text": books.answer_texts([mine])[mine.id], "version": f"v{mine.version}"}

    return await ctx.read(look)


@commands.add("prompt-card write", button=True, keeps="passage", prefill=_mine)
async def write(
    ctx: Context,
    prompt: PROMPT,
    text: Annotated[str, Text("Your answer", most=100_000, long=True)],
    version: Annotated[str, Ref()] = "",
) -> Reply:
    """Write an answer, or change yours."""
    seen = int(version[1:]) if version[:1] == "v" and version[1:].isdecimal() else 0
    return await ctx.act(
        lambda books, moment: _answered(books, moment, the_prompt(books.prompt(prompt)), text, seen), faces.receipt
    )


def _answer(books: Books, answer_id: str) -> tuple[Answer, Prompt]:
    answer = books.answer(answer_id)
    prompt = books.prompt(answer.prompt_id) if answer is not None else None
    if answer is None or prompt is None:
        raise NotFound("prompt.answer_gone")
    return answer, prompt


@commands.add("prompt-card back", button=True)
async def back(ctx: Context, answer: ANSWER) -> Reply:
    """Take your answer back."""

    def work(books: Books, moment: Moment) -> Answered:
        mine, prompt = _answer(books, answer)
        return act(books, moment, lambda room: answering.take_back(room, prompt, mine, moment))

    return await ctx.act(work, faces.taken_back)


# ---- reading


def _reading(books: Books, moment: Moment, prompt: Prompt) -> Reply:
    answers = books.answers(prompt.id)
    shown = [a for a in answers if answering.readable(prompt, a, moment.key)]
    return faces.reading(books.snapshot(), prompt, answers, books.answer_texts(shown), moment.key, moment.now)


@commands.add("prompt read", changes=False)
async def read(ctx: Context, number: NUMBER = 0) -> Reply:
    """Read a prompt and its answers."""
    return await ctx.read(lambda books, moment: _reading(books, moment, found(books, number)))


@commands.add("prompt-card read", button=True, changes=False)
async def read_card(ctx: Context, prompt: PROMPT) -> Reply:
    """Read the answers to a prompt."""
    return await ctx.read(lambda books, moment: _reading(books, moment, the_prompt(books.prompt(prompt))))


def _readable(books: Books, answer_id: str, moment: Moment) -> tuple[Answer, Prompt]:
    """An answer that who asks may read now. Raises NotFound for any other, as for one that is gone."""
    answer, prompt = _answer(books, answer_id)
    if not answering.readable(prompt, answer, moment.key):
        raise NotFound("prompt.answer_gone")
    return answer, prompt


@commands.add("prompt-card open", button=True, changes=False)
async def open_(ctx: Context, answer: ANSWER) -> Reply:
    """Read one answer whole."""

    def look(books: Books, moment: Moment) -> Reply:
        shown, prompt = _readable(books, answer, moment)
        room = books.snapshot()
        mine = shown.person == moment.key
        return faces.one(
            prompt, shown, books.answer_texts([shown])[shown.id], mine=mine, story=room.story is not None,
            keeper=is_showrunner(room, moment),
        )  # fmt: skip

    return await ctx.read(look)


# ---- the room's pick


@commands.add("prompt-card ballot", button=True, changes=False)
async def ballot(ctx: Context, prompt: PROMPT) -> Reply:
    """Your own ballot on a prompt's answers, privately."""
    return await ctx.read(lambda books, moment: _ballot(books, moment, the_prompt(books.prompt(prompt))))


def _ballot(books: Books, moment: Moment, prompt: Prompt) -> Reply:
    return faces.ballot(picking.my_ballot(prompt, books.answers(prompt.id), books.answer_ballots(prompt.id), moment.key))


@commands.add("prompt vote", redraws=True)
async def vote(
    ctx: Context,
    numbers: Annotated[str, Ranking("The numbers of the answers you would read again, or 0 for none")] = "",
    number: Annotated[int, Int("The prompt's number; the latest open one without it", 1, suggested=True)] = 0,
) -> Reply:
    """Vote for answers by number; alone it shows your own ballot, privately."""
    if not numbers:
        return await ctx.read(lambda books, moment: _ballot(books, moment, open_one(books, number)))
    return await _cast(ctx, numbers, lambda books: open_one(books, number))


@commands.add("prompt-card vote", button=True, redraws=True)
async def vote_card(
    ctx: Context, prompt: PROMPT, numbers: Annotated[str, Ranking("The numbers of the answers you would read again")]
) -> Reply:
    """Vote for these answers."""
    return await _cast(ctx, numbers, lambda books: the_prompt(books.prompt(prompt)))


async def _cast(ctx: Context, numbers: str, which: Any) -> Reply:
    def work(books: Books, moment: Moment) -> Picked:
        prompt = which(books)
        answers, chosen = books.answers(prompt.id), picking.numbers_in(numbers)
        return act(books, moment, lambda room: picking.vote(room, prompt, answers, chosen, moment))

    return await ctx.act(work, faces.voted)


@commands.add("prompt-card toggle", button=True, redraws=True)
async def toggle(ctx: Context, prompt: PROMPT, number: Annotated[int, Int("number", 1, 100_000)]) -> Reply:
    """Put an answer on your ballot, or take it off."""

    def work(books: Books, moment: Moment) -> Picked:
        asked = the_prompt(books.prompt(prompt))
        answers, ballots = books.answers(asked.id), books.answer_ballots(asked.id)
        return act(books, moment, lambda room: picking.toggle(room, asked, answers, ballots, number, moment))

    return await ctx.act(work, faces.voted)


@commands.add("prompt-card unvote", button=True, redraws=True)
async def unvote(ctx: Context, prompt: PROMPT) -> Reply:
    """Take your vote on answers back."""
    return await _cast(ctx, "0", lambda books: the_prompt(books.prompt(prompt)))


# ---- into the story


@commands.add("prompt-card pitch", button=True)
async def pitch(ctx: Context, answer: ANSWER) -> Reply:
    """Pitch an answer into the story: one's own at once, another's when its writer agrees."""

    def work(books: Books, moment: Moment) -> Reply:
        found_, prompt = _readable(books, answer, moment)
        text = books.answer_texts([found_])[found_.id]
        idea = text if len(text) <= LIMITS["pitch"] else shorten(text, _IDEA)
        if found_.person != moment.key:
            return asking_faces.receipt(_ask(books, moment, found_, idea))

        def rule(room: Snapshot) -> Outcome[Pitched]:
            return pitching.pitch(room, idea, moment)

        reply = pitches.receipt(act(books, moment, rule))
        if idea != text:
            more = Small(say("prompt.pitched_short", number=prompt.number))
            return Reply((reply.cards[0].with_parts(more), *reply.cards[1:]))
        return reply

    return await ctx.act(work, lambda reply: reply)


def _ask(books: Books, moment: Moment, answer: Answer, idea: str) -> Ask:
    """Ask an answer's writer; with their yes it is pitched as theirs."""
    if moment.person is None:
        raise NotAllowed("rules.cannot_post")
    message = f"answer:{answer.id}"
    asks = books.asks(message)
    pointed = Pointed("theirs", message, answer.person, answer.name, idea)
    return act(books, moment, lambda room: asking.ask(room, "pitch", pointed, moment, asks=asks))
