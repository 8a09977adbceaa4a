"""An evening in many channels of a loopback platform: rounds of pitches, votes, a close and passages, at a rate.

One thing after the other happens in each room; which of them change something is known here, so that the desk can be
compared with it afterwards. How people act (typed, pressed, chosen, filled in) is each platform's own.
"""

from __future__ import annotations

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from tests.bench.rounds import WORDS

WRITERS = ("ada", "bo", "cy")
ASKERS = ("dee", "eli", "fay", "gus", "hal", "ida")
"""Who asks the co-writer: nobody may ask twice at once."""
ACK_SECONDS = 3.0
PATIENCE = 30.0
"""Seconds until an acknowledged command must be answered whole."""


class Answered(Protocol):
    """What a person sees of what they did: the same on every loopback platform."""

    @property
    def failed(self) -> object:
        """Whether, or why, it was not acknowledged."""

    @property
    def acked_after(self) -> float:
        """Milliseconds until it was acknowledged."""

    async def finished(self, seconds: float | None = None) -> object:
        """Wait until it is answered whole; a TimeoutError if it never is."""


@dataclass(eq=False)
class Room:
    """One channel's evening so far; a platform adds its channel and what was opened there."""

    number: int
    turn: int = field(default=0, kw_only=True)
    question: str = field(default="", kw_only=True)
    """What the round that is open asks."""


R = TypeVar("R", bound=Room)
A = TypeVar("A", bound=Answered)


@dataclass(frozen=True, slots=True)
class Step(Generic[R, A]):
    """One thing that somebody does in a room."""

    kind: str
    does: Callable[[R], Awaitable[A]]
    changes: bool = True
    answered: bool = True
    """Whether an answer follows the acknowledgement."""


@dataclass
class Tally:
    """What was done, and how it was answered."""

    acked_ms: list[float] = field(default_factory=list)
    late: int = 0
    """Not acknowledged within 3 s."""
    unanswered: int = 0
    """Acknowledged, but never answered whole."""
    empty: list[str] = field(default_factory=list)
    """The kinds of those whose answer says nothing."""
    typed_for_want: int = 0
    """Ballots that were opened by command, because the public one was not posted yet."""
    kinds: Counter[str] = field(default_factory=Counter)
    changing: set[str] = field(default_factory=set)
    """The source ids of what changes something."""
    passages: set[str] = field(default_factory=set)
    """A word of each passage that stands in no other."""
    waiting: set[asyncio.Task[None]] = field(default_factory=set)


class Evening(ABC, Generic[R, A]):
    """All rooms, and what happens next in each."""

    def __init__(self, rooms: Sequence[R], seed: int = 37) -> None:
        self.dice = random.Random(seed)
        self.tally = Tally()
        self.rooms = rooms
        self._count = 0
        self._free = deque(rooms)
        self._asking: set[tuple[int, str]] = set()
        before, after = self.ballots()
        self._script: tuple[Step[R, A], ...] = (
            Step("round open", self._opens),
            *(Step("pitch", self._pitching(name)) for name in WRITERS),
            Step("vote", lambda room: self.votes("ada", room, "1 3")),
            *before,
            Step("read", lambda room: self.uses("cy", room, "previously"), changes=False),
            *after,
            Step("round close", lambda room: self.uses("ada", room, "round close")),
            Step("form", lambda room: self.uses(self.hand(room), room, "extend"), changes=False),
            Step("extend", self.fills),
            Step("read", lambda room: self.uses("cy", room, "read"), changes=False),
            Step("extend", lambda room: self.uses("cy", room, "extend", text=self.passage())),
        )

    # ---- how people act on a platform

    @abstractmethod
    async def uses(self, name: str, room: R, command: str, /, **options: str) -> A:
        """Somebody gives a command."""

    @abstractmethod
    async def presses(self, name: str, answer: A, label: str) -> A:
        """Somebody presses a button of what answered them."""

    @abstractmethod
    async def fills(self, room: R) -> A:
        """The form of `/extend`, or the command where the form did not open."""

    @abstractmethod
    def ballots(self) -> tuple[Sequence[Step[R, A]], Sequence[Step[R, A]]]:
        """What people do with ballots, before and after somebody reads."""

    @abstractmethod
    def hand(self, room: R) -> str:
        """Who writes in forms there."""

    @abstractmethod
    def source(self, answer: A) -> str:
        """Under which id the desk has what was answered, as far as a person can know."""

    def known(self, source: str) -> str:
        """As much of a desk's id as a person can know."""
        return source

    def empty(self, answer: A) -> bool:
        """Whether an answer that is there says nothing, as far as this platform's people can tell."""
        return False

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

    async def begin(self) -> Tally:
        """A story in every room."""
        for room in self.rooms:
            await self._step("story new", self.uses("ada", room, "story new", title=f"Bench {room.number}"), changes=True)
        return self.tally

    async def turn_machines_on(self) -> Tally:
        """The two presses of a showrunner, in every room."""
        self.tally = Tally()
        for room in self.rooms:
            asked = await self._step("ai", self.uses("ada", room, "showrunner ai", what="on"), changes=False)
            await self._step("machine", self.presses("ada", asked, "Turn it on"), changes=True)
        return self.tally

    async def _next(self, room: R) -> None:
        step = self._script[room.turn % len(self._script)]
        room.turn += 1
        try:
            await self._step(step.kind, step.does(room), changes=step.changes, answered=step.answered)
        finally:
            self._free.append(room)

    async def _step(self, kind: str, doing: Awaitable[A], *, changes: bool, answered: bool = True) -> A:
        """One thing that a person does, until it is answered whole."""
        tally = self.tally
        answer = await self._acknowledged(kind, doing, changes=changes)
        if answered and not answer.failed:
            await self.whole(kind, answer, tally)
        return answer

    async def _acknowledged(self, kind: str, doing: Awaitable[A], *, changes: bool) -> A:
        tally = self.tally
        answer = await doing
        tally.kinds[kind] += 1
        if changes:
            tally.changing.add(self.source(answer))
        if answer.failed:
            tally.late += 1
        else:
            tally.acked_ms.append(answer.acked_after)
            tally.late += answer.acked_after > ACK_SECONDS * 1000
        return answer

    async def whole(self, kind: str, answer: A, tally: Tally, patience: float = PATIENCE) -> None:
        """Wait until an acknowledged command is answered whole, and note it if it never is."""
        try:
            await answer.finished(patience)
        except TimeoutError:
            tally.unanswered += 1
            return
        if self.empty(answer):
            tally.empty.append(kind)

    # ---- what people do

    def _opens(self, room: R) -> Awaitable[A]:
        room.question = f"What happens after bell {self._number()}?"
        return self.uses("ada", room, "round open", question=room.question)

    def _pitching(self, name: str) -> Callable[[R], Awaitable[A]]:
        return lambda room: self.uses(name, room, "pitch", idea=f"{self._words(8)} {self._number()}")

    async def votes(self, name: str, room: R, numbers: str) -> A:
        """Somebody types the numbers of what they like."""
        return await self.uses(name, room, "vote", numbers=numbers)

    async def _asks(self, room: R) -> None:
        """The co-writer, whom nobody waits for."""
        self._free.append(room)
        name = next((n for n in ASKERS if (room.number, n) not in self._asking), None)
        if name is None:
            await self._step("read", self.uses("cy", room, "read"), changes=False)
            return
        self._asking.add((room.number, name))
        answer = await self._acknowledged("assist", self.uses(name, room, "assist", mode="continue"), changes=True)
        tally = self.tally

        async def until_whole() -> None:
            await self.whole("assist", answer, tally, 120.0)
            self._asking.discard((room.number, name))

        task = asyncio.create_task(until_whole())
        tally.waiting.add(task)
        task.add_done_callback(tally.waiting.discard)

    # ---- words

    def _number(self) -> int:
        self._count += 1
        return self._count

    def _words(self, n: int) -> str:
        return " ".join(self.dice.choice(WORDS) for _ in range(n))

    def passage(self) -> str:
        """30 to 120 words, one of which stands nowhere else."""
        mark = f"lantern{self._number()}x"
        self.tally.passages.add(mark)
        return f"{self._words(self.dice.randint(29, 119)).capitalize()} {mark}."
