"""The way in and out of Slack: one shared HTTP session, the Web API's clients, and Bolt over Socket Mode or signed HTTP.

slack_sdk makes a session for each call unless it is given one, reads HTTPS_PROXY but not NO_PROXY, and repeats calls
whose connection broke, which posts twice; so the session is ours, proxies are a setting, and no handler repeats.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.connection import Connection
from bot.errors import CannotPost
from bot.ports import Clock, Vault

log = logging.getLogger("room37.slack")

EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
DEFAULT_API = "https://slack.com/api/"
PING_SECONDS = 10.0
CALL_SECONDS = 30.0
"""So long a call may take; a session of aiohttp's own waits for five minutes."""


@dataclass(slots=True)
class Gate:
    """What is open while Slack is served."""

    connection: Connection
    session: aiohttp.ClientSession
    app: AsyncApp
    web: AsyncWebClient
    installations: Any = None
    """The store of workspaces that installed the app; None where there is one workspace."""
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)

    async def client(self, team: str) -> AsyncWebClient:
        """The Web API as this workspace's bot. Raises CannotPost for one that removed the app."""
        if self.installations is None:
            return self.web
        bot = await self.installations.async_find_bot(enterprise_id=None, team_id=team)
        if bot is None:
            raise CannotPost("the app is not installed")
        return _client(self.connection, self.session, bot.bot_token)

    async def me(self, team: str) -> str:
        """The bot's own user in a workspace."""
        return (await self._who(team))[0]

    async def name(self, team: str) -> str:
        """What the bot is called in a workspace."""
        return (await self._who(team))[1]

    async def _who(self, team: str) -> tuple[str, str]:
        if team not in self._known:
            client = await self.client(team)
            answer: Any = await client.auth_test()
            self._known[team] = str(answer.get("user_id") or ""), str(answer.get("user") or "room37")
        return self._known[team]

    async def serve(self, ready: asyncio.Event) -> None:
        """Take deliveries until cancelled; `ready` is set once they are."""
        if self.connection.transport == "socket":
            await self._socket(ready)
        else:
            await self._http(ready)

    async def _socket(self, ready: asyncio.Event) -> None:
        proxy = self.web.proxy if self.connection.use_proxy else None
        handler = AsyncSocketModeHandler(
            self.app, self.connection.app_token, web_client=self.web, proxy=proxy, ping_interval=PING_SECONDS,
            logger=_library_log(),
        )
        if not self.connection.use_proxy:
            handler.client.proxy = None
        try:
            await handler.connect_async()
            ready.set()
            await asyncio.Event().wait()
        finally:
            await handler.close_async()

    async def _http(self, ready: asyncio.Event) -> None:
        runner = web.AppRunner(self.app.web_app(path=EVENTS_PATH, port=self.connection.port), access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self.connection.host, self.connection.port).start()
            ready.set()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


@asynccontextmanager
async def open_gate(connection: Connection, vault: Vault, clock: Clock) -> AsyncIterator[Gate]:
    """A gate over a session of its own."""
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with aiohttp.ClientSession(trust_env=connection.use_proxy, timeout=timeout) as session:
        client = _client(connection, session, connection.bot_token or None)
        if not connection.several:
            app = AsyncApp(client=client, signing_secret=connection.signing_secret or "unused", logger=_library_log())
            yield Gate(connection, session, app, client)
            return
        from adapters.slack.installing import Installations, Seal, States  # noqa: PLC0415  # needs an extra
        from adapters.slack.manifest import scopes  # noqa: PLC0415

        store = Installations(vault, Seal(connection.vault_key), clock)
        settings = AsyncOAuthSettings(
            client_id=connection.client_id, client_secret=connection.client_secret,
            scopes=list(scopes(history=connection.history)), installation_store=store, installation_store_bot_only=True,
            state_store=States(vault, clock), install_path=INSTALL_PATH, redirect_uri_path=REDIRECT_PATH,
            redirect_uri=connection.public_url.rstrip("/") + REDIRECT_PATH if connection.public_url else None,
        )  # fmt: skip
        app = AsyncApp(
            client=client, signing_secret=connection.signing_secret, installation_store=store, oauth_settings=settings,
            logger=_library_log(),
        )  # fmt: skip
        app.enable_token_revocation_listeners()
        yield Gate(connection, session, app, client, store)


def _client(connection: Connection, session: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    client = AsyncWebClient(
        token=token, base_url=connection.api_url or DEFAULT_API, session=session, retry_handlers=[], logger=_library_log(),
        trust_env_in_session=connection.use_proxy,
    )  # fmt: skip
    if not connection.use_proxy:
        client.proxy = None
    return client


def _library_log() -> logging.Logger:
    """Where slack_sdk and Bolt write: never in detail, which is what people wrote, and never tracebacks.

    Both mend by themselves what they call errors (a websocket that broke, a connection that was refused).
    """
    library = logging.getLogger("room37.slack.sdk")
    library.setLevel(logging.WARNING)  # at INFO Bolt quotes requests whose signature is wrong
    if not library.filters:
        library.addFilter(_in_one_line)
    return library


def _in_one_line(record: logging.LogRecord) -> bool:
    if record.exc_info:
        record.exc_info = record.exc_text = None
    if str(record.msg).startswith("Unhandled request"):  # it quotes the whole of it
        record.msg, record.args = "Bolt knows no listener for a delivery", ()
    if record.levelno > logging.WARNING:
        record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True
