"""`/help`: the everyday verbs on one card; more by topic, made from the registry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from bot.arguments import Text, nearest
from bot.cards import Card, Items, Reply, Small, button
from bot.cards import Text as Words
from bot.commands import Command, Commands
from bot.context import Context
from bot.errors import NotFound
from bot.sentences import Marked, literal, say

EVERYDAY = ("pitch", "vote", "extend", "assist", "previously", "read", "undo", "help")


def _line(command: Command, usage: str = "") -> str:
    return say("help.line", usage=Marked(usage or command.usage), about=command.about)


def commands_for(registry: Callable[[], Commands]) -> Commands:
    """`/help` over this registry, itself included."""
    commands = Commands()

    @commands.add("help", changes=False)
    async def help_(
        ctx: Context, topic: Annotated[str, Text("A command or a group of commands", most=60)] = ""
    ) -> Reply:
        """What can be done here; with a name, more about that."""
        known = registry()
        word = topic.strip().removeprefix("/").casefold()
        if not word:
            rows = tuple(_line(c, f"/{c.name}") for c in known.typed if c.name in EVERYDAY)
            groups = [g for g in known.groups() if g not in EVERYDAY]
            more = say("help.more", groups=", ".join(groups))
            return Reply.of(Card(say("help.title"), (Words(say("help.lead")), Items(rows), Words(more))))
        group = word.split(" ", 1)[0]
        found = [c for c in known.leaves(group) if c.name == word or c.group == word] or list(
            known.leaves(group)
        )
        if not found:
            raise NotFound(
                "help.no_topic", argument="topic", given=topic[:40], near=nearest(group, known.groups())
            )
        actions = (button(say("help.back"), "help"),)
        optional = any("[" in c.usage for c in found)
        parts = (Items(tuple(_line(c) for c in found)), *((Small(say("help.typing")),) if optional else ()))
        return Reply.of(Card(say("help.topic", topic=literal(word)), parts, actions))

    return commands
