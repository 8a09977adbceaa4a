"""Text files that people hand in through a form in Slack, which are fetched with the bot's token.

The token goes to Slack alone: the address of a file that only links to another service is that service's, and whoever
has no right to a file is led to a page to log in at, which is no text of anybody's.
https://docs.slack.dev/reference/objects/file-object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from adapters.handed_in import text_of
from adapters.slack.answers import Upload, upload_of
from adapters.slack.asking import FAILED
from adapters.slack.forms import FILE
from bot.arguments import Text
from bot.commands import Command
from bot.errors import UserError
from bot.sentences import say

_SECONDS = aiohttp.ClientTimeout(total=30)
_HOST = "slack.com"


async def read_uploads(
    session: aiohttp.ClientSession, client: AsyncWebClient, command: Command | None, uploads: Mapping[str, Upload]
) -> dict[str, str]:
    """The texts of the files that came with a form, by argument. Raises UserError, about the field of the file."""
    kinds: dict[str, object] = {a.name: a.kind for a in command.arguments} if command is not None else {}
    texts: dict[str, str] = {}
    for name, upload in uploads.items():
        kind = kinds.get(name)
        try:
            texts[name] = await read_upload(session, client, upload, kind.most if isinstance(kind, Text) else 0)
        except UserError as refusal:
            raise UserError(refusal.key, argument=name + FILE, **refusal.values) from None
    return texts


async def read_upload(session: aiohttp.ClientSession, client: AsyncWebClient, upload: Upload, most: int) -> str:
    """The text of a file of at most `most` characters. Raises UserError, see `adapters.handed_in.text_of`."""
    if not upload.url:  # in channels that workspaces share Slack gives a file's id alone
        upload = await _looked_up(client, upload)
    if not _slacks_own(upload.url, client.base_url):
        raise UserError("file.unreachable", name=upload.name[:80] or say("file.unnamed"), platform="Slack")
    return await text_of(
        lambda: session.get(
            upload.url, headers={"Authorization": f"Bearer {client.token}"}, allow_redirects=False, timeout=_SECONDS
        ),
        name=upload.name, size=upload.size, most=most, platform="Slack",
    )  # fmt: skip


async def _looked_up(client: AsyncWebClient, upload: Upload) -> Upload:
    """The file as Slack describes it when it is asked."""
    try:
        answer: Any = await client.files_info(file=upload.id)
    except FAILED:
        return upload
    return upload_of(answer.get("file") or {})


def _slacks_own(url: str, base: str) -> bool:
    """Whether an address is Slack's own (or that of the Slack that was configured)."""
    try:
        to, api = urlsplit(url), urlsplit(base)
    except ValueError:
        return False
    host = (to.hostname or "").rstrip(".")
    if (to.scheme, to.netloc) == (api.scheme, api.netloc):
        return True
    return to.scheme == "https" and (host == _HOST or host.endswith("." + _HOST))
