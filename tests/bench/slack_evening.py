"""An evening in many channels of a loopback Slack: rounds of pitches, votes, a close and passages, at a rate.

As in `evening.py`: people act by the words on what they see, one thing after the other in each room, and which steps
change something is known here, so that the desk can be compared with it afterwards.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.bench.rounds import WORDS
from tests.servers.slack import Answer, Seen, SlackServer
from tests.servers.slack.things import Channel

WRITERS = ("ada", "bo", "cy")
ASKERS = ("dee", "eli", "fay", "gus", "hal", "ida")
"""Who asks the co-writer: nobody may ask twice at once."""
ACK_SECONDS = 3.0
PATIENCE = 30.0
"""Seconds until an acknowledged command must be answered."""


@dataclass(eq=False)
class Room:
    """One channel's evening so far."""

    number: int
    channel: Channel
    turn: int = 0
    ballot: Seen | None = None
    """The private ballot that was opened last."""

    @property
    def hand(self) -> str:
        """Who writes in forms here: a person has one stack of forms, so each room has a person for it."""
        return f"hand{self.number}"


@dataclass
class Tally:
    """What was done, and how it was answered."""

    acked_ms: list[float] = field(default_factory=list)
    late: int = 0
    """Not acknowledged within 3 s."""
    unanswered: int = 0
    """Acknowledged, but never answered."""
    kinds: Counter[str] = field(default_factory=Counter)
    changing: set[str] = field(default_factory=set)
    """The source ids of what changes something."""
    passages: set[str] = field(default_factory=set)
    """A word of each passage that stands in no other."""
    waiting: set[asyncio.Task[None]] = field(default_factory=set)


class Evening:
    """All rooms, and what happens next in each."""

    def __init__(self, server: SlackServer, rooms: int, seed: int = 37) -> None:
        self._server = server
        self._dice = random.Random(seed)
        self._count = 0
        self.tally = Tally()
        self.people = {name: server.person(name) for name in (*WRITERS, *ASKERS)}
        self.people["ada"].user.admin = True
        self.people |= {f"hand{n}": server.person(f"hand{n}") for n in range(rooms)}
        self.rooms = [Room(n, server.channel(f"room-{n}")) for n in range(rooms)]
        self._free = deque(self.rooms)
        self._asking: set[tuple[int, str]] = set()
        self._script: tuple[tuple[str, Callable[[Room], Awaitable[Answer]], bool], ...] = (
            ("round open", lambda room: self._types("ada", room, f"round open What after bell {self._number()}?"), True),
            ("pitch", lambda room: self._pitches("ada", room), True),
            ("pitch", lambda room: self._pitches("bo", room), True),
            ("pitch", lambda room: self._pitches("cy", room), True),
            ("vote", lambda room: self._types("ada", room, "vote 1 3"), True),
            ("ballot opened", lambda room: self._opens_ballot("bo", room), False),
            ("ballot ticked", lambda room: self._ticks("bo", room), False),
            ("ballot cast", lambda room: self._casts("bo", room), True),
            ("read", lambda room: self._types("cy", room, "previously"), False),
            ("vote", lambda room: self._types("cy", room, "vote 2"), True),
            ("round close", lambda room: self._types("ada", room, "round close"), True),
            ("form", lambda room: self._types(room.hand, room, "extend"), False),
            ("extend", self._fills, True),
            ("read", lambda room: self._types("cy", room, "read"), False),
            ("extend", lambda room: self._types("cy", room, f"extend {self._passage()}"), True),
        )

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

    async def begin(self) -> Tally:
        """A story in every room."""
        for room in self.rooms:
            await self._step("story new", self._types("ada", room, f"story new Bench {room.number}"), changes=True)
        return self.tally

    async def turn_machines_on(self) -> Tally:
        """The two presses of a showrunner, in every room."""
        self.tally = Tally()
        for room in self.rooms:
            asked = await self._step("ai", self._types("ada", room, "showrunner ai on"), changes=False)
            await self._step("machine", self.people["ada"].press(asked.message, "Turn it on"), changes=True)
        return self.tally

    async def _next(self, room: Room) -> None:
        kind, step, changes = self._script[room.turn % len(self._script)]
        room.turn += 1
        try:
            await self._step(kind, step(room), changes=changes)
        finally:
            self._free.append(room)

    async def _step(self, kind: str, doing: Awaitable[Answer], *, changes: bool) -> Answer:
        """One thing that a person does, until it is answered; a tick is only acknowledged."""
        tally = self.tally
        answer = await self._acknowledged(kind, doing, changes=changes)
        if not answer.failed and kind != "ballot ticked":
            await self._answered(answer, tally)
        return answer

    async def _acknowledged(self, kind: str, doing: Awaitable[Answer], *, changes: bool) -> Answer:
        tally = self.tally
        answer = await doing
        tally.kinds[kind] += 1
        if changes:
            tally.changing.add(source_of(answer))
        if answer.failed:
            tally.late += 1
        else:
            tally.acked_ms.append(answer.acked_after)
            tally.late += answer.acked_after > ACK_SECONDS * 1000
        return answer

    async def _answered(self, answer: Answer, tally: Tally, patience: float = PATIENCE) -> None:
        try:
            await answer.finished(patience)
        except TimeoutError:
            tally.unanswered += 1

    # ---- what people do

    async def _types(self, name: str, room: Room, line: str) -> Answer:
        return await self.people[name].command(room.channel, "/room", line)

    def _pitches(self, name: str, room: Room) -> Awaitable[Answer]:
        return self._types(name, room, f"pitch {self._words(8)} {self._number()}")

    async def _opens_ballot(self, name: str, room: Room) -> Answer:
        answer = await self._types(name, room, "vote")
        room.ballot = None
        if not answer.failed:
            await self._answered(answer, self.tally)
            room.ballot = answer.message if answer.interaction.messages else None
        return answer

    async def _ticks(self, name: str, room: Room) -> Answer:
        """Two of the ideas, on one's own ballot."""
        if room.ballot is None or not room.ballot.selects:
            return await self._types(name, room, "vote")
        menu = room.ballot.selects[0]
        return await self.people[name].choose(menu, self._dice.sample(menu.options[:3], 2))

    async def _casts(self, name: str, room: Room) -> Answer:
        if room.ballot is None or not room.ballot.selects:
            return await self._types(name, room, "vote 1 2")
        return await self.people[name].press(room.ballot, "Vote")

    async def _fills(self, room: Room) -> Answer:
        """The form of `/room extend`, or the command where the form did not open."""
        form = self.people[room.hand].modal
        if form is None:
            return await self._types(room.hand, room, f"extend {self._passage()}")
        return await self.people[room.hand].submit(form, {form.fields[0].label: self._passage()})

    async def _asks(self, room: Room) -> None:
        """The co-writer, whom nobody waits for."""
        self._free.append(room)
        name = next((n for n in ASKERS if (room.number, n) not in self._asking), None)
        if name is None:
            await self._step("read", self._types("cy", room, "read"), changes=False)
            return
        self._asking.add((room.number, name))
        answer = await self._acknowledged("assist", self._types(name, room, "assist continue"), changes=True)
        tally = self.tally

        async def until_answered() -> None:
            await self._answered(answer, tally, 120.0)
            self._asking.discard((room.number, name))

        task = asyncio.create_task(until_answered())
        tally.waiting.add(task)
        task.add_done_callback(tally.waiting.discard)

    # ---- words

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


def source_of(answer: Answer) -> str:
    """Under which id the desk has it, as far as a person can know: a form by its view, everything else by its trigger."""
    one = answer.interaction
    view = one.payload.get("view") if one.deed == "view_submission" else None
    return f"slack:{one.team.id}:{view['id'] if view else one.trigger}"
