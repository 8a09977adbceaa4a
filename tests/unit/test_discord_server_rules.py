"""The loopback Discord is as strict as the real one about bodies, answers, permissions, threads and pings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.servers.discord import Refused
from tests.servers.discord.interactions import Interaction
from tests.unit.discord_calls import Api, Json, calling

V2, EPHEMERAL = 1 << 15, 1 << 6
BUTTON: Json = {"type": 2, "style": 1, "label": "Vote", "custom_id": "vote"}
ROW: Json = {"type": 1, "components": [BUTTON]}
WORDS: Json = {"type": 10, "content": "The ferry."}
OPTION: Json = {"label": "One", "value": "1"}


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


def row(*parts: Json) -> Json:
    return {"type": 1, "components": list(parts)}


def menu(**more: Any) -> Json:
    return {"type": 3, "custom_id": "menu", "options": [OPTION], **more}


# Bodies


async def test_a_refused_body_names_each_wrong_field_in_a_tree(api: Api) -> None:
    await api.post({"content": "x" * 2001, "components": [row({**BUTTON, "label": "x" * 81})]})
    assert (api.status, api.code, api.body["message"]) == (400, 50035, "Invalid Form Body")
    too_long = api.body["errors"]["content"]["_errors"]
    assert too_long == [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]
    assert "_errors" in api.body["errors"]["components"]["0"]["components"]["0"]["label"]
    assert [(one.status, one.code) for one in api.server.refused] == [(400, 50035)]


@pytest.mark.parametrize(
    "body", [{}, {"content": ""}, {"content": " \n\t "}, {"embeds": []}, {"content": None}]
)
async def test_a_message_without_anything_to_see_is_refused(api: Api, body: Json) -> None:
    assert (await api.post(body)).code == 50006


async def test_content_is_trimmed_as_people_see_it(api: Api) -> None:
    await api.post({"content": "  The ferry.\n\n"})
    assert api.body["content"] == "The ferry."


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ([BUTTON], "0.type"),
        ([WORDS], "0.type"),
        ([row()], "0.components"),
        ([row(BUTTON, {**BUTTON, "label": "Again"})], "0.components.1.custom_id"),
        ([row(BUTTON, menu())], "0.components"),
        ([row({"type": 2, "style": 1, "label": "Vote"})], "0.components.0.custom_id"),
        ([row({**BUTTON, "custom_id": ""})], "0.components.0.custom_id"),
        ([row({"type": 2, "style": 1, "custom_id": "a"})], "0.components.0"),
        ([row({**BUTTON, "style": 7})], "0.components.0.style"),
        ([row({**BUTTON, "url": "https://a.example"})], "0.components.0.url"),
        ([row({"type": 2, "style": 5, "label": "Go"})], "0.components.0.url"),
        ([row({"type": 2, "style": 5, "label": "Go", "url": "ftp://a.example"})], "0.components.0.url"),
        (
            [row({"type": 2, "style": 5, "label": "Go", "url": "https://a.example", "custom_id": "a"})],
            "0.components.0.custom_id",
        ),
        ([row({"type": 2, "style": 6})], "0.components.0.sku_id"),
        ([row({"type": 2, "style": 6, "sku_id": "1", "label": "Buy"})], "0.components.0.label"),
        ([row({**BUTTON, "emoji": {"name": "smile"}})], "0.components.0.emoji.name"),
        ([row(menu(options=[]))], "0.components.0.options"),
        ([row(menu(options=[OPTION, OPTION]))], "0.components.0.options.1.value"),
        ([row(menu(options=[{"value": "1"}]))], "0.components.0.options.0.label"),
        ([row(menu(max_values=2))], "0.components.0.max_values"),
        ([row(menu(min_values=2))], "0.components.0.min_values"),
        ([row({"type": 5, "custom_id": "who", "options": [OPTION]})], "0.components.0.options"),
        ([row({"type": 4, "custom_id": "a", "style": 1, "label": "x"})], "0.components.0.type"),
        ([row({**BUTTON, "id": 5}), row(menu(id=5))], "1.components.0.id"),
    ],
)
async def test_a_wrong_component_is_named(api: Api, parts: list[Json], path: str) -> None:
    await api.post({"content": "x", "components": parts})
    assert api.code == 50035
    found = api.body["errors"]["components"]
    for step in path.split("."):
        found = found[step]
    assert found["_errors"]


@pytest.mark.parametrize(
    ("parts", "path"),
    [
        ([BUTTON], "0.type"),
        ([{"type": 11, "media": {"url": "https://a.example/a.png"}}], "0.type"),
        ([{"type": 10, "content": ""}], "0.content"),
        ([{"type": 10, "content": "  "}], "0.content"),
        ([{"type": 9, "components": [WORDS]}], "0.accessory"),
        ([{"type": 9, "components": [], "accessory": BUTTON}], "0.components"),
        ([{"type": 9, "components": [BUTTON], "accessory": BUTTON}], "0.components.0.type"),
        ([{"type": 9, "components": [WORDS], "accessory": WORDS}], "0.accessory.type"),
        ([{"type": 12, "items": []}], "0.items"),
        ([{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}], "0.items.0.media.url"),
        (
            [
                {
                    "type": 12,
                    "items": [{"media": {"url": "https://a.example/a.png"}, "description": "x" * 1025}],
                }
            ],
            "0.items.0.description",
        ),
        ([{"type": 13, "file": {"url": "https://a.example/a.txt"}}], "0.file.url"),
        ([{"type": 14, "spacing": 3}], "0.spacing"),
        ([{"type": 17, "components": []}], "0.components"),
        ([{"type": 17, "components": [{"type": 17, "components": [WORDS]}]}], "0.components.0.type"),
        ([{"type": 17, "components": [WORDS], "accent_color": 1 << 24}], "0.accent_color"),
        ([{"type": 18, "label": "x", "component": menu()}], "0.type"),
    ],
)
async def test_a_wrong_part_of_a_laid_out_message_is_named(api: Api, parts: list[Json], path: str) -> None:
    await api.post({"flags": V2, "components": parts})
    assert api.code == 50035
    found = api.body["errors"]["components"]
    for step in path.split("."):
        found = found[step]
    assert found["_errors"]


async def test_nested_components_count_towards_forty(api: Api) -> None:
    sections = [
        {"type": 9, "components": [WORDS], "accessory": {**BUTTON, "custom_id": str(one)}}
        for one in range(13)
    ]
    await api.post({"flags": V2, "components": [{"type": 17, "components": sections}]})
    assert api.status == 200
    await api.post({"flags": V2, "components": [{"type": 17, "components": sections}, WORDS]})
    assert api.code == 50035


@pytest.mark.parametrize("legacy", [{"content": "x"}, {"embeds": [{"title": "x"}]}])
async def test_a_laid_out_message_has_no_text_of_the_old_kind(api: Api, legacy: Json) -> None:
    await api.post({"flags": V2, "components": [WORDS], **legacy})
    assert "MESSAGE_CANNOT_USE_LEGACY_FIELDS" in str(api.body["errors"])


async def test_a_message_becomes_laid_out_once_its_text_is_gone_and_never_back(api: Api) -> None:
    mark = (await api.post({"content": "Old."})).body["id"]
    path = f"{api.room}/messages/{mark}"
    assert (await api.call("PATCH", path, {"flags": V2, "components": [WORDS]})).code == 50035
    await api.call("PATCH", path, {"flags": V2, "components": [WORDS], "content": None})
    assert (api.status, api.body["content"], api.body["flags"]) == (200, "", V2)
    assert (await api.call("PATCH", path, {"flags": 0, "content": "Back.", "components": []})).code == 50035


async def test_files_are_kept_added_and_referred_to(api: Api) -> None:
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://a_b.png"}, "description": "a map"}]}
    await api.post({"flags": V2, "components": [gallery]}, [("a b.png", b"1"), ("unseen.txt", b"2")])
    seen = api.ada.sees(api.story)[0]
    assert [(file.name, file.alt, file.data) for file in seen.files] == [("a_b.png", "a map", b"1")]
    kept = [{"id": api.body["attachments"][0]["id"]}]
    path = f"{api.room}/messages/{api.body['id']}"
    await api.call(
        "PATCH", path, {"attachments": [*kept, {"id": "0", "description": "z"}]}, [("c.txt", b"3")]
    )
    assert [one["filename"] for one in api.body["attachments"]] == ["a_b.png", "c.txt"]
    await api.call("PATCH", path, {"attachments": [{"id": "1"}]})
    assert api.code == 50035


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/channels/1", 404, 10003),
        ("POST", "/channels/1/messages", 404, 10003),
        ("GET", "/guilds/1", 404, 10004),
        ("GET", "/users/1", 404, 10013),
        ("POST", "/webhooks/1/nothing", 401, 50027),
        ("POST", "/interactions/1/nothing/callback", 404, 10062),
        ("GET", "/no/such/route", 404, 0),
    ],
)
async def test_what_is_not_there_is_unknown(api: Api, method: str, path: str, status: int, code: int) -> None:
    await api.call(method, path, {} if method == "POST" else None)
    assert (api.status, api.code) == (status, code)


async def test_only_the_right_token_comes_in_and_only_json_is_read(api: Api) -> None:
    await api.call("GET", "/users/@me", None, (), Authorization="Bot wrong")
    assert api.status == 401
    url = f"{api.server.api}{api.room}/messages"
    async with api.session.post(url, data=b"{", headers={"Authorization": api.authorization}) as answer:
        assert (answer.status, (await answer.json())["code"]) == (400, 50109)
        assert answer.headers["Content-Type"] == "application/json"


# Messages that are there


async def test_only_the_author_edits_and_what_is_gone_is_unknown(api: Api) -> None:
    said = api.ada.says(api.story, "Mine.")
    path = f"{api.room}/messages/{said.message.id}"
    assert (await api.call("PATCH", path, {"content": "Yours."})).code == 50005
    assert (await api.call("DELETE", path)).code == 50013
    api.server.allow_bot("manage_messages")
    assert (await api.call("DELETE", path)).status == 204
    assert (await api.call("GET", path)).code == 10008
    assert said.deleted


async def test_an_enforced_nonce_makes_one_message_for_a_while(api: Api) -> None:
    body = {"content": "Once.", "nonce": "n1", "enforce_nonce": True}
    first = (await api.post({**body})).body["id"]
    assert (await api.post({**body})).body["id"] == first
    assert (await api.post({**body, "enforce_nonce": False})).body["id"] != first
    api.server.age(minutes=5)
    assert (await api.post({**body})).body["id"] != first


async def test_history_is_read_before_after_and_around(api: Api) -> None:
    marks = [(await api.post({"content": str(one)})).body["id"] for one in range(5)]

    async def read(query: str) -> str:
        await api.call("GET", f"{api.room}/messages?{query}")
        return "".join(one["content"] for one in api.body)

    assert await read("limit=2") == "43"
    assert await read(f"before={marks[3]}&limit=2") == "21"
    assert await read(f"after={marks[1]}&limit=2") == "32"
    assert await read(f"around={marks[2]}&limit=3") == "321"


async def test_without_the_intent_what_people_say_is_blank_unless_it_is_private_or_names_the_bot(
    api: Api,
) -> None:
    said = api.ada.says(api.story, "Hidden.")
    named = api.ada.says(api.story, f"<@{api.server.bot.id}> shown")
    alone = api.ada.says(api.server.dm(api.ada), "Shown.")
    for seen, place, content in (
        (said, api.story, ""),
        (named, api.story, f"<@{api.server.bot.id}> shown"),
        (alone, api.server.dm(api.ada), "Shown."),
    ):
        await api.call("GET", f"/channels/{place.id}/messages/{seen.message.id}")
        assert api.body["content"] == content


async def test_reactions_and_pins_are_counted_and_told(api: Api) -> None:
    mark = (await api.post({"content": "React."})).body["id"]
    await api.call("PUT", f"{api.room}/messages/{mark}/reactions/👍/@me")
    seen = api.ada.sees(api.story)[0]
    api.ada.reacts(seen, "👍")
    assert api.ada.sees(api.story)[0].reactions == {"👍": 2}
    await api.call("DELETE", f"{api.room}/messages/{mark}/reactions/👍/@me")
    assert api.ada.sees(api.story)[0].reactions == {"👍": 1}
    assert (await api.call("PUT", f"{api.room}/messages/{mark}/reactions/smile/@me")).code == 10014
    assert (await api.call("PUT", f"{api.room}/messages/pins/{mark}")).code == 50013
    api.server.allow_bot("pin_messages")
    await api.call("PUT", f"{api.room}/messages/pins/{mark}")
    await api.call("GET", f"{api.room}/messages/pins")
    assert [one["message"]["id"] for one in api.body["items"]] == [mark]


async def test_a_closed_poll_is_final(api: Api) -> None:
    poll = {"question": {"text": "Where?"}, "answers": [{"poll_media": {"text": "Here"}}], "duration": 1}
    mark = (await api.post({"poll": poll})).body["id"]
    assert api.ada.sees(api.story)[0].text == "Where?\nHere"
    await api.call("POST", f"{api.room}/polls/{mark}/expire")
    assert api.body["poll"]["results"]["is_finalized"]
    assert (await api.call("POST", f"{api.room}/polls/{mark}/expire")).code == 520000


# Answers to interactions


async def test_an_interaction_is_acknowledged_once_and_in_time() -> None:
    async with calling(ack_seconds=0.05) as api:
        one = await api.begin()
        assert (await api.answer(one, 4, {"content": "Here."})).status == 200
        assert (await api.answer(one, 4, {"content": "Again."})).code == 40060
        late = await api.ada.command(api.story, "pitch")
        assert late.failed
        assert late.kind == "none"
        assert (await api.answer(late.interaction, 4, {"content": "Late."})).code == 10062
        assert [seen.text for seen in api.ada.sees(api.story)] == ["Here."]


async def test_a_refused_answer_can_be_mended(api: Api) -> None:
    one = await api.begin()
    await api.answer(one, 4, {"content": "x" * 2001})
    assert api.body["errors"]["data"]["content"]["_errors"]
    assert (await api.answer(one, 4, {"content": "Short."})).status == 200


async def pressed(api: Api) -> Interaction:
    await api.post({"content": "Vote.", "components": [ROW]})
    return api.ada.starts_press(api.ada.sees(api.story)[-1], "Vote")


async def opened(api: Api, first: Interaction) -> Interaction:
    """A form that was opened from there, and sent."""
    form = {"title": "Form", "custom_id": "form", "components": [WORDS]}
    await api.answer(first, 9, form)
    data = {"custom_id": "form", "components": []}
    act = api.server.interactions
    return act.open(5, first.user, api.story, data, source=first.source, triggered_by=first)


@pytest.mark.parametrize("kind", [1, 4, 5, 6, 7, 8, 9, 10, None])
@pytest.mark.parametrize("origin", ["command", "button", "typing", "form of a command", "form of a button"])
async def test_each_kind_of_interaction_takes_its_own_answers(
    api: Api, origin: str, kind: int | None
) -> None:
    one = await (pressed(api) if "button" in origin else api.begin())
    if "form" in origin:
        one = await opened(api, one)
    if origin == "typing":
        one.kind = 4
    allowed = {
        "command": (4, 5, 9),
        "button": (4, 5, 6, 7, 9),
        "typing": (8,),
        "form of a command": (4, 5),
        "form of a button": (4, 5, 6, 7),
    }[origin]
    data: Json = (
        {"title": "Form", "custom_id": "again", "components": [WORDS]} if kind == 9 else {"content": "x"}
    )
    await api.answer(one, kind or 0, {} if kind in (5, 6, 8) else data)
    assert (api.status == 200) == (kind in allowed), api.body


async def test_the_first_followup_fills_the_waiting_message_and_keeps_it_private(api: Api) -> None:
    one = await api.begin()
    await api.answer(one, 5, {"flags": EPHEMERAL})
    assert api.body["interaction"]["response_message_loading"]
    assert api.ada.sees(api.story)[0].thinking
    first = (await api.call("POST", f"{api.hook(one)}?wait=true", {"content": "Done."})).body
    assert first["flags"] & EPHEMERAL
    second = (await api.call("POST", f"{api.hook(one)}?wait=true", {"content": "More."})).body
    assert second["id"] != first["id"]
    assert [seen.text for seen in api.ada.sees(api.story)] == ["Done.", "More."]
    assert [seen.text for seen in api.ben.sees(api.story)] == ["More."]
    assert not api.ada.sees(api.story)[0].edited
    await api.call("PATCH", api.hook(one, "@original"), {"content": "Changed."})
    await api.call("PATCH", api.hook(one, second["id"]), {"content": "Changed too."})
    assert [(seen.text, seen.edited) for seen in api.ada.sees(api.story)] == [
        ("Changed.", True),
        ("Changed too.", True),
    ]
    assert (await api.call("DELETE", api.hook(one, "@original"))).status == 204
    assert (await api.call("GET", api.hook(one, "@original"))).code == 10008


async def test_followups_come_after_an_answer_and_before_the_token_is_too_old(api: Api) -> None:
    one = await api.begin()
    assert (await api.call("POST", api.hook(one), {"content": "Early."})).code == 10015
    await api.answer(one, 5)
    assert (await api.call("PATCH", api.hook(one, "@original"), {"content": " "})).code == 50006
    api.server.age(minutes=14)
    assert (await api.call("PATCH", api.hook(one, "@original"), {"content": "In time."})).status == 200
    api.server.age(minutes=2)
    assert (await api.call("PATCH", api.hook(one, "@original"), {"content": "Late."})).code == 50027
    assert api.status == 401


async def test_what_is_private_is_not_in_the_channel_for_anyone_else(api: Api) -> None:
    one = await api.begin()
    await api.answer(one, 4, {"content": "For Ada.", "flags": EPHEMERAL, "components": [ROW]})
    mark = api.body["resource"]["message"]["id"]
    assert (await api.call("GET", f"{api.room}/messages/{mark}")).code == 10008
    assert (await api.call("GET", f"{api.room}/messages")).body == []
    assert (await api.call("PATCH", f"{api.room}/messages/{mark}", {"content": "x"})).code == 10008
    seen = api.ada.sees(api.story)[0]
    assert seen.ephemeral
    assert api.ben.sees(api.story) == []
    with pytest.raises(AssertionError, match="cannot see"):
        api.ben.starts_press(seen, "Vote")
    assert (await api.post({"content": "x", "flags": EPHEMERAL})).code == 50035


async def test_a_button_can_change_its_message_or_let_it_be(api: Api) -> None:
    one = await pressed(api)
    await api.answer(one, 7, {"content": "Voted.", "components": []})
    assert [seen.text for seen in api.ada.sees(api.story)] == ["Voted."]
    assert (await api.call("GET", api.hook(one, "@original"))).body["content"] == "Voted."
    one = await pressed(api)
    await api.answer(one, 6)
    await api.call("PATCH", api.hook(one, "@original"), {"content": "Counted."})
    assert api.ada.sees(api.story)[-1].text.startswith("Counted.")
    with pytest.raises(AssertionError, match="no button"):
        api.ada.starts_press(api.ada.sees(api.story)[0], "Vote")


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"custom_id": "x" * 101},
        {"components": []},
        {"components": [menu()]},
        {"components": [row(BUTTON)]},
        {"components": [{"type": 18, "label": "x"}]},
        {"components": [{"type": 18, "label": "x", "component": BUTTON}]},
        {"components": [{"type": 18, "label": "x", "component": {"type": 4, "custom_id": "a", "style": 3}}]},
        {
            "components": [
                {"type": 18, "label": "x", "component": {"type": 21, "custom_id": "a", "options": [OPTION]}}
            ]
        },
        {
            "components": [
                {
                    "type": 18,
                    "label": "x",
                    "component": {"type": 4, "custom_id": "a", "style": 1, "max_length": 2, "value": "abc"},
                }
            ]
        },
        {
            "components": [
                {
                    "type": 18,
                    "label": "x",
                    "component": {"type": 4, "custom_id": "a", "style": 1, "max_length": 2, "min_length": 3},
                }
            ]
        },
        {
            "components": [
                {
                    "type": 18,
                    "label": "x",
                    "component": {"type": 22, "custom_id": "a", "options": [OPTION], "max_values": 2},
                }
            ]
        },
    ],
)
async def test_a_wrong_form_is_not_opened(api: Api, change: Json) -> None:
    form = {"title": "Form", "custom_id": "form", "components": [WORDS]}
    assert (await api.answer(await api.begin(), 9, {**form, **change})).code == 50035


async def test_a_form_of_every_field_is_opened_and_sent(api: Api) -> None:
    parts: list[Json] = [
        {"type": 4, "custom_id": "text", "style": 2, "value": "Fog.", "required": False},
        {"type": 22, "custom_id": "checks", "options": [OPTION, {"label": "Two", "value": "2"}]},
        {"type": 23, "custom_id": "check"},
        {"type": 5, "custom_id": "who"},
        {"type": 19, "custom_id": "files", "min_values": 0, "max_values": 2, "required": False},
    ]
    labels = ["Text", "Some", "Agree", "Who", "Files"]
    fields = [
        {"type": 18, "label": label, "component": part} for label, part in zip(labels, parts, strict=True)
    ]
    one = await api.begin()
    await api.answer(one, 9, {"title": "Form", "custom_id": "form", "components": fields})
    from tests.servers.discord.answers import Answer

    form = Answer(api.server.service, one).modal
    assert (form.title, form.field("Text").value, form.field("Some").options) == (
        "Form",
        "Fog.",
        ("One", "Two"),
    )
    api.server.service.ack_seconds = 0
    sent = await api.ada.submit(
        form, {"Some": ["One", "Two"], "Agree": True, "Who": [api.ben], "Files": [("a", b"1")]}
    )
    assert sent.failed
    event = [entry for entry in api.server.record if entry.get("event") == "INTERACTION_CREATE"][-1]
    assert event["id"] == str(sent.interaction.id)


# Who may do what


async def test_permissions_are_those_of_roles_and_overwrites(api: Api) -> None:
    server, everyone = api.server, api.server.house.everyone
    server.overwrite(api.story, everyone, deny=["send_messages"])
    assert (await api.post({"content": "x"})).code == 50013
    server.overwrite(api.story, server.bot, allow=["send_messages"], deny=["attach_files", "embed_links"])
    assert (await api.post({"content": "x"})).status == 200
    assert (await api.post({"embeds": [{"title": "x"}]})).code == 50013
    assert (await api.post({}, [("a.txt", b"x")])).code == 50013
    server.overwrite(api.story, server.bot, deny=["view_channel"])
    assert (await api.post({"content": "x"})).code == 50001
    assert (await api.call("GET", api.room)).code == 50001
    server.allow_bot("administrator")
    assert (await api.post({"content": "x"})).status == 200


async def test_people_obey_the_same_permissions(api: Api) -> None:
    secret = api.server.channel("secret")
    api.server.overwrite(secret, api.server.house.everyone, deny=["view_channel"])
    keeper = api.server.person("kim", permissions=["administrator"])
    with pytest.raises(Refused, match="50001"):
        api.ada.says(secret, "Hello?")
    keeper.says(secret, "Hello.")
    assert api.ada.sees(secret) == []
    assert [seen.text for seen in keeper.sees(secret)] == ["Hello."]
    await api.sync()
    with pytest.raises(AssertionError, match="may not use commands"):
        await api.ada.command(secret, "pitch")


async def test_a_command_for_moderators_is_not_shown_to_others() -> None:
    async with calling(ack_seconds=0.02) as api:
        hidden = {"name": "stop", "description": "Stop", "default_member_permissions": str(1 << 13)}
        private = {"name": "alone", "description": "Alone", "contexts": [1]}
        await api.call("PUT", f"{api.app}/commands", [hidden, private])
        with pytest.raises(AssertionError, match="not shown"):
            await api.ada.command(api.story, "stop")
        with pytest.raises(AssertionError, match="not offered"):
            await api.ada.command(api.story, "alone")
        kim = api.server.person("kim", permissions=["manage_messages"])
        assert (await kim.command(api.story, "stop")).failed
        assert (await kim.command(api.server.dm(kim), "alone")).failed


async def test_who_takes_no_private_messages_gets_none(api: Api) -> None:
    api.server.person("ada", accepts_dms=False)
    await api.call("POST", "/users/@me/channels", {"recipient_id": str(api.ada.user.id)})
    assert (await api.call("POST", f"/channels/{api.body['id']}/messages", {"content": "x"})).code == 50007


# Threads, forums, webhooks and channels


async def test_a_thread_starts_from_a_message_once_and_rests_when_archived(api: Api) -> None:
    mark = (await api.post({"content": "Scene one."})).body["id"]
    path = f"{api.room}/messages/{mark}/threads"
    thread = (await api.call("POST", path, {"name": "Scene one"})).body
    assert thread["id"] == mark
    assert (await api.call("POST", path, {"name": "Again"})).code == 160004
    inside = f"/channels/{thread['id']}"
    said = (await api.call("POST", f"{inside}/messages", {"content": "Inside."})).body
    assert (await api.call("PATCH", inside, {"archived": True})).body["thread_metadata"]["archived"]
    assert (await api.call("PATCH", f"{inside}/messages/{said['id']}", {"content": "x"})).code == 50083
    assert (await api.call("POST", f"{inside}/messages", {"content": "Awake."})).status == 200
    api.server.archive(api.server.service.world.channel(int(thread["id"])), locked=True)
    assert (await api.call("POST", f"{inside}/messages", {"content": "x"})).code == 160005
    assert (await api.call("PATCH", inside, {"archived": False})).code == 160005
    api.server.allow_bot("manage_threads")
    assert (await api.call("PATCH", inside, {"archived": False, "locked": False})).status == 200


async def test_a_private_thread_is_seen_by_its_members_only(api: Api) -> None:
    thread = (await api.call("POST", f"{api.room}/threads", {"name": "Aside", "type": 12})).body
    place = api.server.service.world.channel(int(thread["id"]))
    await api.post({"content": "Between us."}, place=place)
    assert api.ada.sees(place) == []
    await api.call("PUT", f"/channels/{place.id}/thread-members/{api.ada.user.id}")
    assert [seen.text for seen in api.ada.sees(place)] == ["Between us."]
    other = api.server.thread("Theirs", api.story, api.ben, private=True)
    assert (await api.post({"content": "x"}, place=other)).code == 50001


async def test_a_forum_takes_posts_and_no_messages(api: Api) -> None:
    forum = api.server.forum("ideas", tags=["Fog"])
    assert (await api.post({"content": "x"}, place=forum)).code == 50008
    path = f"/channels/{forum.id}/threads"
    assert (await api.call("POST", path, {"name": "A"})).code == 50035
    assert (await api.call("POST", path, {"name": "A", "message": {"content": ""}})).code == 50006
    body = {"name": "A", "message": {"content": "B"}, "applied_tags": [forum.tags[0]["id"]]}
    await api.call("POST", path, body, [("a.txt", b"x")])
    assert api.body["id"] == api.body["message"]["id"]
    post = api.server.service.world.channel(int(api.body["id"]))
    assert [seen.text for seen in api.ada.sees(post)] == ["B\na.txt"]


async def test_a_webhook_speaks_under_its_own_name(api: Api) -> None:
    assert (await api.call("POST", f"{api.room}/webhooks", {"name": "Narrator"})).code == 50013
    api.server.allow_bot("manage_webhooks")
    assert (await api.call("POST", f"{api.room}/webhooks", {"name": "Discord"})).code == 50035
    hook = (await api.call("POST", f"{api.room}/webhooks", {"name": "Narrator"})).body
    path = f"/webhooks/{hook['id']}/{hook['token']}"
    mark = (await api.call("POST", f"{path}?wait=true", {"content": "Once."})).body["id"]
    assert [(seen.author, seen.text) for seen in api.ada.sees(api.story)] == [("Narrator", "Once.")]
    assert (await api.call("PATCH", f"{path}/messages/{mark}", {"content": "Twice."})).body[
        "content"
    ] == "Twice."
    assert (await api.call("DELETE", f"{path}/messages/{mark}")).status == 204


async def test_channels_are_made_changed_and_taken_away_by_who_may(api: Api) -> None:
    path = f"/guilds/{api.server.house.id}/channels"
    assert (await api.call("POST", path, {"name": "new"})).code == 50013
    assert (await api.call("DELETE", api.room)).code == 50013
    api.server.allow_bot("manage_channels")
    made = (await api.call("POST", path, {"name": "new", "topic": "Fog"})).body
    assert (made["name"], made["topic"]) == ("new", "Fog")
    assert (await api.call("DELETE", f"/channels/{made['id']}")).status == 200
    assert (await api.call("GET", f"/channels/{made['id']}")).code == 10003


# Pings


@pytest.mark.parametrize(
    ("content", "allowed", "heard"),
    [
        ("<@ada> and <@!ben>", None, ["ada", "ben"]),
        ("<@ada>", {"parse": []}, []),
        ("<@ada> <@ben>", {"users": ["ben"]}, ["ben"]),
        ("<@ada> <&pen> @everyone", {"parse": ["users"]}, ["ada"]),
        ("<&pen> <&ink>", None, ["@pen"]),
        ("<&pen> <&ink>", {"roles": ["ink"]}, []),
        ("@everyone and @here", None, []),
        ("`<@ada>` \\<@ben>", None, ["ada", "ben"]),
        ("<@out>", None, []),
    ],
)
async def test_a_ping_is_heard_only_if_text_rules_and_permissions_allow_it(
    api: Api, content: str, allowed: Json | None, heard: list[str]
) -> None:
    server = api.server
    server.overwrite(api.story, server.house.everyone, deny=["mention_everyone"])
    server.person("out")
    server.leaves(server.person("out"))
    marks = {"pen": server.role("pen", mentionable=True).id, "ink": server.role("ink").id}
    marks |= {
        name: server.service.world.users[one].id
        for one in server.service.world.users
        for name in [server.service.world.users[one].name]
    }
    for name, mark in marks.items():
        for sign, full in (
            (f"<@{name}>", f"<@{mark}>"),
            (f"<@!{name}>", f"<@!{mark}>"),
            (f"<&{name}>", f"<@&{mark}>"),
        ):
            content = content.replace(sign, full)
    if allowed is not None:
        allowed = {key: [str(marks.get(one, one)) for one in listed] for key, listed in allowed.items()}
    body: Json = {"content": content}
    if allowed is not None:
        body["allowed_mentions"] = allowed
    await api.post(body)
    assert list(api.ada.sees(api.story)[-1].pings) == heard
    assert server.pings == ([(content, heard)] if heard else [])


async def test_everyone_is_heard_with_the_permission_and_in_laid_out_text_too(api: Api) -> None:
    await api.post({"flags": V2, "components": [{"type": 10, "content": "@here, come in"}]})
    assert list(api.ada.sees(api.story)[-1].pings) == ["@here"]
    await api.post({"embeds": [{"description": "@everyone"}]})
    assert list(api.ada.sees(api.story)[-1].pings) == []


async def test_a_reply_pings_unless_told_not_to_and_an_edit_never_does(api: Api) -> None:
    said = api.ada.says(api.story, "Me?")
    reply: Json = {"content": "You.", "message_reference": {"message_id": str(said.message.id)}}
    await api.post({**reply})
    assert list(api.ada.sees(api.story)[-1].pings) == ["ada"]
    await api.post({**reply, "allowed_mentions": {"parse": ["users"]}})
    assert list(api.ada.sees(api.story)[-1].pings) == []
    await api.post({**reply, "allowed_mentions": {"replied_user": True}})
    assert list(api.ada.sees(api.story)[-1].pings) == ["ada"]
    mark = (await api.post({"content": "Nobody."})).body["id"]
    await api.call("PATCH", f"{api.room}/messages/{mark}", {"content": api.ben.mention})
    assert list(api.ada.sees(api.story)[-1].pings) == []


async def test_a_private_answer_pings_nobody_and_a_deferred_one_when_it_is_there(api: Api) -> None:
    one = await api.begin()
    await api.answer(one, 4, {"content": api.ben.mention, "flags": EPHEMERAL})
    assert api.server.pings == []
    one = await api.begin()
    await api.answer(one, 5)
    await api.call("PATCH", api.hook(one, "@original"), {"content": api.ben.mention})
    assert [heard for _, heard in api.server.pings] == [["ben"]]


@pytest.mark.parametrize("parse", [{"parse": ["users"], "users": ["1"]}, {"parse": ["people"]}, []])
async def test_contradicting_mentions_are_refused(api: Api, parse: Any) -> None:
    assert (await api.post({"content": "x", "allowed_mentions": parse})).code == 50035


# Commands


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Pitch"},
        {"name": "two words"},
        {"name": ""},
        {"description": ""},
        {"type": 3, "name": "Add to story"},
        {
            "type": 3,
            "name": "Add",
            "description": "",
            "options": [{"type": 3, "name": "a", "description": "x"}],
        },
        {"type": 9},
        {"contexts": [3]},
        {"contexts": [0, 0]},
        {"integration_types": [2]},
        {"name_localizations": {"xx": "pitch"}},
        {"name_localizations": {"de": "Vorschlag"}},
        {"description_localizations": {"de": ""}},
        {"default_member_permissions": "many"},
        {"options": [{"type": 3, "name": "A", "description": "x"}]},
        {"options": [{"type": 3, "name": "a", "description": ""}]},
        {"options": [{"type": 12, "name": "a", "description": "x"}]},
        {"options": [{"type": 3, "name": "a", "description": "x"}] * 2},
        {
            "options": [
                {"type": 3, "name": "a", "description": "x"},
                {"type": 3, "name": "b", "description": "x", "required": True},
            ]
        },
        {
            "options": [
                {"type": 1, "name": "a", "description": "x"},
                {"type": 3, "name": "b", "description": "x"},
            ]
        },
        {
            "options": [
                {
                    "type": 2,
                    "name": "a",
                    "description": "x",
                    "options": [{"type": 3, "name": "b", "description": "x"}],
                }
            ]
        },
        {
            "options": [
                {
                    "type": 3,
                    "name": "a",
                    "description": "x",
                    "autocomplete": True,
                    "choices": [{"name": "x", "value": "x"}],
                }
            ]
        },
        {"options": [{"type": 5, "name": "a", "description": "x", "choices": [{"name": "x", "value": "x"}]}]},
        {"options": [{"type": 4, "name": "a", "description": "x", "choices": [{"name": "x", "value": "x"}]}]},
        {
            "options": [
                {"type": 3, "name": "a", "description": "x", "choices": [{"name": "x", "value": "x"}] * 2}
            ]
        },
        {"options": [{"type": 3, "name": "a", "description": "x", "min_value": 1}]},
        {"options": [{"type": 4, "name": "a", "description": "x", "min_value": 2, "max_value": 1}]},
        {"options": [{"type": 3, "name": "a", "description": "x", "max_length": 0}]},
    ],
)
async def test_a_wrong_command_is_refused(api: Api, change: Json) -> None:
    await api.call("POST", f"{api.app}/commands", {"name": "pitch", "description": "Pitch", **change})
    assert api.code == 50035


async def test_a_sync_keeps_the_ids_of_what_stays_and_counts_only_what_is_new(api: Api) -> None:
    await api.sync()
    before = {one["name"]: one["id"] for one in api.body}
    await api.call(
        "PUT",
        f"{api.app}/commands",
        [{"name": "pitch", "description": "Other"}, {"type": 3, "name": "Add it"}],
    )
    after = {one["name"]: one for one in api.body}
    assert after["pitch"]["id"] == before["pitch"]
    assert after["Add it"]["description"] == ""
    assert len(api.server.service.world.created) == 3
    assert (
        await api.call("PUT", f"{api.app}/commands", [{"name": "a", "description": "x"}] * 2)
    ).code == 50035
    local = f"{api.app}/guilds/{api.server.house.id}/commands"
    mark = (await api.call("POST", local, {"name": "here", "description": "Here"})).body["id"]
    assert (await api.call("PATCH", f"{local}/{mark}", {"description": "There"})).body[
        "description"
    ] == "There"
    assert (await api.call("DELETE", f"{local}/{mark}")).status == 204
    assert (await api.call("GET", f"{local}/{mark}")).code == 10063
