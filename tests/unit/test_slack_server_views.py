"""Forms, home tabs, triggers and response_urls of the loopback Slack: how long they are good, and what may follow what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from tests.servers.slack import Answer
from tests.servers.slack.interactions import Interaction
from tests.unit.slack_calls import (
    Api,
    Json,
    actions,
    button,
    calling,
    entry,
    menu,
    modal,
    option,
    plain,
    section,
)


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling(ack_seconds=0.3) as api:
        yield api


class Wire:
    """The app's end of a websocket, without an SDK."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def next(self) -> Json:
        frame: Json = json.loads((await self._socket.receive(timeout=2)).data)
        return frame

    async def ack(self, frame: Json, payload: Json | None = None) -> None:
        said: Json = {"envelope_id": frame["envelope_id"]}
        await self._socket.send_str(json.dumps(said if payload is None else said | {"payload": payload}))

    async def answers(self, payload: Json | None = None) -> Json:
        """Acknowledge the next deed of a person with that, and events before it with nothing; what was in it."""
        while (frame := await self.next())["type"] == "events_api":
            await self.ack(frame)
        await self.ack(frame, payload)
        found: Json = frame["payload"]
        return found


@asynccontextmanager
async def wired(api: Api) -> AsyncIterator[Wire]:
    async with api.session.ws_connect((await api.call("apps.connections.open")).body["url"]) as socket:
        wire = Wire(socket)
        assert (await wire.next())["type"] == "hello"
        yield wire


async def settled(api: Api, one: Interaction) -> Answer:
    await one.acknowledged.wait()
    return Answer(api.server.service, one)


async def test_a_trigger_opens_one_view_in_its_time(api: Api) -> None:
    deed = api.deed()
    assert (await api.open(modal(section()), deed)).error == ""
    assert (await api.open(modal(section()), deed)).error == "exchanged_trigger_id"
    late = api.deed()
    api.server.age(seconds=4)
    assert (await api.open(modal(section()), late)).error == "expired_trigger_id"
    assert (await api.call("views.open", trigger_id="1.2.3", view=modal())).error == "invalid_trigger_id"
    abroad = api.server.team("elsewhere")
    api.token = abroad.token
    assert (await api.open(modal(section()))).error == "invalid_trigger_id"


async def test_a_view_is_changed_by_the_hash_that_is_still_its_own(api: Api) -> None:
    await api.open(modal(entry(block_id="b"), external_id="pitch"))
    form = api.ada.modal
    assert form is not None
    await api.ada.types(form, "Idea", "A ferry.")
    old, view = api.body["view"]["hash"], modal(entry("Your idea", block_id="b"), external_id="pitch")
    await api.call("views.update", external_id="pitch", view=view)
    assert (api.error, api.body["view"]["state"]["values"]["b"]["idea"]["value"]) == ("", "A ferry.")
    now = api.body["view"]["id"]
    assert (await api.call("views.update", view_id=now, hash=old, view=view)).error == "hash_conflict"
    assert (await api.call("views.update", view_id="V0", view=view)).error == "not_found"
    api.server.person("zed")
    await api.open(modal(section(), external_id="pitch"), method="views.push")
    assert api.error == "duplicate_external_id"
    assert form.title == "Pitch" and api.ada.modal is not None
    assert [field.label for field in api.ada.modal.fields] == ["Your idea"]


async def test_a_home_tab_is_published_and_guarded_by_its_hash(api: Api) -> None:
    who, view = api.ada.user.id, {"type": "home", "blocks": [section("Your rooms"), actions(button())]}
    first = (await api.call("views.publish", user_id=who, view=view)).body["view"]["hash"]
    await api.call("views.publish", user_id=who, view=view, hash=first)
    assert (await api.call("views.publish", user_id=who, view=view, hash=first)).error == "hash_conflict"
    home = api.ada.home()
    assert home is not None and home.words == "Your rooms\n[Vote]"
    async with wired(api) as wire:
        one = api.ada.starts_press(home, "Vote")
        payload = await wire.answers()
        assert (payload["type"], payload["container"]["type"], payload["view"]["type"]) == (
            "block_actions",
            "view",
            "home",
        )
        assert not (await settled(api, one)).failed
    assert (await api.call("views.publish", user_id=who, view=modal())).error == "invalid_arguments"


async def submitting(api: Api, wire: Wire, payload: Json | None) -> Answer:
    form = api.ada.modal
    assert form is not None
    send = api.ada.submit(form, {"Idea": "A ferry."})
    async with asyncio.TaskGroup() as tasks:
        answer = tasks.create_task(send)
        heard = await wire.answers(payload)
    assert heard["view"]["state"]["values"]["b"]["idea"] == {"type": "plain_text_input", "value": "A ferry."}
    assert heard["response_urls"] == []
    return answer.result()


@pytest.mark.parametrize(
    ("payload", "failed", "titles"),
    [
        (None, "", ["First"]),
        ({"response_action": "clear"}, "", []),
        (
            {"response_action": "update", "view": modal(section(), title=plain("Third"))},
            "",
            ["First", "Third"],
        ),
        (
            {"response_action": "push", "view": modal(section(), title=plain("Third"))},
            "",
            ["First", "Pitch", "Third"],
        ),
        ({"response_action": "errors", "errors": {"b": "Longer."}}, "", ["First", "Pitch"]),
        ({"response_action": "errors", "errors": {"c": "Longer."}}, "invalid_errors", ["First", "Pitch"]),
        ({"response_action": "errors", "errors": {}}, "invalid_errors", ["First", "Pitch"]),
        ({"response_action": "dance"}, "invalid_response_action", ["First", "Pitch"]),
        ({"response_action": "update", "view": {"type": "modal"}}, "invalid_arguments", ["First", "Pitch"]),
    ],
)
async def test_a_submission_is_answered_by_what_the_acknowledgement_says(
    api: Api, payload: Json | None, failed: str, titles: list[str]
) -> None:
    await api.open(modal(section(), title=plain("First")))
    await api.open(modal(entry(block_id="b")), method="views.push")
    async with wired(api) as wire:
        answer = await submitting(api, wire, payload)
    assert answer.failed == failed
    stack = api.server.service.world.stacks[api.ada.user.id]
    assert [view.data["title"]["text"] for view in stack] == titles
    assert answer.errors == (
        {"Idea": "Longer."} if payload == {"response_action": "errors", "errors": {"b": "Longer."}} else {}
    )


async def test_closing_tells_the_app_only_if_it_wished_to_know(api: Api) -> None:
    await api.open(modal(section()))
    form = api.ada.modal
    assert form is not None and await api.ada.closes(form) is None
    await api.open(modal(section(), notify_on_close=True))
    form = api.ada.modal
    assert form is not None
    async with wired(api) as wire, asyncio.TaskGroup() as tasks:
        tasks.create_task(api.ada.closes(form))
        payload = await wire.answers()
    assert (payload["type"], payload["is_cleared"]) == ("view_closed", False)
    with pytest.raises(AssertionError, match="closed"):
        api.ada.starts_press(form, "Vote")


async def test_people_cannot_send_what_the_client_would_not(api: Api) -> None:
    await api.open(
        modal(
            entry("Mail", {"type": "email_text_input", "action_id": "mail"}, optional=True),
            entry("Scene", menu(action_id="scene", initial_option=option())),
            entry("Idea"),
        )
    )
    form = api.ada.modal
    assert form is not None
    assert (form.field("Scene").value, form.field("Mail").required) == ("Scene 0", False)
    wrong: list[tuple[Json, str]] = [
        ({}, "'Idea' must be filled in"),
        ({"Idea": "two\nlines"}, "one line"),
        ({"Idea": "x", "Mail": "nobody"}, "does not fit"),
        ({"Idea": "x", "Scene": "Scene 9"}, "no option"),
        ({"Scent": "x"}, "no field 'Scent'"),
    ]
    for answers, words in wrong:
        with pytest.raises(AssertionError, match=words):
            await api.ada.submit(form, answers)
    with pytest.raises(AssertionError, match="someone else"):
        await api.ben.submit(form, {"Idea": "x"})


async def test_what_is_typed_is_completed_and_chosen(api: Api) -> None:
    tale = {
        "type": "external_select",
        "action_id": "tale",
        "placeholder": plain("Which tale?"),
        "min_query_length": 2,
    }
    await api.posted(actions(tale))
    card = api.ada.sees(api.story)[0]
    assert await api.ada.type_ahead(card, "g") == []
    async with wired(api) as wire:
        for payload, failed in (({"options": [{"text": "x"}]}, True), ({"options": [option(7)]}, False)):
            async with asyncio.TaskGroup() as tasks:
                typing = tasks.create_task(typed(api, card))
                heard = await wire.answers(payload)
            assert (heard["type"], heard["value"], "trigger_id" in heard) == (
                "block_suggestion",
                "gho",
                False,
            )
            assert typing.result() == ([] if failed else ["Scene 7"])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(api.ada.choose(card, ["Scene 7"], "Which tale?"))
            heard = await wire.answers()
        assert heard["actions"][0]["selected_option"]["value"] == "7"
        assert api.ada.sees(api.story)[0].selects[0].chosen == ("Scene 7",)


async def typed(api: Api, card: Any) -> list[str]:
    try:
        return [one.name for one in await api.ada.type_ahead(card, "gho")]
    except AssertionError:
        return []


async def test_a_response_url_replaces_adds_and_takes_away(api: Api) -> None:
    await api.posted(section("Card."), actions(button()))
    card = api.ada.sees(api.story)[0]
    async with wired(api) as wire:
        one = api.ada.starts_press(card, "Vote")
        payload = await wire.answers()
        url = payload["response_url"]
        assert (payload["message"]["text"], payload["actions"][0]["action_id"]) == ("Hello.", "vote:0")
    assert await api.respond(url, {"text": "For you."}) == "ok"
    assert await api.respond(url, {"text": "New.", "replace_original": True}) == "ok"
    assert await api.respond(url, {"text": ""}) == "no_text" and api.status == 400
    assert [seen.text for seen in api.ada.sees(api.story)] == ["New.", "For you."]
    assert [seen.text for seen in api.ben.sees(api.story)] == ["New."]
    assert (
        await api.respond(url, {"text": "All.", "response_type": "in_channel", "thread_ts": card.message.ts})
        == "ok"
    )
    assert await api.respond(url, {"delete_original": True}) == "ok"
    assert [seen.text for seen in api.ben.sees(api.story)] == ["All."]
    answer = Answer(api.server.service, one)
    assert (answer.words, [seen.text for seen in answer.followups]) == ("For you.", ["New.", "All."])
    assert await api.respond(url + "x", {"text": "x"}) == "no_service" and api.status == 404


async def test_an_acknowledgement_with_wrong_blocks_fails_before_the_person(api: Api) -> None:
    async with wired(api) as wire:
        one = api.ada.starts(api.story, "/room", "hello")
        await wire.answers({"text": "x", "blocks": [{"type": "fog"}]})
        answer = await settled(api, one)
    assert answer.failed == "invalid_blocks"
    assert api.server.refused[0].method == "ack of slash_commands"
    with pytest.raises(AssertionError, match="invalid_blocks"):
        _ = answer.message


async def test_a_response_url_is_offered_for_the_conversation_that_was_chosen(api: Api) -> None:
    picker = {"type": "conversations_select", "action_id": "where", "response_url_enabled": True}
    await api.open(modal(entry("Where", picker)))
    form = api.ada.modal
    assert form is not None
    async with wired(api) as wire, asyncio.TaskGroup() as tasks:
        tasks.create_task(api.ada.submit(form, {"Where": api.story}))
        payload = await wire.answers()
    assert payload["response_urls"][0]["channel_id"] == api.room
    await api.respond(
        payload["response_urls"][0]["response_url"], {"text": "Here.", "response_type": "in_channel"}
    )
    assert [seen.text for seen in api.ben.sees(api.story)] == ["Here."]
