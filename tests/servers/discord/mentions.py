"""Whom a message really pings: what its text names, less what `allowed_mentions` and permissions hold back.

Counted strictly, so that a test which sees no ping can trust it: a mention in a code span or behind a backslash
counts, and so does one in the first text of a deferred answer.
https://docs.discord.com/developers/resources/message#allowed-mentions-object
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.servers.discord import permissions
from tests.servers.discord.components import TEXT, walk
from tests.servers.discord.refusal import Json
from tests.servers.discord.things import Channel, Role, User
from tests.servers.discord.world import World

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)")


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who was mentioned effectively."""

    users: tuple[User, ...]
    roles: tuple[Role, ...]
    everyone: frozenset[str]

    def names(self, world: World, channel: Channel) -> list[str]:
        """As people would say it; whoever cannot see the channel hears nothing."""
        heard = [user.name for user in self.users if world.may(user, channel) & permissions.VIEW_CHANNEL]
        return [
            *heard,
            *(f"@{role.name}" for role in self.roles),
            *sorted(f"@{word}" for word in self.everyone),
        ]


def spoken(data: Json) -> str:
    """The texts in which a mention pings: the content and text displays, never embeds."""
    texts = [data.get("content") or ""]
    texts += [part["content"] for part in walk(data.get("components") or []) if part.get("type") == TEXT]
    return "\n".join(texts)


def of(
    data: Json,
    allowed: Mapping[str, object] | None,
    *,
    world: World,
    channel: Channel,
    author: User,
    replied_to: User | None = None,
    webhook: bool = False,
) -> Mentions:
    """The mentions of a message as it stands."""
    text = spoken(data)
    users = [world.users[int(found)] for found in _USER.findall(text) if int(found) in world.users]
    guild_roles = channel.guild.roles if channel.guild is not None else {}
    roles = [guild_roles[int(found)] for found in _ROLE.findall(text) if int(found) in guild_roles]
    everyone = set(_EVERYONE.findall(text)) if channel.guild is not None else set()
    reply = replied_to is not None
    if allowed is not None:
        users = [user for user in users if _named(allowed, "users", user.id)]
        roles = [role for role in roles if _named(allowed, "roles", role.id)]
        everyone = everyone if "everyone" in _list(allowed, "parse") else set()
        reply = reply and bool(allowed.get("replied_user"))
    if replied_to is not None and reply:
        users.append(replied_to)
    if not webhook and not world.may(author, channel) & permissions.MENTION_EVERYONE:
        roles = [role for role in roles if role.mentionable]
        everyone = set()
    return Mentions(tuple(dict.fromkeys(users)), tuple(dict.fromkeys(roles)), frozenset(everyone))


def _list(allowed: Mapping[str, object], name: str) -> list[object]:
    found = allowed.get(name)
    return found if isinstance(found, list) else []


def _named(allowed: Mapping[str, object], kind: str, id: int) -> bool:
    return kind in _list(allowed, "parse") or str(id) in [str(one) for one in _list(allowed, kind)]
