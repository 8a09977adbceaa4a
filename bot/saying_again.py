"""What tells that somebody says the same words once more: a print of a call, which holds none of its words.

Nobody who sees their form or command "fail" knows whether it was carried out; they press Send again. The desk keeps the
print of a call where its words were, so that a process that comes after a crash still knows what the one before did.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from bot.calls import Call
from bot.commands import Command
from bot.story.books import SAID

WITHIN = timedelta(minutes=15)
"""So long may the second try come later; as long does Discord take answers."""


def print_of(call: Call) -> str:
    """The same for the same command with the same arguments, and for nothing else."""
    said = "\0".join([call.command, *(f"{name}={value}" for name, value in sorted(call.args.items()))])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def words_in(call: Call, command: Command | None) -> bool:
    """Whether the call says anything: a vote that is pressed twice may mean that it was taken back, words do not."""
    argument = command.text_argument if command is not None and not command.nameless else None
    return argument is not None and bool(call.args.get(argument.name, "").strip())


def left_of(call: Call, command: Command) -> Mapping[str, str]:
    """What the desk keeps of a call that went through, in the place of its arguments."""
    return {SAID: print_of(call)} if words_in(call, command) else {}
