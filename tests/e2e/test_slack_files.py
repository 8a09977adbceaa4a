"""A text handed in as a file through a form in Slack: fetched with the token, read as text, or refused in one sentence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.story.books import Books
from tests.servers.slack import Modal
from tests.servers.slack.things import File
from tests.slack_rig import SlackRoom, open_slack_room

FILE = "Or a text file"
LINE = "A line from a file."


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[SlackRoom]:
    async with open_slack_room(f"sqlite:///{tmp_path}/house.db") as found:
        await found.says("ada", "/story new The Last Ferry")
        yield found


def texts(books: Books) -> list[str]:
    story = books.snapshot().story
    return [version.text for _, version in books.passages(story.id, limit=50)] if story else []


async def opens(room: SlackRoom) -> Modal:
    await room.says("ada", "/extend")
    modal = room.last["ada"].modal
    assert modal is not None
    return modal


async def hands_in(room: SlackRoom, file: object, text: str = "") -> str:
    """Send the form with this file; gives what ada then sees, the open form with its errors or the answer."""
    modal = await opens(room)
    fields = {FILE: file, **({modal.fields[0].label: text} if text else {})}
    return await room._take("ada", room.person("ada").submit(modal, fields))


@pytest.mark.parametrize(("name", "data", "said"), [
    ("words.txt", LINE.encode(), "passage 1"),
    ("words.md", f"\ufeff{LINE}".encode(), "passage 1"),
    ("words.txt", f"{LINE}\n".encode("utf-16"), "passage 1"),
    ("../../etc/passwd.txt", LINE.encode(), "passage 1"),
    ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00", "no plain text"),
    ("words.txt", b"\xff\xfe\xfd", "no plain text"),
    ("words.txt", "caf\xe9".encode("latin-1"), "no plain text"),
    ("words.txt", b"", "empty"),
    ("words.txt", b" \n\n ", "empty"),
    ("words.txt", b"x" * 400_001, "too large"),
    ("words.txt", b"x" * 100_001, "100,000"),
], ids=["text", "marked", "utf-16", "odd name", "picture", "broken", "latin-1", "nothing", "blank", "huge", "too long"])  # fmt: skip
async def test_a_file_is_text_of_a_size_or_refused_in_a_sentence(
    room: SlackRoom, name: str, data: bytes, said: str
) -> None:
    answer = await hands_in(room, (name, data))
    assert said in answer
    stored = await room.look(texts)
    assert stored == ([LINE] if said == "passage 1" else [])
    assert room.server.refused == []
    if said not in ("passage 1", "100,000"):
        modal = room.last["ada"].modal
        assert modal is not None
        assert list(modal.errors) == [FILE], "the sentence stands on the field of the file"


async def test_a_long_text_comes_back_byte_for_byte(room: SlackRoom) -> None:
    text = "\n\n".join(f"{n}. The lamp went out over the water; 灯が消えた. \U0001f1e9\U0001f1ea" for n in range(1_500))
    assert "passage 1" in await hands_in(room, ("night.md", text.encode()))
    assert await room.look(texts) == [text]
    files = [file.data for message in room.wall.messages for file in message.files]
    assert files == [text.encode()]


def lies_about_its_size(room: SlackRoom) -> File:
    return room.person("ada").uploads("words.txt", b"x" * 900_000, size=12)


def is_said_to_be_huge(room: SlackRoom) -> File:
    return room.person("ada").uploads("words.txt", LINE.encode(), size=10**9)


@pytest.mark.parametrize("made", [lies_about_its_size, is_said_to_be_huge])
async def test_a_file_that_is_larger_than_it_says_or_than_it_may_be_is_not_read(
    room: SlackRoom, made: Callable[[SlackRoom], File]
) -> None:
    assert "too large" in await hands_in(room, made(room))
    assert await room.look(texts) == []


async def no_right(room: SlackRoom) -> None:
    room.server.house.scopes.discard("files:read")


async def broken(room: SlackRoom) -> None:
    room.server.faults.add("files", reset=True, times=2)  # aiohttp asks once more on a fresh connection


async def busy(room: SlackRoom) -> None:
    room.server.faults.add("files", status=503)


@pytest.mark.parametrize("state", [no_right, broken, busy])
async def test_a_file_that_cannot_be_fetched_is_said_on_its_field_and_can_be_sent_again(
    room: SlackRoom, state: Callable[[SlackRoom], Awaitable[None]]
) -> None:
    await state(room)
    assert "could not be fetched from Slack" in await hands_in(room, ("words.txt", LINE.encode()))
    assert await room.look(texts) == []
    room.server.house.scopes.add("files:read")
    room.server.faults.clear()
    again = room.last["ada"].modal
    assert again is not None
    assert "passage 1" in await room._take("ada", room.person("ada").submit(again))
    assert await room.look(texts) == [LINE]


async def test_a_text_and_a_file_together_lose_neither(room: SlackRoom) -> None:
    assert "a text and a file" in await hands_in(room, ("words.txt", LINE.encode()), text="Typed with great care.")
    assert await room.look(texts) == []
    modal = room.last["ada"].modal
    assert modal is not None
    assert modal.fields[0].value == "Typed with great care."


async def test_a_form_that_closed_before_its_file_failed_is_answered_privately(room: SlackRoom) -> None:
    room.server.faults.add("files", delay=2.5, status=503)
    assert "could not be fetched from Slack" in await hands_in(room, ("words.txt", LINE.encode()))
    assert not room.asked("ada")


async def test_a_file_that_comes_slowly_is_taken_once(room: SlackRoom) -> None:
    room.server.faults.add("files", delay=2.5)
    assert "passage 1" in await hands_in(room, ("words.txt", LINE.encode()))
    assert await room.look(texts) == [LINE]


async def test_the_token_goes_to_no_other_service(room: SlackRoom) -> None:
    asked: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        asked.append(request.headers.get("Authorization", ""))
        return web.Response(text=LINE)

    app = web.Application()
    app.router.add_get("/{any:.*}", elsewhere)
    async with TestServer(app) as other:
        file = room.person("ada").uploads("words.txt", LINE.encode())
        linked: dict[str, Any] = {**file.json(str(other.make_url(""))), "is_external": True}
        assert "could not be fetched from Slack" in await hands_in(room, linked)
    assert asked == []
    assert await room.look(texts) == []


async def test_a_file_of_which_slack_gives_the_id_alone_is_asked_for(room: SlackRoom) -> None:
    file = room.person("ada").uploads("words.txt", LINE.encode())
    whole = file.json(room.server.url)
    bare = {**whole, "url_private": "", "url_private_download": "", "name": None, "file_access": "check_file_info"}
    assert "passage 1" in await hands_in(room, bare)
    assert await room.look(texts) == [LINE]
