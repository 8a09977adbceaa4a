"""`room37 run`: the rooms of every platform that is configured, until the process is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from pathlib import Path

from bot.app.connections import discord_connection, slack_connection
from bot.app.house import ALONE, RealClock, build, open_database, settings_of, told
from bot.chat import ChatAdapter
from bot.errors import OperatorError
from bot.platforms import Platforms
from bot.ports import Vault
from bot.posting import LEASE
from bot.settings import Settings
from memory.engine import make_runner
from memory.vault import HouseVault

log = logging.getLogger("room37")

PACE_SECONDS = 1.2
"""Seconds between two passes of the poster over one chat channel: platforms take about one message a second."""


def run(*, config: Path | None, db: str | None) -> int:
    """Serve the rooms on every platform that is configured, until the process is told to stop."""
    settings = settings_of(config, db)
    if not (settings.serves_discord or settings.serves_slack):
        raise OperatorError(told("serving.nothing"))
    try:
        asyncio.run(_serve(settings))
    except* OperatorError as errors:
        raise OperatorError(str(_first(errors))) from None
    except* asyncio.CancelledError:
        pass
    return 0


def _first(errors: BaseExceptionGroup[OperatorError]) -> BaseException:
    """One sentence of a group of errors."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _platforms(settings: Settings, vault: Vault) -> dict[str, ChatAdapter]:
    """The platforms that this process serves, by name."""
    served: dict[str, ChatAdapter] = {}
    if settings.serves_discord:
        from adapters.discord.client import Discord  # noqa: PLC0415  # only the platforms in use are loaded

        served["discord"] = Discord(discord_connection(settings))
    if settings.serves_slack:
        from adapters.slack.client import Slack  # noqa: PLC0415

        served["slack"] = Slack(slack_connection(settings), vault, RealClock())
    return served


async def _serve(settings: Settings) -> None:
    from adapters.alarms import WakingAlarms  # noqa: PLC0415

    clock, alarms = RealClock(), WakingAlarms()
    saved = await open_database(settings, clock)
    if saved is not None:
        log.warning("%s", told("memory.backup_made", path=saved))
    task = asyncio.current_task()
    if task is not None:
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    vault = HouseVault(make_runner(settings.database.url))
    platforms = Platforms(_platforms(settings, vault))
    lease = LEASE if settings.database.path is None else ALONE  # a file is served by one process
    async with build(
        settings,
        platforms,
        clock=clock,
        alarms=alarms,
        pace_seconds=PACE_SECONDS,
        lease=lease,
        serves=platforms.serves,
    ) as house:
        alarms.start(house.inbox.sweep)
        gc.collect()
        gc.freeze()  # what was imported stays: looking through it again and again would halt everybody for 0.1 s
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(house.poster.run())
                group.create_task(platforms.run(house.inbox))
                house.poster.wake_all(await house.rows.post_places())
                await house.inbox.sweep()
        finally:
            alarms.stop()
            await vault.close()
