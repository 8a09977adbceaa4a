"""What Slack refuses, delivers again or forgets: done once across restarts, said once to who can act, nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.calls import Call
from tests.brisk import brisk
from tests.e2e.slack_scenes import (
    WAITING,
    WORDS,
    a_room,
    clean,
    done,
    posted,
    private,
    quiet,
    starts,
    texts,
    told,
)
from tests.servers.slack import Seen, SlackServer, payloads
from tests.servers.slack.deliveries import Delivery
from tests.servers.slack.refusal import Json
from tests.slack_rig import SlackRoom, Transport, open_slack_room

BOTH: list[Transport] = ["socket", "http"]


def _server(transport: Transport) -> SlackServer:
    return SlackServer(delivery=transport, ack_seconds=12.0, trigger_seconds=12.0)


# ---- too long


@pytest.mark.parametrize("error", ["msg_too_long", "msg_blocks_too_long"])
async def test_a_message_that_slack_finds_too_long_is_its_beginning_and_a_file(
    error: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        room.server.faults.add("chat.postMessage", error=error)
        await told(room, "ada", f"extend {WORDS}")
        await posted(room)
        passage = [m for m in room.wall.messages if WORDS in m.top and not m.files]
        assert len(passage) == 1, [m.words for m in room.wall.messages]
        assert "all-of-it.txt" in passage[0].words
        files = [file for m in room.wall.messages for file in m.files]
        assert [WORDS in file.data.decode() for file in files] == [True]
        assert "A bell" in await told(room, "ada", "pitch A bell answers"), "what comes after it is not held up"
        await posted(room)
        room.server.faults.add("chat.update", error=error)
        await told(room, "ada", "pitch A gull listens")
        await posted(room)
        card = [m for m in room.wall.messages if "Vote" in [b.label for b in m.buttons]]
        assert len(card) == 1, [(m.words, [b.label for b in m.buttons]) for m in room.wall.messages]
        await told(room, "ben", "pitch A third idea")  # the next redrawing is taken whole again, and the file goes
        await posted(room)
        assert len([m for m in room.wall.messages if m.files]) == 1
    clean(caplog)


async def test_an_answer_that_slack_finds_too_long_comes_with_a_file_in_a_direct_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        await told(room, "ada", f"extend {WORDS}")
        room.server.faults.add("hooks", status=404)
        room.server.faults.add("chat.postEphemeral", error="msg_blocks_too_long")
        read = await told(room, "cy", "read")
        assert "all-of-it.txt" in read
        with brisk(WAITING):
            await room.server.until(lambda: any(m.files for m in private(room, "cy", direct=True)), 60)
        (file,) = [file for m in private(room, "cy", direct=True) for file in m.files]
        assert WORDS in file.data.decode()
        assert "answer that got lost" not in await told(room, "cy", "help")
    clean(caplog)


async def test_a_card_that_slack_takes_in_no_form_holds_up_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_room(tmp_path) as room:
        room.server.faults.add("chat.postMessage", error="invalid_blocks")
        await told(room, "ada", f"extend {WORDS}")
        await told(room, "ada", "pitch A bell answers")
        with brisk(WAITING):
            await room.server.until(lambda: "A round is open" in room.wall.text, 60)
        await posted(room)
        assert sum(WORDS in m.words for m in room.wall.messages) == 1


# ---- places


async def test_an_archived_channel_is_said_once_to_who_was_there_and_goes_on_when_it_is_taken_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        await told(room, "ada", "pitch A bell answers")
        await posted(room)
        room.server.archive(room.channel)
        await room.later(hours=30)
        await room.later(hours=30)
        await quiet()
        said = [s.words for s in [*private(room, "ada"), *private(room, "ada", direct=True)] if "archived" in s.words]
        assert len(said) == 1, [e for e in room.server.record if e.get("error")][-8:]
        assert not [s for s in private(room, "ben", direct=True) if "archived" in s.words]
        before = room.wall.text
        room.server.unarchive(room.channel)
        with brisk(WAITING):
            await room.server.until(lambda: room.wall.text != before, 30)
        await posted(room)
    clean(caplog)
    barred = [r for r in caplog.records if "may not post" in r.getMessage()]
    assert len(barred) == 1, [r.getMessage() for r in barred]


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "restricted_action"])
async def test_a_channel_that_takes_no_cards_is_said_once_and_nothing_is_lost(
    error: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        room.server.faults.add("chat.postMessage", times=6, error=error)
        room.server.faults.add("chat.update", times=6, error=error)
        for n in (1, 2, 3):
            assert "Your idea is in" in await told(room, "ada", f"pitch Idea number {n}")
        with brisk(WAITING):
            await room.server.until(lambda: len(_said(room, "Everything is kept")) > 0, 60)
        await quiet()
        assert len(_said(room, "Everything is kept")) == 1
        room.server.faults.clear()
        await posted(room)
        assert "Idea number 3" in room.wall.text
    clean(caplog)


def _said(room: SlackRoom, words: str) -> list[Seen]:
    return [seen for seen in private(room, "ada") if words in seen.words]


# ---- again, also after a restart


@pytest.mark.parametrize("transport", BOTH)
async def test_what_is_delivered_again_after_a_restart_is_done_once(
    transport: Transport, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    url = f"sqlite:///{tmp_path}/house.db"
    async with _server(transport) as server:
        async with open_slack_room(url, transport=transport, server=server) as room:
            await room.says("ada", "/story new The Last Ferry")
            command = starts(room, "ada", f"extend {WORDS}")
            await told(room, "ada", command)
            await room.says("ben", "/pitch")
            modal = room.last["ben"].modal
            assert modal is not None
            await room.fills("ben", "A bell answers")
            form = room.last["ben"].answer.interaction
            room.person("cy").mentions(room.channel, "pitch A gull listens")
            with brisk(WAITING):
                await room.person("cy").reads(room.channel, "A gull listens", seconds=60)
            mention = next(p for p in server.service.events.told if p["event"]["type"] == "app_mention")
            await posted(room)
        async with open_slack_room(url, transport=transport, server=server) as room:
            for interaction in (command, form):
                server.interactions.send(interaction, interaction.payload)
            for _ in range(2):
                server.deliveries.tell(Delivery("events_api", mention, attempt=1, reason="timeout"))
            await server.deliveries.quiet()
            await quiet()
            await posted(room)
            assert await texts(room) == [WORDS]
            assert await done(room, "pitch.added") == 2
            assert sum(WORDS in m.words for m in room.wall.messages) == 1
            assert server.deliveries.unheard == []
    clean(caplog)


@pytest.mark.parametrize("transport", BOTH)
async def test_an_event_whose_acknowledgement_got_lost_is_retried_and_done_once(
    transport: Transport, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path, transport=transport) as room:
        room.server.faults.lost_acks = 2
        room.person("ada").mentions(room.channel, "pitch A bell answers")
        with brisk(WAITING):
            await room.server.deliveries.quiet()
        await quiet()
        tries = [e["attempt"] for e in room.server.record if e.get("way") == "events_api" and e["type"] == "app_mention"]
        assert tries == [0, 1, 2], "Slack tried again"
        if transport == "http":
            headers = [h for _, h in room.server.signed.sent if "X-Slack-Retry-Num" in h]
            assert [h["X-Slack-Retry-Num"] for h in headers] == ["1", "2"]
        assert await done(room, "pitch.added") == 1
        assert len(_said(room, "A bell answers")) == 1, "and it is answered once"
    clean(caplog)


# ---- acknowledgements and triggers


def _broken(room: SlackRoom) -> list[tuple[str, Json]]:
    """Deliveries behind whose acknowledgement something breaks at once."""
    press = {"actions": [{"type": "button", "action_id": Call("help").token, "block_id": "b"}]}
    return [
        ("slash_commands", {"user_id": None}),
        ("slash_commands", {"team_id": "T0STRANGER"}),
        ("block_actions", {**press, "user": {}}),
        ("block_actions", {**press, "team": None, "user": {"id": "U1"}}),
        ("shortcut", {"callback_id": "nonsense", "trigger_id": None}),
        ("view_submission", {"view": {"type": "modal", "callback_id": "room37-form", "private_metadata": "{", "state": {"values": {"x": {"x": {}}}}}, "team": None}),
    ]


@pytest.mark.parametrize("transport", BOTH)
async def test_what_breaks_right_behind_an_acknowledgement_does_not_take_it_back(
    transport: Transport, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Bolt drops an acknowledgement when its listener raises within 10 ms of it (facts, trap 1)."""
    async with a_room(tmp_path, transport=transport) as room:
        ada = room.person("ada")
        for deed, broken in _broken(room):
            source = room.wall.messages[0].message
            one = room.server.interactions.begin(deed, ada.user, room.channel, source=source)  # type: ignore[arg-type]
            url = room.server.interactions.hook(one, room.channel)
            frame = payloads.frame(one, room.server.service.world)
            if deed == "slash_commands":
                frame = payloads.command(one, room.server.service.world, "/room", "help", url)
            room.server.interactions.send(one, {**frame, **broken})
            await one.acknowledged.wait()
            assert not one.error, (deed, broken, one.error)
        room.server.faults.add("users.info", times=3, reset=True)
        room.server.faults.add("hooks", times=3, status=404)
        room.server.faults.add("chat.postEphemeral", times=3, error="fatal_error")
        room.server.faults.add("chat.postMessage", times=3, status=500)
        for line in ("help", f"extend {WORDS}"):
            one = starts(room, "dee", line)
            await one.acknowledged.wait()
            assert not one.error
        await quiet()
        room.server.faults.clear()
        assert (await texts(room)).count(WORDS) == 1
    clean(caplog)


async def test_a_form_whose_trigger_died_is_opened_by_a_button(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_room(tmp_path) as room:
        for error in ("expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"):
            room.server.faults.add("views.open", error=error)
            said = await room.says("ada", "/pitch")
            assert "press it again" in said.lower() or "Open the form" in " ".join(room.buttons("ada")), said
            assert not room.asked("ada")
            await room.presses("ada", "Open the form")
            modal = room.last["ada"].modal
            assert modal is not None
            await room.person("ada").closes(modal)
        await room.says("ada", "/pitch")
        await room.fills("ada", "A bell answers")
        assert await done(room, "pitch.added") == 1
        assert room.server.refused == []
    clean(caplog)
