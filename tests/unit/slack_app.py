"""A small app of unmodified Bolt, for tests of the loopback Slack server itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import APP_TOKEN, SIGNING_SECRET, TOKEN, SlackServer

Json = dict[str, Any]
MANIFEST: Json = {
    "display_information": {"name": "Room 37"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "room"},
        "slash_commands": [{"command": "/room", "description": "The writers' room"}],
        "shortcuts": [
            {"name": "Pitch an idea", "type": "global", "callback_id": "pitch", "description": "Pitch"},
            {"name": "Add to story", "type": "message", "callback_id": "add", "description": "Add"},
        ],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                *("app_mentions:read", "channels:history", "channels:read", "chat:write", "commands"),
                *("im:history", "reactions:read", "users:read", "files:write", "files:read"),
            ]
        }
    },
    "settings": {
        "event_subscriptions": {
            "bot_events": [
                *("app_mention", "message.channels", "message.im", "app_home_opened", "reaction_added"),
                *("member_joined_channel", "app_uninstalled", "tokens_revoked"),
            ]
        }
    },
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def field(label: str, action: str, **more: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": action, **more}
    return {"type": "input", "block_id": f"{action}-block", "label": plain(label), "element": element}


FORM: Json = {
    "type": "modal",
    "callback_id": "pitch",
    "title": plain("Pitch an idea"),
    "submit": plain("Pitch"),
    "blocks": [field("Your idea", "idea", min_length=3, max_length=20)],
}
CARD: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*Scene one*"}},
    {
        "type": "actions",
        "block_id": "card",
        "elements": [
            {"type": "button", "action_id": "form", "text": plain("Pitch")},
            {"type": "button", "action_id": "turn", "text": plain("Turn the page"), "value": "2"},
            {
                "type": "static_select",
                "action_id": "scene",
                "placeholder": plain("Which scene?"),
                "options": [{"text": plain(name), "value": name.lower()} for name in ("One", "Two")],
            },
        ],
    },
]


class SmallApp:
    """Commands, buttons, forms and events of every kind, and what it heard."""

    def __init__(self, server: SlackServer, session: aiohttp.ClientSession) -> None:
        self.heard: list[Json] = []
        self.headers: list[Json] = []
        client = AsyncWebClient(token=TOKEN, base_url=server.api, session=session)
        self.app = AsyncApp(client=client, signing_secret=SIGNING_SECRET)
        self.client = client
        app = self.app
        app.command("/room")(self.on_command)
        app.action("form")(self.on_form)
        app.action("turn")(self.on_turn)
        app.action("scene")(self.on_scene)
        app.view("pitch")(self.on_pitch)
        app.shortcut("pitch")(self.on_form)
        app.shortcut("add")(self.on_add)
        app.options("tale")(self.on_typing)
        app.event("app_home_opened")(self.on_home)
        for name in ("message", "app_mention", "reaction_added", "member_joined_channel", "app_uninstalled"):
            app.event(name)(self.on_event)

    async def on_command(self, ack: Any, command: Json, respond: Any, client: AsyncWebClient) -> None:
        match command["text"].partition(" ")[0]:
            case "hello":
                await ack(f"Hello, <@{command['user_id']}>.")
            case "card":
                await ack()
                await client.chat_postMessage(channel=command["channel_id"], text="Scene one", blocks=CARD)
            case "form":
                await ack()
                await client.views_open(trigger_id=command["trigger_id"], view=FORM)
            case "broken":
                await ack("Never seen.")
                raise ValueError("a bug right after the acknowledgement")
            case "later":
                await ack()
                await respond(command["text"], response_type="in_channel")

    async def on_form(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    async def on_turn(self, ack: Any, respond: Any, action: Json) -> None:
        await ack()
        await respond(f"Page {action['value']}", replace_original=True)

    async def on_scene(self, ack: Any, body: Json, action: Json, client: AsyncWebClient) -> None:
        await ack()
        chosen = action["selected_option"]["text"]["text"]
        message = body["message"]
        await client.chat_update(channel=body["channel"]["id"], ts=message["ts"], text=f"Scene {chosen}")

    async def on_pitch(self, ack: Any, view: Json, body: Json, client: AsyncWebClient) -> None:
        idea = view["state"]["values"]["idea-block"]["idea"]["value"]
        if idea == "nothing":
            await ack(response_action="errors", errors={"idea-block": "An idea is needed."})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"Pitched: {idea}")

    async def on_add(self, ack: Any, respond: Any, shortcut: Json) -> None:
        await ack()
        await respond(f"Added: {shortcut['message']['text']}")

    async def on_typing(self, ack: Any, payload: Json) -> None:
        await ack(options=[{"text": plain(f"{payload['value']}st"), "value": "1"}])

    async def on_home(self, event: Json, client: AsyncWebClient) -> None:
        blocks = [{"type": "section", "text": plain("Your rooms")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    async def on_event(self, event: Json, request: Any) -> None:
        self.heard.append(event)
        self.headers.append(request.headers)


@asynccontextmanager
async def over_socket(server: SlackServer) -> AsyncIterator[SmallApp]:
    """The app connected by Socket Mode, and closed afterwards."""
    async with aiohttp.ClientSession() as session:
        small = SmallApp(server, session)
        handler = AsyncSocketModeHandler(small.app, APP_TOKEN, ping_interval=0.1)
        await handler.connect_async()
        await server.connected()
        yield small
        await handler.close_async()


@asynccontextmanager
async def over_http(server: SlackServer) -> AsyncIterator[SmallApp]:
    """The app listening on a URL, and closed afterwards."""
    async with aiohttp.ClientSession() as session:
        small = SmallApp(server, session)
        runner = web.AppRunner(small.app.web_app(path="/slack/events"), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        server.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        yield small
        await runner.cleanup()
