"""The way in and out of Slack: one shared HTTP session, each workspace's client, and Bolt over either transport."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack import listening, sockets
from adapters.slack.asking import DEAD, FAILED, code_of
from adapters.slack.connection import Connection
from adapters.slack.doorstep import Doorstep
from adapters.slack.installing import Installations, Seal, States
from adapters.slack.library_log import library_log
from adapters.slack.web_client import client_of
from bot.errors import CannotPost, OperatorError
from bot.markup import to_plain
from bot.ports import Clock, Vault
from bot.sentences import say

log = logging.getLogger("room37.slack")

CALL_SECONDS = 30.0
"""So long a call may take; a session of aiohttp's own waits for five minutes."""
AGAIN_SECONDS = 5.0
DOUBTS = (0.0, 5.0, 20.0)
"""Seconds until Slack is asked again, each time, whether it really refuses a token that it took before."""


@dataclass(slots=True)
class Gate:
    """What is open while Slack is served."""

    connection: Connection
    session: aiohttp.ClientSession
    app: AsyncApp
    installations: Installations | None
    """Of the workspaces that installed the app; None where there is one workspace."""
    states: States | None = None
    team: str = ""
    """The one workspace, once Slack said which it is."""
    later: Callable[[Coroutine[Any, Any, None]], object] = lambda work: work.close()
    """Does work in the background; errors for the operator end the service."""
    came: Callable[[str], None] = lambda _: None
    """Told of a workspace that installed the app."""
    went: Callable[[str], None] = lambda _: None
    """Told of a workspace that removed it."""
    _clients: dict[str, AsyncWebClient] = field(default_factory=dict)
    _known: dict[str, tuple[str, str]] = field(default_factory=dict)
    _doubted: set[str] = field(default_factory=set)

    async def client(self, team: str) -> AsyncWebClient:
        """The Web API as this workspace's bot. Raises CannotPost for one that we do not serve (any more)."""
        token = await self._token(team)
        kept = self._clients.get(team)
        if kept is None or kept.token != token:
            kept = client_of(self.connection, self.session, token, partial(self._heard, team))
            self._clients[team] = kept
        return kept

    @property
    def nobody(self) -> AsyncWebClient:
        """The Web API without a token: for what is answered to people of a workspace that we do not serve."""
        return client_of(self.connection, self.session, None)

    async def serves(self, team: str) -> bool:
        """Whether the workspace is the one, or one that installed the app."""
        try:
            await self._token(team)
        except CannotPost:
            return False
        return True

    async def _token(self, team: str) -> str:
        if self.installations is None:
            if self.team and team != self.team:
                raise CannotPost("another workspace")
            return self.connection.bot_token
        installed = await self.installations.find(team)
        if installed is None:
            raise CannotPost("the app is not installed")
        return installed.token

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

    # ---- tokens

    async def check(self) -> None:
        """Make sure of the tokens before anything is served; waits while Slack is out of reach.

        Raises OperatorError for a bot token that Slack refuses.
        """
        if self.installations is not None:
            sealed = await self.installations.all()
            if strange := sum(installed is None for installed in sealed.values()):
                log.warning("%s", to_plain(say("slack.other_vault_key", n=strange)))
            return
        client = client_of(self.connection, self.session, self.connection.bot_token)
        while True:
            try:
                answer: Any = await client.auth_test()
                self.team = str(answer["team_id"])
                return
            except SlackApiError as refused:
                if code_of(refused) in (*DEAD, "not_allowed_token_type"):
                    raise bad_token(code_of(refused)) from None
                log.warning("Slack refuses to say who we are: %s", code_of(refused))
            except FAILED as broken:
                log.warning("Slack cannot be reached (%s); trying again", type(broken).__name__)
            await asyncio.sleep(AGAIN_SECONDS)

    def _heard(self, team: str, refused: SlackApiError | None) -> None:
        if refused is not None and code_of(refused) in DEAD:
            self.doubt(team)

    def doubt(self, team: str, waits: tuple[float, ...] | None = None) -> None:
        """Slack seems to take a workspace's token no longer: make sure of it, in the background."""
        if team not in self._doubted:
            self._doubted.add(team)
            self.later(self._make_sure(team, DOUBTS if waits is None else waits))

    async def _make_sure(self, team: str, waits: tuple[float, ...]) -> None:
        """Forget a token that is dead; where it is the only one, that ends the service with a sentence."""
        why = ""
        try:
            token = await self._token(team)
            for wait in waits:
                await asyncio.sleep(wait)
                if not (why := await self._dead(token)):
                    return
            if self.installations is None:
                raise bad_token(why)
            if await self._token(team) == token:  # and it was not installed anew meanwhile
                await self.installations.forget(team)
                self._known.pop(team, None)
                self._clients.pop(team, None)
                log.warning("%s", to_plain(say("slack.workspace_left", team=team, why=why)))
                self.went(team)
        except CannotPost:
            return
        finally:
            self._doubted.discard(team)

    async def _dead(self, token: str) -> str:
        """Slack's word for why it does not take a token; empty when it does, or cannot be asked."""
        try:
            await client_of(self.connection, self.session, token).auth_test()
        except SlackApiError as refused:
            return code_of(refused) if code_of(refused) in DEAD else ""
        except FAILED:
            return ""
        return ""

    # ---- serving

    async def serve(self, ready: asyncio.Event) -> None:
        """Take deliveries until cancelled; `ready` is set once they are. Raises OperatorError when it cannot go on."""
        if self.connection.transport == "socket":
            await sockets.serve(self.app, self.connection, self.session, ready)
            return
        doorstep = None
        if self.installations is not None and self.states is not None:
            client = client_of(self.connection, self.session, None)
            doorstep = Doorstep(self.connection, client, self.installations, self.states, self._installed)
        await listening.serve(self.app, self.connection, doorstep.routes if doorstep else (), ready)

    def _installed(self, team: str) -> None:
        self._known.pop(team, None)
        self.came(team)


def bad_token(why: str) -> OperatorError:
    """The one bot token is refused."""
    return OperatorError(to_plain(say("slack.app_removed" if why == "account_inactive" else "slack.bad_token", why=why)))


class _Anybody(AsyncAuthorize):
    """Takes what any workspace sends, without asking Slack each time: whom we serve is the listeners' to say."""

    def __init__(self) -> None:
        """There is nothing to know."""

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, user_id: str | None,
        actor_enterprise_id: str | None = None, actor_team_id: str | None = None, actor_user_id: str | None = None,
    ) -> AuthorizeResult:  # fmt: skip
        """Who sent it, as it says."""
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


@asynccontextmanager
async def open_gate(connection: Connection, vault: Vault, clock: Clock) -> AsyncIterator[Gate]:
    """A gate over a session of its own. Raises OperatorError for several workspaces without a key that seals."""
    installations = Installations(vault, Seal(connection.vault_key), clock) if connection.several else None
    states = States(vault, clock) if connection.several else None
    timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
    async with aiohttp.ClientSession(trust_env=connection.use_proxy, timeout=timeout) as session:
        by_http = connection.transport == "http"  # only what comes so can be a check of Slack's
        app = AsyncApp(
            client=client_of(connection, session, None), authorize=_Anybody(), signing_secret=connection.signing_secret or "unused",
            request_verification_enabled=False, ignoring_self_events_enabled=False, ssl_check_enabled=by_http,
            url_verification_enabled=by_http, attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False, logger=library_log(),
        )  # fmt: skip
        yield Gate(connection, session, app, installations, states)
