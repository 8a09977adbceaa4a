"""Texts as files: an address for the bytes, the bytes, and the moment that shows them.

Only the last step can be seen, and it shows a file once, so that all three may be tried again.
https://docs.slack.dev/messaging/working-with-files
"""

from __future__ import annotations

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import code_of, tried
from adapters.slack.cards import Handout


async def uploaded(client: AsyncWebClient, session: aiohttp.ClientSession, handout: Handout) -> str:
    """The id of a file that nobody sees yet. Raises a PostingError."""

    async def once() -> str:
        raw = handout.text.encode()
        asked: Any = await client.files_getUploadURLExternal(
            filename=handout.name, length=len(raw), alt_txt=handout.about
        )
        async with session.post(asked["upload_url"], data=raw) as sent:
            sent.raise_for_status()
        return str(asked["file_id"])

    return await tried(once, repeatable=True)


async def share(client: AsyncWebClient, file: str, handout: Handout, channel: str, thread: str = "") -> None:
    """Show a file in a channel, below a message if one is named. Raises a PostingError."""
    before = False

    async def once() -> None:
        nonlocal before
        again, before = before, True
        try:
            await client.files_completeUploadExternal(
                files=[{"id": file, "title": handout.name}], channel_id=channel, thread_ts=thread or None
            )
        except SlackApiError as refused:
            if not (again and code_of(refused) == "file_not_found"):  # shown already: the answer was lost
                raise

    await tried(once, repeatable=True)
