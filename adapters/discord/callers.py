"""Who calls, from where, with what rights: an interaction's people and places as the core knows them."""

from __future__ import annotations

import discord

from adapters.discord.connection import DIRECT
from bot.story.people import Person, Place, Standing

PLATFORM = "discord"
EVERYWHERE = "all"
"""A person's space: an account is the same in every server."""

Asked = discord.Interaction[discord.Client]


def person_of(user_id: int | str) -> Person:
    """The person of an account's id."""
    return Person(PLATFORM, EVERYWHERE, str(user_id))


def account_of(key: str) -> int | None:
    """The account's id in a person key; None for a person of another platform."""
    person = Person.of(key)
    return int(person.user) if person.platform == PLATFORM and person.user.isdecimal() else None


def place_of(asked: Asked) -> Place:
    """The channel, thread, forum post or direct message that an interaction comes from."""
    channel = asked.channel
    if isinstance(channel, discord.Thread):
        return Place(PLATFORM, str(asked.guild_id), str(channel.parent_id), str(channel.id))
    space = DIRECT if asked.guild_id is None else str(asked.guild_id)
    return Place(PLATFORM, space, str(channel.id if channel is not None else 0))


def target_of(place: Place) -> int:
    """The id of the channel that a place's messages are posted in."""
    return int(place.thread or place.channel)


def standing_of(asked: Asked) -> Standing:
    """What Discord says of the caller: rights in this channel, since when they are here, their roles.

    In a direct message they are at home.
    """
    if asked.guild_id is None:
        return Standing(keeper=True)
    member = asked.user if isinstance(asked.user, discord.Member) else None
    return _standing(member, asked.permissions, asked.channel, asked.guild_id)


async def standing_in(client: discord.Client, place: Place, person: Person) -> Standing | None:
    """How an account stands in a place that it does not call from; None when it is not there (any more).

    Asks Discord for the member, once, and for the server where another process runs its shard. Raises discord's errors
    when Discord cannot be asked.
    """
    if not place.space.isdecimal():
        return None
    try:
        known = client.get_guild(int(place.space))
        guild = known or await client.fetch_guild(int(place.space), with_counts=False)
        member = await guild.fetch_member(int(person.user))
        channel = guild.get_channel_or_thread(target_of(place)) or await guild.fetch_channel(target_of(place))
        above = channel
        if known is None and isinstance(channel, discord.Thread):  # a thread finds its parent in a known server only
            above = await guild.fetch_channel(int(place.channel))
    except (discord.NotFound, discord.Forbidden):
        return None
    rights = above.permissions_for(member)
    return _standing(member, rights, channel, guild.id) if rights.view_channel else None


def _standing(
    member: discord.Member | None, rights: discord.Permissions, channel: object, guild_id: int
) -> Standing:
    thread = channel if isinstance(channel, discord.Thread) else None
    may_send = rights.send_messages if thread is None else rights.send_messages_in_threads
    return Standing(
        joined_at=member.joined_at if member is not None else None,
        space_since=discord.utils.snowflake_time(guild_id),
        keeper=rights.administrator or rights.manage_channels,
        can_post=may_send or rights.administrator,
        owner=thread is not None and member is not None and thread.owner_id == member.id,
        roles=tuple(str(role.id) for role in member.roles[1:]) if member is not None else (),
    )


def lessened(asked: Asked) -> tuple[str, ...]:
    """Permissions without which the bot does less than it could where it was called: their names in `discord.Permissions`."""
    if asked.guild_id is None or asked.app_permissions.administrator:
        return ()
    return tuple(name for name in ("attach_files", "read_message_history") if not getattr(asked.app_permissions, name))


def barred(asked: Asked) -> str:
    """The permission that the bot lacks to write where it was called, in Discord's own words; empty when it may."""
    if asked.guild_id is None:
        return ""
    rights = asked.app_permissions
    if rights.administrator:
        return ""
    if not rights.view_channel:
        return "View Channel"
    if isinstance(asked.channel, discord.Thread):
        if asked.channel.locked and not rights.manage_threads:
            return "Manage Threads"
        return "" if rights.send_messages_in_threads else "Send Messages in Threads"
    return "" if rights.send_messages else "Send Messages"
