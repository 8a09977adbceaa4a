"""People on the loopback Discord see what is shown to them: its words, its pictures, and nothing of others'."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.discord import Seen
from tests.unit.discord_calls import BUTTON, V2, Api, Json, calling, menu, row
from tests.unit.discord_client import PNG, running


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


async def seen(api: Api, body: Json, *files: tuple[str, bytes]) -> Seen:
    await api.post(body, files)
    assert api.status == 200, api.body
    return api.ada.sees(api.story)[-1]


async def test_all_that_can_be_read_on_an_old_message_is_its_text(api: Api) -> None:
    embed = {
        "author": {"name": "Ada"},
        "title": "Scene",
        "description": "Fog.",
        "fields": [{"name": "Mood", "value": "Calm"}],
        "footer": {"text": "Page 1"},
        "image": {"url": "attachment://map.png"},
    }
    link = {"type": 2, "style": 5, "label": "Read", "url": "https://a.example"}
    parts = [row({**BUTTON, "emoji": {"name": "✅"}}, link), row(menu(placeholder="Which?", max_values=1))]
    attachments = [{"id": 0, "description": "a map"}]
    shown = await seen(
        api,
        {"content": "Read this.", "embeds": [embed], "components": parts, "attachments": attachments},
        ("map.png", PNG),
    )
    assert shown.text.splitlines() == [
        "Read this.",
        *("Ada", "Scene", "Fog.", "Mood", "Calm", "Page 1"),
        *("[✅ Vote] [Read]", "Which?", "One"),
        "map.png (a map)",
    ]
    assert [(button.label, button.url) for button in shown.buttons] == [
        ("Vote", None),
        ("Read", "https://a.example"),
    ]
    assert (shown.selects[0].placeholder, shown.selects[0].options) == ("Which?", ("One",))
    assert (api.body["attachments"][0]["width"], api.body["attachments"][0]["height"]) == (40, 30)
    with pytest.raises(AssertionError, match="leads away"):
        api.ada.starts_press(shown, "Read")


async def test_all_that_can_be_read_on_a_laid_out_message_is_its_text(api: Api) -> None:
    words = {"type": 10, "content": "**Scene**"}
    media = {"url": "attachment://map.png"}
    section = {
        "type": 9,
        "components": [words],
        "accessory": {"type": 11, "media": media, "description": "a map"},
    }
    parts = [
        {
            "type": 17,
            "components": [section, {"type": 14}, {"type": 13, "file": {"url": "attachment://a.txt"}}],
        }
    ]
    shown = await seen(api, {"flags": V2, "components": parts}, ("map.png", PNG), ("a.txt", b"x"))
    assert shown.text.splitlines() == ["**Scene**", "map.png (a map)", "a.txt"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (r"\*not bold\* and \\ and \_", r"*not bold* and \ and _"),
        (r"a\b stays", r"a\b stays"),
        (r"`\*code\*` and \`", r"`\*code\*` and `"),
        ("```\n\\*code\\*\n```\\*", "```\n\\*code\\*\n```*"),
    ],
)
async def test_words_are_without_escapes_outside_code(api: Api, sent: str, words: str) -> None:
    shown = await seen(api, {"content": sent})
    assert (shown.text, shown.words) == (sent, words)


async def test_words_have_names_for_people_roles_and_channels(api: Api) -> None:
    pen = api.server.role("pen")
    shown = await seen(api, {"content": f"{api.ada.mention} <@&{pen.id}> <#{api.story.id}> <@1>"})
    assert shown.words == "@ada @pen #story <@1>"


async def test_what_was_seen_stays_as_it_was_while_the_message_changes(api: Api) -> None:
    shown = await seen(api, {"content": "Before."})
    await api.call("PATCH", f"{api.room}/messages/{api.body['id']}", {"content": "After."})
    assert (shown.text, shown.edited) == ("Before.", False)
    assert (api.ada.sees(api.story)[0].text, api.ada.sees(api.story)[0].edited) == ("After.", True)


async def test_people_wait_for_words_and_say_what_they_read_instead(api: Api) -> None:
    api.ada.says(api.story, "Hello.")
    assert (await api.ben.reads(api.story, "Hello")).author == "ada"
    with pytest.raises(AssertionError, match=r"never read 'Goodbye', but:\nHello\."):
        await api.ben.reads(api.story, "Goodbye", seconds=0.02)


async def test_people_edit_and_take_away_only_what_is_theirs(api: Api) -> None:
    mine = api.ada.says(api.story, "Mine.")
    with pytest.raises(AssertionError, match="only what they wrote"):
        api.ben.edits(mine, "Yours.")
    with pytest.raises(AssertionError, match="not theirs"):
        api.ben.deletes(mine)
    api.ada.deletes(mine)
    with pytest.raises(AssertionError, match="gone"):
        api.ada.starts_press(mine, "Vote")


async def test_a_message_that_failed_after_its_effect_is_sent_once_by_discord_py(api: Api) -> None:
    async with running(api.server) as bot:
        api.server.faults.add("POST /channels/*/messages", status=502, when="after")
        await bot.get_partial_messageable(api.story.id).send("Once.")
        assert [shown.text for shown in api.ada.sees(api.story)] == ["Once."]
