"""The file beside the database that outlives a restore: ids of what was erased, one a line, no words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, select

from memory import tables as t


def erased_file(path: Path) -> Path:
    """Where the erasures that stand are kept, as ids only, one a line, beside the database."""
    return path.with_name(path.name + ".erased")


def standing_erasures(path: Path) -> tuple[str, ...]:
    """The ids that were erased, from the file beside the database."""
    file = erased_file(path)
    return read(file) if file.exists() else ()


def read(file: Path) -> tuple[str, ...]:
    """The ids of a file, one a line; `#` begins a remark."""
    lines = (line.strip() for line in file.read_text("utf-8").splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#")))


def remember(path: Path, ids: Iterable[str]) -> None:
    """Add ids to the file; those that stand there already are left."""
    known = set(standing_erasures(path))
    fresh = [id_ for id_ in dict.fromkeys(ids) if id_ not in known]
    if fresh:
        with erased_file(path).open("a", encoding="utf-8") as file:
            file.write("".join(f"{id_}\n" for id_ in fresh))


def kept_in(connection: Connection) -> tuple[str, ...]:
    """The ids that were erased, from the database itself."""
    return tuple(connection.execute(select(t.erasures.c.id).order_by(t.erasures.c.at, t.erasures.c.id)).scalars())
