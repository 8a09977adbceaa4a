"""One's own clock: the zone, goals, streaks, and what is said privately and when, on every platform."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bot.story.books import Books
from bot.story.moments import Ids, Moment, Outcome
from bot.story.people import Place, Standing
from bot.story.prompts import Answer, Prompt
from tests.contract.conftest import AnyRoom
from tests.discord_rig import DiscordRoom
from tests.rig import Room, plain
from tests.slack_rig import SlackRoom


def messages(room: AnyRoom, name: str) -> list[str]:
    """The direct messages that one person got."""
    if isinstance(room, Room):
        return [plain(card) for _, card in room.wall.messages if card.to == room.key(name)]
    if isinstance(room, DiscordRoom):
        who = room.person(name)
        return [message.words for message in who.sees(room.server.dm(who))]
    assert isinstance(room, SlackRoom)
    someone = room.person(name)
    return [message.words for message in someone.sees(room.server.dm(someone))]


def told(room: AnyRoom, name: str) -> str:
    """All of them as words."""
    return "\n".join(messages(room, name))


async def keep(room: AnyRoom, *rows: object) -> None:
    """Put rows into the room's books."""

    def work(books: Books) -> None:
        here = books.snapshot().room.id
        books.keep(
            Outcome(None, tuple(replace(row, room_id=here) for row in rows)),  # type: ignore[type-var]  # nouns
            Moment(room.clock.now(), Ids("kept")),
        )

    await room.house.store.write(room.place, work)


def asked(n: int, at: datetime, status: str = "open", *, hours: float = 20, day: date | None = None) -> Prompt:
    return Prompt(
        f"p{n}", "", n, "spark", "any", "deck", f"Prompt {n}: a lamp that nobody lit.", at, status,  # type: ignore[arg-type]  # a status
        schedule_id="s", day=(day or at.date()).isoformat(), closes_at=at + timedelta(hours=hours),
    )  # fmt: skip


def answered(n: int, person: str, at: datetime) -> Answer:
    return Answer(f"a{n}/{person}", "", f"p{n}", 1, person, "x", 1, 30, "It hummed.", at, at)


async def test_a_zone_is_asked_for_plainly_and_never_guessed(room: AnyRoom) -> None:
    await room.says("ada", "/story new Clocks")
    assert "the room's clock" in await room.says("ada", "/my timezone")
    for given, likely in (("EST", "America/New_York"), ("Berlin", "Europe/Berlin"), ("UTC+2", "/")):
        refused = await room.says("ada", f"/my timezone {given}")
        assert likely in refused
    assert "the room's clock" in await room.says("ada", "/my timezone")
    assert "clock of Asia/Tokyo. It is 21:00 there now" in await room.says("ada", "/my timezone asia/tokyo")
    assert "clock of Asia/Tokyo" in await room.says("ada", "/my timezone")
    await room.presses("ada", "Change it")
    assert room.asked("ada")
    assert "Europe/Berlin" in await room.fills("ada", "Europe/Berlin")


async def test_choosing_a_zone_is_no_act_that_counts(table: Room) -> None:
    await table.says("ada", "/story new Clocks")
    await table.says("ben", "/my timezone Europe/Berlin")
    assert await table.look(lambda books: books.snapshot().room.acted) == 1


async def test_a_goal_is_counted_on_ones_own_clock(room: AnyRoom) -> None:
    await room.says("ada", "/story new Goals")
    await room.says("ada", "/my timezone Asia/Tokyo")
    assert "0 of 10 words today" in await room.says("ada", "/my goal 10")
    await room.says("ada", "/extend The lamp went out, and nobody lit it again.")
    assert "9 of 10 words today; one to go" in await room.says("ada", "/my goal")
    await room.later(hours=3)  # 15:00 UTC is midnight in Tokyo
    assert "0 of 10 words today" in await room.says("ada", "/my goal")
    assert "9 of 9,000 words" in await room.says("ada", "/my goal 9000 what: story")
    assert "You have no goal" in await room.says("ben", "/my goal")


async def test_goals_out_of_bounds_and_goals_that_are_dropped(table: Room) -> None:
    await table.says("ada", "/my goal 500 what: story")
    assert table.last["ada"].refused
    await table.says("ada", "/story new Goals")
    assert "cannot be a goal" in await table.says("ada", "/my goal 100001")
    assert "does not fit" in await table.says("ada", "/my goal -5")
    assert "does not fit" in await table.says("ada", "/my goal 1000000000")
    assert "no such goal" in await table.says("ada", "/my goal 0")
    await table.says("ada", "/my goal 500")
    await table.says("ada", "/my goal")
    await table.presses("ada", "Drop")
    assert "You have no goal" in await table.says("ada", "/my goal")


async def test_sprint_words_and_answers_count_towards_a_goal_once(table: Room) -> None:
    await table.says("ada", "/story new Goals")
    await table.says("ada", "/my goal 1000")
    await table.says("ada", "/sprint start for: 20 in: 0")
    await table.later(minutes=5)
    await table.says("ada", "/extend The lamp went out, and nobody lit it again.")
    await table.later(minutes=15)
    await table.says("ada", "/sprint words 609")
    assert "609 of 1,000" in await table.says("ada", "/my goal")
    await table.later(hours=1)
    await keep(table, asked(1, table.clock.now()), answered(1, table.key("ada"), table.clock.now()))
    assert "639 of 1,000" in await table.says("ada", "/my goal")


async def test_a_streak_is_told_without_blame(room: AnyRoom) -> None:
    await room.says("ada", "/story new Streaks")
    assert "begins with the first prompt" in await room.says("ada", "/my streak")
    start = room.clock.now() - timedelta(days=5)
    rows = [asked(n, start + timedelta(days=n), "closed") for n in range(4)]
    rows += [asked(4, start + timedelta(days=4), "missed"), asked(5, room.clock.now())]
    mine = [answered(n, room.key("ada"), start + timedelta(days=n)) for n in range(4)]
    await keep(room, *rows, *mine)
    said = await room.says("ada", "/my streak")
    assert "4 days answered in a row" in said
    assert "the bot was away" in said
    assert "still open to you" in said
    none = await room.says("ben", "/my streak")
    assert not any(word in none.casefold() for word in ("lost", "broke", "fail", "missed it", "shame"))


async def test_a_house_that_was_away_gives_amnesty(table: Room) -> None:
    await table.says("ada", "/story new Streaks")
    start = table.clock.now() - timedelta(days=3)
    await table.house.rows.beat(start + timedelta(days=1, hours=2))
    await table.house.rows.beat(start + timedelta(days=1, hours=9))
    rows = [asked(n, start + timedelta(days=n), "closed") for n in range(3)]
    await keep(table, *rows, *(answered(n, table.key("ada"), start + timedelta(days=n)) for n in (0, 2)))
    assert "2 days answered in a row" in await table.says("ada", "/my streak")
    assert "28 February does not count: the bot was away" in await table.says("ada", "/my streak")


async def test_a_clock_that_went_back_leaves_no_amnesty_for_the_future(table: Room) -> None:
    now = table.clock.now()
    for at in (now, now + timedelta(days=365), now + timedelta(minutes=1)):
        await table.house.rows.beat(at)
    found = await table.look(lambda books: books.away(now - timedelta(days=1)))
    assert all(away.until <= now + timedelta(minutes=1) for away in found)


async def test_in_the_evening_who_asked_is_told_privately_once(room: AnyRoom) -> None:
    await room.says("ada", "/story new Evenings")
    await room.says("ada", "/my notify evening: yes")
    await keep(room, asked(1, room.clock.now()))
    await room.later(hours=7)
    assert "a lamp that nobody lit" not in told(room, "ada")
    await room.later(hours=1, minutes=1)
    assert sum("a lamp that nobody lit" in words for words in messages(room, "ada")) == 1
    assert "a lamp that nobody lit" not in told(room, "ben")
    if not isinstance(room, Room):
        assert "a lamp that nobody lit" not in room.wall.text
    await room.later(hours=24)
    assert sum("a lamp that nobody lit" in words for words in messages(room, "ada")) == 1


async def test_an_evening_that_the_bot_missed_is_not_made_up_for_at_noon(table: Room) -> None:
    await table.says("ada", "/story new Evenings")
    await table.says("ada", "/my notify evening: yes")
    await table.later(hours=20)
    await keep(table, asked(1, table.clock.now(), hours=48))
    await table.later(hours=4)
    assert told(table, "ada") == ""
    await table.later(hours=8, minutes=1)
    assert "a lamp that nobody lit" in told(table, "ada")


async def test_who_answered_or_did_not_ask_hears_nothing_in_the_evening(table: Room) -> None:
    await table.says("ada", "/story new Evenings")
    await table.says("ada", "/my notify evening: yes")
    await table.says("ben", "/my notify by: dm")
    await keep(table, asked(1, table.clock.now()), answered(1, table.key("ada"), table.clock.now()))
    await table.later(hours=9)
    assert told(table, "ada") == told(table, "ben") == ""


async def test_the_evening_is_ones_own(table: Room) -> None:
    await table.says("ada", "/story new Evenings")
    await table.says("ada", "/my timezone America/New_York")
    await table.says("ada", "/my notify evening: yes")
    await keep(table, asked(1, table.clock.now()))
    await table.later(hours=12)
    assert told(table, "ada") == ""
    await table.later(hours=1, minutes=1)  # 01:01 in London, 20:01 in New York
    assert "a lamp that nobody lit" in told(table, "ada")


async def test_a_turn_comes_as_a_direct_message_to_who_asked_and_mentions_nobody(room: AnyRoom) -> None:
    await room.says("ada", "/story new Turns", standing=Standing(keeper=True))
    await room.says("ada", "/showrunner rules set extending turns", standing=Standing(keeper=True))
    await room.says("ada", "/showrunner rules set pings daily", standing=Standing(keeper=True))
    await room.says("ben", "/my notify by: dm")
    await room.says("ben", "/pitch A door")
    await room.says("ada", "/turn order", standing=Standing(keeper=True))
    await room.says("ada", "/extend The lamp went out.")
    assert "It is your turn in Turns" in told(room, "ben").replace("*", "")
    if isinstance(room, Room):
        assert not any(card.ping for _, card in room.wall.messages)
    await room.says("ben", "/extend It came on again.")
    await room.says("ada", "/extend And went out.")
    assert sum("It is your turn" in words for words in messages(room, "ben")) == 1  # one a day


async def test_a_round_that_closes_soon_is_mentioned_to_who_asked_and_has_not_voted(room: AnyRoom) -> None:
    await room.says("ada", "/story new Votes", standing=Standing(keeper=True))
    for line in ("length 2h", "last-call 1h", "early-close none"):
        await room.says("ada", f"/showrunner rules set {line}", standing=Standing(keeper=True))
    for name in ("ada", "ben"):
        await room.says(name, "/my notify by: dm")
    await room.says("ada", "/pitch A door")
    await room.says("ben", "/pitch A window")
    await room.says("cleo", "/pitch A wall")
    await room.says("ada", "/vote 1")
    await room.later(hours=1, minutes=1)
    assert "you have not voted" in told(room, "ben")
    assert "you have not voted" not in told(room, "ada") + told(room, "cleo")
    assert "Last call" in room.wall.text


async def test_at_night_nothing_is_sent(table: Room) -> None:
    await table.says("ada", "/story new Votes")
    for line in ("length 2h", "last-call 1h", "early-close none"):
        await table.says("ada", f"/showrunner rules set {line}")
    await table.says("ben", "/my timezone Asia/Tokyo")  # 21:00 there
    await table.says("ben", "/my notify by: dm")
    await table.says("ada", "/pitch A door")
    await table.says("ben", "/pitch A window")
    await table.later(hours=1, minutes=1)
    assert told(table, "ben") == ""


async def test_a_private_message_leads_back_to_its_room(table: Room) -> None:
    await table.says("ada", "/story new Votes")
    for line in ("length 2h", "last-call 1h", "early-close none"):
        await table.says("ada", f"/showrunner rules set {line}")
    await table.says("ben", "/my notify by: dm")
    await table.says("ada", "/pitch A door")
    await table.says("ben", "/pitch A window")
    await table.later(hours=1, minutes=1)
    (card,) = [card for _, card in table.wall.messages if card.to]
    here = await table.look(lambda books: books.snapshot().room.id)
    assert [action.call.args["room"] for action in card.actions] == [here]
    assert "Counted" in await table.direct().calls("ben", card.actions[0].call.with_args(numbers="1"))


async def test_all_rooms_are_shown_in_a_direct_message(table: Room) -> None:
    attic = table.at(Place("terminal", "local", "attic"))
    await table.says("ada", "/story new The Ferry")
    await attic.says("ada", "/story new The Attic")
    await attic.says("ada", "/my timezone Asia/Tokyo")
    await attic.says("ada", "/my goal 300")
    direct = table.direct()
    assert "The Attic: Your days begin by the clock of Asia/Tokyo" in await direct.says("ada", "/my timezone")
    assert "The Attic: 0 of 300 words" in await direct.says("ada", "/my goal")
    assert "The Ferry: When it is your turn" in await direct.says("ada", "/my notify")
    await direct.presses("ada", "Open The Ferry")
    await direct.presses("ada", "Message me")
    ada = table.key("ada")
    assert await table.look(lambda books: [m.notify for m in books.snapshot().members.values() if m.person == ada]) == ["dm"]
    assert await attic.look(lambda books: [m.notify for m in books.snapshot().members.values()]) == ["mention"]
    await table.says("ada", "/my timezone")
    await table.presses("ada", "Change it")
    form = table.last["ada"].form
    assert form is not None
    assert form.questions[0].prefill == "Asia/Tokyo"  # what was chosen elsewhere stands in the form


@pytest.mark.parametrize("name", ["ada", "ben"])
async def test_nobody_sees_anothers_goal(table: Room, name: str) -> None:
    await table.says("ada", "/story new Goals")
    await table.says("ada", "/my goal 777")
    assert ("777" in await table.says(name, "/my goal")) is (name == "ada")
    assert "777" not in table.wall.text


async def test_words_that_are_erased_leave_the_direct_message_too(room: AnyRoom) -> None:
    await room.says("ada", "/story new Evenings", standing=Standing(keeper=True))
    await room.says("ada", "/my notify evening: yes")
    await room.says("ben", "/prompt add a lamp that nobody lit")
    await room.says("ada", "/prompt now source: list closes: 2d", standing=Standing(keeper=True))
    await room.later(hours=8, minutes=1)
    assert "a lamp that nobody lit" in told(room, "ada")

    def erase(books: Books) -> None:
        books.erase([p.id for p in books.prompt_ideas()] + [p.id for p in books.prompts()], room.clock.now())

    await room.house.store.write(room.place, erase)
    room.house.poster.wake(room.place)
    await room.house.inbox.settled(room.place)
    if isinstance(room, Room):
        assert not any("a lamp that nobody lit" in plain(card) for card in room.wall.shown.values())
    else:
        assert "a lamp that nobody lit" not in told(room, "ada")


@pytest.mark.parametrize("room", ["discord", "slack-socket", "slack-http"], indirect=True)
async def test_who_is_not_in_the_channel_any_more_gets_no_message(room: DiscordRoom | SlackRoom) -> None:
    await room.says("ada", "/story new Evenings", standing=Standing(keeper=True))
    await room.says("ben", "/my notify evening: yes")
    await keep(room, asked(1, room.clock.now()))
    if isinstance(room, DiscordRoom):
        left = room.person("ben")
        room.server.leaves(left)
        await room.later(hours=8, minutes=1)
        assert left.sees(room.server.dm(left)) == []
    else:
        gone = room.person("ben")
        room.server.leaves(gone, room.channel)
        await room.later(hours=8, minutes=1)
        assert gone.sees(room.server.dm(gone)) == []
    assert await room.look(lambda books: books.posts_wanted()) == []
