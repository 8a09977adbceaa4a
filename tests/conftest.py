"""Fixtures of every suite: databases (SQLite always, PostgreSQL where there is a server), and no way out to the network."""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.servers import postgres

settings.register_profile(
    "room37", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    derandomize=True,
)  # fmt: skip
settings.register_profile("full", parent=settings.get_profile("room37"), max_examples=1000, derandomize=False)
settings.load_profile("full" if os.environ.get("ROOM37_FULL") else "room37")

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _only_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches a real server: sockets connect to loopback and to files only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in (
            "127.0.0.1",
            "::1",
            "localhost",
        ):
            raise AssertionError(f"a test wanted to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "ANTHROPIC_AUTH_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def postgres_socket() -> Iterator[Path | str]:
    """The folder of a running server's socket, or the reason why there is none."""
    try:
        with postgres.server() as folder:
            yield folder
    except LookupError as reason:
        yield str(reason)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/house.db"
        return
    folder = request.getfixturevalue("postgres_socket")
    if isinstance(folder, str):
        pytest.skip(folder)
    name = f"t{os.getpid()}_{next(_numbers)}"
    asyncio.run(_admin(folder, f"CREATE DATABASE {name}"))
    yield f"postgresql+asyncpg://postgres@/{name}?host={folder}"
    asyncio.run(_admin(folder, f"DROP DATABASE {name} WITH (FORCE)"))


async def _admin(folder: Path, statement: str) -> None:
    engine = create_async_engine(
        f"postgresql+asyncpg://postgres@/postgres?host={folder}", isolation_level="AUTOCOMMIT"
    )
    try:
        async with engine.connect() as connection:
            await connection.execute(text(statement))
    finally:
        await engine.dispose()


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[object]:
    """A room at a table, in a house of its own."""
    from tests.rig import open_room

    async with open_room(f"sqlite:///{tmp_path}/house.db") as opened:
        yield opened
