"""`/showrunner`: house rules, roles, and the log."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, cast

from bot.arguments import Int, Pick, Text, Who
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import NotFound, UserError
from bot.faces import rules as faces
from bot.handlers.acting import act
from bot.sentences import say
from bot.story import house_rules, roles
from bot.story.books import Books
from bot.story.moments import Moment
from bot.story.people import Role
from bot.story.rooms import Preset
from bot.story.snapshot import Snapshot

commands = Commands()


@commands.add("showrunner rules")
async def rules(
    ctx: Context,
    what: Annotated[str, Pick("What to do", ("show", "set", "preset"))] = "show",
    key: Annotated[str, Text("The rule's key, or the kind of room", most=60, word=True)] = "",
    value: Annotated[str, Text("What it shall be", most=200)] = "",
) -> Reply:
    """The house rules in force; a showrunner sets any line."""
    if what == "show":
        return await ctx.read(
            lambda books, _: faces.lines(books.snapshot(), house_rules.printed(books.snapshot().room))
        )
    if not key or (what == "set" and not value.strip()):
        raise UserError("showrunner.set_what", argument="value")
    if what == "preset":
        return await _choose(ctx, key.casefold())

    def work(books: Books, moment: Moment) -> house_rules.LineSet:
        return act(books, moment, lambda room: house_rules.set_line(room, key, value, moment))

    return await ctx.act(work, faces.line_set)


@commands.add("showrunner-card kind", button=True)
async def kind(ctx: Context, preset: Annotated[str, Pick("The kind of room", faces.PRESETS)]) -> Reply:
    """Say what kind of room this is."""
    return await _choose(ctx, preset)


async def _choose(ctx: Context, preset: str) -> Reply:
    chosen = cast(Preset, Pick("", faces.PRESETS).read(preset, "key"))

    def work(books: Books, moment: Moment) -> house_rules.PresetChosen:
        return act(books, moment, lambda room: house_rules.choose_preset(room, chosen, moment))

    return await ctx.act(work, faces.preset_chosen)


def person_named(room: Snapshot, name: str, people: Mapping[str, str] = MappingProxyType({})) -> str:
    """The key of the person of this display name, or of this key, where the platform knows who is meant (`people`).
    Raises NotFound naming who is here."""
    if name in people:
        return name
    wanted = name.strip().casefold()
    found = [m for m in room.members.values() if m.name.casefold() == wanted]
    if not found:
        names = ", ".join(sorted(m.name for m in room.members.values())) or str(say("showrunner.somebody"))
        raise NotFound("showrunner.nobody_named", argument="name", name=name[:40], names=names)
    return min(found, key=lambda m: m.id).person


@commands.add("showrunner roles")
async def give(
    ctx: Context,
    what: Annotated[str, Pick("What to do", ("list", "give"))] = "list",
    name: Annotated[str, Who("Whom")] = "",
    role: Annotated[str, Pick("What they shall be", tuple(r.value for r in Role))] = "",
) -> Reply:
    """Who is showrunner, writer or reader; a showrunner gives roles."""
    if what == "list":
        return await ctx.read(lambda books, _: faces.roster(roles.roster(books.snapshot())))
    if not name or not role:
        raise UserError("showrunner.give_what", argument="name")

    def work(books: Books, moment: Moment) -> Any:
        def rule(room: Snapshot) -> Any:
            person = person_named(room, name, ctx.people)
            return roles.give(room, person, Role(role), moment, name=ctx.people.get(person, ""))

        return act(books, moment, rule)

    return await ctx.act(work, faces.role_given)


@commands.add("showrunner log", changes=False)
async def log(ctx: Context, last: Annotated[int, Int("How many", 1, 40)] = 15) -> Reply:
    """The latest acts of this room, from its ledger."""
    return await ctx.read(
        lambda books, moment: faces.log(books.snapshot(), books.deeds(limit=last), moment.now)
    )
