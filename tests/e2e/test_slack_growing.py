"""A co-writer's text in Slack: it grows where nobody else is disturbed, is one line elsewhere, and always says whose it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.calls import from_token
from tests.brisk import brisk
from tests.servers.slack import Seen
from tests.servers.slack.interactions import Interaction
from tests.servers.slack.things import Channel
from tests.slack_rig import SlackRoom, open_slack_room
from tests.slow_hand import TALE, SlowHand

HEAD = "The machine (a slow hand) is writing. This is not in the story."
NOT_IN = "not in the story"


@asynccontextmanager
async def opened(tmp_path: Path, writer: SlowHand | None = None) -> AsyncIterator[SlackRoom]:
    """A story of ada's in her own conversation with the bot."""
    async with open_slack_room(f"sqlite:///{tmp_path}/house.db", writer=writer or SlowHand()) as room:
        room.channel = room.server.dm(room.server.person("ada"))
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ada", "/extend It began at the quay.")
        yield room


def drafts(room: SlackRoom) -> list[Seen]:
    """What stands there of the machine's."""
    return [m for m in room.person("ada").sees(room.channel) if "machine" in m.words or "Writing" in m.words or "recording" in m.words]


async def watched(room: SlackRoom, asked: Interaction, done: Callable[[Seen], bool]) -> tuple[list[str], Seen]:
    """What stood there while the co-writer wrote, and what stands there in the end."""
    before = {message.message.ts for message in drafts(room)}
    seen: list[str] = []
    with brisk(20):
        while True:
            new = [m for m in drafts(room) if m.message.ts not in before]
            if new and (not seen or seen[-1] != new[-1].words):
                seen.append(new[-1].words)
            if new and done(new[-1]):
                assert len(new) == 1, "one message from its first word to its last"
                return seen, new[-1]
            await asyncio.sleep(0.1)


def whole(message: Seen) -> bool:
    return any(button.label == "Use as is" for button in message.buttons)


def asks(room: SlackRoom) -> Interaction:
    room.clock.pass_(minutes=1)
    return room.person("ada").starts(room.channel, "/room", "assist continue")


async def asks_again(room: SlackRoom) -> Interaction:
    """Press Another on a draft that stands there: that can be replied to."""
    _, first = await watched(room, asks(room), whole)
    room.clock.pass_(minutes=1)
    return room.person("ada").starts_press(first, "Another")


def calls(room: SlackRoom, method: str) -> int:
    """How often a method was called and did what it should."""
    return len([entry for entry in room.server.record if entry.get("method") == method and not entry["error"]])


def grows(seen: list[str]) -> None:
    """Every state says that it is the machine's, and each has more of the tale than the one before."""
    assert len(seen) >= 4, seen
    assert all(NOT_IN in words for words in seen), seen
    assert all(HEAD in words for words in seen[:-1]), seen
    counts = [words.count("captain") for words in seen]
    assert counts == sorted(counts), seen


async def test_after_a_command_a_message_is_edited_until_the_draft_is_there(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        before = calls(room, "chat.update")
        seen, last = await watched(room, asks(room), whole)
        grows(seen)
        assert TALE.strip()[:60] in last.words
        assert HEAD not in last.words
        assert calls(room, "chat.startStream") == 0, "a command is no message to reply to"
        assert calls(room, "chat.update") - before >= 3
        assert room.server.refused == []


async def test_below_a_message_that_was_pressed_the_text_streams(tmp_path: Path) -> None:
    async with opened(tmp_path) as room:
        asked = await asks_again(room)
        first = next(m for m in drafts(room))
        with brisk(20):
            await room.server.until(lambda: room.person("ada").sees_status(room.channel, first) == "is thinking…", 60)
        seen, last = await watched(room, asked, whole)
        grows(seen)
        assert last.thread, "it stands below what was pressed"
        assert not last.streaming
        assert TALE.strip()[:60] in last.words
        assert calls(room, "chat.startStream") == calls(room, "chat.stopStream") == 1
        assert calls(room, "chat.appendStream") >= 3
        assert room.person("ada").sees_status(room.channel, first) == ""
        assert room.server.refused == []


async def grown_old(room: SlackRoom) -> None:
    room.server.age(seconds=310)


async def stopped(room: SlackRoom) -> None:
    room.person("ada").stops(next(m for m in drafts(room) if m.streaming))


async def limited(room: SlackRoom) -> None:
    room.server.faults.add("chat.appendStream", status=429, retry_after=2.0)


async def reset_after(room: SlackRoom) -> None:
    room.server.faults.add("chat.appendStream", reset=True, when="after")


async def reset_before(room: SlackRoom) -> None:
    room.server.faults.add("chat.appendStream", reset=True)


async def broken(room: SlackRoom) -> None:
    room.server.faults.add("chat.appendStream", status=503, times=3)


@pytest.mark.parametrize("trouble", [grown_old, stopped, limited, reset_after, reset_before, broken])
async def test_whatever_ends_a_stream_the_draft_comes_whole_and_once(
    tmp_path: Path, trouble: Callable[[SlackRoom], Awaitable[None]]
) -> None:
    async with opened(tmp_path) as room:
        asked = await asks_again(room)
        with brisk(20):
            await room.server.until(lambda: any(m.streaming and "lamp" in m.words for m in drafts(room)), 60)
        known = {m.message.ts for m in drafts(room) if not m.streaming}
        await trouble(room)
        with brisk(20):
            await room.server.until(
                lambda: any(whole(m) for m in drafts(room) if m.message.ts not in known and not m.streaming), 60
            )
        (last,) = [m for m in drafts(room) if m.message.ts not in known]
        assert asked.error == ""
        assert TALE.strip() in str(last.raw["blocks"])
        assert last.top.count("Nobody") == 6, "nothing twice"
        over = {"message_not_in_streaming_state", "stopped_by_user"}
        assert {refusal.error for refusal in room.server.refused} <= over, room.server.refused


async def test_a_long_text_grows_as_far_as_a_message_holds_and_then_comes_whole(tmp_path: Path) -> None:
    tale = "The-lamp-went-out-over-the-water-and-nobody-had-told-the-captain. " * 210
    async with opened(tmp_path, SlowHand(tale.strip(), pause=0.05)) as room:
        _, last = await watched(room, asks(room), whole)
        asked = room.person("ada").starts_press(last, "Another")
        await watched(room, asked, whole)
        assert room.server.refused == []


async def test_when_the_co_writer_fails_a_plain_sentence_takes_the_place_of_what_grew(tmp_path: Path) -> None:
    async with opened(tmp_path, SlowHand(fails_after=30)) as room:
        _, last = await watched(room, asks(room), lambda m: any(b.label == "Try again" for b in m.buttons))
        assert "The connection broke before the end" in last.words
        assert "The lamp went out" in last.words, "what had come is shown, and kept"
        assert HEAD not in last.words
        assert room.server.refused == []


async def test_in_a_channel_a_draft_is_one_line_and_then_its_askers_alone(tmp_path: Path) -> None:
    async with open_slack_room(f"sqlite:///{tmp_path}/house.db", writer=SlowHand()) as room:
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ada", "/extend It began at the quay.")
        asked = asks(room)
        with brisk(20):
            await room.server.until(lambda: any(whole(m) for m in drafts(room)), 60)
        states = [m for m in drafts(room) if m.ephemeral]
        assert [("Writing" in m.words, whole(m)) for m in states] == [(True, False), (False, True)]
        assert "captain" not in room.wall.text
        assert asked.error == ""
        assert not [e for e in room.server.record if str(e.get("method")).startswith(("chat.startStream", "assistant."))]
        assert room.server.refused == []


async def test_between_two_people_the_bot_writes_nothing_that_the_other_sees(tmp_path: Path) -> None:
    async with open_slack_room(f"sqlite:///{tmp_path}/house.db", writer=SlowHand()) as room:
        ada, ben = room.server.person("ada"), room.server.person("ben")
        pair: Channel = room.server.between(ada, ben)
        room.channel = pair
        ada.starts(pair, "/room", "story new The Last Ferry")
        await room.server.until(lambda: bool(ada.sees(pair)), 20)
        ada.starts(pair, "/room", "assist continue")
        with brisk(20):
            await room.server.until(lambda: any(whole(m) for m in ada.sees(pair)), 60)
        assert ben.sees(pair) == []


async def test_its_asker_says_with_one_press_whether_a_draft_helps_and_why_shows_it(tmp_path: Path) -> None:
    async with open_slack_room(f"sqlite:///{tmp_path}/house.db", writer=SlowHand(pause=0.001)) as room:
        await room.says("ada", "/story new The Last Ferry")
        await room.says("ada", "/extend It began at the quay.")
        await room.says("ada", "/assist continue")
        draft = room.last["ada"]
        assert "This helps" in draft.buttons
        assert "Noted" in await room.presses("ada", "This helps")
        room.last["ada"] = draft
        assert "You said that it helps." in await room.presses("ada", "Why this?")
        room.last["ada"] = draft
        await room.presses("ada", "This does not help")
        room.last["ada"] = draft
        assert "You said that it does not help." in await room.presses("ada", "Why this?")
        room.last["ada"] = draft
        await room.presses("ada", "Show the room")
        (shown,) = [m for m in room.wall.messages if "captain" in m.words]
        assert "This helps" not in [button.label for button in shown.buttons], "what one thinks of it is one's own"
        forged = draft.messages[-1].message.data["blocks"][-1]["elements"][0]["positive_button"]["value"]
        assert "not here any more" in await room.calls("ben", from_token(forged))
        assert room.server.refused == []
