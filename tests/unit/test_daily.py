"""The day's prompt: what is asked for a wish, and what it leaves behind."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.errors import UserError
from bot.story.daily import ask, missed
from bot.story.moments import Due, Mark
from bot.story.passages import MachineText
from bot.story.prompt_sources import LEAD, DeckCard, Stock, order_id, plan
from bot.story.prompts import PromptIdea, PromptOrder, Wish
from tests.unit.tiny_room import START, TinyRoom

CARD = DeckCard("image-01", "image", "A gate that only opens outward.")
OWN = DeckCard("image-02", "image", "Ada, seen in a spoon.", own=True)
IDEA = PromptIdea("idea", "room", 4, "The last house on the tram line.", "terminal/test/ana", START)
ORDER = PromptOrder(order_id("room", "sched"), "room", "sched", "any", "any", START, "ready", machine_text_id="m")
MACHINE = MachineText(
    "m", "room", "", "", "prompt", "fake", "fake-1", "", "Fake One", "", "Begin with a receipt.", (), "ready", "end", START
)  # fmt: skip


def test_a_prompt_gets_the_next_number_and_a_card_of_its_own() -> None:
    room = TinyRoom("table", "ana")

    first = room.do("ana", ask, Wish(), Stock((CARD,)), closes_at=START + timedelta(hours=24))
    second = room.do(None, ask, Wish(), Stock((CARD,)), schedule_id="sched", day=date(2026, 3, 2))

    assert (first.number, first.by, first.card_id, first.text) == (1, "terminal/test/ana", "image-01", CARD.text)
    assert (second.number, second.by, second.schedule_id, second.day) == (2, None, "sched", "2026-03-02")
    assert room.marks == [Mark("prompt", first.id), Mark("prompt", second.id)]
    assert room.dues == {("prompt_close", first.id): START + timedelta(hours=24)}


@pytest.mark.parametrize(
    ("wish", "stock", "source", "instead"),
    [
        (Wish(source="deck"), Stock((CARD,)), "deck", ""),
        (Wish(source="story"), Stock((OWN,)), "story", ""),
        (Wish(source="story"), Stock((CARD,)), "deck", "no_story"),
        (Wish(source="list"), Stock((CARD,), (IDEA,)), "list", ""),
        (Wish(source="list"), Stock((CARD,)), "deck", "empty_list"),
        (Wish(source="co-writer"), Stock((CARD,), machine=MACHINE, order=ORDER), "co-writer", ""),
        (Wish(source="co-writer"), Stock((CARD,)), "deck", "late"),
        (Wish(source="co-writer"), Stock((CARD,), instead="budget"), "deck", "budget"),
    ],
)
def test_what_is_wished_is_asked_or_the_deck_stands_in_and_says_why(
    wish: Wish, stock: Stock, source: str, instead: str
) -> None:
    room = TinyRoom("table", "ana")

    prompt = room.do("ana", ask, wish, stock)

    assert (prompt.source, prompt.instead, prompt.wished) == (source, instead, wish.source)


def test_an_idea_of_the_list_is_used_and_asked_as_it_was_written() -> None:
    room = TinyRoom("table", "ana")

    outcome = ask(room.snapshot, Wish(source="list", genre="crime"), Stock((CARD,), (IDEA,)), room.by("ana"))

    assert next(r for r in outcome.rows if isinstance(r, PromptIdea)).used_at == START
    assert (outcome.value.text, outcome.value.genre, outcome.value.idea_id) == (IDEA.text, "any", "idea")


def test_a_co_writers_text_is_labelled_and_its_order_is_used_up() -> None:
    room = TinyRoom("table", "ana")

    outcome = ask(room.snapshot, Wish(source="co-writer"), Stock((CARD,), machine=MACHINE, order=ORDER), room.by(None))

    assert (outcome.value.label, outcome.value.machine_text_id) == ("Fake One", "m")
    assert next(r for r in outcome.rows if isinstance(r, PromptOrder)).state == "used"
    assert next(r for r in outcome.rows if isinstance(r, MachineText)).public


def test_without_a_card_nothing_is_asked() -> None:
    room = TinyRoom("table", "ana")

    with pytest.raises(UserError):
        room.do("ana", ask, Wish(), Stock(()))


def test_a_missed_day_is_a_row_without_a_card() -> None:
    room = TinyRoom("table", "ana")

    day = room.do(None, missed, Wish(), "sched", date(2026, 3, 1))

    assert (day.status, day.day, day.number, room.marks) == ("missed", "2026-03-01", 0, [])
    assert room.snapshot.room.prompts == 0


def test_a_co_writer_is_asked_ahead_of_the_hour_and_nobody_else_is() -> None:
    room = TinyRoom("table", "ana")
    hour = START + timedelta(hours=5)

    ordered = plan(room.snapshot, "sched", Wish(source="co-writer"), hour, room.by(None))
    other = plan(room.snapshot, "sched", Wish(source="deck"), hour, room.by(None))

    assert ordered.dues == (Due("prompt_order", order_id("room", "sched"), hour - LEAD),)
    assert (other.rows, other.dues) == ((), (Due("prompt_order", order_id("room", "sched"), None),))
