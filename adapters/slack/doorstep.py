"""The two pages by which somebody brings the app into their workspace: one leads to Slack, one is come back to.

A state is good for one return within ten minutes, in the browser that it was given to.
https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator, OAuthStateUtils
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.asking import FAILED, code_of, passing
from adapters.slack.connection import INSTALL_PATH, REDIRECT_PATH, Connection
from adapters.slack.installing import STATE_AGE, Installations, Installed, States
from adapters.slack.manifest import scopes
from adapters.slack.web_client import DEFAULT_API
from bot.errors import OperatorError
from bot.markup import to_plain
from bot.sentences import say

log = logging.getLogger("room37.slack")

_TEAM = re.compile(r"[TE][A-Z0-9]{1,40}")
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"}
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body style="font-family: sans-serif; max-width: 32em; margin: 3em auto; padding: 0 1em; line-height: 1.5">
<h1>{title}</h1>
<p>{text}</p>
<p><a href="{link}">{label}</a></p>
</body>
</html>
"""


class Doorstep:
    """The pages, over the stores of installations and of states."""

    def __init__(
        self, connection: Connection, client: AsyncWebClient, installations: Installations, states: States,
        came: Callable[[str], None],
    ) -> None:  # fmt: skip
        self._connection = connection
        self._client = client
        self._installations = installations
        self._states = states
        self._came = came
        self._utils = OAuthStateUtils(expiration_seconds=int(STATE_AGE.total_seconds()))
        address = connection.public_url.rstrip("/")
        self._redirect = address + REDIRECT_PATH if address else None
        self._slack = AuthorizeUrlGenerator(
            client_id=connection.client_id, redirect_uri=self._redirect,
            scopes=list(scopes(history=connection.history)),
            authorization_url=urljoin(connection.api_url or DEFAULT_API, "/oauth/v2/authorize"),
        )  # fmt: skip

    @property
    def routes(self) -> tuple[web.RouteDef, ...]:
        """The two pages and where they are."""
        return (
            web.get(INSTALL_PATH, self._ask, allow_head=False),
            web.get(REDIRECT_PATH, self._come_back, allow_head=False),
        )

    async def _ask(self, request: web.Request) -> web.StreamResponse:
        """The page that leads to Slack. `team` in the query proposes a workspace."""
        team = request.query.get("team", "")
        try:
            state = await self._states.issue()
        except OperatorError as error:
            return self._failed(error)
        if state is None:
            return _page("busy", status=503)
        url = self._slack.generate(state, team if _TEAM.fullmatch(team) else None)
        page = _page("install", link=url)
        page.headers["Set-Cookie"] = self._utils.build_set_cookie_for_new_state(state)
        return page

    async def _come_back(self, request: web.Request) -> web.StreamResponse:
        """The page that Slack sends people back to: a code becomes a token, which is kept."""
        state = request.query.get("state", "")
        try:
            known = self._utils.is_valid_browser(state, {"cookie": request.headers.get("Cookie", "")})
            if not known or not await self._states.consume(state):
                return _page("stale", status=400)
            if request.query.get("error"):
                return _page("declined")
            return await self._exchanged(request.query.get("code", ""))
        except OperatorError as error:
            return self._failed(error)
        except SlackApiError as refused:
            log.warning("Slack refused an installation: %s", code_of(refused))
            if code_of(refused) in ("invalid_code", "code_already_used"):
                return _page("stale", status=400)
            return _page("away" if passing(refused) else "refused", status=502)
        except FAILED as broken:
            log.warning("an installation came to nothing: %s", type(broken).__name__)
            return _page("away", status=502)

    async def _exchanged(self, code: str) -> web.Response:
        asked = {
            "client_id": self._connection.client_id, "client_secret": self._connection.client_secret, "code": code,
            **({"redirect_uri": self._redirect} if self._redirect else {}),
        }  # fmt: skip
        # in the body, as Slack allows: slack_sdk's own method makes its header in a way that aiohttp gives up
        answer: Any = await self._client.api_call("oauth.v2.access", data=asked)
        team = answer.get("team") or {}
        if answer.get("is_enterprise_install") or not team.get("id") or not answer.get("access_token"):
            return _page("one_workspace", status=400)
        installed = Installed(str(team["id"]), str(team.get("name") or team["id"]), str(answer["access_token"]))
        me: Any = await self._client.auth_test(token=installed.token)
        await self._installations.keep(installed)
        self._came(installed.team)
        log.info("the workspace %s installed the app", installed.team)
        link = f"slack://app?team={installed.team}&id={answer.get('app_id') or ''}"
        page = _page("installed", link=link, team=installed.name, bot=me.get("user") or "room37")
        page.headers["Set-Cookie"] = self._utils.build_set_cookie_for_deletion()
        return page

    @staticmethod
    def _failed(error: OperatorError) -> web.Response:
        log.error("an installation could not be kept: %s", error)
        return _page("not_kept", status=503)


def _page(key: str, *, status: int = 200, link: str = INSTALL_PATH, **values: object) -> web.Response:
    """A page of the catalogue: its title, its sentences, and the one thing to do next."""
    said = {part: to_plain(say(f"slack.page_{key}_{part}", **values)) for part in ("title", "text", "label")}
    text = _PAGE.format(link=html.escape(link), **{part: html.escape(words) for part, words in said.items()})
    return web.Response(status=status, text=text, content_type="text/html", headers=_HEADERS)
