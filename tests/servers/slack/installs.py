"""How the app comes into workspaces and is known there: OAuth, tokens, and the address of a websocket.

https://docs.slack.dev/authentication/installing-with-oauth
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from tests.servers.slack.refusal import Json, Refused
from tests.servers.slack.service import Call, Service
from tests.servers.slack.things import Team

CLIENT_ID = "37.37"
CLIENT_SECRET = "client-secret-of-the-loopback-server"  # noqa: S105  # of no real service


@dataclass(frozen=True, slots=True)
class _Grant:
    team: Team
    scopes: frozenset[str]
    redirect: str
    user: str


class Installs:
    """Installations of the app."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._world = service.world
        self._codes: dict[str, _Grant] = {}

    async def authorize(self, request: web.Request) -> web.StreamResponse:
        """The page where someone says yes: it sends them straight back, with a code. `team` picks the workspace."""
        asked = request.query
        if asked.get("client_id") != CLIENT_ID:
            return web.Response(status=400, text="invalid_client_id")
        wanted = asked.get("team") or next(iter(self._world.teams))
        team = self._world.teams.get(wanted)
        if team is None:
            return web.Response(status=400, text="invalid_team")
        back: dict[str, str] = {"state": asked.get("state", "")}
        if asked.get("deny"):
            back["error"] = "access_denied"
        else:
            code = secrets.token_hex(12)
            scopes = frozenset(part for part in asked.get("scope", "").replace(" ", ",").split(",") if part)
            person = next((user.id for user in team.users.values() if not user.bot), team.bot.id)
            self._codes[code] = _Grant(team, scopes, asked.get("redirect_uri", ""), person)
            back["code"] = code
        target = asked.get("redirect_uri", "/")
        return web.Response(status=302, headers={"Location": f"{target}?{urlencode(back)}"})

    def access(self, call: Call) -> Json:
        """oauth.v2.access: a code for a token, once."""
        client, secret = call.args.get("client_id"), call.args.get("client_secret")
        if call.basic:
            client, _, secret = base64.b64decode(call.basic).decode().partition(":")
        if client != CLIENT_ID:
            raise Refused("invalid_client_id")
        if secret != CLIENT_SECRET:
            raise Refused("bad_client_secret")
        grant = self._codes.pop(str(call.args.get("code")), None)
        if grant is None:
            raise Refused("invalid_code")
        if grant.redirect and call.args.get("redirect_uri") not in (None, grant.redirect):
            raise Refused("bad_redirect_uri")
        team = grant.team
        if not team.installed or team.dead:
            team.token = f"xoxb-loopback-{secrets.token_hex(8)}"
            team.installed, team.dead = True, ""
        if grant.scopes:
            team.scopes = set(grant.scopes)
        return {
            "access_token": team.token,
            "token_type": "bot",
            "scope": ",".join(sorted(team.scopes)),
            "bot_user_id": team.bot.id,
            "app_id": self._world.app_id,
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
            "is_enterprise_install": False,
            "authed_user": {"id": grant.user},
        }

    def test(self, call: Call) -> Json:
        """auth.test."""
        team = call.team
        return {
            "url": f"https://{team.name}.slack.com/",
            "team": team.name,
            "user": team.bot.name,
            "team_id": team.id,
            "user_id": team.bot.id,
            "bot_id": team.bot_id,
            "is_enterprise_install": False,
        }

    def revoke(self, call: Call) -> Json:
        """auth.revoke."""
        if not call.asks("test"):
            self.end(call.team, "token_revoked")
        return {"revoked": not call.asks("test")}

    def end(self, team: Team, how: str) -> None:
        """Someone takes the token back, or throws the app out."""
        tokens: Json = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot.id]}}
        self._service.events.emit(team, tokens)
        if how == "account_inactive":
            self._service.events.emit(team, {"type": "app_uninstalled"})
            team.installed = False
            for channel in self._world.channels.values():
                channel.members.pop(team.bot.id, None)
        team.dead = how

    def connect(self, call: Call) -> Json:
        """apps.connections.open."""
        return {"url": self._service.sockets.ticket()}
