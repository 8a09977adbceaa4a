"""Work behind an acknowledgement: what fails ends no other, and nothing begins while all ends."""

from __future__ import annotations

import asyncio
import logging

import pytest

from adapters.slack.background import Background, became
from bot.errors import OperatorError, UserError


async def _fails(error: Exception) -> None:
    raise error


async def test_what_fails_is_said_without_its_words_and_ends_no_other(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    done: list[int] = []

    async def works() -> None:
        await asyncio.sleep(0)
        done.append(1)

    async with asyncio.TaskGroup() as group:
        background = Background(group)
        for error in (UserError("kernel.bad_token"), OperatorError("no disk"), ValueError("The lamp went out"), TimeoutError()):
            background.begin(_fails(error))
        background.begin(works())
    assert done == [1]
    assert [record.levelno for record in caplog.records] == [logging.INFO, logging.WARNING, logging.ERROR, logging.WARNING]
    assert "lamp" not in caplog.text


async def test_what_ends_the_service_ends_it_and_nothing_begins_meanwhile() -> None:
    begun: list[bool] = []

    async def begins_late(background: Background) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            begun.append(background.start(_fails(ValueError())))
            background.begin(_fails(ValueError()))

    async def serves() -> None:
        async with asyncio.TaskGroup() as group:
            background = Background(group)
            background.start(begins_late(background))
            await asyncio.sleep(0)
            background.start(_fails(OperatorError("the token is dead")))

    with pytest.raises(ExceptionGroup) as ended:
        await serves()
    assert [str(error) for error in ended.value.exceptions] == ["the token is dead"]
    assert begun == [False]


async def test_cancellation_passes_through() -> None:
    task = asyncio.create_task(became(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
