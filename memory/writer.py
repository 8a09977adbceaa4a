"""SQLite's one writer: units of work in their turn, and several in one transaction when several wait.

A durable commit waits for the disk, so under load the units that wait share one: each runs in a savepoint of its own,
and nobody is told anything before the commit. What may come later (posting) waits a little for a command to share its
commit with: to wake a thread and the disk costs more than what most units do. People's commands go first, but some of
what may come later is in every turn, so that it always moves on.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from memory.transactions import savepoint, transaction, under_way
from memory.turns import Turns

T = TypeVar("T")

TOGETHER = 8
"""Commands that share a commit at most; half as many units that may come later where at most one command waits, else one
of them: the first waits for the last, and what is posted later is posted once instead of twice."""


@dataclass(slots=True, eq=False)
class _Unit:
    work: Callable[[Connection], Any]
    done: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None


class WriterThread:
    """One thread that writes; a whole transaction is one hop."""

    def __init__(
        self, engine: Engine, translated: Callable[[DBAPIError], Exception], turns: Turns | None = None, *, patience: float = 0.0,
    ) -> None:  # fmt: skip
        self._engine = engine
        self._patience = patience
        self._kept: Connection | None = None
        self._turns = turns
        self._translated = translated
        self._asked: SimpleQueue[asyncio.AbstractEventLoop | None] = SimpleQueue()
        """A turn for each loop in which somebody waits; None is the end."""
        self._thread = threading.Thread(target=self._serve, name="room37-writer", daemon=True)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self._now: deque[_Unit] = deque()
        self._later: deque[_Unit] = deque()

    def write(self, work: Callable[[Connection], T], *, later: bool) -> asyncio.Future[T]:
        """What the work gives, once it is committed. Raises RuntimeError after `close`."""
        if self._ended:
            raise RuntimeError("the writer is closed")
        loop = self._loop = asyncio.get_running_loop()
        unit = _Unit(work, loop.create_future())
        (self._later if later else self._now).append(unit)
        if later and self._patience:
            self._wait(loop)
        else:
            self._ask(loop)
        return unit.done

    def _ask(self, loop: asyncio.AbstractEventLoop | None) -> None:
        if self._thread.ident is None:
            self._thread.start()
        self._asked.put(loop)

    def _serve(self) -> None:
        """In the thread, until it is closed: a turn whenever one is asked for, and what is left in the end."""
        while (loop := self._asked.get()) is not None:
            self._turn(loop)
        while self._loop is not None and (self._now or self._later):
            self._turn(self._loop)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        """For company, as long as patience lasts; for none where nothing waits any more."""
        if self._timer is not None and not self._later:
            self._timer.cancel()
            self._timer = None
        elif self._timer is None and self._later and self._patience:
            self._timer = loop.call_later(self._patience, self._take_up, loop)

    def _take_up(self, loop: asyncio.AbstractEventLoop) -> None:
        """What waited for company long enough."""
        self._timer = None
        if self._later and not self._ended:
            self._ask(loop)

    def close(self) -> None:
        """Finish what was asked for, what still waits for company too; blocks."""
        self._ended = True
        self._ask(None)
        self._thread.join()
        if self._kept is not None:
            self._kept.close()
        if self._turns is not None:
            self._turns.close()

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """In the thread: some units of work, unless an earlier turn took them all."""
        if not (self._now or self._later):
            return
        try:
            with self._turns.mine() if self._turns is not None else contextlib.nullcontext():
                self._some(loop)
        except OSError:  # no queue to stand in: SQLite's own lock keeps writers apart, if not as fairly
            self._some(loop)

    def _some(self, loop: asyncio.AbstractEventLoop) -> None:
        units = [self._now.popleft() for _ in range(min(len(self._now), TOGETHER))]
        units += [self._later.popleft() for _ in range(min(len(self._later), 1 if len(units) > 1 else TOGETHER // 2))]
        if not units:
            return
        try:
            if len(units) == 1:
                with transaction(self._connection, write=True):
                    units[0].result = units[0].work(self._connection)
            else:
                self._together(units)
        except Exception as error:  # noqa: BLE001  # carried to those who asked
            for unit in units:
                unit.error = _first(error)
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(self._tell, loop, units)

    @property
    def _connection(self) -> Connection:
        """The thread's own, from its first transaction on: to take one for each costs as much as a statement."""
        if self._kept is None:
            self._kept = self._engine.connect()
        return self._kept

    def _together(self, units: Sequence[_Unit]) -> None:
        """Each in a savepoint, all in one transaction. Raises when SQLite gave the whole transaction up."""
        connection = self._connection
        with transaction(connection, write=True):
            for unit in units:
                try:
                    with savepoint(connection):
                        unit.result = unit.work(connection)
                except Exception as error:
                    if not under_way(connection):
                        raise
                    unit.error = _first(error)

    def _tell(self, loop: asyncio.AbstractEventLoop, units: Sequence[_Unit]) -> None:
        self._wait(loop)
        for unit in units:
            if unit.done.cancelled():
                continue
            if unit.error is None:
                unit.done.set_result(unit.result)
            else:
                error = unit.error
                unit.done.set_exception(self._translated(error) if isinstance(error, DBAPIError) else error)


def _first(error: Exception) -> Exception:
    """What went wrong in the database first: rolling back may have failed after it."""
    found: Exception = error
    before = error.__context__
    while before is not None:
        found = before if isinstance(before, DBAPIError) else found
        before = before.__context__
    return found if isinstance(error, DBAPIError) else error
