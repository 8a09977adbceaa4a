"""What is kept for platforms: one value a key, used once where it is taken, forgotten by the beginning of its key."""

from __future__ import annotations

from datetime import timedelta

from bot.app import open_database
from memory.engine import make_runner
from memory.vault import HouseVault
from tests.clock import HandClock
from tests.rig import settings_for


async def test_values_are_kept_replaced_taken_once_and_dropped(url: str) -> None:
    clock = HandClock()
    await open_database(settings_for(url), clock)
    vault = HouseVault(make_runner(url))
    try:
        await vault.keep("slack/bot/a/", "one", clock.now())
        await vault.keep("slack/bot/a/", "two", clock.now())
        await vault.keep("slack/bot/ab/", "other", clock.now())
        assert await vault.beginning("slack/bot/a/") == {"slack/bot/a/": "two"}
        assert list(await vault.beginning("slack/bot/")) == ["slack/bot/a/", "slack/bot/ab/"]
        assert await vault.drop("slack/bot/a/") == 1
        assert await vault.beginning("slack/bot/") == {"slack/bot/ab/": "other"}
        assert await vault.beginning("slack%") == {}
        await vault.keep("state", "-", clock.now())
        assert await vault.take("state", clock.now() - timedelta(minutes=1)) == "-"
        assert await vault.take("state", clock.now() - timedelta(minutes=1)) is None
        await vault.keep("state", "-", clock.now() - timedelta(hours=1))
        assert await vault.take("state", clock.now() - timedelta(minutes=1)) is None
    finally:
        await vault.close()
