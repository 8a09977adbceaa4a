"""Ending tasks: one that loses a cancellation is told again, and what a task ends in disturbs nobody."""

from __future__ import annotations

import asyncio

from adapters.ending import ended


async def _connects(tries: list[str]) -> None:
    """As discord.py launches shards: the first cancellation comes too late, and every try after it fails."""
    arrived = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(arrived.set_result, None)
    try:
        await arrived
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        tries.append("the cancellation was lost")
    while True:
        tries.append("failed")
        await asyncio.sleep(0.01)


async def _breaks() -> None:
    try:
        await asyncio.sleep(60)
    finally:
        raise ConnectionError("while it ended")


async def test_a_task_that_loses_a_cancellation_is_told_again() -> None:
    tries: list[str] = []
    tasks = [asyncio.create_task(_connects(tries)), asyncio.create_task(_breaks())]
    await asyncio.sleep(0.05)
    await asyncio.wait_for(ended(tasks), 20)
    assert [task.done() for task in tasks] == [True, True]
    assert tries[:2] == ["the cancellation was lost", "failed"]


async def test_what_is_over_is_not_waited_for() -> None:
    over = asyncio.create_task(asyncio.sleep(0))
    await over
    await asyncio.wait_for(ended([over]), 5)
    await asyncio.wait_for(ended([]), 5)
