"""`room37 doctor --discord`: what Discord says of the token, the application, the commands and the rooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import discord

from adapters.discord.answering import BROKEN
from adapters.discord.callers import target_of
from adapters.discord.commands import digest, payload
from adapters.discord.connection import Connection
from adapters.discord.install import link
from adapters.discord.pointing import quiet
from adapters.discord.syncing import registered
from adapters.findings import Findings
from bot.commands import Commands
from bot.markup import to_plain
from bot.sentences import say
from bot.story.people import Place

_SHARDED = 2500
"""Servers from which a bot must run in shards."""


async def check(connection: Connection, commands: Commands, rooms: Sequence[Place]) -> Findings:
    """Ask Discord; changes nothing there. `rooms` are places to look at."""
    quiet()
    findings = Findings()
    client = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=30.0)
    try:
        async with client:
            await client.login(connection.token)
            await _application(client, findings)
            await _commands(client, connection.guild, commands, findings)
            await _gateway(client, findings)
            await _rooms(client, rooms, findings)
    except discord.LoginFailure:
        findings.wrong.append(to_plain(say("discord.bad_token")))
    except discord.HTTPException as refused:
        findings.wrong.append(to_plain(say("discord.refused_check", status=refused.status, code=refused.code)))
    except (discord.RateLimited, *BROKEN) as broken:
        findings.wrong.append(to_plain(say("discord.unreachable", why=type(broken).__name__)))
    return findings


async def _application(client: discord.Client, findings: Findings) -> None:
    app = await client.application_info()
    findings.found.append(to_plain(say("discord.logged_in", name=str(client.user), id=app.id)))
    findings.found.append(to_plain(say("discord.install_at", link=link(app.id))))
    if app.bot_public is False:
        findings.found.append(to_plain(say("discord.private_bot")))
    findings.found.append(to_plain(say("discord.no_intents")))


async def _commands(client: discord.Client, guild: str, commands: Commands, findings: Findings) -> None:
    wanted, held = payload(commands), await registered(client, guild)
    key = "discord.in_sync" if digest(held) == digest(wanted) else "discord.out_of_sync"
    findings.found.append(to_plain(say(key, n=len(wanted), held=len(held))))


async def _gateway(client: discord.Client, findings: Findings) -> None:
    shards, _, limits = await client.http.get_bot_gateway()
    left, total = limits["remaining"], limits["total"]
    findings.found.append(to_plain(say("discord.gateway", n=shards, left=left, total=total)))
    if left == 0:
        findings.wrong.append(to_plain(say("discord.no_starts_left")))


async def _rooms(client: discord.Client, rooms: Sequence[Place], findings: Findings) -> None:
    servers = cast(list[dict[str, Any]], await client.http.get_guilds(200))
    findings.found.append(to_plain(say("discord.servers", n=len(servers))))
    if not servers:
        findings.wrong.append(to_plain(say("discord.no_servers")))
    for place in rooms:
        where = "/".join(part for part in (place.space, place.channel, place.thread) if part)
        try:
            await client.http.get_channel(target_of(place))
        except (discord.Forbidden, discord.NotFound) as refused:
            findings.wrong.append(to_plain(say("discord.room_closed", where=where, code=refused.code)))
    if rooms:
        findings.found.append(to_plain(say("discord.rooms_seen", n=len(rooms))))
