"""Workspaces, guests, strangers and scopes on the loopback Slack: who sees and does what, and what the app hears of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.servers.slack import CLIENT_ID, CLIENT_SECRET
from tests.unit.slack_calls import Api, Json, calling, section


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


def told(api: Api) -> list[str]:
    """The events of which the app would hear."""
    return [one["event"]["type"] for one in api.server.service.events.told]


async def test_people_see_and_write_only_where_they_may(api: Api) -> None:
    server, ada, ben = api.server, api.ada, api.ben
    cellar = server.channel("cellar", private=True, people=[ada])
    guest = server.person("zed", guest="multi")
    ada.says(cellar, "Secret.")
    ada.says(api.story, "Open.")
    assert (ben.sees(cellar), guest.sees(api.story)) == ([], [])
    with pytest.raises(AssertionError, match="not in #cellar"):
        ben.says(cellar, "x")
    with pytest.raises(AssertionError, match="not in #story"):
        await guest.command(api.story, "/room")
    server.joins(guest, api.story)
    assert [seen.words for seen in guest.sees(api.story)] == ["Open."]
    info = (await api.call("users.info", user=guest.user.id)).body["user"]
    assert (info["is_restricted"], info["is_ultra_restricted"]) == (True, False)
    assert server.person("late").sees(api.story) != []


async def test_a_stranger_comes_through_slack_connect_and_has_no_commands(api: Api) -> None:
    server = api.server
    zed = server.person("zed", team=server.team("elsewhere"))
    assert (await api.call("users.info", user=zed.user.id)).error == "user_not_visible"
    server.joins(zed, api.story)
    zed.says(api.story, "Hello from afar.")
    assert told(api) == ["member_joined_channel", "message"]
    payload = server.service.events.told[-1]
    assert payload["is_ext_shared_channel"] and payload["event"]["user_team"] == zed.user.team.id
    assert (await api.call("users.info", user=zed.user.id)).body["user"]["is_stranger"]
    assert (await api.call("conversations.info", channel=api.room)).body["channel"]["is_ext_shared"]
    assert (await api.call("chat.postMessage", channel=zed.user.id, text="x")).error == "channel_not_found"
    with pytest.raises(AssertionError, match="own workspace"):
        await zed.command(api.story, "/room")


async def test_each_workspace_has_a_token_that_is_blind_elsewhere(api: Api) -> None:
    other = api.server.team("elsewhere")
    place = api.server.channel("story", team=other)
    assert (await api.call("auth.test")).body["team"] == "house"
    api.token = other.token
    assert (await api.call("auth.test")).body["team"] == "elsewhere"
    assert (await api.call("conversations.info", channel=api.room)).error == "channel_not_found"
    assert (await api.call("users.info", user=api.ada.user.id)).error == "user_not_visible"
    assert (await api.call("chat.postMessage", channel=place.id, text="x")).error == ""


async def test_the_app_hears_what_it_subscribed_to_where_it_is_and_may(api: Api) -> None:
    hall = api.server.channel("hall", bot=False)
    api.ada.mentions(hall, "anyone?")
    assert told(api) == []
    said = api.ada.mentions(api.story, "continue")
    api.ada.mentions(api.server.dm(api.ada), "continue")
    api.ada.edits(said, "never mind")
    api.ada.deletes(said)
    assert told(api) == ["message", "app_mention", "message", "message", "message"]
    events = [one["event"] for one in api.server.service.events.told]
    assert [event.get("subtype") for event in events[3:]] == ["message_changed", "message_deleted"]
    assert [event.get("channel_type") for event in events] == ["channel", None, "im", "channel", "channel"]
    api.server.house.scopes.discard("channels:history")
    api.ada.says(api.story, "Unheard.")
    assert len(told(api)) == 5
    api.server.install(
        {"display_information": {"name": "R"}, "oauth_config": {"scopes": {"bot": ["channels:history"]}}}
    )
    api.ada.says(api.story, "Unsubscribed.")
    assert len(told(api)) == 5


async def test_what_people_type_comes_escaped_with_names_as_ids(api: Api) -> None:
    api.ada.says(api.story, "@ben & #story <!channel> <b>")
    text = api.server.service.events.told[-1]["event"]["text"]
    assert text == f"<@{api.ben.user.id}> &amp; <#{api.room}> <!channel> &lt;b&gt;"
    assert api.ben.sees(api.story)[0].words == "@ben & #story @channel <b>"
    api.server.install(
        {
            "display_information": {"name": "R"},
            "features": {"slash_commands": [{"command": "/room", "description": "R", "should_escape": True}]},
        }
    )
    assert api.ada.starts(api.story, "/room", "pitch @ben").payload["text"] == f"pitch <@{api.ben.user.id}>"
    with pytest.raises(AssertionError, match="not a valid command"):
        api.ada.starts(api.story, "/other")


async def test_replies_stand_in_threads(api: Api) -> None:
    first = api.ada.says(api.story, "First.")
    reply = api.ben.says(api.story, "Second.", reply_to=first)
    api.ada.says(api.story, "Aside.")
    assert [seen.text for seen in api.ada.sees(api.story, thread=reply)] == ["First.", "Second."]
    assert reply.thread == "First."


async def test_people_wait_for_words_and_say_what_they_read_instead(api: Api) -> None:
    api.ada.says(api.story, "Hello.")
    assert (await api.ben.reads(api.story, "Hello")).author == "ada"
    with pytest.raises(AssertionError, match=r"never read 'Goodbye', but:\nHello\."):
        await api.ben.reads(api.story, "Goodbye", seconds=0.02)


async def test_what_was_seen_stays_as_it_was_while_the_message_changes(api: Api) -> None:
    ts = await api.posted(section("Before."), text="Before.")
    seen = api.ada.sees(api.story)[0]
    await api.call("chat.update", channel=api.room, ts=ts, text="After.")
    assert (seen.text, seen.edited) == ("Before.", False)
    assert (api.ada.sees(api.story)[0].text, api.ada.sees(api.story)[0].edited) == ("After.", True)


async def test_a_thrown_out_app_is_told_and_its_token_is_dead(api: Api) -> None:
    api.server.remove_bot()
    assert told(api) == ["tokens_revoked", "app_uninstalled"]
    assert (await api.post()).error == "account_inactive"
    api.ada.says(api.story, "Alone again.")
    assert len(told(api)) == 2


async def test_a_revoked_token_is_refused(api: Api) -> None:
    await api.call("auth.revoke")
    assert (api.body["revoked"], told(api)) == (True, ["tokens_revoked"])
    assert (await api.post()).error == "token_revoked"


async def test_an_app_is_installed_by_a_code_that_is_good_once(api: Api) -> None:
    other = api.server.team("elsewhere")
    api.server.remove_bot(other)
    back = "http://127.0.0.1/slack/oauth_redirect"
    asked = {
        "client_id": CLIENT_ID,
        "scope": "chat:write,commands",
        "state": "s",
        "redirect_uri": back,
        "team": other.id,
    }
    async with api.session.get(api.server.authorization_url, params=asked, allow_redirects=False) as answer:
        sent = urlsplit(answer.headers["Location"])
    code = parse_qs(sent.query)["code"][0]
    assert (sent.path, parse_qs(sent.query)["state"]) == ("/slack/oauth_redirect", ["s"])
    url = f"{api.server.api}oauth.v2.access"
    words: list[Any] = []
    for secret, given in (
        ("wrong", code),
        (CLIENT_SECRET, "wrong"),
        (CLIENT_SECRET, code),
        (CLIENT_SECRET, code),
    ):
        headers = {"Authorization": aiohttp.encode_basic_auth(CLIENT_ID, secret)}
        async with api.session.post(
            url, data={"code": given, "redirect_uri": back}, headers=headers
        ) as answer:
            body: Json = await answer.json()
            words.append(body.get("error", body.get("team")))
            api.token = body.get("access_token", api.token)
    assert words == [
        "bad_client_secret",
        "invalid_code",
        {"id": other.id, "name": "elsewhere"},
        "invalid_code",
    ]
    assert (await api.call("auth.test")).body["team"] == "elsewhere"
    assert other.scopes == {"chat:write", "commands"}


async def test_the_record_tells_what_was_called_and_refused(api: Api) -> None:
    await api.post()
    await api.call("chat.postMessage", channel="C0", text="x")
    calls = [(one["method"], one["error"]) for one in api.server.record if one["way"] == "api"]
    assert calls == [("chat.postMessage", ""), ("chat.postMessage", "channel_not_found")]
    assert [(one.method, one.error) for one in api.server.refused] == [calls[1]]
