"""The loop of the scenes on a platform's wire: one whose waiting can be made short (`tests.brisk`)."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping

import pytest

from tests.brisk import BriskLoop

FULL = bool(os.environ.get("ROOM37_FULL"))

def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """One loop for each test, so that none is run twice."""
    return {"loop": BriskLoop if item.path.name.startswith(("test_discord", "test_slack")) else asyncio.new_event_loop}


_UNHURRIED = {"test_a_long_rate_limit_is_kept_although_people_go_on"}
"""Scenes whose waits are measured against real time: a loaded machine fails them, so the full run alone plays them."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what only the full run plays."""
    left = [] if FULL else [item for item in items if item.name.split("[")[0] in _UNHURRIED]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]
