"""What Slack delivers, as plain values: who used what where, and the key by which a second delivery is known.

Nothing in a payload is believed beyond what Slack signs or sends over its own socket: what does not fit is refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from adapters.slack.answering import Door
from bot.errors import UserError
from bot.story.people import Place

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One use of something: by whom, where, and where its answer can go."""

    team: str
    user: str
    called: str
    """The name that the payload gives, if it gives one."""
    channel: str
    thread: str
    source_id: str
    door: Door
    vouched: bool = True
    """Slack itself says that the person is in the channel; else only a form names it."""

    @property
    def place(self) -> Place:
        """The room that it is used in."""
        return Place("slack", self.team, self.channel, self.thread)


def of_command(body: Json) -> Delivery:
    """A slash command."""
    team, user, channel = _text(body, "team_id"), _text(body, "user_id"), _text(body, "channel_id")
    trigger = _text(body, "trigger_id")
    door = Door(channel, user, response_url=str(body.get("response_url") or ""), trigger=trigger)
    return Delivery(team, user, str(body.get("user_name") or ""), channel, "", f"slack:{team}:{trigger}", door)


def of_press(body: Json) -> Delivery:
    """A press on a message, or on the home (which has no channel)."""
    team, user = _team(body), _user(body)
    container = _map(body, "container")
    channel = str(_map(body, "channel").get("id") or container.get("channel_id") or "")
    message = _map(body, "message")
    thread = str(message.get("thread_ts") or container.get("thread_ts") or "")
    own = bool(container.get("is_ephemeral")) or channel.startswith("D")
    trigger = str(body.get("trigger_id") or "")
    actions = body.get("actions")
    first = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    key = trigger or f"{container.get('message_ts')}:{first.get('action_ts')}"
    pressed = "" if container.get("is_ephemeral") else str(container.get("message_ts") or "")
    door = Door(
        channel, user, thread, str(body.get("response_url") or ""), trigger, own_card=own and bool(body.get("response_url")),
        pressed=pressed,
    )  # fmt: skip
    return Delivery(team, user, _name(body), channel, _own_thread(thread, message), f"slack:{team}:{key}", door)


def _own_thread(thread: str, message: Json) -> str:
    """The thread, for a message inside one; a message that begins one stands in the channel."""
    return "" if thread == str(message.get("ts") or "") else thread


def of_view(body: Json, at: Mapping[str, str], where: str) -> Delivery:
    """A form that was sent. `at` is where it was opened; the same answers of one form, sent twice, count once."""
    team, user = _team(body), _user(body)
    view = _map(body, "view")
    values = json.dumps(_map(view, "state"), sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(values.encode("utf-8", "replace")).hexdigest()[:24]
    channel = where or at.get("channel", "")
    thread = "" if where else at.get("thread", "")
    door = Door(
        channel, user, at.get("door", ""), at.get("url", ""), str(body.get("trigger_id") or ""),
        own_card=bool(at.get("own")),
    )  # fmt: skip
    source_id = f"slack:{team}:{view.get('id')}:{digest}"
    return Delivery(team, user, _name(body), channel, thread, source_id, door, vouched=False)


def of_shortcut(body: Json) -> Delivery:
    """A message's menu, or the lightning menu (which has no channel)."""
    team, user = _team(body), _user(body)
    channel = str(_map(body, "channel").get("id") or "")
    message = _map(body, "message")
    trigger = _text(body, "trigger_id")
    thread = str(message.get("thread_ts") or "")
    door = Door(channel, user, thread, str(body.get("response_url") or ""), trigger)
    return Delivery(team, user, _name(body), channel, "", f"slack:{team}:{trigger}", door)


def of_mention(body: Json) -> Delivery:
    """The bot's name in a message."""
    event = _map(body, "event")
    team, user, channel = team_of(body), _text(event, "user"), _text(event, "channel")
    thread = str(event.get("thread_ts") or "")
    return Delivery(
        team, user, "", channel, thread, f"slack:{team}:{body.get('event_id')}", Door(channel, user, thread)
    )


def at_of(delivery: Delivery) -> dict[str, str]:
    """What a form has to bring back so that its answer finds the way."""
    door = delivery.door
    kept = {
        "channel": delivery.channel, "thread": delivery.thread, "door": door.thread,
        "url": door.response_url, "own": "1" if door.own_card else "",
    }  # fmt: skip
    return {name: value for name, value in kept.items() if value}


def team_of(body: Json) -> str:
    """The workspace through whose installation it comes; "" where none is named.

    In channels that workspaces share, `team_id` of an event may be another one, and a view may be opened from another.
    https://docs.slack.dev/apis/events-api/#authorizations
    """
    authorizations = body.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    found = (
        _map(body, "view").get("app_installed_team_id"),
        _map(body, "team").get("id"),
        first.get("team_id") if isinstance(first, dict) else None,
        body.get("team_id"),
        _map(body, "user").get("team_id"),
    )
    return next((team for team in found if isinstance(team, str) and team), "")


def _team(body: Json) -> str:
    if team := team_of(body):
        return team
    raise UserError("kernel.bad_token")


def _user(body: Json) -> str:
    return _text(_map(body, "user"), "id")


def _name(body: Json) -> str:
    user = _map(body, "user")
    return str(user.get("username") or user.get("name") or "")


def _map(body: Json, name: str) -> Json:
    found = body.get(name)
    return found if isinstance(found, dict) else {}


def _text(body: Json, name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or not found:
        raise UserError("kernel.bad_token")
    return found


def moved(delivery: Delivery, channel: str, thread: str = "") -> Delivery:
    """The same use, meant for another room."""
    return replace(delivery, channel=channel, thread=thread)
