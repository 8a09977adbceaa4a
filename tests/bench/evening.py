"""An evening in many channels of a loopback Discord: rounds of pitches, votes, a close and passages, at a rate.

People act by the words on what they see, one thing after the other in each room; every step is one interaction.
Which of them change something is known here, so that the desk can be compared with it afterwards.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.bench.rounds import WORDS
from tests.servers.discord import Answer, DiscordServer, Modal, Person, Seen
from tests.servers.discord.components import BUTTON, walk
from tests.servers.discord.seen import look
from tests.servers.discord.things import Channel

WRITERS = ("ada", "bo", "cy")
ASKERS = ("dee", "eli", "fay", "gus", "hal", "ida")
"""Who asks the co-writer: nobody may ask twice at once."""
ACK_SECONDS = 3.0
PATIENCE = 30.0
"""Seconds until an acknowledged command must be answered whole."""


@dataclass(eq=False)
class Room:
    """One channel's evening so far."""

    number: int
    channel: Channel
    turn: int = 0
    question: str = ""
    """What the round that is open asks."""
    ballot: Seen | None = None
    """The private ballot that was opened last."""
    form: Modal | None = None


@dataclass
class Tally:
    """What was done, and how it was answered."""

    acked_ms: list[float] = field(default_factory=list)
    slowest_ms: float = 0.0
    late: int = 0
    """Not acknowledged within 3 s."""
    unanswered: int = 0
    """Acknowledged, but never answered whole."""
    refused: list[str] = field(default_factory=list)
    """Answers that are not what people asked for."""
    typed_for_want: int = 0
    """Ballots that were opened by command, because the public one was not posted yet."""
    kinds: Counter[str] = field(default_factory=Counter)
    changing: set[int] = field(default_factory=set)
    """Ids of the interactions that change something."""
    passages: set[str] = field(default_factory=set)
    """A word of each passage that stands in no other."""
    waiting: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def sent(self) -> int:
        """All commands."""
        return self.kinds.total()


class Evening:
    """All rooms, and what happens next in each."""

    def __init__(self, server: DiscordServer, rooms: int, seed: int = 37) -> None:
        self._server = server
        self._dice = random.Random(seed)
        self._count = 0
        self.tally = Tally()
        self.people = {name: server.person(name) for name in (*WRITERS, *ASKERS)}
        self.people["ada"] = server.person("ada", permissions=("manage_channels",))
        self.rooms = [Room(n, server.channel(f"room-{n}")) for n in range(rooms)]
        self._free = deque(self.rooms)
        self._asking: set[tuple[int, str]] = set()
        self._script: tuple[tuple[str, Callable[[Room], Awaitable[Answer]], bool], ...] = (
            ("round open", self._opens, True),
            ("pitch", lambda room: self._pitches("ada", room), True),
            ("pitch", lambda room: self._pitches("bo", room), True),
            ("pitch", lambda room: self._pitches("cy", room), True),
            ("vote", lambda room: self._votes("ada", room, "1 3"), True),
            ("ballot button", lambda room: self._opens_ballot("bo", room), False),
            ("ballot menu", lambda room: self._chooses("bo", room), True),
            ("read", lambda room: self._uses("cy", room, "previously"), False),
            ("ballot button", lambda room: self._opens_ballot("cy", room), False),
            ("ballot menu", lambda room: self._chooses("cy", room), True),
            ("vote", lambda room: self._votes("ada", room, "2"), True),
            ("round close", lambda room: self._uses("ada", room, "round close"), True),
            ("form", lambda room: self._uses("bo", room, "extend"), False),
            ("extend", self._fills, True),
            ("read", lambda room: self._uses("cy", room, "read"), False),
            ("extend", lambda room: self._uses("cy", room, "extend", text=self._passage()), True),
        )

    # ---- at a rate

    async def goes_on(self, rate: float, commands: int, *, ask_every: int = 0) -> Tally:
        """So many commands at `rate` a second, in the next room that waits for nothing; `ask_every`-th ask the co-writer."""
        tally = self.tally = Tally()
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with asyncio.TaskGroup() as group:
            for n in range(commands):
                await asyncio.sleep(max(0.0, began + n / rate - loop.time()))
                while not self._free:  # noqa: ASYNC110  # every room waits: the next one that is done comes next
                    await asyncio.sleep(0.002)
                room = self._free.popleft()
                asks = ask_every and n % ask_every == ask_every - 1
                group.create_task(self._asks(room) if asks else self._next(room))
        while tally.waiting:
            await asyncio.wait(tally.waiting)
        return tally

    async def begin(self) -> None:
        """A story in every room."""
        for room in self.rooms:
            await self._step(
                "story new", self._uses("ada", room, "story new", title=f"Bench {room.number}"), changes=True
            )

    async def turn_machines_on(self) -> Tally:
        """The two presses of a showrunner, in every room."""
        self.tally = Tally()
        for room in self.rooms:
            asked = await self._step(
                "ai", self._uses("ada", room, "showrunner ai", what="on"), changes=False
            )
            press = self.people["ada"].press(asked.message, "Turn it on")
            await self._step("machine", press, changes=True)
        return self.tally

    async def _next(self, room: Room) -> None:
        kind, step, changes = self._script[room.turn % len(self._script)]
        room.turn += 1
        try:
            await self._step(kind, step(room), changes=changes)
        finally:
            self._free.append(room)

    async def _step(self, kind: str, doing: Awaitable[Answer], *, changes: bool) -> Answer:
        """One interaction, until it is answered whole."""
        tally = self.tally
        answer = await self._acknowledged(kind, doing, changes=changes)
        if not answer.failed:
            await self._whole(kind, answer, tally)
        return answer

    async def _acknowledged(self, kind: str, doing: Awaitable[Answer], *, changes: bool) -> Answer:
        tally = self.tally
        answer = await doing
        tally.kinds[kind] += 1
        if changes:
            tally.changing.add(answer.interaction.id)
        if answer.failed:
            tally.late += 1
        else:
            tally.acked_ms.append(answer.acked_after)
            tally.slowest_ms = max(tally.slowest_ms, answer.acked_after)
            tally.late += answer.acked_after > ACK_SECONDS * 1000
        return answer

    async def _whole(self, kind: str, answer: Answer, tally: Tally, patience: float = PATIENCE) -> None:
        try:
            await answer.finished(patience)
        except TimeoutError:
            tally.unanswered += 1
            return
        if answer.kind != "modal" and not answer.text.strip():
            tally.refused.append(kind)

    # ---- what people do

    def _uses(self, name: str, room: Room, command: str, /, **options: str) -> Awaitable[Answer]:
        return self._used(self.people[name], room, command, options)

    async def _used(self, person: Person, room: Room, command: str, options: dict[str, str]) -> Answer:
        answer = await person.command(room.channel, command, **options)
        if answer.kind == "modal":
            room.form = answer.modal
        return answer

    def _opens(self, room: Room) -> Awaitable[Answer]:
        room.question = f"What happens after bell {self._number()}?"
        return self._uses("ada", room, "round open", question=room.question)

    def _pitches(self, name: str, room: Room) -> Awaitable[Answer]:
        return self._uses(name, room, "pitch", idea=f"{self._words(8)} {self._number()}")

    def _votes(self, name: str, room: Room, numbers: str) -> Awaitable[Answer]:
        return self._uses(name, room, "vote", numbers=numbers)

    async def _opens_ballot(self, name: str, room: Room) -> Answer:
        """By the button of the public ballot, or typed where the ballot is not there yet."""
        public = self._public_ballot(room)
        person = self.people[name]
        doing = person.press(public, "Vote") if public is not None else person.command(room.channel, "vote")
        self.tally.typed_for_want += public is None
        answer = await doing
        room.ballot = None
        if not answer.failed and answer.kind == "message":
            room.ballot = answer.message
        elif not answer.failed:
            await answer.finished(PATIENCE)
            room.ballot = answer.message
        return answer

    async def _chooses(self, name: str, room: Room) -> Answer:
        """Two of the ideas, in the menu of one's own ballot."""
        if room.ballot is None:
            return await self._votes(name, room, "1 2")
        return await self.people[name].choose(room.ballot, self._dice.sample(["1", "2", "3"], 2))

    async def _fills(self, room: Room) -> Answer:
        """The form of `/extend`, or the command where the form did not open."""
        form, room.form = room.form, None
        if form is None:
            return await self._uses("bo", room, "extend", text=self._passage())
        return await self.people["bo"].submit(form, {form.fields[0].label: self._passage()})

    async def _asks(self, room: Room) -> None:
        """The co-writer, whom nobody waits for."""
        self._free.append(room)
        name = next((n for n in ASKERS if (room.number, n) not in self._asking), None)
        if name is None:
            await self._step("read", self._uses("cy", room, "read"), changes=False)
            return
        self._asking.add((room.number, name))
        answer = await self._acknowledged("assist", self._uses(name, room, "assist", mode="continue"), changes=True)
        tally = self.tally

        async def until_whole() -> None:
            await self._whole("assist", answer, tally, 120.0)
            self._asking.discard((room.number, name))

        task = asyncio.create_task(until_whole())
        tally.waiting.add(task)
        task.add_done_callback(tally.waiting.discard)

    # ---- words

    def _public_ballot(self, room: Room) -> Seen | None:
        """The ballot of the open round, once it can be voted on there."""
        for message in reversed(room.channel.messages.values()):
            if message.only_for is None and not message.deleted:
                parts = walk(message.data["components"])
                if any(part["type"] == BUTTON and part.get("label") == "Vote" for part in parts):
                    seen = look(message, self._server.service.world)
                    return seen if room.question in seen.words else None
        return None

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _words(self, n: int) -> str:
        return " ".join(self._dice.choice(WORDS) for _ in range(n))

    def _passage(self) -> str:
        """30 to 120 words, one of which stands nowhere else."""
        mark = f"lantern{self._number()}x"
        self.tally.passages.add(mark)
        return f"{self._words(self._dice.randint(29, 119)).capitalize()} {mark}."
