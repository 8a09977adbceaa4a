"""`/vote`: one secret ballot a person, changeable until the close."""

from __future__ import annotations

from typing import Annotated, Any

from bot.arguments import Int, Ranking, Ref
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound
from bot.faces import ballots as faces
from bot.handlers.acting import act, the_story
from bot.story import voting
from bot.story.ballots import letter_in, parse_choices
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.opening import which_round
from bot.story.rounds import Round
from bot.story.snapshot import Snapshot
from bot.story.voting import Voted

commands = Commands()
Receipt = tuple[Voted, Snapshot]


def _round(room: Snapshot, round_id: str) -> Round:
    found = room.rounds.get(round_id)
    if found is None:
        raise NotFound("round.gone")
    return found


@commands.add("vote", redraws=True)
async def vote(
    ctx: Context,
    numbers: Annotated[
        str, Ranking("The numbers of the ideas you would be glad to read, or 0 for none of these")
    ] = "",
    round: Annotated[str, Ref()] = "",  # the argument's name in tokens
) -> Reply:
    """Vote for ideas by number; alone it shows your own ballot, privately."""
    if not numbers:

        def look(books: Books, moment: Moment) -> Reply:
            room = books.snapshot()
            round_ = _round(room, round) if round else which_round(room, the_story(room))
            return faces.my_ballot(room, round_, voting.my_ballot(room, round_, moment), moment.now)

        return await ctx.read(look)

    return await _cast(ctx, numbers, round)


async def _cast(ctx: Context, numbers: str, round_id: str) -> Reply:
    """Put these numbers on the caller's ballot."""

    def work(books: Books, moment: Moment) -> Receipt:
        def rule(room: Snapshot) -> Any:
            letter = letter_in(numbers)
            round_ = _round(room, round_id) if round_id else which_round(room, the_story(room), letter)
            choices = parse_choices(numbers, voting.votable(room, round_), round_.terms.method, round_.letter)
            return voting.vote(room, round_, choices, moment)

        return act(books, moment, rule), books.snapshot()

    return await ctx.act(work, lambda done: faces.receipt(*done, ctx.now))


@commands.add("vote-card rank", button=True, redraws=True)
async def rank(
    ctx: Context,
    round: Annotated[str, Ref()],  # the argument's name in tokens
    numbers: Annotated[str, Ranking("The numbers of your favourites, best first, such as 3 1 2")],
) -> Reply:
    """Put ideas in your order, best first."""
    return await _cast(ctx, numbers, round)


@commands.add("vote-card toggle", button=True, redraws=True)
async def toggle(
    ctx: Context, round: Annotated[str, Ref()], number: Annotated[int, Int("number", 0, 99)]
) -> Reply:
    """Add an idea to your ballot, or take it off."""

    def work(books: Books, moment: Moment) -> Receipt:
        return act(
            books, moment, lambda room: voting.toggle(room, _round(room, round), number, moment)
        ), books.snapshot()

    return await ctx.act(work, lambda done: faces.receipt(*done, ctx.now))


@commands.add("vote-card back", button=True, redraws=True)
async def back(ctx: Context, round: Annotated[str, Ref()]) -> Reply:
    """Take your vote back."""

    def work(books: Books, moment: Moment) -> Receipt:
        return act(
            books, moment, lambda room: voting.take_back_vote(room, _round(room, round), moment)
        ), books.snapshot()

    return await ctx.act(work, lambda done: faces.receipt(*done, ctx.now))
