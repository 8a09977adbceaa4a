"""A fault of ours in one card: it waits and is tried again; the house, its room and the other cards do not wait with it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from bot.cards import Card
from bot.story.books import Books, Post
from bot.story.people import Place
from tests.rig import Room, open_room

WORDS = "Nobody may read this in a log."


async def shown_after_a_while(room: Room, words: str) -> bool:
    """Whether a card with these words is on the wall once a card's first pause is over."""
    await room.later(minutes=2)
    await room.house.inbox.settled(room.place)
    return words in room.wall.now


async def test_a_card_that_cannot_be_drawn_holds_up_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with open_room(f"sqlite:///{tmp_path}/house.db") as room:
        await room.says("ada", "/story new The Last Ferry")
        draw = room.house.poster.draw

        def faulty(books: Books, post: Post, now: datetime) -> Card | None:
            found = books.passage(post.subject)
            if found is not None and found[1].text.startswith("It began"):
                raise ValueError(WORDS)
            return draw(books, post, now)

        room.house.poster.draw = faulty
        await room.says("ada", "/extend It began at the quay.")
        await room.says("ben", "/extend A bell rang twice.")
        assert "A bell rang twice." in room.wall.now
        assert "It began" not in room.wall.now
        room.house.poster.draw = draw
        assert await shown_after_a_while(room, "It began at the quay.")
    assert [record.message for record in caplog.records if record.levelno >= logging.ERROR]
    assert WORDS not in caplog.text


async def test_a_card_that_breaks_the_platform_s_library_is_looked_for_and_posted_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_room(f"sqlite:///{tmp_path}/house.db") as room:
        await room.says("ada", "/story new The Last Ferry")
        post = room.wall.post

        async def faulty(place: Place, card: Card, nonce: str) -> Sequence[str]:
            if "It began" in str(card):
                raise AttributeError(WORDS)
            return await post(place, card, nonce)

        monkeypatch.setattr(room.wall, "post", faulty)
        await room.says("ada", "/extend It began at the quay.")
        await room.says("ben", "/extend A bell rang twice.")
        assert "A bell rang twice." in room.wall.now
        assert not any(card.notify and "It began" in str(card) for card in room.wall.shown.values())
        monkeypatch.setattr(room.wall, "post", post)
        assert await shown_after_a_while(room, "It began at the quay.")
    assert WORDS not in caplog.text
