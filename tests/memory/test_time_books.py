"""What people do against the clock, on both databases: sprints, goals, streaks, the week's card, and the house's heartbeat."""

from __future__ import annotations

from datetime import timedelta

from tests.rig import open_room


async def test_an_evening_against_the_clock(url: str) -> None:
    async with open_room(url) as room:
        await room.says("ada", "/story new The Ferry")
        await room.says("ada", "/showrunner digest Tue 12:00")
        await room.says("ada", "/my timezone Europe/Berlin")
        await room.says("ada", "/my goal 1000")
        await room.says("ada", "/my goal 9000 what: story")
        await room.says("ada", "/sprint start for: 20 in: 0")
        await room.says("ben", "/sprint join begin-with: 100")
        await room.says("ada", "/extend The lamp went out, and nobody lit it.")
        await room.later(minutes=20)
        await room.says("ada", "/sprint words 400")
        await room.says("ben", "/sprint words 350")
        assert "1. ada: 400 words" in room.wall.text
        assert "400 of 1,000 words" in await room.says("ada", "/my goal")
        assert "400 of 9,000 words" in await room.says("ada", "/my goal")
        await room.says("ada", "/prompt now")
        await room.says("ada", "/prompt answer It hummed.")
        assert "One day answered" in await room.says("ada", "/my streak")
        await room.says("ben", "/sprint start for: 10 in: 0")
        await room.later(minutes=10)
        await room.says("ben", "/sprint words 300")
        assert "fastest yet" in room.wall.text
        await room.later(hours=24)
        assert "Sprints: 2, with 950 words" in room.wall.text


async def test_the_house_notes_when_it_was_away(url: str) -> None:
    async with open_room(url) as room:
        start = room.clock.now()
        for minutes in (0, 1, 2, 62, 63, 70):
            await room.house.rows.beat(start + timedelta(minutes=minutes))
        away = await room.look(lambda books: books.away(start))
        assert [(a.since - start, a.until - start) for a in away] == [(timedelta(minutes=2), timedelta(minutes=62))]
        await room.house.rows.beat(start + timedelta(minutes=30))  # the clock went back
        away = await room.look(lambda books: books.away(start - timedelta(days=1)))
        assert [a.until - start for a in away] == [timedelta(minutes=30)]
