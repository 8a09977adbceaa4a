"""`/showrunner`: house rules, roles, and the log."""

from __future__ import annotations

from typing import Annotated, Any, cast

from bot.arguments import Group, Int, Pick, Text, Who
from bot.cards import Reply
from bot.commands import Commands
from bot.context import Context
from bot.errors import UserError
from bot.faces import rules as faces
from bot.handlers.acting import act
from bot.story import house_rules, naming, roles
from bot.story.books import Books
from bot.story.moments import Moment, Outcome
from bot.story.people import Role
from bot.story.role_map import MapNews, group_named
from bot.story.rooms import Preset
from bot.story.rule_topics import ALL, TOPICS, topic_of
from bot.story.snapshot import Snapshot

commands = Commands()


@commands.add("showrunner rules")
async def rules(
    ctx: Context,
    what: Annotated[str, Pick("What to do", ("show", "set", "preset"))] = "show",
    key: Annotated[str, Text("A rule's key, what rules are about, or the kind of room", most=60, word=True, suggested=True)] = "",
    value: Annotated[str, Text("What it shall be", most=200)] = "",
) -> Reply:
    """The house rules in force; a showrunner sets any line."""
    if what == "show":
        return await _show(ctx, key)
    if not key or (what == "set" and not value.strip()):
        raise UserError("showrunner.set_what", argument="value")
    if what == "preset":
        return await _choose(ctx, key.casefold())

    def work(books: Books, moment: Moment) -> house_rules.LineSet:
        return act(books, moment, lambda room: house_rules.set_line(room, key, value, moment))

    return await ctx.act(work, faces.line_set)


async def _show(ctx: Context, asked: str) -> Reply:
    """The rules in short, those about one thing, or all of them."""
    topic = topic_of(asked) if asked.strip() else ""

    def look(books: Books, _: Moment) -> Reply:
        room = books.snapshot()
        if not topic:
            return faces.overview(room, house_rules.printed(room.room))
        if topic == ALL:
            return faces.lines(room, house_rules.printed(room.room))
        return faces.about(room, topic, house_rules.printed(room.room, *TOPICS[topic]))

    return await ctx.read(look)


@commands.add("showrunner-card rules", button=True, changes=False)
async def rules_about(
    ctx: Context, topic: Annotated[str, Pick("What the rules are about", (*TOPICS, ALL))] = ""
) -> Reply:
    """The house rules about one thing, or what they are about."""
    return await _show(ctx, topic)


@commands.add("showrunner-card kind", button=True)
async def kind(ctx: Context, preset: Annotated[str, Pick("The kind of room", faces.PRESETS)]) -> Reply:
    """Say what kind of room this is."""
    return await _choose(ctx, preset)


async def _choose(ctx: Context, preset: str) -> Reply:
    chosen = cast(Preset, Pick("", faces.PRESETS).read(preset, "key"))

    def work(books: Books, moment: Moment) -> house_rules.PresetChosen:
        return act(books, moment, lambda room: house_rules.choose_preset(room, chosen, moment))

    return await ctx.act(work, faces.preset_chosen)


@commands.add("showrunner roles")
async def give(
    ctx: Context,
    what: Annotated[str, Pick("What to do", ("list", "give", "map"))] = "list",
    name: Annotated[str, Who("Whom")] = "",
    role: Annotated[str, Pick("What they shall be", tuple(r.value for r in Role))] = "",
    server_role: Annotated[str, Group("Which role of the server counts as it here")] = "",
) -> Reply:
    """Who is showrunner, writer or reader; a showrunner gives roles, or maps the server's."""
    if what == "list":
        return await ctx.read(lambda books, _: faces.roster(roles.roster(books.snapshot())))
    if what == "map":
        return await _map(ctx, server_role, role)
    if not name or not role:
        raise UserError("showrunner.give_what", argument="name")

    def work(books: Books, moment: Moment) -> Any:
        def rule(room: Snapshot) -> Outcome[roles.RoleNews]:
            met = naming.meet(room, (name,), moment, ctx.people)
            return met.then(roles.give(room.with_rows(met.rows), met.value[0], Role(role), moment))

        return act(books, moment, rule)

    return await ctx.act(work, faces.role_given)


async def _map(ctx: Context, group: str, role: str) -> Reply:
    if not group or not role:
        raise UserError("showrunner.map_what", argument="server-role")

    def work(books: Books, moment: Moment) -> MapNews:
        def rule(room: Snapshot) -> Outcome[MapNews]:
            meant = group_named(room.room, group, ctx.people, moment.standing.roles)
            return roles.map_group(room, meant, Role(role), moment)

        return act(books, moment, rule)

    return await ctx.act(work, faces.role_mapped)


@commands.add("showrunner log", changes=False)
async def log(ctx: Context, last: Annotated[int, Int("How many", 1, 40)] = 15) -> Reply:
    """The latest acts of this room, from its ledger."""
    return await ctx.read(
        lambda books, moment: faces.log(books.snapshot(), books.deeds(limit=last), moment.now)
    )
