"""The test's way in: a whole house over a real database, with people who type and a wall that shows public cards."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import config
from bot.app import TABLE, House, build, open_database
from bot.calls import Call
from bot.cards import Card, Items, Options, Prose, Reply, Small, Text
from bot.chat import Inbox
from bot.commands import Growing
from bot.context import Incoming
from bot.markup import to_plain
from bot.ports import Writer
from bot.settings import Settings
from bot.story.books import Books
from bot.story.people import Person, Place, Standing
from tests.clock import HandClock

_lines = itertools.count(1)
"""Deliveries of the whole test run: an id is never used twice."""


class HandAlarms:
    """Remembers the earliest instant it was asked for."""

    def __init__(self) -> None:
        self.earliest: datetime | None = None

    def wake_at(self, at: datetime) -> None:
        """The earliest wins."""
        self.earliest = at if self.earliest is None else min(at, self.earliest)


class Wall:
    """A ChatAdapter that keeps what was posted: every message, and each card as it shows now."""

    def __init__(self) -> None:
        self.messages: list[tuple[Place, Card]] = []
        self.shown: dict[str, Card] = {}

    async def run(self, inbox: Inbox) -> None:
        """Nobody types at a wall."""

    async def post(self, place: Place, card: Card, nonce: str) -> Sequence[str]:
        """A new message."""
        self.messages.append((place, card))
        self.shown[nonce] = card
        return (nonce,)

    async def edit(self, place: Place, refs: Sequence[str], card: Card) -> Sequence[str]:
        """The same message, redrawn."""
        self.shown[refs[0]] = card
        return refs

    async def find(self, place: Place, card: Card, nonce: str) -> Sequence[str] | None:
        """Whether it was posted."""
        return (nonce,) if nonce in self.shown else ()

    async def remove(self, place: Place, refs: Sequence[str]) -> None:
        """The messages are gone."""
        for ref in refs:
            self.shown.pop(ref, None)

    @property
    def text(self) -> str:
        """Every message as it was first posted, as plain text."""
        return "\n\n".join(plain(card) for _, card in self.messages)

    @property
    def now(self) -> str:
        """Every message as it shows now, as plain text."""
        return "\n\n".join(plain(card) for card in self.shown.values())

    @property
    def notices(self) -> list[str]:
        """The messages that notify people, as they were first posted."""
        return [plain(card) for _, card in self.messages if card.notify]


@dataclass
class Room:
    """One room of a house in a test."""

    house: House
    wall: Wall
    clock: HandClock
    alarms: HandAlarms
    settings: Settings
    place: Place = TABLE
    lines: int = 0
    last: dict[str, Reply] = field(default_factory=dict)
    said: dict[str, tuple[Incoming, str]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    """Display names that the platform hands in with every call."""
    space: str = ""
    """Of people, where it is not the place's."""
    private: bool = False
    standings: dict[Place, Standing | None] | None = None
    """What the platform says of the caller elsewhere, in a direct message; a place that is not in it: they are there."""

    def key(self, name: str) -> str:
        """A person's key in rows."""
        return self.incoming(name).person.key

    def elsewhere(self, name: str) -> Room:
        """The same house in another room."""
        return self.at(Place(self.place.platform, self.place.space, name))

    async def look(self, work: Callable[[Books], Any]) -> Any:
        """A read of the room's books."""
        return await self.house.store.read(self.place, work)

    def buttons(self, name: str) -> tuple[str, ...]:
        """What the person could press on what they got last."""
        return tuple(to_plain(a.label) for card in self.last[name].cards for a in card.actions)

    def asked(self, name: str) -> bool:
        """Whether a form is open before the person."""
        return self.last[name].form is not None

    def at(self, place: Place) -> Room:
        """The same house, somewhere else."""
        return replace(self, place=place, last={})

    def direct(self, **left: Standing | None) -> Room:
        """A direct message with the bot, in the same house; in the channels named they stand as said (None: gone)."""
        standings = {Place(self.place.platform, self.place.space, channel): s for channel, s in left.items()}
        place = Place(self.place.platform, "dm", "d1")
        return replace(
            self, place=place, last={}, space=self.space or self.place.space, private=True, standings=standings
        )

    async def _elsewhere(self, place: Place) -> Standing | None:
        return (self.standings or {}).get(place, Standing())

    def incoming(
        self,
        name: str,
        call: Call = Call("help"),
        *,
        source: str | None = None,
        standing: Standing | None = None,
    ) -> Incoming:
        """A call of this person."""
        self.lines = next(_lines)
        self.clock.pass_(milliseconds=1)  # no two calls of a room are made at one instant
        person = Person(self.place.platform, self.space or self.place.space, name.casefold())
        source_id = source or f"{self.place.channel}:{self.place.thread}:{self.lines}"
        return Incoming(
            self.place, person, name, call, source_id, standing or Standing(), seed=f"rig:{source_id}", people=self.people,
            private=self.private, elsewhere=self._elsewhere if self.standings is not None else None,
        )  # fmt: skip

    async def says(
        self, name: str, line: str, *, source: str | None = None, standing: Standing | None = None
    ) -> str:
        """A typed line; gives the reply as plain text. Public cards are up to date afterwards."""
        incoming = self.incoming(name, source=source, standing=standing)
        self.said[name] = (incoming, line)
        inbox = self.house.inbox
        outs = inbox.typed(incoming, line) if line.startswith("/") else inbox.heard(incoming, line)
        return await self._take(name, outs)

    async def again(self, name: str) -> str:
        """The person's last line is delivered a second time."""
        incoming, line = self.said[name]
        return await self._take(name, self.house.inbox.typed(incoming, line))

    async def calls(
        self, name: str, call: Call, *, source: str | None = None, standing: Standing | None = None
    ) -> str:
        """A call (a press, or a form sent)."""
        return await self._take(
            name, self.house.inbox.call(self.incoming(name, call, source=source, standing=standing))
        )

    async def menu(
        self, name: str, command: str, text: str, *, author: str = "", message: str = "m1",
        standing: Standing | None = None, **more: str,
    ) -> str:  # fmt: skip
        """Use a message's menu. The author is a name of this place; "" is the bot."""
        key = Person(self.place.platform, self.place.space, author.casefold()).key if author else ""
        if author:
            self.people.setdefault(key, author)
        call = Call(command, {"message": message, "author": key, "text": text, **more})
        return await self.calls(name, call, standing=standing)

    def ref(self, words: str) -> str:
        """The message reference of the public card that shows these words."""
        return next(ref for ref, card in reversed(self.wall.shown.items()) if words in plain(card))

    def card(self, words: str) -> Card:
        """The public card that shows these words now."""
        return self.wall.shown[self.ref(words)]

    async def presses_on(self, name: str, words: str, label: str) -> str:
        """Press a button of the public card that shows these words."""
        for action in self.card(words).actions:
            if to_plain(action.label).casefold().startswith(label.casefold()):
                return await self.calls(name, action.call)
        raise AssertionError(f"no button {label!r} on: {plain(self.card(words))}")

    async def presses(self, name: str, label: str) -> str:
        """Press the button of this label on the person's last reply."""
        for card in self.last[name].cards:
            for action in card.actions:
                if to_plain(action.label).casefold().startswith(label.casefold()):
                    return await self.calls(name, action.call)
        raise AssertionError(f"{name} has no button {label!r} on: {text_of(self.last[name])}")

    async def fills(self, name: str, *answers: str) -> str:
        """Answer the form that was the person's last reply."""
        form = self.last[name].form
        assert form is not None, text_of(self.last[name])
        filled = form.call.with_args(**{q.argument: a for q, a in zip(form.questions, answers, strict=False)})
        return await self.calls(name, filled)

    async def later(self, **by: float) -> None:
        """Time passes, and does what is due."""
        self.clock.pass_(**by)
        await self.house.inbox.sweep()
        await self.house.inbox.settled(self.place)

    async def _take(self, name: str, outs: AsyncIterator[Growing | Reply]) -> str:
        reply: Reply | None = None
        async for out in outs:
            if isinstance(out, Reply):
                reply = out
        assert reply is not None
        self.last[name] = reply
        await self.house.inbox.settled(self.place)
        return text_of(reply)


def text_of(reply: Reply) -> str:
    """A reply as plain text."""
    shown = [plain(card) for card in reply.cards]
    if reply.form is not None:
        shown.append(
            "\n".join(
                [
                    to_plain(reply.form.title),
                    *(
                        to_plain(q.label) + (f" [{q.prefill}]" if q.prefill else "")
                        for q in reply.form.questions
                    ),
                ]
            )
        )
    if reply.file is not None:
        shown.append(reply.file[1])
    return "\n\n".join(shown)


def plain(card: Card) -> str:
    """A card as plain text."""
    lines = [to_plain(card.title)] if card.title else []
    for part in card.parts:
        match part:
            case Text(markup) | Small(markup):
                lines.append(to_plain(markup))
            case Prose(text, by):
                lines.append(f"{to_plain(by)}: {text}" if by else text)
                lines += [to_plain(part.rest)] if part.rest else []
            case Items(items):
                lines += [f"- {to_plain(item)}" for item in items]
            case Options(options):
                lines += [f"{o.number}{'*' if o.chosen else ''} {to_plain(o.markup)}" for o in options]
    if card.actions:
        lines.append(" ".join(f"[{to_plain(a.label)}]" for a in card.actions))
    return "\n".join(lines)


def settings_for(url: str) -> Settings:
    """Settings of a test's house."""
    return config.with_database(config.load(None, {"HOME": "/nonexistent"}, Path("/")), url, Path("/"))


@contextlib.asynccontextmanager
async def open_room(
    url: str, *, writer: Writer | None = None, place: Place = TABLE, clock: HandClock | None = None
) -> AsyncIterator[Room]:
    """A room in a house over this database."""
    settings, wall, hands, alarms = settings_for(url), Wall(), clock or HandClock(), HandAlarms()
    await open_database(settings, hands)
    async with build(settings, wall, clock=hands, alarms=alarms, writer=writer, seed="rig") as house:
        yield Room(house, wall, hands, alarms, settings, place)
