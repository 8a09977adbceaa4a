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
