"""A house that moves: the same rows, the same ledger, in the other database; refused where that is not empty."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import OperatorError
from memory import migrate, operators
from memory import tables as t
from memory.copying import copy_house
from tests.clock import START
from tests.rig import open_room

WAYS = pytest.mark.parametrize("back", [False, True], ids=["there", "and back"])


async def _lived_in(url: str) -> None:
    async with open_room(url) as room:
        await room.says("ada", "/story new The Ferry — Ünïcode 🚢")
        for n in range(12):
            await room.says("ben", f"/extend Line {n}: “fog”, “bells”\\nand a second line.")
            await room.says("ada", f"/pitch Idea {n}, entirely another one of its kind number {n}")
        await room.says("ben", "/undo")


def _everything(connection: object) -> dict[str, list[object]]:
    return {
        table.name: [tuple(row) for row in connection.execute(table.select().order_by(*table.primary_key.columns))]  # type: ignore[attr-defined]
        for table in t.metadata.sorted_tables
    }


@WAYS
async def test_every_row_arrives_and_the_ledger_verifies(url: str, tmp_path: Path, back: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("memory.copying.BATCH", 5)
    file = f"sqlite:///{tmp_path}/other.db"
    source, target = (file, url) if back else (url, file)
    await _lived_in(source)
    await migrate.on_connection(target, migrate.upgrade)
    copied = await copy_house(source, target)
    before, after = [await migrate.on_connection(where, _everything) for where in (source, target)]
    assert before == after
    assert copied.rows == sum(len(rows) for rows in after.values())
    assert (copied.chains, copied.acts) == (len(after["chains"]), len(after["ledger"]))
    assert copied.acts > 10
    assert (await migrate.on_connection(target, operators.check)).problems == ()
    async with open_room(target) as room:  # people go on where they were
        assert "Line 3" in await room.says("ada", "/read")
        assert "as passage" in await room.says("ben", "/extend A last line.")


async def test_a_database_that_is_not_empty_is_left_alone(url: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/other.db"
    await _lived_in(url)
    await _lived_in(target)
    before = await migrate.on_connection(target, _everything)
    with pytest.raises(OperatorError, match="not empty"):
        await copy_house(url, target)
    assert await migrate.on_connection(target, _everything) == before


async def test_a_ledger_that_does_not_verify_is_not_moved(url: str, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path}/other.db"
    await _lived_in(url)
    await migrate.on_connection(url, lambda c: c.execute(t.acts.update().values(text="something else")))
    await operators.open_house(target, tmp_path / "other.db", START)
    with pytest.raises(OperatorError, match="does not equal"):
        await copy_house(url, target)
    assert not any((await migrate.on_connection(target, _everything)).values())
