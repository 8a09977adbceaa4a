"""`/round`: opening, looking at, closing and deciding rounds; and what time does with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, Any, cast

from bot.arguments import Int, Pick, Ref, Text, When
from bot.cards import Card, Items, Reply, Small, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound, UserError
from bot.faces import ballots as ballot_faces
from bot.faces import public_rounds, results
from bot.faces.times import when
from bot.handlers.acting import act, the_story
from bot.sentences import literal, say
from bot.story import deciding, extending, later, opening, setting_aside
from bot.story.books import Books, DueRow
from bot.story.deadlines import dues_changed
from bot.story.house_rules import in_force, is_showrunner, may_open, role_acting
from bot.story.instants import last_instant
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.rounds import Method, Round
from bot.story.settling import Closed
from bot.story.snapshot import Snapshot
from bot.story.spans import minutes_of
from bot.story.text import shorten
from bot.sweeping import DueRule

commands = Commands()
LETTER = Annotated[str, Pick("Which of several open rounds", ("a", "b", "c"))]


@commands.add("round open", keeps="said")
async def open_(
    ctx: Context,
    question: Annotated[str, Text("What is to be decided", most=300)] = "",
    method: Annotated[str, Pick("How votes are counted", ("approval", "ranked", "single"))] = "",
    sealed: Annotated[str, Pick("Ideas first, unseen; votes after", ("yes", "no"))] = "no",
) -> Reply:
    """Open a round with a question."""

    def work(books: Books, moment: Moment) -> Round:
        def rule(room: Snapshot) -> Outcome[Round]:
            counted = cast(Method, method) if method else None
            return opening.open_round(room, the_story(room), question, moment, method=counted, sealed=sealed == "yes")

        return act(books, moment, rule)

    return await ctx.act(
        work, lambda made: Reply.of(note(say("round.opened_receipt", question=made.question)))
    )


@commands.add("round status", changes=False)
async def status(ctx: Context) -> Reply:
    """What is open, and what was decided."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        story = the_story(room)
        lines = []
        for round_ in books.rounds(story.id):
            state = say(f"round.state_{round_.part}") if round_.part != "closed" else _ended(books, round_)
            lines.append(
                say("round.status_line", number=round_.number, question=round_.question, state=state)
            )
        if not lines:
            return Reply.of(note(say("round.no_rounds")))
        return Reply.of(Card(say("round.status_title", story=story.title), (Items(tuple(lines), numbered=True),)))

    return await ctx.read(look)


def _ended(books: Books, round_: Round) -> str:
    if round_.winner_id is not None and (won := books.pitch(round_.winner_id)) is not None:
        return say("round.state_chosen", idea=shorten(won.text, 80))
    return say("round.state_cancelled" if round_.result == "cancelled" else "round.state_none")


@commands.add("round ballot", changes=False)
async def ballot(ctx: Context, letter: LETTER = "") -> Reply:
    """Read every idea on the ballot, whole."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        return ballot_faces.read_all(
            room, opening.which_round(room, the_story(room), letter.upper()), moment.now
        )

    return await ctx.read(look)


@commands.add("round close")
async def close(ctx: Context, letter: LETTER = "") -> Reply:
    """Close the round (or its part) and see the result."""
    return await _close(ctx, letter=letter)


@commands.add("round-card force", button=True)
async def force(ctx: Context, round: Annotated[str, Ref()]) -> Reply:  # the argument's name in tokens
    """Close a round below its quorum."""
    return await _close(ctx, round_id=round, forced=True)


@commands.add("round-card keep", button=True, changes=False)
async def keep(ctx: Context, round: Annotated[str, Ref()]) -> Reply:
    """Leave a round open."""
    return await ctx.read(
        lambda books, _: Reply.of(
            note(say("round.kept_open", question=_by_id(books.snapshot(), round).question))
        )
    )


def _by_id(room: Snapshot, round_id: str) -> Round:
    found = room.rounds.get(round_id)
    if found is None:
        raise NotFound("round.gone")
    return found


async def _close(ctx: Context, *, letter: str = "", round_id: str = "", forced: bool = False) -> Reply:
    def work(books: Books, moment: Moment) -> Reply:
        def rule(room: Snapshot) -> Outcome[Closed]:
            round_ = (
                _by_id(room, round_id)
                if round_id
                else deciding.round_to_close(room, the_story(room), letter.upper())
            )
            return with_text(books, room, deciding.close(room, round_, moment, forced=forced), moment)

        closed = act(books, moment, rule)
        return results.closing(closed, books.snapshot(), moment.now)

    return await ctx.act(work, lambda reply: reply)


def with_text(books: Books, room: Snapshot, outcome: Outcome[Closed], moment: Moment) -> Outcome[Closed]:
    """In a round of texts the chosen one goes into the story, in the same transaction."""
    closed = outcome.value
    if closed.kind != "chosen" or closed.round.terms.kind != "texts" or closed.winner is None:
        return outcome
    draft = books.draft(closed.winner.draft_id or "")
    if draft is None:
        return outcome
    after = room.with_rows(outcome.rows)
    put = extending.extend(after, draft.text, moment, draft=draft, chosen=closed.winner)
    return outcome.then(put).answering(closed)


@commands.add("round decide")
async def decide(
    ctx: Context,
    number: Annotated[int, Int("The number of the idea on the ballot", 1, 99, suggested=True)],
    reason: Annotated[str, Text("Why, on the record", most=500)] = "",
    letter: LETTER = "",
) -> Reply:
    """Decide a round as its showrunner; over the ballots only with a reason."""

    def work(books: Books, moment: Moment) -> Closed:
        def rule(room: Snapshot) -> Outcome[Closed]:
            round_ = opening.which_round(room, the_story(room), letter.upper())
            return with_text(books, room, deciding.decide(room, round_, number, reason, moment), moment)

        return act(books, moment, rule)

    return await ctx.act(
        work, lambda done: Reply.of(note(say("round.decided_receipt", question=done.round.question)))
    )


@commands.add("round cancel")
async def cancel(ctx: Context, letter: LETTER = "") -> Reply:
    """Call a round off; every idea is kept."""

    def work(books: Books, moment: Moment) -> Closed:
        return act(
            books,
            moment,
            lambda room: deciding.cancel(
                room, opening.which_round(room, the_story(room), letter.upper()), moment
            ),
        )

    return await ctx.act(
        work, lambda done: Reply.of(note(say("round.cancel_receipt", question=done.round.question)))
    )


@commands.add("round extend")
async def extend(ctx: Context, time: Annotated[str, When("How much longer, such as 3h or 1d")]) -> Reply:
    """Give a round more time."""

    def work(books: Books, moment: Moment) -> tuple[Round, Snapshot]:
        def rule(room: Snapshot) -> Outcome[Round]:
            before = opening.which_round(room, the_story(room))
            if before.opened_by != moment.key and not is_showrunner(room, moment):
                may_open(in_force(room.room), moment.standing, role_acting(room, moment))
            if before.closes_at is None:
                raise UserError("round.no_deadline")
            after = replace(before, closes_at=before.closes_at + timedelta(minutes=minutes_of(time)))
            told = Act(
                "round.extended",
                (after.story_id, after.id),
                moment.actor,
                "",
                {"until": str(after.closes_at)},
            )
            return Outcome(
                after, (after,), (told,), (Mark("ballot", after.id),), dues_changed(before, after, moment.now)
            )

        return act(books, moment, rule), books.snapshot()

    def face(done: tuple[Round, Snapshot]) -> Reply:
        round_, room = done
        until = when(round_.closes_at or ctx.now, room.room, ctx.now)
        return Reply.of(note(say("round.extended", until=until, question=round_.question)))

    return await ctx.act(work, face)


@commands.add("round aside")
async def aside(
    ctx: Context,
    joined_after: Annotated[str, When("Who joined after this does not count, such as Fri 17:00; or off")],
    letter: LETTER = "",
) -> Reply:
    """Set ballots aside by when their voters joined, on record."""

    def rule(room: Snapshot, moment: Moment) -> Outcome[setting_aside.SetAside]:
        off = joined_after.casefold() in ("off", "none")
        zone = room.room.zone
        after = None if off else last_instant(joined_after, zone, moment.now, argument="joined-after")
        round_ = opening.which_round(room, the_story(room), letter.upper())
        return setting_aside.set_aside(room, round_, after, moment)

    return await _aside(ctx, rule)


@commands.add("round-card count", button=True)
async def count(ctx: Context, round: Annotated[str, Ref()]) -> Reply:  # the argument's name in tokens
    """Count every ballot of a round again."""
    return await _aside(
        ctx, lambda room, moment: setting_aside.set_aside(room, _by_id(room, round), None, moment)
    )


async def _aside(
    ctx: Context, rule: Callable[[Snapshot, Moment], Outcome[setting_aside.SetAside]]
) -> Reply:
    def work(books: Books, moment: Moment) -> tuple[setting_aside.SetAside, Snapshot]:
        return act(books, moment, lambda room: rule(room, moment)), books.snapshot()

    return await ctx.act(work, lambda done: ballot_faces.aside(*done, ctx.now))


@commands.add("round results", changes=False)
async def show_results(ctx: Context, number: Annotated[int, Int("The round's number", 1)] = 0) -> Reply:
    """See how a round ended: the latest, or one by its number."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        story = the_story(room)
        round_ = books.round_numbered(story.id, number) if number else room.last_round(story.id)
        if round_ is None:
            raise NotFound("round.no_such", number=number) if number else NotFound("round.no_rounds")
        if round_.part != "closed":
            return ballot_faces.read_all(room, round_, moment.now)
        seen = public_rounds.with_round(books, room, round_)
        return Reply.of(results.decided(deciding.result_of(seen, round_), seen, moment.now, notify=False))

    return await ctx.read(look)


@commands.add("round drawer", changes=False)
async def drawer(ctx: Context) -> Reply:
    """The ideas that lost: they are kept."""

    def look(books: Books, moment: Moment) -> Reply:
        room = books.snapshot()
        story = the_story(room)
        lines = []
        for pitch in books.drawer(story.id):
            round_ = books.round(pitch.round_id)
            idea = literal(shorten(pitch.text, 160))
            if round_ is None:
                name = later.shown_name(room, pitch) or say("round.somebody")
                lines.append(say("round.drawer_line_alone", idea=idea, name=name))
                continue
            name = opening.shown_name(round_, pitch) or say("round.somebody")
            lines.append(say("round.drawer_line", idea=idea, name=name, round=round_.number))
        if not lines:
            return Reply.of(note(say("round.drawer_empty")))
        cards = [
            Card(
                say("round.drawer_title", story=story.title),
                (Items(tuple(lines[:15])), Small(say("round.drawer_more_line"))),
            )
        ]
        if len(lines) > 15:
            cards.append(Card(parts=(Items(tuple(lines[15:30])),)))
        return Reply(tuple(cards))

    return await ctx.read(look)


# ---- time


def _due(books: Books, due: DueRow, moment: Moment) -> Outcome[Any]:
    room = books.snapshot()
    outcome = deciding.due(room, due.kind, due.subject, moment)
    if isinstance(outcome.value, Closed):
        return with_text(
            books,
            room,
            Outcome(outcome.value, outcome.rows, outcome.acts, outcome.marks, outcome.dues),
            moment,
        )
    return outcome


DUES: dict[str, DueRule] = dict.fromkeys(
    ("last_call", "deadline", "early_close", "decide", "offer", "unwritten"), _due
)
