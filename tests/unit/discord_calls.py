"""Plain calls to the loopback Discord server, as tests of its rules need them: no SDK in between."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp

from tests.servers.discord import TOKEN, DiscordServer
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.things import Channel

Json = dict[str, Any]
V2, EPHEMERAL = 1 << 15, 1 << 6
BUTTON: Json = {"type": 2, "style": 1, "label": "Vote", "custom_id": "vote"}
ROW: Json = {"type": 1, "components": [BUTTON]}
WORDS: Json = {"type": 10, "content": "The ferry."}
OPTION: Json = {"label": "One", "value": "1"}
COMMANDS: list[Json] = [
    {"name": "pitch", "description": "Pitch an idea"},
    {
        "name": "note",
        "description": "Note something",
        "options": [{"type": 3, "name": "text", "description": "What", "autocomplete": True}],
    },
]


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def menu(**more: Any) -> Json:
    return {"type": 3, "custom_id": "menu", "options": [OPTION], **more}


class Api:
    """The bot's side of the API, and one person in one channel."""

    def __init__(self, server: DiscordServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.authorization = f"Bot {TOKEN}"
        self.headers: Json = {}
        self.ada = server.person("ada")
        self.ben = server.person("ben")
        self.story = server.channel("story")
        self.app = f"/applications/{server.bot.id}"
        self.room = f"/channels/{self.story.id}"

    async def call(
        self,
        method: str,
        path: str,
        body: object = None,
        files: Sequence[tuple[str, bytes]] = (),
        **headers: str,
    ) -> Self:
        """One call; afterwards `status`, `body`, `code` and `headers` are those of its answer."""
        sent: Any = None if body is None else io.BytesIO(json.dumps(body).encode())
        said = {"Authorization": self.authorization, **headers}
        if files:
            sent = aiohttp.FormData(quote_fields=False)
            sent.add_field("payload_json", json.dumps(body or {}), content_type="application/json")
            for number, (name, data) in enumerate(files):
                part = io.BytesIO(data)
                sent.add_field(
                    f"files[{number}]", part, filename=name, content_type="application/octet-stream"
                )
        elif body is not None:
            said["Content-Type"] = "application/json"
        url = f"{self.server.api}{path}"
        async with self.session.request(method, url, data=sent, headers=said) as answer:
            text = await answer.text()
            self.status = answer.status
            self.headers = dict(answer.headers)
        self.body: Any = json.loads(text) if text.startswith(("{", "[")) else text
        self.code = self.body.get("code", 0) if isinstance(self.body, dict) and self.status >= 400 else 0
        return self

    async def post(
        self, body: Json, files: Sequence[tuple[str, bytes]] = (), place: Channel | None = None
    ) -> Self:
        """Send a message."""
        room = self.room if place is None else f"/channels/{place.id}"
        return await self.call("POST", f"{room}/messages", body, files)

    async def sync(self) -> None:
        """Put a few commands in place."""
        await self.call("PUT", f"{self.app}/commands", COMMANDS)
        assert self.status == 200

    async def begin(self, place: Channel | None = None) -> Interaction:
        """Ada pitches; the interaction waits for its answer."""
        if not self.server.service.world.commands:
            await self.sync()
        return self.ada.starts(place or self.story, "pitch")

    async def answer(
        self, one: Interaction, kind: int, data: Json | None = None, files: Sequence[tuple[str, bytes]] = ()
    ) -> Self:
        """A callback of that type."""
        path = f"/interactions/{one.id}/{one.token}/callback?with_response=1"
        return await self.call("POST", path, {"type": kind, "data": data or {}}, files)

    def hook(self, one: Interaction, message: str = "") -> str:
        """The path of an interaction's followups, or of one of its messages."""
        path = f"/webhooks/{self.server.bot.id}/{one.token}"
        return f"{path}/messages/{message}" if message else path


@asynccontextmanager
async def calling(**settings: Any) -> AsyncIterator[Api]:
    """A server of its own, and calls to it."""
    async with DiscordServer(**settings) as server, aiohttp.ClientSession() as session:
        yield Api(server, session)
