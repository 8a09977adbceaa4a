"""Words whose answer never arrived: who sends the same again means the same, so that nothing stands there twice.

A person whose form or command "failed" presses Send once more. To Discord that is another interaction, to its writer it
is not. Only words count as the same: a vote that is pressed twice may mean that it was taken back.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import replace

from bot.commands import Commands
from bot.context import Incoming

REMEMBERED_SECONDS = 900.0
"""So long may the second try come later; an interaction's token lives as long."""
_MOST = 4096

_Key = tuple[str, str, str]


class Unheard:
    """Which calls were carried out without their callers knowing it, by what they said."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, tuple[str, float]] = OrderedDict()

    def known(self, incoming: Incoming, commands: Commands) -> Incoming:
        """The call under the source id that it had before, if it is a second try of words whose answer was lost."""
        command = commands.find(incoming.call.command)
        argument = command.text_argument if command is not None else None
        if argument is None or not incoming.call.args.get(argument.name, "").strip():
            return incoming
        source, until = self._known.get(_key(incoming), ("", 0.0))
        return replace(incoming, source_id=source) if until > _now() else incoming

    def lost(self, incoming: Incoming) -> None:
        """The answer to this call did not arrive."""
        key = _key(incoming)
        self._known[key] = incoming.source_id, _now() + REMEMBERED_SECONDS
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)

    def answered(self, incoming: Incoming) -> None:
        """It was answered now: the same words later are said anew."""
        self._known.pop(_key(incoming), None)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _key(incoming: Incoming) -> _Key:
    """Who said what where; what was said as a hash, so that no text is kept in memory."""
    call = incoming.call
    said = "\0".join([call.command, *(f"{name}={value}" for name, value in sorted(call.args.items()))])
    place = incoming.place
    where = f"{place.space}/{place.channel}/{place.thread}"
    return where, incoming.person.key, hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
