"""Text files that people attach: read in pieces, within a size, as text and nothing else."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.errors import UserError

_PIECE = 64 * 1024
_SECONDS = 30
_BYTES_A_CHARACTER = 4
"""UTF-8 takes at most so many."""


async def read_upload(attachment: Mapping[str, Any], most: int) -> str:
    """The text of an attachment of at most `most` characters.

    Raises UserError for what is too large, is empty, is no UTF-8 (or UTF-16 with its mark) text, or could not be fetched; what
    it says of its own type is not believed.
    """
    limit = most * _BYTES_A_CHARACTER
    name = str(attachment.get("filename", ""))[:80]
    if int(attachment.get("size") or 0) > limit:
        raise UserError("discord.file_too_large", name=name, most=f"{most:,}")
    raw = bytearray()
    try:
        timeout = aiohttp.ClientTimeout(total=_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session, session.get(str(attachment.get("url", ""))) as response:
            response.raise_for_status()
            async for piece in response.content.iter_chunked(_PIECE):
                raw += piece
                if len(raw) > limit:
                    raise UserError("discord.file_too_large", name=name, most=f"{most:,}")
    except (aiohttp.ClientError, TimeoutError, ValueError):
        raise UserError("discord.file_unreachable", name=name) from None
    text = _decoded(bytes(raw), name)
    if not text.strip():
        raise UserError("discord.file_empty", name=name)
    return text


def _decoded(raw: bytes, name: str) -> str:
    """The file as text. A NUL in it says that it is none."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("discord.file_not_text", name=name) from None
    if "\0" in text:
        raise UserError("discord.file_not_text", name=name)
    return text
