"""`/pitch`: ideas for what happens next, and what their authors may still do with them."""

from __future__ import annotations

from typing import Annotated, Any

from bot.arguments import Int, Pick, Ref, Text
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound, Stale
from bot.faces import pitches
from bot.handlers.acting import act, the_story
from bot.story import later, pitching
from bot.story.books import Books
from bot.story.later import Later
from bot.story.moments import Moment, Outcome
from bot.story.opening import which_round
from bot.story.pitching import Pitched, Withdrawn
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot
from bot.story.text import clean

commands = Commands()


@commands.add("pitch", keeps="pitch")
async def pitch(
    ctx: Context,
    idea: Annotated[str, Text("Your idea for what happens next", most=1000, long=True)],
    letter: Annotated[str, Pick("Which of several open rounds", ("a", "b", "c"))] = "",
    round: Annotated[str, Ref()] = "",  # the argument's name in tokens
) -> Reply:
    """Pitch an idea for what happens next."""

    def work(books: Books, moment: Moment) -> Pitched:
        def rule(room: Snapshot) -> Outcome[Pitched]:
            meant = room.rounds.get(round) if round else None
            if letter and meant is None:
                meant = which_round(room, the_story(room), letter.upper())
            return pitching.pitch(room, idea, moment, in_round=meant)

        return act(books, moment, rule)

    return await ctx.act(work, lambda pitched: pitches.receipt(pitched, clean(idea).replaced))


async def _prefill(ctx: Context, values: dict[str, Any]) -> dict[str, str]:
    def find(books: Books, moment: Moment) -> str:
        found = books.pitch(str(values.get("pitch", "")))
        return found.text if found is not None and found.author == moment.key else ""

    return {"idea": await ctx.read(find)}


def _pitch(room: Snapshot, pitch_id: str) -> Pitch:
    found = room.pitches.get(pitch_id)
    if found is None:
        raise NotFound("round.no_pitch")
    return found


@commands.add("pitch-card change", button=True, keeps="pitch", prefill=_prefill)
async def change(
    ctx: Context,
    pitch: Annotated[str, Ref()],
    idea: Annotated[str, Text("Your idea, as it shall read", most=1000, long=True)],
    version: Annotated[int, Int("version")] = 0,
) -> Reply:
    """Change your idea."""

    def work(books: Books, moment: Moment) -> Pitched:
        def rule(room: Snapshot) -> Outcome[Pitched]:
            found = _pitch(room, pitch)
            if version and found.version != version:
                raise Stale("pitch.stale", idea=found.text)
            return pitching.change_pitch(room, found, idea, moment)

        return act(books, moment, rule)

    return await ctx.act(work, pitches.changed)


@commands.add("pitch-card back", button=True)
async def back(ctx: Context, pitch: Annotated[str, Ref()]) -> Reply:
    """Take your idea back."""

    def work(books: Books, moment: Moment) -> Withdrawn | Later:
        return act(books, moment, lambda room: later.take_back(room, _pitch(room, pitch), moment))

    return await ctx.act(work, pitches.withdrawn)


@commands.add("pitch-card mine", button=True)
async def mine(ctx: Context, pitch: Annotated[str, Ref()] = "", round: Annotated[str, Ref()] = "") -> Reply:
    """Say that an idea was yours."""

    def work(books: Books, moment: Moment) -> Pitched:
        def rule(room: Snapshot) -> Outcome[Pitched]:
            own = (
                [p for p in room.pitches_of(round) if p.author == moment.key and not p.named] if round else []
            )
            if not pitch and not own:
                raise NotFound("round.none_was_yours")
            return pitching.name_pitch(room, _pitch(room, pitch) if pitch else own[0], moment)

        return act(books, moment, rule)

    return await ctx.act(work, pitches.named)
