"""Prompts, answers and the room's list as they are read back, on every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.errors import OperatorError
from bot.story import answering, daily, picking, prompt_list
from bot.story.books import Books
from bot.story.moments import Moment, Outcome
from bot.story.prompt_sources import DeckCard, Stock, order_id, plan
from bot.story.prompts import Prompt, PromptOrder, Wish
from bot.story.snapshot import Snapshot
from memory.store import HouseRows
from tests.memory.test_store import ATTIC, HALL, house

MONDAY = date(2026, 3, 2)


def asking(card: str, *, source: str = "deck", day: date | None = None) -> Any:
    """A rule that asks this card, or the first of the room's list."""

    def rule(room: Snapshot, moment: Moment, books: Books) -> Outcome[Prompt]:
        stock = Stock((DeckCard(card, "image", f"The text of {card}."),), tuple(books.prompt_ideas()))
        wish = Wish(source=source)  # type: ignore[arg-type]  # the test's own two
        return daily.ask(room, wish, stock, moment, schedule_id="sched" if day else "", day=day)

    return rule


def answer(prompt: Prompt, text: str) -> Any:
    """A rule that answers."""

    def rule(room: Snapshot, moment: Moment, books: Books) -> Outcome[Any]:
        found = books.prompt(prompt.id)
        assert found is not None
        return answering.answer(room, found, books.answers(prompt.id), text, moment)

    return rule


async def test_answers_are_read_by_number_with_their_words_and_versions(url: str) -> None:
    async with house(url, HALL, ATTIC) as (hall, attic):
        prompt = await hall.act("ana", asking("image-01"))
        await hall.act("ana", answer(prompt, "First."))
        await hall.act("ben", answer(prompt, "Second."))
        await hall.act("ana", answer(prompt, "First, better."))
        await hall.act("ben", lambda room, moment, books: picking.vote(room, prompt, books.answers(prompt.id), [1], moment))

        def check(books: Books) -> None:
            answers = books.answers(prompt.id)
            assert [(a.number, a.name, a.version) for a in answers] == [(1, "ana", 2), (2, "ben", 1)]
            assert list(books.answer_texts(answers).values()) == ["First, better.", "Second."]
            assert [v.text for v in books.answer_versions(answers[0].id)] == ["First.", "First, better."]
            (ballot,) = books.answer_ballots(prompt.id)
            assert ballot.choices == (answers[0].id,)
            assert [a.prompt_id for a in books.answers_of("terminal/local/ana")] == [prompt.id]

        await hall.look(check)
        assert await attic.look(lambda books: (books.prompt(prompt.id), books.answers(prompt.id))) == (None, [])


async def test_prompts_come_newest_first_and_dealt_cards_oldest_first(url: str) -> None:
    async with house(url, HALL) as (hall,):
        for n in range(1, 4):
            await hall.act("ana", asking(f"image-0{n}"))
        assert await hall.look(lambda books: [p.number for p in books.prompts()]) == [3, 2, 1]
        assert await hall.look(lambda books: books.dealt_cards()) == ["image-01", "image-02", "image-03"]
        assert await hall.look(lambda books: [p.card_id for p in (books.prompt_numbered(2),) if p]) == ["image-02"]


async def test_the_list_is_asked_in_order_and_then_the_longest_unused_first(url: str) -> None:
    async with house(url, HALL) as (hall,):
        lines = "One\nTwo\nThree"
        await hall.act("ana", lambda room, moment, books: prompt_list.bring(room, books.prompt_ideas(), lines, moment))
        asked = [(await hall.act("ana", asking("image-01", source="list"))).text for _ in range(5)]
        assert asked == ["One", "Two", "Three", "One", "Two"]
        await hall.act("ana", lambda room, moment, books: prompt_list.add(room, books.prompt_ideas(), "Four", moment))
        assert (await hall.act("ana", asking("image-01", source="list"))).text == "Four"


async def test_a_schedule_asks_once_on_a_date_whatever_happens(url: str) -> None:
    async with house(url, HALL) as (hall,):
        first = await hall.act("ana", asking("image-01", day=MONDAY))
        with pytest.raises(OperatorError):
            await hall.act("ana", asking("image-02", day=MONDAY))
        found = await hall.look(lambda books: books.prompt_of("sched", "2026-03-02"))
        assert found == first
        await hall.act("ana", asking("image-03"))
        await hall.act("ana", asking("image-04"))


async def test_orders_are_wanted_soonest_first_until_their_hour(url: str) -> None:
    async with house(url, HALL, ATTIC) as (hall, attic):
        now = hall.clock.now()
        for room, hours in ((hall, 2), (attic, 1)):

            def rule(snapshot: Snapshot, moment: Moment, books: Books, hours: int = hours) -> Outcome[None]:
                planned = plan(snapshot, "sched", Wish(source="co-writer"), now + timedelta(hours=hours), moment)
                rows = tuple(replace(r, state="wanted") if isinstance(r, PromptOrder) else r for r in planned.rows)
                return replace(planned, rows=rows)

            await room.act("ana", rule)
        rows = HouseRows(hall.runner)
        ids = [await room.look(lambda books: order_id(books.snapshot().room.id, "sched")) for room in (attic, hall)]
        assert await rows.wanted_prompts(now) == [(ATTIC, ids[0]), (HALL, ids[1])]
        assert await rows.wanted_prompts(now + timedelta(minutes=90)) == [(HALL, ids[1])]
