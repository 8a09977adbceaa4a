"""Deadlines: rounds and turns end by themselves, with a word before, and nobody is blamed for a quiet day."""

from __future__ import annotations

import json

from bot.story.people import Standing
from tests.contract.conftest import AnyRoom
from tests.rig import Room

KEEPER = Standing(keeper=True)


async def rules(room: AnyRoom, *lines: str) -> None:
    for line in lines:
        await room.says("ada", f"/showrunner rules set {line}", standing=KEEPER)


async def test_a_round_that_nobody_fed_is_carried_over(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Ferry", standing=KEEPER)
    await rules(room, "length 2h", "last-call 1h", "below-quorum repeat")
    await room.says("ada", "/round open What has the boy drawn?")
    await room.later(hours=2, minutes=1)
    assert "No idea has come in yet, so it stays open" in room.wall.text
    await room.later(hours=2, minutes=1)
    assert "Carried over: What has the boy drawn?" in room.wall.text
    assert "were needed" not in room.wall.text
    assert "What has the boy drawn?" in await room.says("ben", "/pitch An empty page")
    await room.says("ben", "/vote 1")
    await room.says("ada", "/vote 1")
    await room.later(hours=2, minutes=1)
    assert "Chosen (greenlit): An empty page" in room.wall.text


async def test_a_round_closes_by_itself_after_a_last_call_and_its_ballot_folds(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Ferry", standing=KEEPER)
    await rules(room, "length 2h", "last-call 1h", "early-close none")
    await room.says("ada", "/pitch A door")
    await room.says("ada", "/vote 1")
    await room.later(hours=1, minutes=1)
    assert sum("Last call" in notice for notice in room.wall.notices) == 1
    await room.later(hours=1)
    assert sum("Chosen (greenlit)" in notice for notice in room.wall.notices) == 1
    await room.later(hours=5)
    assert sum("Last call" in notice for notice in room.wall.notices) == 1
    assert "Choose every idea" not in room.wall.now


async def test_a_turn_is_reminded_once_and_passes_on_by_itself(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Ferry", standing=KEEPER)
    await rules(room, "extending turns", "turn-length 2h", "pings daily")
    await room.says("ben", "/pitch A door")
    await room.says("ada", "/turn order", standing=KEEPER)
    await room.says("ada", "/extend The lamp went out.")
    await room.later(hours=1, minutes=1)
    await room.later(minutes=10)
    assert "It is ben's turn" in await room.says("ada", "/turn status")
    await room.later(hours=1)
    assert "It is ada's turn" in await room.says("ben", "/turn status")


async def test_a_bot_that_was_down_over_two_deadlines_closes_each_once(table: Room) -> None:
    await table.says("ada", "/story new The Ferry")
    await rules(table, "length 2h", "last-call 1h", "early-close none", "below-quorum repeat")
    await table.says("ada", "/round open What has the boy drawn?")
    await table.later(days=30)
    await table.later(minutes=1)
    await table.later(days=1)
    assert sum("Carried over" in notice for notice in table.wall.notices) == 1
    assert not any("Last call" in notice for notice in table.wall.notices)


async def test_times_on_every_platform_are_the_readers_own_or_say_whose_they_are(room: AnyRoom) -> None:
    await room.says("ada", "/story new The Ferry", standing=KEEPER)
    await rules(room, "zone America/Sao_Paulo", "length 2h")
    await room.says("ada", "/pitch A door")
    await room.says("ada", "/sprint start for: 20 in: 5")
    sent = _sent(room)
    if room.place.platform == "discord":
        assert "<t:" in sent
    elif room.place.platform == "slack":
        assert "<!date^" in sent or '"type": "date"' in sent
        assert "America/Sao_Paulo" in sent  # what a client that knows no dates shows
    else:
        assert "11:00 America/Sao_Paulo" in sent
        assert "09:25 America/Sao_Paulo" in await room.says("ben", "/sprint join")


def _sent(room: AnyRoom) -> str:
    """What went out to the platform, as it went."""
    if isinstance(room, Room):
        return room.wall.text
    return json.dumps([message.raw for message in room.wall.messages], default=str)
