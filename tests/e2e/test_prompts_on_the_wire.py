"""Prompts of the co-writer, with the real SDK against the loopback Messages server: ahead of their hour, once, by consent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.claude import Claude
from adapters.claude_request import Patience
from bot.handlers.prompt_orders import LEASE, PromptOrders
from bot.handlers.prompt_stock import stocked
from bot.story import daily
from bot.story.books import Books
from bot.story.moments import Ids, Moment
from bot.story.prompt_sources import LEAD, order_id, plan
from bot.story.prompts import Prompt, PromptOrder, Wish
from tests.rig import Room, open_room
from tests.servers.messages import KEY, MessagesServer

WISH = Wish("villain", source="co-writer")
SAID = "The villain has lost a glove, and will not ask for it back."
ANSWER = "Nobody had a quieter violet ledger than Zanzibelle under the seventh stair."


@pytest.fixture
async def server() -> AsyncIterator[MessagesServer]:
    async with MessagesServer(key=KEY) as running:
        yield running


@pytest.fixture
async def room(server: MessagesServer, tmp_path: Path) -> AsyncIterator[Room]:
    writer = Claude(api_key=KEY, base_url=server.url, patience=Patience(retries=0))
    async with open_room(f"sqlite:///{tmp_path}/house.db", writer=writer) as opened:
        yield opened


async def turn_on(room: Room) -> None:
    await room.says("ada", "/showrunner ai on")
    await room.presses("ada", "Turn it on")
    room.clock.pass_(minutes=1)


async def begun(room: Room) -> None:
    await room.says("ada", "/story new The Ledger")
    await turn_on(room)
    await room.says("ada", "/extend The tide came in over the books.")


async def order(room: Room, **ahead: float) -> None:
    """A schedule's next prompt is for so long from now."""

    def work(books: Books) -> None:
        now = room.clock.now()
        moment = Moment(now, Ids("plan"))
        books.keep(plan(books.snapshot(), "sched", WISH, now + timedelta(**ahead), moment), moment)

    await room.house.store.write(room.place, work)


async def state(room: Room) -> PromptOrder:
    found = await room.look(lambda books: books.prompt_order(order_id(books.snapshot().room.id, "sched")))
    assert isinstance(found, PromptOrder)
    return found


async def the_hour(room: Room) -> Prompt:
    """What a schedule's rule asks at its hour."""

    def work(books: Books) -> Prompt:
        moment = Moment(room.clock.now(), Ids("hour"))
        stock = stocked(books, WISH, moment, schedule_id="sched")
        return books.keep(
            daily.ask(books.snapshot(), WISH, stock, moment, schedule_id="sched", day=moment.now.date()), moment
        )

    prompt: Prompt = await room.house.store.write(room.place, work)
    await room.house.inbox.settled(room.place)
    return prompt


async def test_a_prompt_is_written_ahead_of_its_hour_and_labelled(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await order(room, hours=2)
    await room.later(minutes=80)
    await room.house.orders.write_all()
    assert server.requests == []
    await room.later(minutes=15)
    server.reply(SAID)
    await room.house.orders.write_all()
    assert (await state(room)).state == "ready"
    await room.later(minutes=25)
    asked = await the_hour(room)
    assert (asked.text, asked.source, asked.kind) == (SAID, "co-writer", "villain")
    assert "AI text, by" in room.wall.now
    assert (await state(room)).state == "used"
    assert len(server.requests) == 1


async def test_two_processes_ask_for_it_once(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await order(room, minutes=20)
    await room.later(seconds=1)
    house = room.house
    other = PromptOrders(house.store, house.rows, room.clock, house.shop, seed="other")
    server.reply(SAID)
    server.reply("A second one.")
    await asyncio.gather(house.orders.write_all(), other.write_all())
    assert len(server.requests) == 1
    assert (await state(room)).state == "ready"


async def test_an_order_that_a_crash_left_behind_is_taken_up_after_its_lease(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await order(room, minutes=20)
    await room.later(seconds=1)

    def crash(books: Books) -> None:
        moment = Moment(room.clock.now(), Ids("crash"))
        room.house.orders._take(order_id(books.snapshot().room.id, "sched"), books, moment)

    await room.house.store.write(room.place, crash)
    await room.house.orders.write_all()
    assert server.requests == []
    room.clock.pass_(seconds=LEASE.total_seconds() + 1)
    server.reply(SAID)
    await room.house.orders.write_all()
    assert (await state(room)).state == "ready"


async def test_a_dead_co_writer_makes_no_prompt_late_and_the_card_says_so(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await order(room, minutes=20)
    await room.later(seconds=1)
    server.fault("status", status=529)
    await room.house.orders.write_all()
    assert (await state(room)).state == "failed"
    asked = await the_hour(room)
    assert (asked.source, asked.instead) == ("deck", "failed")
    assert "so this is the deck's" in room.wall.now


async def test_one_that_is_not_ready_at_its_hour_comes_too_late_for_any_other(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await order(room, minutes=20)
    await room.later(seconds=1)
    server.reply(SAID)
    house, began = room.house, asyncio.Event()

    class Slow:
        capabilities = house.shop.writer.capabilities

        async def write(self, brief: object) -> AsyncIterator[object]:
            began.set()
            await asyncio.Event().wait()
            yield ""

    from dataclasses import replace

    orders = PromptOrders(house.store, house.rows, room.clock, replace(house.shop, writer=Slow()), seed="slow")  # type: ignore[arg-type]  # a writer that never ends
    task = asyncio.ensure_future(orders.write_all())
    await began.wait()
    asked = await the_hour(room)
    task.cancel()
    assert (asked.source, asked.instead) == ("deck", "late")
    assert (await state(room)).state == "used"
    assert "not ready in time" in room.wall.now


async def test_no_answer_is_ever_in_a_request(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await room.says("ada", "/prompt now kind: image")
    await room.says("ada", f"/prompt answer {ANSWER}")
    await room.says("ada", "/my ai quote")
    server.reply(SAID)
    assert "Prompt 2 is up" in await room.says("ada", "/prompt now source: co-writer kind: villain")
    server.reply("And so on.")
    await room.says("ada", "/assist continue")
    bodies = "\n".join(json.dumps(request) for request in server.requests)
    assert "The tide came in" in bodies
    assert "Zanzibelle" not in bodies
    assert "violet ledger" not in bodies


async def test_what_a_private_writer_wrote_is_not_in_the_request_for_a_prompt(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await room.says("ben", f"/extend {ANSWER}")
    await room.says("ben", "/my ai never")
    server.reply(SAID)
    await room.says("ada", "/prompt now source: co-writer")
    (request,) = server.requests
    assert "Zanzibelle" not in json.dumps(request)
    assert "keeps it private" in json.dumps(request)


async def test_off_means_off_and_the_deck_stands_in(room: Room, server: MessagesServer) -> None:
    await room.says("ada", "/story new Off")
    assert "not on in this room" in await room.says("ada", "/prompt now source: co-writer")
    await order(room, minutes=20)
    await room.later(seconds=1)
    await room.house.orders.write_all()
    assert (await state(room)).why == "off"
    assert server.requests == []


async def test_a_prompt_that_touches_a_content_line_is_not_asked(room: Room, server: MessagesServer) -> None:
    await begun(room)
    await room.says("ada", "/showrunner rules set content-lines glove, spiders")
    server.reply(SAID)
    assert "touches a content line" in await room.says("ada", "/prompt now source: co-writer")
    assert "glove" not in room.wall.now
    (request,) = server.requests
    assert "Stay away from: glove, spiders." in json.dumps(request)
    assert "touches a content line" in await room.says("ben", "/prompt add Spiders, again")


def test_the_lead_is_longer_than_a_writers_time() -> None:
    assert 4 * LEASE < LEAD
