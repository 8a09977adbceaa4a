"""`room37 run`: the rooms of every platform that is configured, until the process is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
from functools import partial
from pathlib import Path

from adapters.discord.division import Division
from bot.app.connections import discord_connection, slack_connection
from bot.app.house import RealClock, build, first, open_database, settings_of, told
from bot.app.sharing import LOOK_SECONDS, Shards, Sharing
from bot.chat import ChatAdapter
from bot.errors import OperatorError
from bot.platforms import Platforms
from bot.ports import Vault
from bot.settings import Settings
from bot.story.people import Place
from memory.alive import make_alive
from memory.engine import make_runner
from memory.processes import HouseProcesses
from memory.shards import ShardRows
from memory.vault import HouseVault

log = logging.getLogger("room37")

PACE_SECONDS = 1.2
"""Seconds between two passes of the poster over one chat channel: platforms take about one message a second."""
PATIENCE_SECONDS = 0.1
"""So long do writes of the poster wait for a command to share a commit with."""

GARBAGE = (10_000, 20, 20)
"""How many objects are made between two looks for circles of garbage: Python's 700 cost a command 7% more of the
processor, and what waits meanwhile is a few megabytes."""


def run(*, config: Path | None, db: str | None) -> int:
    """Serve the rooms on every platform that is configured, until the process is told to stop."""
    settings = settings_of(config, db)
    if not (settings.serves_discord or settings.serves_slack):
        raise OperatorError(told("serving.nothing"))
    try:
        asyncio.run(_serve(settings))
    except* OperatorError as errors:
        raise OperatorError(str(first(errors))) from None
    except* asyncio.CancelledError:
        pass
    return 0


def _platforms(settings: Settings, vault: Vault, division: Division | None) -> dict[str, ChatAdapter]:
    """The platforms that this process serves, by name."""
    served: dict[str, ChatAdapter] = {}
    if settings.serves_discord:
        from adapters.discord.client import Discord  # noqa: PLC0415  # only the platforms in use are loaded

        served["discord"] = Discord(discord_connection(settings), division)
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
    runner = make_runner(settings.database.url)
    vault = HouseVault(runner)
    division = Division() if settings.serves_discord else None
    platforms = Platforms(_platforms(settings, vault, division))
    alive = make_alive(settings.database.url, settings.database.path)
    processes = HouseProcesses(runner, alive, clock, platforms.names)

    def serves(place: Place) -> bool:
        return platforms.serves(place) and (division is None or place.platform != "discord" or division.holds(place))

    async with build(
        settings, platforms, clock=clock, alarms=alarms, pace_seconds=PACE_SECONDS, serves=serves, owner=processes.me.id,
        patience=PATIENCE_SECONDS,
    ) as house:
        shards = None
        if division is not None:
            shards = Shards(ShardRows(runner), division, discord_connection(settings), clock, settings.discord.shards)
        try:
            await _joined(processes)
            alarms.start(partial(house.tick, clock))
            gc.collect()
            gc.freeze()  # what was imported stays: looking through it again and again would halt everybody for 0.1 s
            gc.set_threshold(*GARBAGE)
            async with asyncio.TaskGroup() as group:
                group.create_task(house.poster.run())
                group.create_task(platforms.run(house.inbox))
                group.create_task(Sharing(processes, house, clock, shards).run())
                group.create_task(house.orders.run())
                await house.tick(clock)
        finally:
            alarms.stop()
            await processes.leave()
            await vault.close()


async def _joined(processes: HouseProcesses) -> None:
    """Be one of the processes before anything is done as one of them; a database that is busy is waited for."""
    while True:
        try:
            await processes.look()
        except OperatorError as error:
            log.warning("%s; trying again", error)
            await asyncio.sleep(LOOK_SECONDS)
        else:
            return
