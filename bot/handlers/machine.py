"""`/showrunner ai` and `/showrunner budget`: turning the co-writer on, off, and how much it may cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from bot.arguments import Int, Pick
from bot.cards import Action, Card, Items, Reply, Text, button, note
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.handlers.acting import act
from bot.sentences import say
from bot.story import consent
from bot.story.books import Books
from bot.story.guards import require_runner
from bot.story.house_rules import in_force
from bot.story.ledger import Act
from bot.story.moments import Mark, Moment, Outcome
from bot.story.rooms import Room
from bot.story.snapshot import Snapshot
from bot.writing import budget

commands = Commands()


def courtesy(books: Books, moment: Moment) -> Card | None:
    """After an act while the machine is on: authors of earlier text are asked once, privately, what it may see."""
    room = books.snapshot()
    if room.room.machine_on_at is None or moment.person is None:
        return None
    question = books.keep(consent.ask(room, moment), moment)
    if question is None:
        return None
    choices = tuple(button(say(f"my.choose_{c}"), "my ai", choice=c) for c in ("never", "read", "quote"))
    return Card(say("machine.ask_title"), (Text(say("machine.ask")),), choices)


def _status(ctx: Context, room: Room, now: Moment) -> Reply:
    able = ctx.shop.writer.capabilities
    cap = budget.cap_cents(room, ctx.shop.budget.room_month)
    rows = [say("machine.which", label=able.label)]
    if able.remote:
        rows.append(say("machine.goes_to", host=able.host))
        rows.append(
            say(
                "machine.pays",
                dollars=f"{cap / 100:.2f}",
                spent=f"{budget.spent_micros(room, now.now) / 1_000_000:.2f}",
            )
        )
        rows.append(say("machine.is_on" if room.machine_on_at else "machine.is_off"))
    else:
        rows.append(say("machine.stays_here"))
    actions: tuple[Action, ...] = ()
    if able.remote:
        turn = ("machine.turn_off", "off") if room.machine_on_at else ("machine.turn_on", "on")
        actions = (button(say(turn[0]), "showrunner-card machine", turn=turn[1], rev=cap),)
    return Reply.of(Card(say("machine.title"), (Items(tuple(rows)),), actions))


@commands.add("showrunner ai")
async def ai(
    ctx: Context, what: Annotated[str, Pick("What to do", ("status", "on", "off"))] = "status"
) -> Reply:
    """The AI co-writer: where text goes, who pays, and turning it on or off."""
    if what == "off":
        return await _turn(ctx, on=False)
    return await ctx.read(lambda books, moment: _status(ctx, books.snapshot().room, moment))


@commands.add("showrunner-card machine", button=True)
async def turn(
    ctx: Context,
    turn: Annotated[str, Pick("On or off", ("on", "off"))],
    rev: Annotated[int, Int("agreed budget")] = 0,
) -> Reply:
    """Turn the co-writer on or off."""
    return await _turn(ctx, on=turn == "on", agreed=rev)


async def _turn(ctx: Context, *, on: bool, agreed: int = 0) -> Reply:
    def work(books: Books, moment: Moment) -> None:
        def rule(room: Snapshot) -> Outcome[None]:
            require_runner(room, moment)
            if on and in_force(room.room).machine == "never":
                raise UserError("assist.humans_only")
            if on == (room.room.machine_on_at is not None):
                raise UserError("machine.already_on" if on else "machine.already_off")
            if on and agreed != budget.cap_cents(room.room, ctx.shop.budget.room_month):
                raise UserError("machine.changed")
            after = replace(
                room.room, machine_on_at=moment.now if on else None, machine_on_by=moment.key if on else None,
                budget_cents=agreed if on else room.room.budget_cents,
            )  # fmt: skip
            told = Act(
                "machine.on" if on else "machine.off", (room.room.id,), moment.actor, "", {"cents": agreed}
            )
            return Outcome(
                None, (after,), (told,), (Mark("machine", room.room.id), Mark("house", room.room.id))
            )

        act(books, moment, rule)

    return await ctx.act(
        work, lambda _: Reply.of(note(say("machine.on_receipt" if on else "machine.off_receipt")))
    )


@commands.add("showrunner budget")
async def set_budget(
    ctx: Context, dollars: Annotated[int, Int("US dollars a month", 1, 100_000)] = 0
) -> Reply:
    """What the co-writer may cost this room in a month."""
    if not dollars:
        return await ctx.read(lambda books, moment: _status(ctx, books.snapshot().room, moment))

    def work(books: Books, moment: Moment) -> None:
        def rule(room: Snapshot) -> Outcome[None]:
            require_runner(room, moment)
            told = Act("machine.budget", (room.room.id,), moment.actor, "", {"cents": dollars * 100})
            return Outcome(None, (replace(room.room, budget_cents=dollars * 100),), (told,))

        act(books, moment, rule)

    return await ctx.act(work, lambda _: Reply.of(note(say("machine.budget_set", dollars=dollars))))
