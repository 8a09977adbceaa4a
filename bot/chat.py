"""How a platform and the core meet: the adapter the core posts through, and the inbox the adapter calls into."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from bot.cards import Card, Reply
from bot.commands import Commands, Growing
from bot.context import Incoming
from bot.homes import Home
from bot.story.books import LastCall
from bot.story.people import Person, Place


class ChatAdapter(Protocol):
    """One platform. Posting is the only thing the core asks of it."""

    async def run(self, inbox: Inbox) -> None:
        """Serve people until they are done or the task is cancelled."""

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """Post a public card once (the nonce lets a platform drop a double) and give back its message refs.

        A card `to` one person is a direct message to them instead; nobody can look for it.
        """

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """Redraw a public card in place; gives back its refs."""

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Refs of this card as it was posted with this nonce; () when it is not there, None when nobody can look."""

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """Take messages away for good (their text was erased); those that are gone already do not matter."""


class Inbox(Protocol):
    """The core as an adapter sees it."""

    @property
    def commands(self) -> Commands:
        """The registry, to make platform commands, help and completion from."""

    def call(self, incoming: Incoming) -> AsyncIterator[Growing | Reply]:
        """Carry out one call: growing text, if any, then exactly one Reply. Never raises but for cancellation."""

    def typed(self, incoming: Incoming, line: str) -> AsyncIterator[Growing | Reply]:
        """Carry out a typed line that begins with a slash."""

    def heard(self, incoming: Incoming, text: str) -> AsyncIterator[Growing | Reply]:
        """Text that is no command: kept, and asked about."""

    async def suggest(
        self, place: Place, person: Person, command: str, argument: str, begun: str
    ) -> Sequence[tuple[str, str]]:
        """Completions of an argument: (value, label), at most 25."""

    def welcome(self, platform: str, space: str, channel: str = "") -> None:
        """The platform lets the bot post in this space (or this channel and its threads) again: what waits goes out."""

    async def known(self, place: Place) -> bool:
        """Whether this place is a room already."""

    async def shows(self, place: Place, ref: str, kind: str) -> bool:
        """Whether this message is the bot's card of that kind."""

    async def home(self, incoming: Incoming) -> Home:
        """What waits for a person in all their rooms; `incoming` is private and says how they stand elsewhere."""

    async def settled(self, place: Place) -> None:
        """Wait until every public card of this place shows what is wanted."""

    async def answered(self, place: Place, source_id: str) -> Reply | None:
        """The reply that a delivery got before, if the desk holds it."""

    async def before_us(self) -> Sequence[LastCall]:
        """Calls that went through shortly before this process began, each person's last in each place: nobody knows
        whether their answers arrived."""

    async def lately(self, place: Place, person: Person) -> Sequence[tuple[str, Card]]:
        """Cards whose actions still count: ("private" | "public", card), the latest last."""
