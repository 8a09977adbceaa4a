"""What the app is told, over a websocket or by a signed request: once if a person waits, again if it is an event."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tests.servers.slack.faults import Faults
from tests.servers.slack.refusal import Json
from tests.servers.slack.settings import Settings

Sort = Literal["slash_commands", "interactive", "events_api"]


@dataclass(slots=True, eq=False)
class Delivery:
    """One thing that the app is told."""

    sort: Sort
    payload: Json
    accepts: bool = False
    """Whether the acknowledgement may carry an answer."""
    attempt: int = 0
    reason: str = ""
    sent: float = 0.0
    settled: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(frozen=True, slots=True)
class Ack:
    """How the app took it: an answer, or why it is said to have failed."""

    payload: Json = field(default_factory=dict)
    error: str = ""
    again: bool = True
    """Whether an event that failed may be delivered again."""


class Courier(Protocol):
    """One of the two ways to the app."""

    async def carry(self, delivery: Delivery, seconds: float) -> Ack:
        """Bring it and wait for the acknowledgement."""
        ...

    async def ready(self) -> None:
        """Wait until the app can be reached at all."""
        ...


class Deliveries:
    """All that is under way to the app."""

    def __init__(
        self,
        settings: Settings,
        faults: Faults,
        ack_seconds: float,
        retries: int,
        note: Callable[[Json], None],
    ) -> None:
        self._settings = settings
        self._faults = faults
        self._retries = retries
        self._note = note
        self.ack_seconds = ack_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self.courier: Courier | None = None
        self.broken: list[BaseException] = []
        """What went wrong in the server itself; `stop` raises the first of it."""
        self.unheard: list[Json] = []
        """Events that were given up after the last re-delivery."""

    def tell(self, delivery: Delivery, settle: Callable[[Ack], None] | None = None) -> None:
        """Deliver it in the background; `settle` hears how it was taken."""
        delivery.sent = time.monotonic()
        task = asyncio.get_running_loop().create_task(self._deliver(delivery, settle))
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broken.append(error)

    async def _deliver(self, delivery: Delivery, settle: Callable[[Ack], None] | None) -> None:
        if self._faults.duplicates and delivery.attempt == 0:
            self._faults.duplicates -= 1
            self.tell(Delivery(delivery.sort, delivery.payload, delivery.accepts, attempt=-1))
        if delivery.sort == "events_api" and delivery.attempt >= 0:
            await self._event(delivery)
            return
        ack = await self._once(delivery)
        if settle is not None:
            settle(ack)
        delivery.settled.set()

    async def _event(self, delivery: Delivery) -> None:
        """Deliver an event until it is acknowledged or was tried too often."""
        assert self.courier is not None
        waits = [0.0, *self._settings.retry_waits]
        for attempt in range(1 + self._retries):
            if attempt:
                await asyncio.sleep(waits[min(attempt, len(waits) - 1)])
            await self.courier.ready()
            delivery.attempt = attempt
            ack = await self._once(delivery)
            if not ack.error or not ack.again:
                break
            delivery.reason = "timeout" if ack.error == "operation_timeout" else "http_error"
        else:
            self.unheard.append(delivery.payload)
        delivery.settled.set()

    async def _once(self, delivery: Delivery) -> Ack:
        assert self.courier is not None
        entry: Json = {"way": delivery.sort, "type": _kind(delivery), "attempt": max(delivery.attempt, 0)}
        ack = await self.courier.carry(delivery, self.ack_seconds)
        self._note({**entry, "error": ack.error, "took": round((time.monotonic() - delivery.sent) * 1000, 3)})
        return ack

    async def quiet(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def stop(self) -> None:
        """Give up on all that is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self.broken:
            raise self.broken[0]


def _kind(delivery: Delivery) -> str:
    if delivery.sort == "events_api":
        return str(delivery.payload["event"]["type"])
    return str(delivery.payload.get("type") or delivery.payload.get("command"))
