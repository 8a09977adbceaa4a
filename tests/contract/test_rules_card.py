"""The house rules in short: what is other than the kind of room starts with, then a topic at a press; all is reachable."""

from __future__ import annotations

from bot.markup import to_plain
from bot.sentences import say
from bot.story.rule_lines import BY_KEY, LINES
from bot.story.rule_topics import TOPICS, topic_of
from tests.contract.conftest import AnyRoom


async def test_a_room_whose_rules_nobody_changed_says_so_and_shows_no_wall(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Last Ferry")
    card = await room.says("ben", "/showrunner rules")
    assert "Every line is as a Table room starts with" in card
    assert "Last call" not in card
    assert len(card) < 2_400


async def test_what_was_changed_stands_first(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Last Ferry")
    await room.says("ada", "/showrunner rules set quorum 7")
    card = await room.says("ben", "/showrunner rules")
    assert "(quorum, changed here)" in card.replace("`", "")
    assert card.index("quorum") < card.index("There are rules about")
    assert "below-quorum" not in card


async def test_every_topic_is_a_press_away_and_leads_back(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Last Ferry")
    seen = ""
    for topic in TOPICS:
        await room.says("ben", "/showrunner rules")
        shown = await room.presses("ben", str(to_plain(say(f"showrunner.topic_{topic}"))))
        assert all(key in shown for key in TOPICS[topic])
        seen += shown
        assert "There are rules about" in await room.presses("ben", "All topics")
    assert all(line.key in seen for line in LINES)


async def test_a_topic_or_a_line_can_be_asked_for_by_name(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Last Ferry")
    assert "turn-order" in await room.says("ben", "/showrunner rules show writing")
    assert "(quorum)" in (await room.says("ben", "/showrunner rules show quorum")).replace("`", "")
    assert "There is no house rule" in await room.says("ben", "/showrunner rules show zebra")


def test_each_line_stands_under_one_topic() -> None:
    under = [key for keys in TOPICS.values() for key in keys]
    assert sorted(under) == sorted(BY_KEY)
    assert all(key in TOPICS[topic_of(key)] for key in BY_KEY)
