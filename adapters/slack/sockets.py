"""Socket Mode: Slack is asked for a websocket's address with the app token, again and again while it is out of reach.

slack_sdk goes on asking for ever with a token that Slack refuses; here that ends, in a sentence.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import FAILED, code_of, limited, passing, retry_after
from adapters.slack.connection import Connection
from adapters.slack.library_log import library_log
from adapters.slack.web_client import client_of
from bot.errors import OperatorError
from bot.markup import to_plain
from bot.sentences import say

log = logging.getLogger("room37.slack")

PING_SECONDS = 10.0
AGAIN_SECONDS = 5.0
REFUSALS = 3
"""So often in a row is the app token refused, once it was good, until that is believed."""


async def serve(app: AsyncApp, connection: Connection, session: aiohttp.ClientSession, ready: asyncio.Event) -> None:
    """Take deliveries until cancelled. Raises OperatorError when Slack does not take the app token (any more)."""
    ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    refusals = 0

    def heard(refused: SlackApiError | None) -> None:
        nonlocal refusals
        refusals = refusals + 1 if refused is not None and _meant(refused) else 0
        if refused is None:
            return
        log.info("Slack opens no further connection: %s", code_of(refused))
        if refusals == REFUSALS and not ended.done():
            ended.set_exception(_bad_token(refused))

    client = client_of(connection, session, None, heard)
    proxy = client.proxy if connection.use_proxy else None
    handler = AsyncSocketModeHandler(
        app, connection.app_token, web_client=client, proxy=proxy, ping_interval=PING_SECONDS, logger=library_log()
    )
    if not connection.use_proxy:
        handler.client.proxy = None
    try:
        handler.client.wss_uri = await _address(client, connection.app_token)
        await handler.connect_async()
        ready.set()
        await ended
    finally:
        await handler.close_async()


async def _address(client: AsyncWebClient, token: str) -> str:
    """Where the first websocket goes."""
    while True:
        wait = AGAIN_SECONDS
        try:
            answer: Any = await client.apps_connections_open(app_token=token)
            return str(answer["url"])
        except SlackApiError as refused:
            if _meant(refused):
                raise _bad_token(refused) from None
            wait = max(wait, retry_after(refused))
            log.warning("Slack opens no connection yet: %s", code_of(refused))
        except FAILED as broken:
            log.warning("Slack cannot be reached (%s); trying again", type(broken).__name__)
        await asyncio.sleep(wait)


def _meant(refused: SlackApiError) -> bool:
    """Whether it is the token that is refused."""
    return not limited(refused) and not passing(refused)


def _bad_token(refused: SlackApiError) -> OperatorError:
    return OperatorError(to_plain(say("slack.bad_app_token", why=code_of(refused))))
