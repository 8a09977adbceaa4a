"""Erasing (in the next step)."""

from __future__ import annotations

from bot.cards import Reply
from bot.context import Context


async def before(ctx: Context, kind: str, id_: str) -> Reply:
    """What erasing would do."""
    raise NotImplementedError
