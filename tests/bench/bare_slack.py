"""The floor: a bare Bolt app over Socket Mode whose `/echo` answers privately, as a process of its own (API as argument)."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


async def serve(api: str) -> None:
    """Nothing but what every slash command costs: the answer goes with the acknowledgement."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=api, session=session)
        client.proxy = None
        app = AsyncApp(client=client, signing_secret="unused")  # noqa: S106  # Socket Mode signs nothing

        @app.command("/echo")
        async def echo(ack: Any, command: dict[str, Any]) -> None:
            await ack(command["text"])

        handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
        handler.client.proxy = None
        await handler.connect_async()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
