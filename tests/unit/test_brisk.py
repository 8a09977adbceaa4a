"""The hurried loop of tests: idle time passes fast, time in which a thread works does not."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.brisk import BriskLoop, brisk


def _works(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def test_waiting_for_nothing_is_over_sooner() -> None:
    """An hour, which would be far longer than any test may take."""

    async def waits() -> float:
        loop = asyncio.get_running_loop()
        began = loop.time()
        with brisk(3600):
            await asyncio.sleep(3600)
        return loop.time() - began

    with asyncio.Runner(loop_factory=BriskLoop) as runner:
        assert runner.run(waits()) >= 3600


def test_a_timer_does_not_go_off_while_a_thread_is_at_work() -> None:
    async def waits() -> None:
        with brisk(60):
            async with asyncio.timeout(5):
                await asyncio.to_thread(_works, 0.4)  # 24 s of a loop that hurried on
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(5):
                    await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=BriskLoop) as runner:
        runner.run(waits())
