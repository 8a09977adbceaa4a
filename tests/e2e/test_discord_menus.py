"""Message menus, roles of the server and direct messages, as people use them in Discord."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.story.books import Books
from bot.story.people import Standing
from tests.brisk import brisk
from tests.discord_rig import DiscordRoom, open_discord_room
from tests.servers.discord import Answer

WORDS = "The tide came in *twice* that night, and nobody wrote it down."
KEEPER = Standing(keeper=True)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[DiscordRoom]:
    """A room with a story that has begun."""
    async with open_discord_room(f"sqlite:///{tmp_path}/house.db") as opened:
        await opened.says("ada", "/story new Menus", standing=KEEPER)
        await opened.says("ben", "/extend It began with a bell.")
        yield opened


def story_of(books: Books) -> list[tuple[str, str]]:
    story = books.snapshot().story
    return [(p.author, v.text) for p, v in books.passages(story.id)] if story else []


async def use(room: DiscordRoom, name: str, label: str, words: str) -> Answer:
    """Use a message's menu on the newest message with these words."""
    person = room.person(name)
    seen = next(m for m in reversed(person.sees(room.channel)) if words in m.words)
    answer = await person.menu(room.channel, label, seen)
    if answer.kind != "modal":
        await answer.finished()
    await room.house.inbox.settled(room.place)
    return answer


async def test_ones_own_message_goes_into_the_story_as_it_was_typed(room: DiscordRoom) -> None:
    room.person("ben").says(room.channel, WORDS)
    answer = await use(room, "ben", "Add to story", "The tide")
    assert answer.message.ephemeral
    assert (await room.look(story_of))[-1] == (room.key("ben"), WORDS)
    assert "nobody wrote it down" in room.wall.notices[-1]


async def test_another_persons_message_waits_for_their_yes(room: DiscordRoom) -> None:
    room.person("ada").says(room.channel, WORDS)
    await use(room, "ben", "Add to story", "The tide")
    assert len(await room.look(story_of)) == 1
    card = next(m for m in reversed(room.wall.messages) if any(b.label.startswith("Yes") for b in m.buttons))
    yes = next(b.label for b in card.buttons if b.label.startswith("Yes"))
    refused = await room.person("cleo").press(card, yes)
    await refused.finished()
    assert len(await room.look(story_of)) == 1
    await (await room.person("ada").press(card, yes)).finished()
    assert (await room.look(story_of))[-1] == (room.key("ada"), WORDS)
    assert room.server.pings == []


async def test_a_note_is_given_on_a_passage_by_its_menu_and_a_form(room: DiscordRoom) -> None:
    answer = await use(room, "cleo", "Give note", "It began with a bell")
    field = answer.modal.fields[0]
    await (await room.person("cleo").submit(answer.modal, {field.label: "Whose bell?"})).finished()
    assert "Whose bell?" in await room.says("cleo", "/notes list")


async def test_a_menu_whose_message_cannot_be_kept_in_time_says_so_while_the_database_is_still_busy(
    room: DiscordRoom,
) -> None:
    free = threading.Event()
    busy = asyncio.create_task(room.house.runner.write(lambda _: free.wait(60)))
    cleo = room.person("cleo")
    bell = next(m for m in cleo.sees(room.channel) if "It began with a bell" in m.words)
    with brisk(5):
        answer = await (await cleo.menu(room.channel, "Give note", bell)).finished(60)
        assert not busy.done()
    free.set()
    await busy
    assert "press it again" in answer.words
    await room.house.inbox.settled(room.place)
    assert (await use(room, "cleo", "Give note", "It began with a bell")).kind == "modal"


async def test_messages_of_strangers_and_empty_ones_are_left_alone(room: DiscordRoom) -> None:
    room.person("cleo").says(room.channel, "", files=[("a.png", b"\x89PNG")])
    seen = room.person("cleo").sees(room.channel)[-1]
    answer = await room.person("cleo").menu(room.channel, "Save as pitch", seen)
    await answer.finished()
    assert len(answer.words) > 20
    assert await room.look(lambda books: dict(books.snapshot().pitches)) == {}


async def test_a_role_of_the_server_counts_as_a_role_of_the_room(room: DiscordRoom) -> None:
    quiet = room.server.role("the quiet")
    room.server.gives(room.person("dov"), quiet)
    keeper = room.person("ada", KEEPER)
    answer = await keeper.command(
        room.channel, "showrunner roles", what="map", server_role=quiet, role="reader"
    )
    await answer.finished()
    assert "the quiet" in answer.words
    assert "read" in (await room.says("dov", "/pitch A door")).casefold()
    assert await room.look(lambda books: dict(books.snapshot().pitches)) == {}


async def test_my_drafts_of_all_rooms_are_in_a_direct_message(room: DiscordRoom) -> None:
    attic = room.elsewhere("attic")
    for here, text in ((room, "A lamp below."), (attic, "A lamp above.")):
        if here is attic:
            await here.says("ada", "/story new Attic", standing=KEEPER)
        await here.says("ada", "/stop")
        assert "safe" in await here.says("ben", f"/extend {text}")
    ben = room.person("ben")
    answer = await ben.command(room.server.dm(ben), "my drafts")
    await answer.finished()
    assert "A lamp below." in answer.words
    assert "A lamp above." in answer.words


async def test_a_thread_is_a_room_of_its_own_that_inherits(room: DiscordRoom) -> None:
    await room.says("ada", "/showrunner rules set pitch keepers", standing=KEEPER)
    ada = room.person("ada", KEEPER)
    room.channel = room.server.thread("Aside", room.channel, ada)
    assert "Aside Story" in await room.says("ada", "/story new Aside Story", standing=KEEPER)
    assert room.place.thread
    refused = await room.says("ben", "/pitch A door")
    assert "Your idea is in" not in refused
    assert "Aside Story" in room.wall.text


async def test_what_discord_says_of_a_voter_is_known_to_the_rules(room: DiscordRoom) -> None:
    await room.says("ada", "/pitch A door")
    await room.says("ben", "/vote 1")
    ben = await room.look(lambda books: books.snapshot().member(room.key("ben")))
    assert ben is not None
    assert ben.joined_at is not None
    assert ben.name == "ben"
