"""Plain calls to the loopback Slack server, as tests of its rules need them: no SDK in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

import aiohttp

from tests.servers.slack import APP_TOKEN, TOKEN, SlackServer
from tests.servers.slack.interactions import Deed, Interaction
from tests.servers.slack.things import View

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "Hello.", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(number: int = 0, **more: Any) -> Json:
    return {"type": "button", "action_id": f"vote:{number}", "text": plain("Vote"), **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(number: int = 0, **more: Any) -> Json:
    return {"text": plain(f"Scene {number}"), "value": str(number), **more}


def menu(**more: Any) -> Json:
    return {"type": "static_select", "action_id": "scene", "options": [option()], **more}


def entry(label: str = "Idea", element: Json | None = None, **more: Any) -> Json:
    element = element or {"type": "plain_text_input", "action_id": "idea"}
    return {"type": "input", "label": plain(label), "element": element, **more}


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("Pitch"),
        "submit": plain("Send"),
        "blocks": list(blocks),
        **more,
    }


class Api:
    """The app's side of the API, and people in one channel."""

    def __init__(self, server: SlackServer, session: aiohttp.ClientSession) -> None:
        self.server = server
        self.session = session
        self.token = TOKEN
        self.ada = server.person("ada")
        self.ben = server.person("ben")
        self.story = server.channel("story")
        self.room = self.story.id
        self.status = 0
        self.body: Json = {}
        self.headers: dict[str, str] = {}

    @property
    def error(self) -> str:
        """The word of the last refusal, or nothing."""
        return "" if self.body.get("ok") else str(self.body.get("error"))

    @property
    def messages(self) -> list[str]:
        return list(self.body.get("response_metadata", {}).get("messages", []))

    async def call(self, method: str, /, **args: Any) -> Self:
        """One call with its arguments as JSON; afterwards `status`, `body`, `error` and `headers` are its answer's."""
        headers = {
            "Authorization": f"Bearer {APP_TOKEN if method == 'apps.connections.open' else self.token}"
        }
        async with self.session.post(f"{self.server.api}{method}", json=args, headers=headers) as answer:
            self.status, self.headers = answer.status, dict(answer.headers)
            self.body = json.loads(await answer.read())
        return self

    async def post(self, *blocks: Json, **args: Any) -> Self:
        """Post to the channel."""
        if blocks:
            args["blocks"] = list(blocks)
        return await self.call("chat.postMessage", **{"channel": self.room, "text": "Hello.", **args})

    async def posted(self, *blocks: Json, **args: Any) -> str:
        """The same, and the ts of what was posted."""
        await self.post(*blocks, **args)
        assert not self.error, self.body
        return str(self.body["ts"])

    def deed(self, deed: Deed = "slash_commands", view: View | None = None) -> Interaction:
        """Something that Ada did just now, without telling the app."""
        return self.server.interactions.begin(deed, self.ada.user, None if view else self.story, view=view)

    async def open(self, view: Json, deed: Interaction | None = None, method: str = "views.open") -> Self:
        """A modal before Ada."""
        return await self.call(method, trigger_id=(deed or self.deed()).trigger, view=view)

    async def respond(self, url: str, body: Json) -> str:
        """An answer by response_url; what it said."""
        async with self.session.post(url, json=body) as answer:
            self.status, text = answer.status, await answer.text()
        self.body = {"ok": text == "ok", "error": text}
        return text


@asynccontextmanager
async def calling(**settings: Any) -> AsyncIterator[Api]:
    """A server of its own, and calls to it."""
    async with SlackServer(**settings) as server, aiohttp.ClientSession() as session:
        yield Api(server, session)
