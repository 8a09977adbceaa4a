"""Whose turn it is to write a SQLite file, when several processes want to.

SQLite itself lets whoever asks at the right instant write: who waits looks again every 100 ms, and beside a process that
writes without a pause may wait until it gives up. Here who waits is next. Two locks make a turnstile: one for the turn,
and one for the place before it, which is held only while waiting. Both end with their process.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


class Turns:
    """The turns of one writer. `first` makes the files; others wait only where there are some."""

    def __init__(self, database: Path, *, first: bool = True) -> None:
        self._flags = os.O_RDWR | os.O_CLOEXEC | (os.O_CREAT if first else 0)
        self._paths = database.with_name(f"{database.name}.next"), database.with_name(f"{database.name}.turn")
        self._files: tuple[int, int] | None = None

    @contextlib.contextmanager
    def mine(self) -> Iterator[None]:
        """Wait for the turn, and keep it; blocks. Where the files cannot be made there are no turns, and SQLite decides."""
        if self._files is None:
            with contextlib.suppress(OSError):
                self._files = self._opened()
        if self._files is None:
            yield
            return
        following, turn = self._files
        fcntl.flock(following, fcntl.LOCK_EX)
        try:
            fcntl.flock(turn, fcntl.LOCK_EX)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)
        try:
            yield
        finally:
            fcntl.flock(turn, fcntl.LOCK_UN)

    def _opened(self) -> tuple[int, int]:
        opened: list[int] = []
        try:
            opened.extend(os.open(path, self._flags, 0o600) for path in self._paths)
        except OSError:
            for file in opened:
                os.close(file)
            raise
        return opened[0], opened[1]

    def close(self) -> None:
        """Close the files; they stay, because others may wait at them."""
        files, self._files = self._files, None
        for file in files or ():
            os.close(file)
