"""Text files that people hand in on a platform: read in pieces, within a size, as text and nothing else."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import aiohttp

from bot.errors import UserError
from bot.sentences import say

_PIECE = 64 * 1024
_BYTES_A_CHARACTER = 4
"""UTF-8 takes at most so many."""
Ask = Callable[[], AbstractAsyncContextManager[aiohttp.ClientResponse]]
"""Asks for the file's bytes; it is not called for what would be too large."""


async def text_of(ask: Ask, *, name: str, size: int, most: int, platform: str) -> str:
    """The text of a file of at most `most` characters, whose bytes are the body of the answer.

    `size` is what the platform says of its bytes: a larger file is not fetched, one that lies is dropped on the way.
    Raises UserError for what is too large, is empty, is no UTF-8 (or UTF-16 with its mark) text, or could not be
    fetched; what a file says of its own type is not believed.
    """
    limit, name = most * _BYTES_A_CHARACTER, name[:80] or say("file.unnamed")
    if size > limit:
        raise _too_large(name, most)
    raw = bytearray()
    try:
        async with ask() as response:
            if response.status != 200:
                raise UserError("file.unreachable", name=name, platform=platform)
            async for piece in response.content.iter_chunked(_PIECE):
                raw += piece
                if len(raw) > limit:
                    raise _too_large(name, most)
    except (aiohttp.ClientError, ConnectionError, TimeoutError, ValueError):
        raise UserError("file.unreachable", name=name, platform=platform) from None
    text = _decoded(bytes(raw), name)
    if not text.strip():
        raise UserError("file.empty", name=name)
    return text


def _too_large(name: str, most: int) -> UserError:
    return UserError("file.too_large", name=name, most=f"{most:,}")


def _decoded(raw: bytes, name: str) -> str:
    """The file as text. A NUL in it says that it is none."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("file.not_text", name=name) from None
    if "\0" in text:
        raise UserError("file.not_text", name=name)
    return text
