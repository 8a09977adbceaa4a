"""People and things that do not belong: other workspaces, guests, who left, forged places, and far too much text."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from adapters.slack.connection import Connection
from adapters.slack.presence import is_in
from adapters.slack.web_client import client_of
from bot.arguments import Ref
from bot.calls import Call
from tests.brisk import brisk
from tests.e2e.conftest import FULL
from tests.e2e.slack_scenes import WAITING, WORDS, a_room, clean, done, posted, private, quiet, texts
from tests.servers.slack import TOKEN, Person, SlackServer, payloads
from tests.servers.slack.interactions import Interaction
from tests.servers.slack.refusal import Json
from tests.slack_rig import SlackRoom

LONG = "".join(f"{n:05d} 🌊 at sea & <so on>\n" for n in range(1700))[:40_000]
"""40,000 characters, of which none can be missed."""
NOT_SERVED = "not connected to this workspace"
NOT_THERE = "You are not in that room any more"


async def _sends(room: SlackRoom, who: Person, deed: Any, more: Json, team: Any = None) -> Interaction:
    """Something that no client sends, through the right door."""
    source = room.wall.messages[0].message
    one = room.server.interactions.begin(deed, who.user, room.channel, source=source)
    url = room.server.interactions.hook(one, room.channel)
    world = room.server.service.world
    frame = payloads.command(one, world, "/room", "help", url) if deed == "slash_commands" else payloads.frame(one, world)
    if deed == "block_actions":
        frame |= payloads.on_message(source, who.user, url)
    if team is not None:
        frame |= {"team_id": team.id} if deed == "slash_commands" else {"team": team.json()}
    frame.setdefault("response_url", url)
    room.server.interactions.send(one, frame | more)
    with brisk(WAITING):
        await one.acknowledged.wait()
    assert not one.error, one.error
    return one


def _press(call: Call) -> Json:
    return {"actions": [{"type": "button", "action_id": call.token, "block_id": "b", "action_ts": "1.0"}]}


def _form(call: Call, at: dict[str, str], **values: str) -> Json:
    view = {
        "id": "V1", "type": "modal", "callback_id": "room37-form", "blocks": [],
        "private_metadata": json.dumps({"call": call.token, "texts": {}, "at": at}),
        "state": {"values": {name: {name: {"type": "plain_text_input", "value": value}} for name, value in values.items()}},
    }  # fmt: skip
    return {"view": view}


async def _deeds(room: SlackRoom) -> int:
    found: int = await room.look(lambda books: len(books.deeds(limit=500)))
    return found


# ---- other workspaces


async def test_what_comes_from_a_workspace_that_is_not_served_is_told_so_and_does_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        mallory, annex = room.person("mallory"), room.server.team("annex")
        before = await _deeds(room)
        for deed, more in (
            ("slash_commands", {"text": f"extend {WORDS}"}),
            ("block_actions", _press(Call("round close"))),
            ("message_action", {"callback_id": Call("message add").token, "message": {"ts": "1.0", "text": WORDS}}),
        ):
            seen = len(private(room, "mallory"))
            await _sends(room, mallory, deed, more, annex)
            with brisk(WAITING):
                await room.server.until(lambda seen=seen: len(private(room, "mallory")) > seen, 60)  # type: ignore[misc]
            said = private(room, "mallory")[seen:]
            assert [NOT_SERVED in one.words for one in said] == [True], said
        one = await _sends(room, mallory, "view_submission", _form(Call("pitch"), {"channel": room.channel.id}, text=WORDS), annex)
        assert NOT_SERVED in str(one.errors), one.errors
        await quiet()
        assert await _deeds(room) == before
        assert room.server.dm(room.person("mallory")).messages == {}
        assert "lamp" not in room.wall.text
    clean(caplog)


async def test_somebody_of_another_workspace_in_a_shared_channel_is_a_guest_here(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        await room.says("ada", "/pitch A bell answers")
        annex = room.server.team("annex")
        zoe = room.server.person("zoe", team=annex)
        zoe.user.admin = True
        room.server.joins(zoe, room.channel)
        before = await _deeds(room)
        await _sends(room, zoe, "block_actions", _press(Call("round close")))
        await quiet()
        told = [seen for seen in zoe.sees(room.channel) if seen.ephemeral]
        assert len(told) == 1, told
        assert await _deeds(room) == before, "an admin elsewhere is no keeper here"
        said = zoe.says(room.channel, "A whale had swallowed the quay.")
        ada = room.person("ada")
        for label in ("Add to story", "Make canon"):
            await ada.menu(room.channel, label, said)
            await quiet()
            while ada.modal is not None:
                await ada.closes(ada.modal)
        assert "whale" not in str(await texts(room)), "another person's words go in with their yes alone"
        assert room.server.refused == []
    clean(caplog)


# ---- forged places


async def test_a_form_or_the_home_leads_into_no_room_that_the_person_is_not_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        ada, eve = room.person("ada"), room.person("eve")
        hidden = room.in_channel(room.server.channel("writers", private=True, people=[ada]))
        await hidden.says("ada", "/story new The Secret")
        await hidden.says("ada", "/pitch Nobody knows")
        at = {"channel": hidden.channel.id}
        mine = {"channel": room.server.dm(ada).id}
        for place in (at, mine, {"channel": "C0NOWHERE"}, {"channel": "D0NOBODYS"}):
            one = await _sends(room, eve, "view_submission", _form(Call("pitch"), place, text=WORDS))
            assert NOT_THERE in str(one.errors), (place, one.errors)
        for call in (Call("round status"), Call("read"), Call("pitch")):
            seen = len(_direct(room, eve))
            home = {"view": {"type": "home"}, "container": {"type": "view"}, "channel": None, "message": None}
            press = _press(call.with_args(room=await hidden.look(lambda books: books.snapshot().room.id)))
            await _sends(room, eve, "block_actions", home | press | {"response_url": ""})
            with brisk(WAITING):
                await room.server.until(lambda seen=seen: len(_direct(room, eve)) > seen, 60)  # type: ignore[misc]
            assert ["a room that is not one of yours" in one.words for one in _direct(room, eve)[seen:]] == [True]
        assert await done(hidden, "pitch.added") == 1
        assert "Secret" not in "".join(one.words for one in _direct(room, eve))
    clean(caplog)


async def test_a_ballot_of_the_home_is_cast_in_the_direct_message_that_it_comes_in(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path) as room:
        await room.says("ada", "/pitch A bell answers")
        await room.says("ben", "/pitch A gull listens")
        ada = room.person("ada")
        home = await ada.opens_home()
        assert home is not None
        await ada.press(home, "Vote")
        with brisk(WAITING):
            await room.server.until(lambda: bool(_direct(room, ada)), 60)
        (ballot,) = _direct(room, ada)
        await ada.choose(ballot, ["1 · A bell answers (ada)"])
        await ada.press(ballot, "Vote")
        await quiet()
        assert await room.look(lambda books: len(books.snapshot().rounds)) == 1
        counted = await room.look(
            lambda books: [b.person for r in books.snapshot().rounds.values() for b in books.snapshot().ballots_of(r.id)]
        )
        assert counted == [room.key("ada")], [m.words for m in _direct(room, ada)]
    clean(caplog)


async def test_the_homes_buttons_end_with_the_membership(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_room(tmp_path) as room:
        await room.says("ada", "/pitch A bell answers")
        home = await room.person("ada").opens_home()
        assert home is not None
        assert [button.label for button in home.buttons] == ["Vote", "Read", "My words and AI"]
        room.server.leaves(room.person("ada"), room.channel)
        ada = room.server.person("ada")
        await ada.press(home, "Vote")
        with brisk(WAITING):
            await room.server.until(lambda: NOT_THERE in "".join(m.words for m in _direct(room, ada)), 60)
        assert "A bell answers" not in "".join(m.words for m in _direct(room, ada))
    clean(caplog)


def _direct(room: SlackRoom, who: Person) -> list[Any]:
    return list(who.sees(room.server.dm(who)))


async def test_a_person_is_found_in_a_channel_of_more_people_than_slack_lists_at_once() -> None:
    async with SlackServer() as server, aiohttp.ClientSession() as session:
        crowd = [server.person(f"p{n}") for n in range(2100)]
        channel = server.channel("crowd", people=crowd)
        client = client_of(Connection(bot_token=TOKEN, api_url=server.api), session, TOKEN)
        assert await is_in(client, channel.id, crowd[-1].user.id)
        assert not await is_in(client, channel.id, server.person("outside").user.id)
        assert len([e for e in server.record if e["method"] == "conversations.members"]) == 6


async def test_a_forged_button_reaches_nothing_of_another_room(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_room(tmp_path) as room:
        attic = room.elsewhere("attic")
        await attic.says("ada", "/story new The Attic")
        await attic.says("ada", f"/extend {WORDS}")
        await attic.says("ada", "/pitch A moth flew up")
        ids: list[str] = await attic.look(
            lambda books: [*(passage.id for passage, _ in books.passages(books.snapshot().story.id)), books.snapshot().room.id]
        )
        before, eve = await _deeds(attic), room.person("eve")
        forged: set[str] = set()
        for command in room.house.inbox.commands:
            for id_ in ids if not command.menu and command.name != "story new" else ():
                args = {a.name: id_ for a in command.arguments if isinstance(a.kind, Ref)}
                for more in ({}, {"desk": id_}, {"room": ids[-1]}):
                    with contextlib.suppress(ValueError):  # too long for a button
                        forged.add(Call(command.name, args | more).token)
        assert len(forged) > 200
        for token in sorted(forged)[:: 1 if FULL else 7]:
            await _sends(room, eve, "block_actions", {"actions": [{"type": "button", "action_id": token, "block_id": "b"}]})
            shown = eve.modal
            while eve.modal is not None:
                await eve.closes(eve.modal)
            assert shown is None or "lamp" not in shown.words
        await quiet()
        assert await _deeds(attic) == before
        assert "Attic" not in "".join(seen.words for seen in private(room, "eve"))
        assert "lamp" not in "".join(seen.words for seen in private(room, "eve"))
    clean(caplog)


# ---- people who are gone, or who bring too much


async def test_a_deactivated_account_acts_no_more(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_room(tmp_path) as room:
        dan = room.person("dan")
        room.server.deactivate(dan)
        before = await _deeds(room)
        await _sends(room, dan, "slash_commands", {"text": f"extend {WORDS}"})
        await _sends(room, dan, "block_actions", _press(Call("round close")))
        await quiet()
        assert await _deeds(room) == before
        assert WORDS not in await texts(room)
        told = [str(m.data.get("text")) for m in room.channel.messages.values() if m.only_for is dan.user]
        assert ["This account is closed" in words for words in told] == [True, True]
    clean(caplog)


@pytest.mark.parametrize("transport", ["socket", "http"])
async def test_forty_thousand_characters_go_in_whole_or_are_kept(
    transport: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path, transport=transport) as room:
        await room.says("ada", f"/extend {LONG}")
        assert LONG.strip() in [text.strip() for text in await texts(room)]
        await posted(room)
        files = [file.data.decode() for m in room.wall.messages for file in m.files]
        assert [text.strip() for text in files] == [LONG.strip()], "the room has it as a file"
        said = room.person("ben").says(room.channel, LONG)
        ben = room.person("ben")
        answer = await ben.menu(room.channel, "Save as pitch", said)
        assert not answer.failed
        with brisk(WAITING):
            await room.server.until(lambda: ben.modal is not None or private(room, "ben") != [], 60)
        await quiet()
        refused = await room.says("cy", f"/pitch {LONG}")
        assert "1,000" in refused, refused[:300]
        assert "in your drafts" in refused or "kept" in refused.lower(), refused[:300]
        assert room.server.refused == []
    clean(caplog)


async def test_open_a_round_asks_where_and_what_and_opens_it_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async with a_room(tmp_path) as room:
        ada = room.person("ada")
        attic = room.elsewhere("attic")
        room.person("ada")
        for channel, words in ((attic.channel, "There is no story here yet"), (room.channel, "What does the ferry carry?")):
            await ada.shortcut("Open a round")
            with brisk(WAITING):
                await room.server.until(lambda: ada.modal is not None, 60)
            modal = ada.modal
            assert modal is not None
            where = next(field.label for field in modal.fields if field.kind == "conversations_select")
            what = next(field.label for field in modal.fields if field.kind == "plain_text_input")
            answer = await ada.submit(modal, {where: channel, what: "What does the ferry carry?"})
            with brisk(WAITING):
                await room.server.until(
                    lambda channel=channel, words=words, answer=answer: words  # type: ignore[misc]
                    in str([s.words for s in ada.sees(channel)]) + str(answer.interaction.errors),
                    60,
                )
            while ada.modal is not None:
                await ada.closes(ada.modal)
        await posted(room)
        assert "What does the ferry carry?" in room.wall.text
        assert "ferry carry" not in attic.wall.text
        assert room.server.refused == []
    clean(caplog)


FORM = "application/x-www-form-urlencoded"
NO_REQUESTS: list[tuple[bytes, str]] = [
    (b"\xff\xfe\x00", "application/json"), (b"{", "application/json"), (b"[]", "application/json"),
    (b"null", "application/json"), (b"37", "application/json"), (b'{"type": 3}', "application/json"),
    (b'{"type": "event_callback"}', "application/json"), (b"", FORM), (b"payload=", FORM),
    (b"payload=[]", FORM), (b'payload={"type": 37}', FORM), (b'payload={"type": "block_actions", "actions": 3}', FORM),
    (b"command=%2Froom", FORM), (b"\xff=1", FORM),
]  # fmt: skip


async def test_what_is_no_request_of_slacks_gets_a_status_and_no_traceback(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with a_room(tmp_path, transport="http") as room, aiohttp.ClientSession() as session:
        url, before = room.server.request_url, await _deeds(room)

        async def asks(body: bytes | io.BytesIO, **headers: str) -> int:
            async with session.post(url, data=body, headers=headers) as answer:
                return answer.status

        for body, kind in NO_REQUESTS:
            assert await asks(body, **{"Content-Type": kind}) == 401, body
            signed = room.server.signed.headers(body, kind)
            for name, value in (
                ("X-Slack-Request-Timestamp", "now"), ("X-Slack-Request-Timestamp", "-1"),
                ("X-Slack-Request-Timestamp", "9" * 40), ("X-Slack-Signature", "v0=" + "\u00e9"), ("X-Slack-Signature", ""),
            ):  # fmt: skip
                assert await asks(body, **{**signed, name: value}) == 401, (body, name, value)
            assert await asks(body, **signed) in (200, 400, 401, 404), body
        large = b"x" * 9_000_000
        assert await asks(io.BytesIO(large), **room.server.signed.headers(large, FORM)) == 413
        for other in ("/", "/slack/install", "/slack/oauth_redirect", "/slack/events"):
            async with session.get(url.replace("/slack/events", other)) as answer:
                assert answer.status in (404, 405), other
        assert await _deeds(room) == before
    clean(caplog)
