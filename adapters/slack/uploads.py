"""Text files that people hand in: fetched with the bot's token, read in pieces, as text and nothing else."""

from __future__ import annotations

import codecs

import aiohttp

from adapters.slack.answers import Upload
from adapters.slack.asking import BROKEN
from bot.errors import UserError

_PIECE = 64 * 1024
_BYTES_A_CHARACTER = 4


async def read_upload(session: aiohttp.ClientSession, token: str, upload: Upload, most: int) -> str:
    """The text of a file of at most `most` characters. Raises UserError for what is too large or no text."""
    limit = most * _BYTES_A_CHARACTER
    name = upload.name[:80]
    if upload.size > limit:
        raise UserError("slack.file_too_large", name=name, most=f"{most:,}")
    raw = bytearray()
    try:
        async with session.get(upload.url, headers={"Authorization": f"Bearer {token}"}) as response:
            response.raise_for_status()
            async for piece in response.content.iter_chunked(_PIECE):
                raw += piece
                if len(raw) > limit:
                    raise UserError("slack.file_too_large", name=name, most=f"{most:,}")
    except BROKEN:
        raise UserError("slack.file_unreachable", name=name) from None
    return decoded(bytes(raw), name)


def decoded(raw: bytes, name: str) -> str:
    """The file as text. A NUL in it says that it is none."""
    marked = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        raise UserError("slack.file_not_text", name=name) from None
    if "\0" in text:
        raise UserError("slack.file_not_text", name=name)
    return text
