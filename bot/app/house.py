"""A wired house: the core joined to memory, a co-writer and one way out to people."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot import config
from bot.app.writers import make_writer
from bot.chat import ChatAdapter
from bot.context import Shop
from bot.dispatch import Dispatcher
from bot.errors import OperatorError
from bot.faces import posts
from bot.handlers import due_rules, registry
from bot.handlers.courtesies import Gate, courtesy
from bot.handlers.home import gather
from bot.handlers.prompt_orders import PromptOrders
from bot.handlers.suggesting import suggest
from bot.markup import to_plain
from bot.ports import Alarms, Clock, Writer
from bot.posting import LEASE, Poster
from bot.sentences import say
from bot.settings import Settings
from bot.story.people import Place
from memory import operators
from memory.engine import Runner, make_runner
from memory.store import HouseRows, RoomStore

log = logging.getLogger("room37")

TABLE = Place("terminal", "local", "table")
ALONE = timedelta(0)
"""The lease on posts where one process serves a database: after a crash there is nobody else to wait for."""


def told(key: str, **values: object) -> str:
    """A sentence for a terminal or a log, where nothing reads markup."""
    return to_plain(say(key, **values))


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class House:
    """A wired house: what an adapter, a test or a bench needs of it."""

    inbox: Dispatcher
    store: RoomStore
    rows: HouseRows
    poster: Poster
    runner: Runner
    shop: Shop
    orders: PromptOrders

    async def tick(self, clock: Clock) -> None:
        """Note that the house is there, and do what is due."""
        try:
            await self.rows.beat(clock.now())
        except OperatorError as error:
            log.warning("what is due waits: %s", error)
        else:
            await self.sweep()

    async def sweep(self) -> None:
        """Do what is due; then prompts that a co-writer is to write may be wanted. When the database cannot be used,
        the next sweep does it."""
        try:
            await self.inbox.sweep()
        except OperatorError as error:
            log.warning("what is due waits: %s", error)
        self.orders.wake()


def first(errors: BaseExceptionGroup[OperatorError]) -> BaseException:
    """One sentence of a group of errors."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


@contextlib.asynccontextmanager
async def build(
    settings: Settings, adapter: ChatAdapter, *, clock: Clock, alarms: Alarms, writer: Writer | None = None,
    seed: str | None = None, pace_seconds: float = 0.0, lease: timedelta = LEASE,
    serves: Callable[[Place], bool] = lambda _: True, owner: str = "", patience: float = 0.0,
) -> AsyncIterator[House]:  # fmt: skip
    """Wire a house over an opened database (see `open_database`) and this adapter; closed when the block ends."""
    runner = make_runner(settings.database.url, patience=patience)
    presets = {
        "terminal": settings.room.preset.terminal,
        "discord": settings.room.preset.discord,
        "slack": settings.room.preset.slack,
    }
    store = RoomStore(runner, clock, zone=settings.room.zone, hours=settings.room.hours, presets=presets)
    rows = HouseRows(runner)
    poster = Poster(store, adapter, posts.draw, clock, pace_seconds=pace_seconds, lease=lease, serves=serves, owner=owner)
    chosen = writer or make_writer(settings)
    shop = Shop(chosen, max_tokens=settings.writer.max_tokens, prices=settings.prices, budget=settings.budget)
    inbox = Dispatcher(
        registry(),
        store,
        rows,
        clock,
        shop,
        poster,
        alarms,
        due_rules(),
        suggest,
        gather,
        courtesy,
        Gate(),
        seed=seed,
        alone=not lease,
    )
    orders = PromptOrders(store, rows, clock, shop, seed=seed)
    try:
        yield House(inbox, store, rows, poster, runner, shop, orders)
    finally:
        poster.close()
        if (close := getattr(chosen, "aclose", None)) is not None:
            await close()
        await runner.close()


async def open_database(settings: Settings, clock: Clock) -> Path | None:
    """Bring the database to this version; gives the path of the backup that was made first, if one was."""
    return await operators.open_house(settings.database.url, settings.database.path, clock.now())


def settings_of(path: Path | None, db: str | None, environ: Mapping[str, str] | None = None) -> Settings:
    found = config.load(path, os.environ if environ is None else environ, Path.cwd())
    logging.basicConfig(
        level=found.log.level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    return config.with_database(found, db, Path.cwd())
