"""Words whose answer never arrived: who sends the same again means the same, so that nothing stands there twice.

A person whose form or command "failed" presses Send once more. To Discord that is another interaction, to its writer it
is not. Only words count as the same: a vote that is pressed twice may mean that it was taken back. What the process
before this one did last is unheard, too, as far as anybody knows.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from bot.commands import Commands
from bot.context import Incoming
from bot.saying_again import WITHIN, print_of, words_in
from bot.story.books import LastCall
from bot.story.people import Place

_MOST = 4096

_Key = tuple[str, str, str]


class Unheard:
    """Which calls were carried out without their callers knowing it, by what they said."""

    def __init__(self) -> None:
        self._known: OrderedDict[_Key, tuple[str, float]] = OrderedDict()

    def known(self, incoming: Incoming, commands: Commands) -> Incoming:
        """The call under the source id that it had before, if it is a second try of words whose answer was lost."""
        if not words_in(incoming.call, commands.find(incoming.call.command)):
            return incoming
        source, until = self._known.get(_key(incoming), ("", 0.0))
        return replace(incoming, source_id=source) if until > _now() else incoming

    def lost(self, incoming: Incoming) -> None:
        """The answer to this call did not arrive."""
        self._keep(_key(incoming), incoming.source_id, WITHIN.total_seconds())

    def before_us(self, calls: Iterable[LastCall]) -> None:
        """Calls of the process before this one: nobody knows whether their answers arrived."""
        for call in sorted(calls, key=lambda one: one.ago, reverse=True):
            if call.said:
                left = (WITHIN - call.ago).total_seconds()
                self._keep((_where(call.place), call.person, call.said), call.source_id, left)

    def _keep(self, key: _Key, source_id: str, seconds: float) -> None:
        self._known[key] = source_id, _now() + seconds
        self._known.move_to_end(key)
        while len(self._known) > _MOST:
            self._known.popitem(last=False)

    def answered(self, incoming: Incoming) -> None:
        """It was answered now: the same words later are said anew."""
        self._known.pop(_key(incoming), None)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _where(place: Place) -> str:
    return f"{place.space}/{place.channel}/{place.thread}"


def _key(incoming: Incoming) -> _Key:
    """Who said what where; what was said as a print, so that no text is kept in memory."""
    return _where(incoming.place), incoming.person.key, print_of(incoming.call)
