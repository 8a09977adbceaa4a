"""`room37 doctor --slack`: what Slack says of the tokens, the scopes, the connection and the rooms. Changes nothing there."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.findings import Findings
from adapters.slack.asking import BROKEN, DEAD, code_of
from adapters.slack.connection import INSTALL_PATH, Connection
from adapters.slack.install import request_url
from adapters.slack.installing import Installations, Installed, Seal
from adapters.slack.manifest import scopes
from adapters.slack.web_client import DEFAULT_API
from bot.ports import Clock, Vault
from bot.sentences import say
from bot.story.people import Place

_PATIENCE = aiohttp.ClientTimeout(total=60)


async def check(connection: Connection, rooms: Sequence[Place], vault: Vault | None, clock: Clock) -> Findings:
    """Look at what is configured, and ask Slack for each workspace; `rooms` are places to look at.

    `vault` is where installations are kept; None when there is no database yet.
    """
    logging.getLogger("slack_sdk").setLevel(logging.CRITICAL)  # what it says is said here in sentences
    findings = Findings()
    async with aiohttp.ClientSession(trust_env=connection.use_proxy, timeout=_PATIENCE) as session:
        try:
            if connection.several:
                if _installing(connection, findings) and vault is not None:
                    known = await Installations(vault, Seal(connection.vault_key), clock).all()
                    await _workspaces(connection, session, known, rooms, findings)
            elif connection.bot_token:
                client = _client(connection, session, connection.bot_token)
                if (me := await _bot(client, connection, findings)) is not None:
                    await _rooms(client, me, rooms, findings)
            else:
                findings.amiss("slack.no_token")
            if connection.transport == "socket":
                await _socket(connection, session, findings)
            else:
                _http(connection, findings)
        except BROKEN as broken:
            findings.amiss("slack.unreachable", why=type(broken).__name__)
    return findings


def _client(connection: Connection, session: aiohttp.ClientSession, token: str | None) -> AsyncWebClient:
    """The Web API, asked once for each thing."""
    client = AsyncWebClient(
        token=token, base_url=connection.api_url or DEFAULT_API, session=session, retry_handlers=[],
        trust_env_in_session=connection.use_proxy,
    )  # fmt: skip
    if not connection.use_proxy:
        client.proxy = None  # the SDK takes it from the environment
    return client


async def _bot(client: AsyncWebClient, connection: Connection, findings: Findings, whose: str = "") -> Any:
    """Whom Slack takes us for, and what this may do; None when Slack does not take the token (`whose`, of several)."""
    try:
        me: Any = await client.auth_test()
    except SlackApiError as refused:
        why = code_of(refused)
        if why in (*DEAD, "not_allowed_token_type"):
            findings.amiss("slack.workspace_refused" if whose else "slack.bad_token", why=why, team=whose)
        else:
            findings.amiss("slack.refused_check", method="auth.test", why=why)
        return None
    findings.so("slack.logged_in", name=me.get("user"), team=me.get("team"), id=me.get("team_id"))
    granted = {scope.strip() for scope in _header(me, "x-oauth-scopes").split(",")} - {""}
    wanted = set(scopes(history=connection.history))
    if missing := wanted - granted:
        findings.amiss("slack.scopes_missing", scopes=", ".join(sorted(missing)))
    else:
        findings.so("slack.scopes_whole", n=len(wanted))
    if more := granted - wanted:
        findings.so("slack.scopes_more", scopes=", ".join(sorted(more)))
    return me


def _header(answer: Any, name: str) -> str:
    """A header of an answer, whatever the case of its name."""
    return next((str(value) for key, value in answer.headers.items() if key.lower() == name), "")


async def _socket(connection: Connection, session: aiohttp.ClientSession, findings: Findings) -> None:
    """Whether the app token opens connections."""
    if not connection.app_token:
        findings.amiss("slack.no_app_token")
        return
    client = _client(connection, session, None)
    try:
        await client.apps_connections_open(app_token=connection.app_token)
    except SlackApiError as refused:
        findings.amiss("slack.bad_app_token", why=code_of(refused))
    else:
        findings.so("slack.socket_opens")


def _http(connection: Connection, findings: Findings) -> None:
    """What being asked by Slack needs; whether it gets through to here only Slack's own page can say."""
    if not connection.signing_secret:
        findings.amiss("slack.no_signing_secret")
    url = request_url(connection.public_url) or say("slack.address_unknown") + request_url("/")
    findings.so("slack.listens", listen=f"{connection.host}:{connection.port}", url=url)


def _installing(connection: Connection, findings: Findings) -> bool:
    """What several workspaces need; whether what they installed can be opened."""
    library = find_spec("cryptography") is not None
    if not connection.vault_key:
        findings.amiss("slack.no_vault_key")
    if not library:
        findings.amiss("slack.no_cryptography")
    if connection.public_url:
        findings.so("slack.installs_at", url=connection.public_url.rstrip("/") + INSTALL_PATH)
    else:
        findings.amiss("slack.no_public_url")
    return library and bool(connection.vault_key)


async def _workspaces(
    connection: Connection, session: aiohttp.ClientSession, known: Mapping[str, Installed | None],
    rooms: Sequence[Place], findings: Findings,
) -> None:  # fmt: skip
    """Each workspace that installed the app, with the rooms in it."""
    if strange := sum(installed is None for installed in known.values()):
        findings.amiss("slack.other_vault_key", n=strange)
    if not known:
        findings.so("slack.nobody_installed")
    for installed in filter(None, known.values()):
        client = _client(connection, session, installed.token)
        if (me := await _bot(client, connection, findings, whose=installed.name)) is not None:
            here = [place for place in rooms if place.space == installed.team]
            await _rooms(client, me, here, findings)
    if elsewhere := sum(place.space not in known for place in rooms):
        findings.so("slack.rooms_unseen", n=elsewhere, why=say("slack.not_installed"))


async def _rooms(client: AsyncWebClient, me: Any, rooms: Sequence[Place], findings: Findings) -> None:
    """Whether the bot is in the channels of its rooms, as far as Slack lets us ask."""
    here = [place for place in rooms if place.space == me.get("team_id")]
    looked = 0
    for place in here:
        try:
            answer: Any = await client.conversations_info(channel=place.channel)
        except SlackApiError as refused:
            why = code_of(refused)
            if why != "channel_not_found":
                findings.so("slack.rooms_unseen", n=len(here) - looked, why=why)
                break
            looked += 1
            findings.amiss("slack.room_gone", where=_where(place), why=why, bot=me.get("user"))
            continue
        looked += 1
        _room(answer["channel"], place, me, findings)
    if looked:
        findings.so("slack.rooms_seen", n=looked)
    if elsewhere := len(rooms) - len(here):
        findings.so("slack.rooms_unseen", n=elsewhere, why=say("slack.other_workspace"))


def _room(channel: Any, place: Place, me: Any, findings: Findings) -> None:
    if channel.get("is_im"):
        return
    name = channel.get("name") or place.channel
    if channel.get("is_archived"):
        findings.amiss("slack.room_archived", name=name, where=_where(place))
    elif not channel.get("is_member"):
        findings.amiss("slack.room_closed", name=name, where=_where(place), bot=me.get("user"))


def _where(place: Place) -> str:
    return "/".join(part for part in (place.space, place.channel, place.thread) if part)
