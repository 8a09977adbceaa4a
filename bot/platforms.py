"""Several platforms served by one process: a public card goes to the platform that its place is on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from bot.cards import Card
from bot.chat import ChatAdapter, Inbox
from bot.errors import CannotPost
from bot.story.people import Place


class Platforms:
    """The ChatAdapter of a process that serves rooms on these platforms, by name."""

    def __init__(self, by_name: Mapping[str, ChatAdapter]) -> None:
        self._by_name = dict(by_name)

    @property
    def names(self) -> tuple[str, ...]:
        """Which they are."""
        return tuple(self._by_name)

    def serves(self, place: Place) -> bool:
        """Whether this process posts in this place."""
        return place.platform in self._by_name

    async def run(self, inbox: Inbox) -> None:
        """Serve on all of them until cancelled; one that cannot go on ends all."""
        async with asyncio.TaskGroup() as group:
            for adapter in self._by_name.values():
                group.create_task(adapter.run(inbox))

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a public card."""
        return await self._of(place).post(place, card, nonce)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a public card."""
        return await self._of(place).edit(place, refs, card)

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Look for a card whose fate is unknown."""
        return await self._of(place).find(place, card, nonce)

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Delete messages."""
        await self._of(place).remove(place, refs)

    def _of(self, place: Place) -> ChatAdapter:
        adapter = self._by_name.get(place.platform)
        if adapter is None:
            raise CannotPost(f"{place.platform} is not served by this process")
        return adapter
