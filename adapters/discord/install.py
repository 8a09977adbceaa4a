"""The link that installs the bot on a server: with the least it needs, each with its reason."""

from __future__ import annotations

import base64
import binascii

import discord

SCOPES = ("bot", "applications.commands")
RIGHTS = ("view_channel", "send_messages", "send_messages_in_threads", "attach_files", "read_message_history")
"""The permissions asked for; `discord.install_RIGHT` in the catalogue says what each is for."""


def permissions() -> discord.Permissions:
    """The permissions that the link asks for."""
    return discord.Permissions(**dict.fromkeys(RIGHTS, True))


def link(application_id: int) -> str:
    """The address at which a server's admin lets the bot in."""
    return discord.utils.oauth_url(application_id, permissions=permissions(), scopes=SCOPES)


def application_of(token: str) -> int | None:
    """The application's id, which a token's first part holds in base64; None when it does not."""
    first = token.split(".", 1)[0]
    try:
        found = base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return int(found) if found.isdecimal() and 15 <= len(found) <= 20 else None
