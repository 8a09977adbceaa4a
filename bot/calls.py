"""The one noun that carries everything: the Call, one use of a command.

A typed line is a call, a button is a call waiting to be made, a form asks for what a call lacks. Written as a
token (ids, never text) a call fits into what platforms keep with a button, works after a restart, is checked for
rights exactly like a typed command, and grants nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.errors import UserError

TOKEN_LIMIT = 100
"""Characters; the smallest of the platforms' (Discord's `custom_id`)."""

_VALUE = re.compile(r"[A-Za-z0-9_.:,+-]{0,64}")
_TOKEN = re.compile(r"[a-z-]+(\.[a-z-]+)?(;[a-z_]+=[A-Za-z0-9_.:,+-]{0,64})*")


@dataclass(frozen=True, slots=True)
class Call:
    """One use of a command: its name (`round close`) and its arguments as given (texts by argument name)."""

    command: str
    args: Mapping[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The call in at most 100 characters. Raises ValueError when an argument is text or the call is too long."""
        parts = [self.command.replace(" ", ".")]
        for name, value in self.args.items():
            if not _VALUE.fullmatch(value):
                raise ValueError(f"argument {name} of {self.command!r} is text, not an id")
            parts.append(f"{name}={value}")
        token = ";".join(parts)
        if len(token) > TOKEN_LIMIT:
            raise ValueError(f"the token of {self.command!r} is {len(token)} characters long")
        return token

    def with_args(self, **more: str) -> Call:
        """The same call with these arguments too."""
        return Call(self.command, {**self.args, **more})


def from_token(token: str) -> Call:
    """The call of a token. Raises UserError for what is no token (forged, cut off, from another program)."""
    if len(token) > TOKEN_LIMIT or not _TOKEN.fullmatch(token):
        raise UserError("kernel.bad_token")
    command, *pairs = token.split(";")
    return Call(command.replace(".", " "), dict(pair.split("=", 1) for pair in pairs))
