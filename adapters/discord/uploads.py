"""Text files that people attach in Discord, which anybody with their address can fetch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aiohttp

from adapters.handed_in import text_of

_SECONDS = 30


async def read_upload(attachment: Mapping[str, Any], most: int) -> str:
    """The text of an attachment of at most `most` characters. Raises UserError, see `adapters.handed_in.text_of`."""
    timeout = aiohttp.ClientTimeout(total=_SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        return await text_of(
            lambda: session.get(str(attachment.get("url", ""))), name=str(attachment.get("filename", "")),
            size=int(attachment.get("size") or 0), most=most, platform="Discord",
        )  # fmt: skip
