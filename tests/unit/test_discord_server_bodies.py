"""The loopback Discord takes and refuses bodies of messages and commands as the real one does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.unit.discord_calls import BUTTON, OPTION, V2, WORDS, Api, Json, calling, menu, row


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


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


async def test_a_body_of_no_known_shape_is_refused_too(api: Api) -> None:
    await api.post({"embeds": ["x"]})
    assert (api.status, api.code) == (400, 50035)
    assert "shape" in api.server.refused[0].reason


async def test_a_reply_to_what_is_gone_is_refused_unless_it_may_fail(api: Api) -> None:
    reply = {"content": "You.", "message_reference": {"message_id": "1"}}
    assert (await api.post({**reply})).code == 50035
    reply["message_reference"] = {"message_id": "1", "fail_if_not_exists": False}
    assert (await api.post({**reply})).status == 200


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
