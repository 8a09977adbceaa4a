"""What is kept for platforms: sealed values by key (tokens of workspaces that installed the app), never read by rooms."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from memory import tables as t
from memory.engine import Runner
from memory.nouns import insert_for

MOST = 1000


class HouseVault:
    """A small table of sealed texts. Whoever seals them has the key; here they are only kept."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    async def keep(self, key: str, sealed: str, at: datetime) -> None:
        """Keep a value in the place of what had its key."""
        insert = insert_for(self._runner.dialect)(t.vault)
        kept = insert.on_conflict_do_update(
            index_elements=["key"], set_={"sealed": insert.excluded.sealed, "at": insert.excluded.at}
        )
        row = {"key": key, "sealed": sealed, "at": at}
        await self._runner.write(lambda connection: connection.execute(kept, row) and None)

    async def beginning(self, prefix: str) -> dict[str, str]:
        """The values of all keys that begin so, by key; a thousand at most."""
        c = t.vault.c
        query = select(c.key, c.sealed).where(c.key.startswith(prefix, autoescape=True)).order_by(c.key).limit(MOST)
        return {str(row.key): str(row.sealed) for row in await self._runner.rows(query)}

    async def take(self, key: str, since: datetime) -> str | None:
        """The value of a key if it was kept after `since`; it is gone afterwards, so that it is used once."""
        gone = delete(t.vault).where(t.vault.c.key == key).returning(t.vault.c.sealed, t.vault.c.at)
        row = await self._runner.write(lambda connection: connection.execute(gone).first())
        return str(row.sealed) if row is not None and row.at >= since else None

    async def drop(self, prefix: str) -> int:
        """Forget every key that begins so; gives how many there were."""
        gone = delete(t.vault).where(t.vault.c.key.startswith(prefix, autoescape=True)).returning(t.vault.c.key)
        return len(await self._runner.write(lambda connection: connection.execute(gone).all()))

    async def close(self) -> None:
        """Give back the connections."""
        await self._runner.close()
