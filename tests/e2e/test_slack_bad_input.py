"""What people, other apps and forgers send: refused in words, kept, told to nobody else, and never a notification."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.calls import Call
from bot.story.books import Books
from bot.story.rooms import Preset
from tests.brisk import brisk
from tests.servers.slack import Answer, Seen, payloads
from tests.servers.slack.refusal import Json
from tests.slack_rig import SlackRoom, Transport, open_slack_room

WORDS = "The lamp went out over the water."
NASTY = "<!channel> <!here> <@U000> <@ada> *bold* & &amp; <https://x.y|z> @everyone"


@asynccontextmanager
async def _room(folder: Path, transport: Transport = "socket", preset: Preset = "table") -> AsyncIterator[SlackRoom]:
    url = f"sqlite:///{folder}/house.db"
    async with open_slack_room(url, transport=transport, preset=preset) as room:
        await room.says("ada", "/story new The Last Ferry", standing=None)
        await room.says("ben", "/extend It began at the quay.")
        yield room


async def _texts(room: SlackRoom) -> list[str]:
    def read(books: Books) -> list[str]:
        story = books.snapshot().story
        assert story is not None
        return [version.text for _, version in books.passages(story.id)]

    found: list[str] = await room.look(read)
    return found


async def _done(room: SlackRoom, kind: str) -> int:
    deeds: list[str] = await room.look(lambda books: [d.entry.kind for d in books.deeds(limit=200)])
    return deeds.count(kind)


def _clean(log: pytest.LogCaptureFixture) -> None:
    for record in log.records:
        assert record.exc_info is None, record.getMessage()
        assert record.levelno < logging.ERROR, record.getMessage()
        assert "lamp" not in record.getMessage()


async def _quiet(room: SlackRoom, seconds: float = 3) -> None:
    with brisk(60):
        await asyncio.sleep(seconds)


async def _reads(room: SlackRoom, name: str, words: str, *, direct: bool = False) -> Seen:
    where = room.server.dm(room.person(name)) if direct else room.channel
    return await room.person(name).reads(where, words)


# ---- requests


@pytest.mark.parametrize("signature", ["bad", "stale", "none"])
async def test_a_request_that_slack_did_not_sign_now_does_nothing(
    signature: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path, "http") as room:
        assert await room.server.signed.verify()
        room.server.faults.signatures = signature  # type: ignore[assignment]  # one of its own words
        answer = await room.person("ada").command(room.channel, "/room", f"extend {WORDS}")
        assert answer.failed
        assert room.server.signed.statuses[-1] == 401
        room.server.faults.signatures = "good"
        assert WORDS not in await _texts(room)
        assert "passage 2" in await room.says("ada", f"/extend {WORDS}")
    _clean(caplog)


async def test_a_request_that_is_replayed_letter_by_letter_is_carried_out_and_answered_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path, "http") as room:
        await room.says("ada", f"/extend {WORDS}")
        before = len(room.person("ada").sees(room.channel))
        for _ in range(3):
            assert await room.server.signed.replay() == 200
        await _quiet(room)
        assert (await _texts(room)).count(WORDS) == 1
        assert len(room.person("ada").sees(room.channel)) == before
    _clean(caplog)


async def _forged(room: SlackRoom, deed: str, payload: Json) -> Answer:
    """Something that no client sends, through the right door."""
    who = room.person("mallory")
    source = room.wall.messages[0].message
    one = room.server.interactions.begin(deed, who.user, room.channel, source=source)  # type: ignore[arg-type]
    frame = payloads.frame(one, room.server.service.world)
    if deed == "block_actions":
        frame |= payloads.on_message(source, who.user, room.server.interactions.hook(one, room.channel))
    room.server.interactions.send(one, frame | payload)
    with brisk(60):
        await one.acknowledged.wait()
    return Answer(room.server.service, one)


def _press(action_id: object) -> Json:
    return {"actions": [{"type": "button", "action_id": action_id, "block_id": "b", "action_ts": "1.0"}]}


def _view(**changed: object) -> Json:
    held = json.dumps({"call": Call("pitch").token, "texts": {}, "at": {}})
    view: Json = {
        "id": "V1", "type": "modal", "callback_id": "room37-form", "private_metadata": held,
        "state": {"values": {}}, "blocks": [],
    }  # fmt: skip
    return {"view": view | changed}


FORGED: list[tuple[str, Json]] = [
    ("block_actions", _press("no token at all")),
    ("block_actions", _press("x" * 255)),
    ("block_actions", _press("")),
    ("block_actions", _press("story erase|yes")),
    ("block_actions", {"actions": [{"type": "static_select", "action_id": Call("help").token}], "state": []}),
    ("shortcut", {"callback_id": "no-such"}),
    ("shortcut", {"callback_id": Call("story erase").token}),
    ("message_action", {"callback_id": "no-such", "message": {"ts": "1.0", "text": WORDS}}),
    ("message_action", {"callback_id": Call("message report").token, "message": {"bot_id": "B666", "text": WORDS}}),
    ("view_submission", _view(private_metadata="")),
    ("view_submission", _view(private_metadata="{}")),
    ("view_submission", _view(private_metadata='{"call": 37}')),
    ("view_submission", _view(private_metadata="[" * 2000)),
    ("view_submission", _view(callback_id="of another app", private_metadata="theirs")),
    ("view_submission", _view(state={"values": {"text": {"text": {"type": "strange"}}}})),
    ("view_submission", _view(state={"values": {"text": []}})),
    ("view_submission", _view(state=None)),
]


async def test_what_nobody_was_shown_is_refused_in_words_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        deeds = await room.look(lambda books: len(books.deeds(limit=200)))
        for deed, payload in FORGED:
            await _forged(room, deed, payload)
        await _quiet(room)
        assert await room.look(lambda books: len(books.deeds(limit=200))) == deeds
        assert "passage 2" in await room.says("ada", f"/extend {WORDS}")
        assert room.server.refused == []
        for record in caplog.records:
            assert record.exc_info is None, record.getMessage()
            assert record.levelno < logging.ERROR, record.getMessage()


# ---- forms


async def test_a_form_sent_twice_counts_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with _room(tmp_path) as room:
        await room.says("ada", "/pitch")
        modal = room.last["ada"].modal
        assert modal is not None
        room.server.faults.duplicates = 1
        await room.fills("ada", "A bell answers")
        await _quiet(room)
        assert await _done(room, "pitch.added") == 1
        told = [seen for seen in room.person("ada").sees(room.channel) if seen.ephemeral and "A bell answers" in seen.words]
        assert len(told) == 1
    _clean(caplog)


async def test_a_form_for_a_round_that_closed_meanwhile_keeps_the_text(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        await room.says("ada", "/pitch")
        modal = room.last["ada"].modal
        assert modal is not None
        await room.says("ben", "/round close")
        room.last["ada"] = type(room.last["ada"])(room.last["ada"].answer, (), modal)
        told = await room.fills("ada", "A bell answers")
        assert "A bell answers" in told + await room.says("ada", "/my drafts") + await room.says("ada", "/round status")
    _clean(caplog)


# ---- people


async def test_readers_of_a_studio_are_refused_kindly_and_strangers_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path, preset="studio") as room:
        guest = room.server.person("gil", guest="single")
        room.server.joins(guest, room.channel)
        await guest.command(room.channel, "/room", f"extend {WORDS}")
        await _quiet(room)
        assert WORDS not in await _texts(room)
        told = [seen for seen in guest.sees(room.channel) if seen.ephemeral]
        assert len(told) == 1, told
        assert WORDS not in room.wall.text
    _clean(caplog)


async def test_nobody_is_called_up_by_what_people_write(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with _room(tmp_path) as room:
        ada = room.person("ada")
        await room.says("ada", f"/extend {NASTY}")
        kept = (await _texts(room))[-1]
        await room.says("ben", f"/pitch {NASTY}")
        await room.says("ben", "/read")
        assert not [ping for ping in room.server.pings if ada.user.id in ping[1] or "@channel" in ping[1]], room.server.pings
        assert room.server.pings == []
        assert kept.count("*bold* &") == 1
        assert room.server.refused == []
    _clean(caplog)


async def test_an_emoji_on_a_ballot_is_told_once_and_privately(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with _room(tmp_path) as room:
        await room.says("ada", "/pitch A bell answers")
        ballot = next(m for m in room.wall.messages if "A bell answers" in m.words or "A round is open" in m.words)
        cards = room.wall.messages
        for emoji in ("thumbsup", "heart", "fire"):
            for card in cards:
                room.person("ben").reacts(card, emoji)
        await _quiet(room)
        told = [seen for seen in room.person("ben").sees(room.channel) if seen.ephemeral and "is no vote" in seen.words]
        assert len(told) == 1, ballot.words
        assert "is no vote" not in room.wall.text
    _clean(caplog)


# ---- other ways in


async def test_the_bots_name_in_a_message_and_in_a_thread_is_a_command(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        ada = room.person("ada")
        ada.mentions(room.channel, "pitch A bell answers")
        await _reads(room, "ada", "A bell answers")
        await _quiet(room)
        assert await _done(room, "pitch.added") == 1
        ada.mentions(room.channel, "pitch A gull listens", reply_to=room.wall.messages[0])
        await _quiet(room)
        assert await _done(room, "pitch.added") == 2
        ada.mentions(room.channel, "continue the story for us")
        await _quiet(room)
        assert room.server.refused == []
        assert room.server.deliveries.unheard == []
    _clean(caplog)


async def test_every_entry_of_a_messages_menu_leads_somewhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with _room(tmp_path) as room:
        said = room.person("ben").says(room.channel, "A gull had seen all of it.")
        for label in ("Add to story", "Save as pitch", "Make canon", "Give note", "Report"):
            ada = room.person("ada")
            before = len([s for s in ada.sees(room.channel) if s.ephemeral])
            answer = await ada.menu(room.channel, label, said)
            assert not answer.failed, (label, answer.failed)

            def came(ada=ada, before=before) -> bool:  # type: ignore[no-untyped-def]
                return ada.modal is not None or len([s for s in ada.sees(room.channel) if s.ephemeral]) > before

            await room.server.until(came, 5)
            await _quiet(room)
            while ada.modal is not None:
                await ada.closes(ada.modal)
        assert room.server.refused == []
    _clean(caplog)


async def test_a_global_shortcut_asks_for_the_channel_and_answers_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        ada = room.person("ada")
        await ada.shortcut("Pitch an idea")
        await room.server.until(lambda: ada.modal is not None, 5)
        modal = ada.modal
        assert modal is not None
        where = next(field.label for field in modal.fields if field.kind == "conversations_select")
        pitch = next(field.label for field in modal.fields if field.kind == "plain_text_input")
        await ada.submit(modal, {where: room.channel, pitch: "A bell answers"})
        await _reads(room, "ada", "A bell answers")
        assert await _done(room, "pitch.added") == 1
        assert room.server.refused == []
    _clean(caplog)


async def test_the_home_leads_to_the_right_room_and_its_answers_come_as_a_direct_message(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with _room(tmp_path) as room:
        new = await room.person("nia").opens_home()
        assert new is not None
        assert "/invite" in new.words
        await room.says("ada", "/pitch A bell answers")
        await room.says("ben", "/pitch A gull listens")
        home = await room.person("ada").opens_home()
        assert home is not None
        assert "The Last Ferry" in home.words
        buttons = {button.label for button in home.buttons}
        assert buttons
        for label in sorted(buttons):
            ada = room.person("ada")
            direct = room.server.dm(ada)
            before = len(ada.sees(direct))
            pressed = await ada.press(home, label)
            assert not pressed.failed, label

            def came(ada=ada, direct=direct, before=before) -> bool:  # type: ignore[no-untyped-def]
                return ada.modal is not None or len(ada.sees(direct)) > before

            try:
                await room.server.until(came, 5)
            except TimeoutError:
                raise AssertionError((label, room.server.record[-4:])) from None
            while ada.modal is not None:
                await ada.closes(ada.modal)
        assert room.server.refused == []
    _clean(caplog)
