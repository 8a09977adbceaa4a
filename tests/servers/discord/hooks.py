"""REST calls about webhooks of channels, and what is said through them."""

from __future__ import annotations

import secrets
from urllib.parse import unquote

from tests.servers.discord.board import Board
from tests.servers.discord.places import Places
from tests.servers.discord.refusal import Json, Problems, refuse
from tests.servers.discord.service import Call, Service
from tests.servers.discord.things import Channel, User


class Hooks:
    """Webhooks, found by their token."""

    def __init__(self, service: Service, board: Board, places: Places) -> None:
        self._service = service
        self._world = service.world
        self._board = board
        self._places = places
        self.hooks: dict[str, tuple[Channel, Json]] = {}

    def make_webhook(self, call: Call) -> Json:
        channel = self._places.seen(call, "manage_webhooks")
        problems = Problems()
        name = call.body.get("name")
        problems.text(("name",), name, self._service.limits["channel.webhook_name"], 1, required=True)
        if isinstance(name, str) and any(word in name.lower() for word in ("discord", "clyde")):
            problems.add(("name",), "USERNAME_INVALID_CONTAINS", "Username cannot contain that word")
        problems.check()
        if len(channel.webhooks) >= self._service.limits["channel.webhooks"]:
            raise refuse(30007)
        mark = self._world.new_id()
        hook: Json = {
            "id": str(mark),
            "type": 1,
            "name": name,
            "avatar": None,
            "token": secrets.token_urlsafe(24),
            "channel_id": str(channel.id),
            "guild_id": None if channel.guild is None else str(channel.guild.id),
            "application_id": str(self._world.app_id),
        }
        channel.webhooks[mark] = hook
        self.hooks[hook["token"]] = (channel, hook)
        return hook

    def webhooks(self, call: Call) -> list[Json]:
        return list(self._places.seen(call, "manage_webhooks").webhooks.values())

    def execute_webhook(self, call: Call) -> Json | None:
        """POST /webhooks/{id}/{token} of a channel's webhook."""
        channel, hook = self._hook(call)
        name = call.body.get("username") or hook["name"]
        author = User(int(hook["id"]), unquote(name), bot=True)
        extra = {"webhook_id": hook["id"], "application_id": hook["application_id"]}
        message = self._board.post(channel, author, call.body, call.files, webhook=True, extra=extra)
        return message.data if call.asks("wait") else None

    def _hook(self, call: Call) -> tuple[Channel, Json]:
        found = self.hooks.get(call.args[1])
        if found is None or found[1]["id"] != call.args[0] or found[0].deleted:
            raise refuse(50027)
        return found

    def webhook_message(self, call: Call) -> Json | None:
        """GET, PATCH or DELETE of a webhook's own message."""
        channel, hook = self._hook(call)
        message = self._board.get(channel, call.id(2))
        if message.data.get("webhook_id") != hook["id"]:
            raise refuse(10008)
        if call.route.startswith("DELETE"):
            self._board.delete(message)
            return None
        if call.route.startswith("PATCH"):
            self._board.edit(message, call.body, call.files, webhook=True)
        return message.data
