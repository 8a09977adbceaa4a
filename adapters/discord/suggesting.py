"""Completions: what may stand in an argument, while somebody types it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import discord

from adapters.discord.answering import BROKEN
from adapters.discord.callers import Asked, person_of, place_of
from adapters.discord.commands import choices, focused
from adapters.discord.wishes import raw
from bot.chat import Inbox
from bot.errors import OperatorError, UserError

log = logging.getLogger("room37.discord")

SUGGEST_SECONDS = 2.0
"""So long is the core asked: later nobody would see them."""


async def suggest(asked: Asked, inbox: Inbox) -> None:
    """Answer with completions; none when they are not there in time."""
    found: Sequence[tuple[str, str]] = ()
    number = False
    try:
        command, argument, begun, number = focused(raw(asked))
        async with asyncio.timeout(SUGGEST_SECONDS):
            found = await inbox.suggest(place_of(asked), person_of(asked.user.id), command, argument, begun)
    except (UserError, OperatorError, TimeoutError):
        pass
    try:
        await asked.response.autocomplete(choices(found, number=number))
    except (discord.HTTPException, *BROKEN) as refused:
        if isinstance(refused, discord.HTTPException) and refused.status == 400:
            log.error("Discord refused completions: %s", refused.code)
        else:
            log.info("completions came too late")
