"""The app's manifest, made from the registry: what Slack is told of us, and the least it has to allow us.

https://docs.slack.dev/reference/app-manifest. There is no `agent_view`: it is for apps that people talk to in a
conversation of their own (and asks for `assistant:write`); ours lives in channels and proposes only when it is called.
"""

from __future__ import annotations

import re

from adapters.fitting import clipped
from adapters.slack.blocks import Json
from adapters.slack.commands import COMMAND, Shortcut, shortcuts
from adapters.slack.limits import (
    APP_ABOUT,
    APP_LONG,
    APP_NAME,
    BOT_NAME,
    COMMAND_ABOUT,
    SHORTCUT_ABOUT,
    SHORTCUT_NAME,
    SHORTCUTS,
    USAGE_HINT,
)
from bot.commands import Commands
from bot.markup import to_plain
from bot.sentences import say

REASONS: dict[str, str] = {
    "commands": "slack.scope_commands",
    "chat:write": "slack.scope_chat_write",
    "files:write": "slack.scope_files_write",
    "files:read": "slack.scope_files_read",
    "users:read": "slack.scope_users_read",
    "app_mentions:read": "slack.scope_app_mentions_read",
    "im:write": "slack.scope_im_write",
    "channels:read": "slack.scope_channels_read",
    "groups:read": "slack.scope_channels_read",
    "reactions:read": "slack.scope_reactions_read",
}
"""Every scope that is asked for, and the sentence of the catalogue that says why."""
HISTORY: dict[str, str] = {
    "channels:history": "slack.scope_history",
    "groups:history": "slack.scope_history",
    "metadata.message:read": "slack.scope_metadata",
}
"""Scopes that let the bot read channels: asked for only when the operator wants it."""
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_unarchive",
    "group_unarchive",
    "member_joined_channel",
    "reaction_added",
    "tokens_revoked",
)
_COLOUR = "#1f2a44"


def scopes(*, history: bool = False) -> dict[str, str]:
    """The bot's scopes, each with the reason as words."""
    return {scope: to_plain(say(key)) for scope, key in (REASONS | (HISTORY if history else {})).items()}


def manifest(commands: Commands, *, name: str, request_url: str | None = None, history: bool = False) -> Json:
    """The manifest as JSON: over Socket Mode, or with a request URL over HTTP.

    Raises ValueError for a name without a letter or a digit, and for more shortcuts than Slack takes.
    """
    entries = [_shortcut(shortcut) for shortcut in shortcuts(commands)]
    if len(entries) > SHORTCUTS:
        raise ValueError(f"{len(entries)} shortcuts; Slack takes {SHORTCUTS}")
    url = {"request_url": request_url} if request_url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": clipped(name, APP_NAME),
            "description": clipped(to_plain(say("slack.app_about")), APP_ABOUT),
            "long_description": clipped(to_plain(say("slack.app_long")), APP_LONG[1]),
            "background_color": _COLOUR,
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": bot_name(name), "always_online": True},
            "shortcuts": entries,
            "slash_commands": [_slash(commands, request_url)],
        },
        "oauth_config": {"scopes": {"bot": list(scopes(history=history))}},
        "settings": {
            "event_subscriptions": {**url, "bot_events": list(EVENTS)},
            "interactivity": {
                "is_enabled": True,
                **url,
                **({"message_menu_options_url": request_url} if url else {}),
            },
            "org_deploy_enabled": False,
            "socket_mode_enabled": request_url is None,
            "token_rotation_enabled": False,
        },
    }


def bot_name(name: str) -> str:
    """What the bot user is called: Slack takes small letters, digits and `-_.`. Raises ValueError when nothing is left."""
    made = re.sub(r"[^a-z0-9_.]+", "-", name.casefold()).strip("-.")[:BOT_NAME]
    if not made:
        raise ValueError(f"no bot can be called {name!r}")
    return made


def _slash(commands: Commands, request_url: str | None) -> Json:
    """The one command; mentions come with their ids (`should_escape`), so that a person is known by more than a name."""
    made: Json = {
        "command": COMMAND,
        "description": clipped(to_plain(say("slack.command_about")), COMMAND_ABOUT),
        "usage_hint": clipped(" | ".join(commands.groups()), USAGE_HINT),
        "should_escape": True,
    }
    return made | ({"url": request_url} if request_url else {})


def _shortcut(shortcut: Shortcut) -> Json:
    return {
        "type": shortcut.type,
        "name": clipped(to_plain(shortcut.name), SHORTCUT_NAME),
        "description": clipped(to_plain(shortcut.about), SHORTCUT_ABOUT),
        "callback_id": shortcut.callback_id,
    }
