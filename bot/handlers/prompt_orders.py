"""The co-writer as a source of prompts: asked on the spot, or ahead of a schedule's hour by a job beside everything else.

An order is taken up under a lease, so that one process writes it; the writing itself is in no transaction. Whatever
comes of it (nothing, too late, no budget), the hour does not wait: then the deck's card is asked.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from bot.context import Shop
from bot.errors import Room37Error, UserError, WriterError
from bot.handlers.assist import library_of, price_of
from bot.ports import Clock, House, Store, Writer
from bot.story.books import Books, DueRow
from bot.story.content_lines import crossed
from bot.story.house_rules import in_force
from bot.story.moments import Ids, Moment, Outcome
from bot.story.passages import MachineText
from bot.story.people import Place
from bot.story.prompts import Instead, Kind, PromptOrder, Wish
from bot.sweeping import DueRule
from bot.writing import budget
from bot.writing.briefs import Brief, Mode, Written
from bot.writing.prompt_briefs import brief, fitting

log = logging.getLogger("room37.prompts")

LEASE = timedelta(minutes=3)
"""After this long an order that somebody is writing counts as abandoned."""
SECONDS = 90.0
"""So long may a co-writer take for a prompt."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A request for a prompt: on its way, or why there is none."""

    text: MachineText | None = None
    brief: Brief | None = None
    why: Instead = ""


@dataclass(frozen=True, slots=True)
class Came:
    """What came of a request."""

    written: Written | None
    cost_micros: int = 0


def begin(shop: Shop, books: Books, moment: Moment, wish: Wish) -> Begun:
    """Judge a request by the room's rules, consent and budget, as `/assist` does, and note it as being written."""
    room, able = books.snapshot(), shop.writer.capabilities
    if in_force(room.room).machine == "never":
        return Begun(why="never")
    if not able.prose:
        return Begun(why="no_machine")
    if able.remote and room.room.machine_on_at is None:
        return Begun(why="off")
    kind: Kind = "spark" if wish.kind == "any" else wish.kind
    library = library_of(books, room) if room.story is not None else None
    lines = in_force(room.room).content_lines
    try:
        asked = brief(library, kind, wish.genre, lines, remote=able.remote, max_tokens=shop.max_tokens).brief
        if able.remote:
            worst = budget.worst_micros(asked, price_of(shop))
            budget.check(room.room, moment.now, worst, 0, budget.cap_cents(room.room, shop.budget.room_month), 1.0)
    except UserError:
        return Begun(why="budget")
    except WriterError:
        return Begun(why="failed")
    made = MachineText(
        moment.new_id(), room.room.id, room.story.id if room.story is not None else "", moment.key or "", Mode.PROMPT.value,
        able.provider, "", "", able.label, "", "", tuple((s.kind, s.id, s.revision) for s in asked.shown), "writing", "",
        moment.now, lease_until=moment.now + LEASE,
    )  # fmt: skip
    books.keep(Outcome(None, (made,)), moment)
    return Begun(made, asked)


async def written(writer: Writer, asked: Brief, seconds: float = SECONDS) -> Came:
    """Ask the co-writer, for so long at most. Never raises what a co-writer can cause."""
    end: Written | None = None
    try:
        async with asyncio.timeout(seconds), aclosing(writer.write(asked)) as stream:
            async for piece in stream:
                if isinstance(piece, Written):
                    end = piece
    except WriterError as failed:
        return Came(None, int(failed.values.get("cost_micros", 0)))  # type: ignore[call-overload]  # whole micros
    except TimeoutError:
        return Came(None)
    return Came(end, end.cost_micros if end is not None else 0)


def end(books: Books, moment: Moment, begun: Begun, came: Came) -> tuple[MachineText | None, Instead]:
    """Keep what came: (the text, if it can be asked; why not). What it cost counts in any case."""
    found = books.machine_text(begun.text.id) if begun.text is not None else None
    if found is None:
        return None, begun.why or "failed"
    wrote, room = came.written, books.snapshot().room
    words = fitting(wrote.text) if wrote is not None and wrote.stop == "end" else ""
    why: Instead = "" if words else "failed"
    if words and crossed(room, words):
        why = "lines"
    dropped = found.state == "dropped"
    state: Any = "dropped" if dropped else "failed" if why else "ready"
    done = replace(
        found, text=words or (wrote.text.strip() if wrote is not None else ""), state=state, lease_until=None,
        cost_micros=came.cost_micros,
    )  # fmt: skip
    if wrote is not None:
        used = wrote.usage
        done = replace(
            done, stop=wrote.stop, model=wrote.model, input_tokens=used.input_tokens, cache_read_tokens=used.cache_read_tokens,
            cache_write_tokens=used.cache_write_5m_tokens + used.cache_write_1h_tokens, output_tokens=used.output_tokens,
        )  # fmt: skip
    spent = (budget.spend(room, came.cost_micros, moment.now),) if came.cost_micros else ()
    books.keep(Outcome(None, (done, *spent)), moment)
    return (None, why or "failed") if dropped or why else (done, "")


class PromptOrders:
    """The job that has ordered prompts written ahead of their hour."""

    def __init__(self, store: Store, house: House, clock: Clock, shop: Shop, *, seed: str | None = None) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._shop = shop
        self._seed = seed
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """A sweep was made: orders may be wanted."""
        self._woken.set()

    async def run(self) -> None:
        """Write what is wanted after each sweep, until cancelled."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.write_all()
            except Room37Error as failed:
                log.warning("ordered prompts wait: %s", type(failed).__name__)

    async def write_all(self) -> None:
        """Everything that is wanted now, one after the other."""
        for place, order_id in await self._house.wanted_prompts(self._clock.now()):
            begun = await self._write(place, partial(self._take, order_id))
            if begun is None:
                continue
            came = await written(self._shop.writer, begun.brief) if begun.brief is not None else Came(None)
            await self._write(place, partial(self._settle, order_id, begun, came))

    async def _write(self, place: Place, work: Callable[[Books, Moment], Any]) -> Any:
        def whole(books: Books) -> Any:
            now = self._clock.now()
            seed = f"{self._seed}:order:{now.isoformat()}:{books.snapshot().room.revision}" if self._seed else None
            return work(books, Moment(now, Ids(seed)))

        return await self._store.write(place, whole, later=True)

    def _take(self, order_id: str, books: Books, moment: Moment) -> Begun | None:
        """Take an order under a lease; None when another process has it, or nobody wants it any more."""
        order = books.prompt_order(order_id)
        if order is None or not _waits(order, moment.now):
            return None
        begun = begin(self._shop, books, moment, Wish(order.kind, order.genre, "co-writer"))
        taken = replace(
            order, state="writing", lease_until=moment.now + LEASE, machine_text_id=begun.text.id if begun.text else None
        )
        books.keep(Outcome(None, (taken,)), moment)
        return begun

    def _settle(self, order_id: str, begun: Begun, came: Came, books: Books, moment: Moment) -> None:
        """Put what came onto the order, if it is still ours and its hour has not passed."""
        text, why = end(books, moment, begun, came)
        order = books.prompt_order(order_id)
        mine = begun.text.id if begun.text else None
        if order is None or order.state != "writing" or order.machine_text_id != mine:
            return
        state: Any = "ready" if text is not None else "failed"
        books.keep(Outcome(None, (replace(order, state=state, lease_until=None, why=why),)), moment)


def _waits(order: PromptOrder, now: datetime) -> bool:
    lapsed = order.state == "writing" and order.lease_until is not None and order.lease_until <= now
    return order.needed_at > now and (order.state == "wanted" or lapsed)


def _due(books: Books, due: DueRow, moment: Moment) -> Outcome[object]:
    """The time of an order has come: from now on the job may take it."""
    order = books.prompt_order(due.subject)
    if order is None or order.state != "planned":
        return Outcome(None)
    return Outcome(None, (replace(order, state="wanted"),))


DUES: dict[str, DueRule] = {"prompt_order": _due}
