"""Options of a slash command as a client sends them: typed and checked against the commands that were synced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.servers.discord.command_rules import (
    ATTACHMENT,
    BOOLEAN,
    CHANNEL,
    GROUP,
    INTEGER,
    MENTIONABLE,
    NUMBER,
    ROLE,
    STRING,
    SUBCOMMAND,
    USER_OPTION,
)
from tests.servers.discord.permissions import ADMINISTRATOR, NAMES
from tests.servers.discord.refusal import Json
from tests.servers.discord.things import Channel, User
from tests.servers.discord.world import World

Refer = Callable[[int, Any], str]
"""The id of a person, role, channel or file that an option names, noted as resolved."""
_REFERRING = (USER_OPTION, CHANNEL, ROLE, MENTIONABLE, ATTACHMENT)
_LONGEST = 6000


def offered(world: World, user: User, channel: Channel, name: str, kind: int) -> Json:
    """A command that the client shows to someone in a channel; an AssertionError if it shows none of that name."""
    guild = channel.guild
    known = [*([] if guild is None else guild.commands.values()), *world.commands.values()]
    fitting = [one for one in known if one["name"] == name and one["type"] == kind]
    assert fitting, f"no command {name!r} was synced, only {sorted(one['name'] for one in known)}"
    command = fitting[0]
    may = world.may(user, channel)
    here = 1 if guild is None else 0
    assert command["contexts"] is None or here in command["contexts"], (
        f"{name!r} is not offered in such a channel"
    )
    assert may & NAMES["use_application_commands"], f"{user.name} may not use commands here"
    if guild is None:
        return command
    if not guild.installed:
        assert 1 in (command["integration_types"] or []), f"{name!r} cannot be brought along to another guild"
    if command["default_member_permissions"] is not None:
        needed = int(command["default_member_permissions"])
        allowed = may & ADMINISTRATOR or (needed and may & needed == needed)
        assert allowed, f"{name!r} is not shown to {user.name}"
    return command


def leaf(command: Json, words: list[str]) -> Json:
    """The command or sub-command that the words after its name lead to."""
    found = command
    for word in words:
        inner = [
            one
            for one in found.get("options") or []
            if one["name"] == word and one["type"] in (SUBCOMMAND, GROUP)
        ]
        assert inner, f"/{command['name']} has no sub-command {word!r}"
        found = inner[0]
    branches = [one["name"] for one in found.get("options") or [] if one["type"] in (SUBCOMMAND, GROUP)]
    assert not branches, f"/{command['name']} {' '.join(words)} needs one of {branches}"
    return found


def nested(words: list[str], command: Json, options: list[Json]) -> list[Json]:
    """The options as they are sent, inside their sub-command and group."""
    kinds: list[int] = []
    found = command
    for word in words:
        found = next(one for one in found["options"] if one["name"] == word)
        kinds.append(found["type"])
    for word, kind in zip(reversed(words), reversed(kinds), strict=True):
        options = [{"name": word, "type": kind, "options": options}]
    return options


def given(target: Json, values: dict[str, Any], refer: Refer, *, partly: bool = False) -> list[Json]:
    """The options with their values; what the client would not send is an AssertionError."""
    known = {one["name"]: one for one in target.get("options") or []}
    named = {name if name in known else name.replace("_", "-"): value for name, value in values.items()}
    for name in named:
        assert name in known, f"there is no option {name!r}, only {sorted(known)}"
    for name, option in known.items():
        assert partly or name in named or not option.get("required"), f"the option {name!r} is required"
    return [
        {"name": name, "type": known[name]["type"], "value": _value(known[name], named[name], refer)}
        for name in known
        if name in named
    ]


def _value(option: Json, value: Any, refer: Refer) -> Any:
    kind, name = option["type"], option["name"]
    if kind in _REFERRING:
        return refer(kind, value)
    if option.get("choices"):
        fitting = [one["value"] for one in option["choices"] if value in (one["name"], one["value"])]
        assert fitting, f"{name!r} is one of {[one['name'] for one in option['choices']]}, not {value!r}"
        return fitting[0]
    if kind == STRING:
        assert isinstance(value, str), f"{name!r} takes text, not {value!r}"
        least = max(1, option.get("min_length") or 0)
        most = option.get("max_length") or _LONGEST
        assert least <= len(value) <= most, f"{name!r} takes {least} to {most} characters, not {len(value)}"
    elif kind == BOOLEAN:
        assert isinstance(value, bool), f"{name!r} is true or false, not {value!r}"
    else:
        assert kind in (INTEGER, NUMBER)
        fits = isinstance(value, int if kind == INTEGER else (int, float)) and not isinstance(value, bool)
        assert fits, f"{name!r} takes a number, not {value!r}"
        least, most = option.get("min_value"), option.get("max_value")
        assert least is None or value >= least, f"{name!r} is at least {least}, not {value}"
        assert most is None or value <= most, f"{name!r} is at most {most}, not {value}"
    return value
