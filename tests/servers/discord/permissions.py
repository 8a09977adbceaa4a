"""What a member may do in a channel, computed as documented: roles, then the channel's overwrites.

https://docs.discord.com/developers/topics/permissions#permission-overwrites
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

NAMES: Mapping[str, int] = {
    "kick_members": 1 << 1,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "manage_roles": 1 << 28,
    "manage_webhooks": 1 << 29,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
    "moderate_members": 1 << 40,
    "send_polls": 1 << 49,
    "pin_messages": 1 << 51,
}
ALL = (1 << 53) - 1
ADMINISTRATOR = NAMES["administrator"]
VIEW_CHANNEL = NAMES["view_channel"]
MENTION_EVERYONE = NAMES["mention_everyone"]


def bits(names: Iterable[str] | int) -> int:
    """A set of permissions given by their names."""
    if isinstance(names, int):
        return names
    total = 0
    for name in names:
        total |= NAMES[name]
    return total


EVERYONE = bits(
    [
        "add_reactions",
        "view_channel",
        "send_messages",
        "embed_links",
        "attach_files",
        "read_message_history",
        "mention_everyone",
        "use_application_commands",
        "create_public_threads",
        "create_private_threads",
        "send_messages_in_threads",
        "send_polls",
    ]
)
"""What a new guild gives to everyone, the right to mention everyone with it."""


def computed(
    base: int, overwrites: Mapping[int, tuple[int, int]], everyone: int, roles: Iterable[int], member: int
) -> int:
    """The permissions after overwrites: of everyone, then of all roles together, then of the member."""
    if base & ADMINISTRATOR:
        return ALL
    allow, deny = overwrites.get(everyone, (0, 0))
    base = base & ~deny | allow
    allowed = denied = 0
    for role in roles:
        allow, deny = overwrites.get(role, (0, 0))
        allowed |= allow
        denied |= deny
    base = base & ~denied | allowed
    allow, deny = overwrites.get(member, (0, 0))
    base = base & ~deny | allow
    return base if base & VIEW_CHANNEL else 0
