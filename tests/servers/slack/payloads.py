"""What Slack writes of a person's deed when it tells the app: one function for each kind.

https://docs.slack.dev/reference/interaction-payloads
"""

from __future__ import annotations

from tests.servers.slack import mentions
from tests.servers.slack.interactions import Interaction
from tests.servers.slack.refusal import Json
from tests.servers.slack.things import Channel, Message, User, View
from tests.servers.slack.world import World


def _user(user: User) -> Json:
    return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team.id}


def _channel_name(channel: Channel) -> str:
    return {"im": "directmessage", "group": "privategroup"}.get(channel.kind, channel.name)


def frame(one: Interaction, world: World) -> Json:
    """What stands in every interactive payload."""
    return {
        "type": one.deed,
        "token": "legacy",
        "team": one.team.json(),
        "user": _user(one.user),
        "api_app_id": world.app_id,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": one.trigger,
    }


def command(one: Interaction, world: World, name: str, text: str, url: str) -> Json:
    """A slash command; what was typed comes escaped."""
    assert one.channel is not None
    return {
        "token": "legacy",
        "team_id": one.team.id,
        "team_domain": one.team.name,
        "channel_id": one.channel.id,
        "channel_name": _channel_name(one.channel),
        "user_id": one.user.id,
        "user_name": one.user.name,
        "command": name,
        "text": mentions.escaped(text),
        "api_app_id": world.app_id,
        "is_enterprise_install": "false",
        "response_url": url,
        "trigger_id": one.trigger,
    }


def _about(message: Message) -> Json:
    found: Json = {
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": message.only_for is not None,
        },
        "channel": {"id": message.channel.id, "name": _channel_name(message.channel)},
    }
    if message.thread:
        found["container"]["thread_ts"] = message.thread
    if message.only_for is None:
        found["message"] = {key: value for key, value in message.data.items() if key != "metadata"}
    return found


def on_message(message: Message, user: User, url: str) -> Json:
    """Where a button or a menu was used that stands on a message."""
    values = message.chosen.get(user.id, {})
    return _about(message) | {"state": {"values": values}, "response_url": url}


def of_message(message: Message, callback_id: str, url: str) -> Json:
    """An entry of a message's menu."""
    found = _about(message) | {"callback_id": callback_id, "message_ts": message.ts, "response_url": url}
    found.pop("container")
    found["message"] = message.data
    return found


def in_view(view: View, world: World) -> Json:
    """Where a button or a menu was used that stands in a modal or a home tab."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.json(view.team.bot, world.app_id)}


def action(block: Json, element: Json, value: Json, moment: float) -> Json:
    """What was pressed or chosen."""
    found: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": f"{moment:.6f}",
    }
    for name in ("text", "value", "style", "placeholder", "confirm"):
        if name in element:
            found[name] = element[name]
    return found | {key: one for key, one in value.items() if key != "type"}
