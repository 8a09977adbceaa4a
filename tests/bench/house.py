"""`room37 run` in a process of its own beside a loopback platform, and what must be so when it has stopped."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from memory import migrate, operators
from tests.bench.evening import Evening, Tally
from tests.bench.processes import Running, running
from tests.servers.messages import KEY, MessagesServer

RATE = 50.0
QUIET_SECONDS = 180.0
"""So long may it take until all public cards show what is wanted."""

_UNDONE = """\
SELECT (SELECT count(*) FROM posts WHERE shown_rev < wanted_rev)
     + (SELECT count(*) FROM desk WHERE state IN ('open', 'working'))
"""
_CONFIG = """\
[database]
url = "sqlite:///bench.db"
[writer]
base_url = "{writer}"
first_byte_seconds = 120
overall_seconds = 240
"""


class StallingServer(MessagesServer):
    """A co-writer that says nothing for a while, on every call."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(self._seconds)
        return await super()._answer(request)


class Faults(Protocol):
    """What can break on a loopback platform."""

    def at_random(self, share: float) -> None:
        """From now on this share of all calls fails."""

    def clear(self) -> None:
        """Nothing breaks any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a platform's server shows and refused."""

    ids: frozenset[str]
    """Of the bot's public messages."""
    marks: Counter[str]
    """In how many of them the mark of each passage stands."""
    refused: Counter[str]
    """What was refused of the bot, by the platform's words for it."""


@dataclass
class House:
    """A served house: its process, its people, and the platform that they meet on."""

    bot: Running
    evening: Evening[Any, Any]
    path: Path
    faults: Faults
    look: Callable[[set[str]], Standing]
    """What the server shows, given the marks of all passages."""
    tallies: list[Tally] = field(default_factory=list)

    async def begins(self) -> None:
        """A story in every room, and its cards."""
        self.tallies.append(await self.evening.begin())
        await self.quiet()

    async def has_evening(self, commands: int, *, ask_every: int = 0) -> tuple[Tally, float]:
        """So many commands, and all that follows from them; gives the CPU per command, in milliseconds."""
        before = self.bot.cpu_ms
        tally = await self.evening.goes_on(RATE, commands, ask_every=ask_every)
        self.tallies.append(tally)
        await self.quiet()
        return tally, (self.bot.cpu_ms - before) / commands

    async def quiet(self) -> float:
        """Wait until every call is done and every public card shows what is wanted; gives the seconds that it took."""
        began = time.monotonic()
        with closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as db:
            while (left := db.execute(_UNDONE).fetchone()[0]) and time.monotonic() - began < QUIET_SECONDS:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        if left:
            raise AssertionError(f"{left} calls or public cards are still waiting")
        return time.monotonic() - began


@asynccontextmanager
async def room37(folder: Path, platform: str, environ: Mapping[str, str], *, writer: str) -> AsyncIterator[Running]:
    """`room37 run` over a database in `folder`; `platform` is what its bot.toml says of the platform."""
    (folder / "bot.toml").write_text(_CONFIG.format(writer=writer) + platform, "utf-8")
    environ = {**environ, "ANTHROPIC_API_KEY": KEY}
    async with running("bot", ("run", "--config", "bot.toml"), environ, folder) as bot:
        yield bot


@contextmanager
def in_time(bot: Running) -> Iterator[None]:
    """Where a bot does not come, say what it complained of."""
    try:
        yield
    except TimeoutError:
        raise AssertionError(bot.stderr.read_text()) from None


# ---- what must be so afterwards


@dataclass(frozen=True, slots=True)
class Accounts:
    """The desk, the story and the server, compared."""

    desk: int
    changing: int
    wrong: tuple[str, ...]
    refused: Counter[str]
    complaints: tuple[str, ...]
    synchronous: int
    memory_mb: float


async def accounts(here: House, memory_mb: float) -> Accounts:
    """Compare what was sent, what is stored and what is shown, once the bot has stopped."""
    changing = set().union(*(tally.changing for tally in here.tallies))
    passages = set().union(*(tally.passages for tally in here.tallies))
    empty = Counter(kind for tally in here.tallies for kind in tally.empty)
    standing = here.look(passages)
    with closing(sqlite3.connect(here.path)) as db:
        desk = {here.evening.known(source): state for source, state in db.execute("SELECT source_id, state FROM desk")}
        wrong = _miscounted(db, sum((tally.kinds for tally in here.tallies), Counter()))
        refs = [ref for (row,) in db.execute("SELECT refs FROM posts WHERE state <> 'gone'") for ref in json.loads(row)]
        states = Counter(state for (state,) in db.execute("SELECT state FROM posts"))
    wrong += [f"{len(changing - desk.keys())} changing commands are not on the desk"] if changing - desk.keys() else []
    wrong += [f"{len(desk.keys() - changing)} desk rows too many"] if desk.keys() - changing else []
    wrong += [f"{n} desk rows are {state}" for state, n in Counter(desk.values()).items() if state != "done"]
    wrong += [f"{n} posts are {state}" for state, n in states.items() if state not in ("shown", "gone")]
    wrong += _misplaced(standing, refs, passages)
    wrong += [f"{n} answers to {kind} are empty" for kind, n in empty.items()]
    url = f"sqlite:///{here.path}"
    wrong += (await migrate.on_connection(url, operators.check)).problems
    synchronous = await migrate.on_connection(url, lambda c: c.exec_driver_sql("PRAGMA synchronous").scalar_one())
    complaints = tuple(here.bot.complaints)
    return Accounts(len(desk), len(changing), tuple(wrong), standing.refused, complaints, synchronous, memory_mb)


def _miscounted(db: sqlite3.Connection, kinds: Counter[str]) -> list[str]:
    """What is stored more or less often than people did it."""
    closed = db.execute("SELECT count(*) FROM rounds WHERE part = 'closed'").fetchone()[0]  # some by themselves
    counted = {
        "pitches": ("SELECT count(*) FROM pitches", kinds["pitch"]),
        "passages": ("SELECT count(*) FROM passages", kinds["extend"]),
        "passage cards": ("SELECT count(*) FROM posts WHERE kind = 'passage'", kinds["extend"]),
        "rounds": ("SELECT count(*) FROM rounds", kinds["round open"]),
        "decisions": ("SELECT count(*) FROM ledger WHERE kind = 'round.decided'", closed),
        "stories": ("SELECT count(*) FROM stories", kinds["story new"]),
        "texts of the co-writer": ("SELECT count(*) FROM machine_texts", kinds["assist"]),
    }
    found = {what: (db.execute(query).fetchone()[0], expected) for what, (query, expected) in counted.items()}
    return [f"{n} {what} instead of {expected}" for what, (n, expected) in found.items() if n != expected]


def _misplaced(standing: Standing, refs: Sequence[str], passages: set[str]) -> list[str]:
    """What differs between the cards that the database knows and the public messages that stand on the server."""
    known, marks = set(refs), standing.marks
    wrong = []
    if doubled := len(refs) - len(known):
        wrong.append(f"{doubled} messages belong to two cards")
    if missing := known - standing.ids:
        wrong.append(f"{len(missing)} cards have no message")
    if unknown := standing.ids - known:
        wrong.append(f"{len(unknown)} public messages belong to no card (posted twice)")
    if absent := passages - marks.keys():
        wrong.append(f"{len(absent)} passages were not posted")
    if twice := [mark for mark, n in marks.items() if n > 1]:
        wrong.append(f"{len(twice)} passages stand in two messages")
    return wrong
