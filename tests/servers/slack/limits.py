"""The documented limits by name, read from `limits.toml`; nothing outside this server reads that file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def documented() -> Mapping[str, int]:
    """Every limit under its dotted name, such as `message.content`."""
    with Path(__file__).with_name("limits.toml").open("rb") as file:
        tables = tomllib.load(file)
    return {f"{table}.{name}": value for table, names in tables.items() for name, value in names.items()}


class Limits:
    """The limits that one server enforces: the documented ones, some changed for a test that needs small numbers."""

    def __init__(self, changed: Mapping[str, int] | None = None) -> None:
        changed = changed or {}
        if unknown := sorted(set(changed) - set(documented())):
            raise KeyError(unknown[0])
        self._of = {**documented(), **changed}

    def __getitem__(self, name: str) -> int:
        return self._of[name]
