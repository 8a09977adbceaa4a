"""An unmodified discord.py lives on the loopback server, and people use what it shows them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import discord
import pytest

from tests.servers.discord import DiscordServer
from tests.unit.discord_client import PNG, SmallBot, running


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with DiscordServer() as server:
        yield server


async def test_a_command_is_answered_and_everyone_in_the_channel_sees_it(server: DiscordServer) -> None:
    ada, ben, story = server.person("ada"), server.person("ben"), server.channel("story")
    async with running(server):
        answer = await ada.command(story, "hello", name="Ada")
        assert answer.kind == "message"
        assert answer.text == "Hello, Ada."
        assert 0 < answer.acked_after < 3000
        assert [seen.text for seen in ben.sees(story)] == ["Hello, Ada."]
    assert server.refused == []


async def test_a_deferred_card_is_completed_and_its_form_filled_in(server: DiscordServer) -> None:
    ada, ben, story = server.person("ada"), server.person("ben"), server.channel("story")
    async with running(server):
        answer = await ada.command(story, "card")
        assert answer.kind == "deferred"
        card = (await answer.finished()).message
        assert card.text.splitlines() == [
            "# The \\*ferry\\*",
            "map.png (a map)",
            "[Pitch] [Spent]",
            "Which scene?",
            "One",
            "Two",
        ]
        assert card.words.splitlines()[0] == "# The *ferry*"
        assert [(file.name, file.alt, file.data) for file in card.files] == [("map.png", "a map", PNG)]
        assert not card.edited
        form = (await ben.press(card, "Pitch")).modal
        assert [field.label for field in form.fields] == ["Your idea", "Tone", "A sketch"]
        sent = await ben.submit(form, {"Your idea": "Fog", "Tone": "Dark", "A sketch": ("a.txt", b"12345")})
        assert sent.text == "Fog, Dark, [5]"
        assert sent.message.ephemeral
        assert len(ben.sees(story)) == 2
        assert len(ada.sees(story)) == 1
    assert server.refused == []


async def test_a_menu_updates_its_own_message(server: DiscordServer) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with running(server):
        card = (await (await ada.command(story, "card")).finished()).message
        answer = await ada.choose(card, ["Two"], placeholder="Which scene?")
        assert answer.kind == "update"
        assert answer.text.startswith("Scene Two")
        assert answer.message.edited
        assert len(ada.sees(story)) == 1


async def test_menus_of_messages_and_suggestions_reach_the_bot(server: DiscordServer) -> None:
    ada, ben, story = server.person("ada"), server.person("ben"), server.channel("story")
    async with running(server):
        said = ben.says(story, "The ferry came in.")
        assert (await ada.menu(story, "Add to story", said)).text == "Added: The ferry came in."
        suggested = await ada.type_ahead(story, "round close", "number", "4")
        assert [(choice.name, choice.value) for choice in suggested] == [("round 4", 4)]
        assert (await ada.command(story, "round close", who=ben, number=4)).text == "ben closes round 4."


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("hello", {}, "required"),
        ("hello", {"name": "x" * 21}, "characters"),
        ("hello", {"name": 3}, "text"),
        ("hello", {"name": "Ada", "mood": "calm"}, "no option 'mood'"),
        ("round close", {"who": "ben"}, "does not fit"),
        ("round", {}, "needs one of"),
        ("round open", {}, "no sub-command"),
        ("goodbye", {}, "no command"),
    ],
)
async def test_what_a_client_would_not_send_is_not_sent(
    server: DiscordServer, name: str, options: dict[str, object], words: str
) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with running(server):
        with pytest.raises(AssertionError, match=words):
            await ada.command(story, name, **options)


async def test_a_form_takes_only_what_its_fields_take(server: DiscordServer) -> None:
    ada, ben, story = server.person("ada"), server.person("ben"), server.channel("story")
    async with running(server):
        card = (await (await ada.command(story, "card")).finished()).message
        form = (await ada.press(card, "Pitch")).modal
        for answers, words in (
            ({"Tone": "Dark"}, "filled in"),
            ({"Your idea": "ab", "Tone": "Dark"}, "at least 3"),
            ({"Your idea": "x" * 21, "Tone": "Dark"}, "at most 20"),
            ({"Your idea": "Fog"}, "answered"),
            ({"Your idea": "Fog", "Tone": "Loud"}, "no option 'Loud'"),
            ({"Your idea": "Fog", "Tone": "Dark", "Mood": "x"}, "no field 'Mood'"),
            ({"Your idea": "Fog", "Tone": "Dark", "A sketch": [("a", b"1"), ("b", b"2")]}, "not 2"),
        ):
            with pytest.raises(AssertionError, match=words):
                await ada.submit(form, answers)
        with pytest.raises(AssertionError, match="someone else"):
            await ben.submit(form, {"Your idea": "Fog", "Tone": "Dark"})
        with pytest.raises(AssertionError, match="greyed out"):
            await ada.press(card, "Spent")
        with pytest.raises(AssertionError, match="no button 'Vote'"):
            await ada.press(card, "Vote")
        with pytest.raises(AssertionError, match="1 to 1"):
            await ada.choose(card, ["One", "Two"])


async def break_by_op_7(server: DiscordServer) -> None:
    server.gateway.ask_to_reconnect()


async def break_by_op_9(server: DiscordServer) -> None:
    server.gateway.invalidate(resumable=False)


async def break_by_resumable_op_9(server: DiscordServer) -> None:
    server.gateway.invalidate(resumable=True)


async def break_by_4000(server: DiscordServer) -> None:
    await server.gateway.close(4000)


async def break_by_1001(server: DiscordServer) -> None:
    await server.gateway.close(1001)


async def break_by_4009(server: DiscordServer) -> None:
    await server.gateway.close(4009)


async def break_by_reset(server: DiscordServer) -> None:
    server.gateway.reset()


@pytest.mark.parametrize(
    ("broken", "resumes"),
    [
        (break_by_op_7, True),
        (break_by_resumable_op_9, True),
        (break_by_4000, True),
        (break_by_1001, True),
        (break_by_reset, True),
        (break_by_op_9, False),
        (break_by_4009, False),
    ],
)
async def test_the_bot_comes_back_from_every_break(
    server: DiscordServer, broken: object, resumes: bool
) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with running(server):
        assert callable(broken)
        await broken(server)
        await server.gateway.back()
        assert (await ada.command(story, "hello", name="Ada")).text == "Hello, Ada."
        assert (server.gateway.resumed, server.gateway.identified) == ((1, 1) if resumes else (0, 2))


async def test_what_happened_during_a_break_is_replayed_once(server: DiscordServer) -> None:
    ada, story = server.person("ada"), server.channel("story")
    async with running(server) as bot:
        ada.says(story, "Before.")
        await server.until(lambda: len(bot.heard) == 1)
        server.gateway.reset()
        ada.says(story, "During.")
        await server.gateway.back()
        ada.says(story, "After.")
        await server.until(lambda: len(bot.heard) == 3)
        assert server.gateway.resumed == 1
        assert [message.author.name for message in bot.heard] == ["ada"] * 3


async def test_shards_divide_the_guilds_and_the_first_has_private_messages() -> None:
    async with DiscordServer(shards=2) as server:
        annex = server.guild("annex")
        ada = server.person("ada")
        server.person("ada", guild=annex)
        places = [server.channel("story"), server.channel("annex story", guild=annex)]
        async with running_sharded(server) as bot:
            assert {guild.shard_id for guild in bot.guilds} == {0, 1}
            for place in places:
                ada.says(place, "Hello.")
            ada.says(server.dm(ada), "Hello alone.")
            await server.until(lambda: len(bot.heard) == 3)
            assert {message.guild.shard_id for message in bot.heard if message.guild} == {0, 1}


async def test_an_app_that_someone_brings_along_answers_in_a_guild_that_never_invited_it(
    server: DiscordServer,
) -> None:
    elsewhere = server.guild("elsewhere", installed=False)
    ada = server.person("ada", guild=elsewhere)
    there = server.channel("there", guild=elsewhere)
    async with running(server):
        with pytest.raises(AssertionError, match="brought along"):
            await ada.command(there, "hello", name="Ada")
        for command in server.service.world.commands.values():
            command["integration_types"] = [0, 1]
        assert (await ada.command(there, "hello", name="Ada")).text == "Hello, Ada."


async def test_when_someone_joined_and_made_their_account_reaches_the_bot(server: DiscordServer) -> None:
    joined, created = datetime(2026, 3, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)
    ada = server.person("ada", joined=joined, created=created)
    story = server.channel("story")
    async with running(server) as bot:
        ada.says(story, "Hello.")
        await server.until(lambda: len(bot.heard) == 1)
        author = bot.heard[0].author
        assert isinstance(author, discord.Member)
        assert (author.joined_at, author.created_at) == (joined, created)


class ShardedBot(discord.AutoShardedClient, SmallBot):
    """The same bot over several shards."""


def running_sharded(server: DiscordServer):  # type: ignore[no-untyped-def]  # as `running`
    return running(server, ShardedBot(intents=discord.Intents.default()))
