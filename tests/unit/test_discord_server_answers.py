"""Interactions are answered once, in time, in the ways that fit them, and private answers stay private."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.servers.discord.answers import Answer
from tests.servers.discord.interactions import Interaction
from tests.unit.discord_calls import BUTTON, EPHEMERAL, OPTION, ROW, WORDS, Api, Json, calling, menu, row


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


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
