"""What the app may say where on the loopback Slack, who sees it, and whom it notifies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.unit.slack_calls import Api, Json, actions, button, calling, section


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


# Where


async def test_the_app_writes_only_where_it_is(api: Api) -> None:
    server, post = api.server, "chat.postMessage"
    hall = server.channel("hall", bot=False)
    cellar = server.channel("cellar", private=True, bot=False, people=[api.ada])
    abroad = server.channel("abroad", team=server.team("elsewhere"))
    places = (hall, cellar, abroad, server.between(api.ada, api.ben))
    errors = [(await api.call(post, channel=place.id, text="x")).error for place in places]
    assert errors == ["not_in_channel", "channel_not_found", "channel_not_found", "channel_not_found"]
    server.house.scopes.add("chat:write.public")
    assert (await api.call(post, channel=hall.id, text="x")).error == ""
    server.archive(api.story)
    assert (await api.post()).error == "is_archived"
    assert (await api.call(post, channel="#story", text="x")).error == "channel_not_found"
    assert (await api.call(post, text="x")).messages == ["[ERROR] missing required field: channel"]


async def test_a_private_message_opens_by_a_persons_id(api: Api) -> None:
    await api.call("chat.postMessage", channel=api.ada.user.id, text="Psst.")
    assert [seen.text for seen in api.ada.sees(api.server.dm(api.ada))] == ["Psst."]
    assert api.ben.sees(api.server.dm(api.ada)) == []
    await api.call("conversations.open", users=[api.ada.user.id])
    assert (api.body["channel"]["id"], api.body["already_open"]) == (api.server.dm(api.ada).id, True)
    await api.call("conversations.open", users=f"{api.ada.user.id},{api.ben.user.id}", return_im=True)
    assert api.body["channel"]["is_mpim"]
    api.server.deactivate(api.ada)
    assert (await api.call("conversations.open", users=api.ada.user.id)).error == "user_disabled"
    assert (await api.call("chat.postMessage", channel=api.ada.user.id, text="x")).error == "user_disabled"
    with pytest.raises(AssertionError, match="no account any more"):
        api.ada.says(api.story, "Hello.")


async def test_a_message_for_one_person_is_nobody_elses(api: Api) -> None:
    blocks = [section("Only you."), actions(button())]
    await api.call(
        "chat.postEphemeral", channel=api.room, user=api.ada.user.id, text="Psst <@U>", blocks=blocks
    )
    ts = api.body["message_ts"]
    seen = api.ada.sees(api.story)[0]
    assert (seen.ephemeral, seen.notifies, api.ben.sees(api.story)) == (True, (), [])
    assert (await api.call("conversations.history", channel=api.room)).body["messages"] == []
    assert (await api.call("chat.update", channel=api.room, ts=ts, text="x")).error == "message_not_found"
    assert (await api.call("chat.delete", channel=api.room, ts=ts)).error == "message_not_found"
    cellar = api.server.channel("cellar", private=True, people=[api.ben])
    await api.call("chat.postEphemeral", channel=cellar.id, user=api.ada.user.id, text="x")
    assert api.error == "user_not_in_channel"


# What is there


async def test_the_app_changes_and_takes_away_only_its_own(api: Api) -> None:
    theirs = api.ada.says(api.story, "Mine.").message.ts
    ts = await api.posted(section("Card."), thread_ts=theirs)
    assert (
        await api.call("chat.update", channel=api.room, ts=theirs, text="x")
    ).error == "cant_update_message"
    assert (await api.call("chat.delete", channel=api.room, ts=theirs)).error == "cant_delete_message"
    assert (
        await api.call("chat.update", channel=api.room, ts="1.000001", text="x")
    ).error == "message_not_found"
    await api.call("chat.update", channel=api.room, ts=ts, text="New.")
    seen = api.ada.sees(api.story)[1]
    assert (seen.text, seen.edited, seen.thread) == ("New.", True, "Mine.")
    assert (await api.call("chat.delete", channel=api.room, ts=ts)).error == ""
    assert seen.deleted and len(api.ada.sees(api.story)) == 1


async def test_a_text_alone_takes_the_blocks_away_and_only_then_is_marked_as_edited(api: Api) -> None:
    ts = await api.posted(section("Card."), attachments=[{"text": "Aside."}])
    where: Json = {"channel": api.room, "ts": ts}
    await api.call("chat.update", **where, blocks=[section("New card.")])
    seen = api.ada.sees(api.story)[0]
    assert (seen.text.splitlines(), seen.edited) == (["Hello.", "New card.", "Aside."], False)
    await api.call("chat.update", **where, text="Plain.", attachments=[])
    seen = api.ada.sees(api.story)[0]
    assert (seen.text, seen.edited) == ("Plain.", True)
    await api.call("chat.update", channel=api.ada.user.id, ts=ts, text="x")
    assert api.error == "channel_not_found"


async def test_history_and_threads_come_in_pages_without_metadata_unless_allowed(api: Api) -> None:
    metadata = {"event_type": "passage", "event_payload": {"number": 1}}
    first = await api.posted(text="One.", metadata=metadata)
    await api.posted(text="Reply.", thread_ts=first)
    await api.posted(text="Both.", thread_ts=first, reply_broadcast=True)
    await api.posted(text="Two.")
    history = (await api.call("conversations.history", channel=api.room, limit=2)).body
    assert [one["text"] for one in history["messages"]] == ["Two.", "Both."]
    cursor = history["response_metadata"]["next_cursor"]
    asked: Json = {"channel": api.room, "cursor": cursor, "include_all_metadata": True}
    history = (await api.call("conversations.history", **asked)).body
    assert [(one["text"], one["metadata"], one["reply_count"]) for one in history["messages"]] == [
        ("One.", metadata, 2)
    ]
    replies = (await api.call("conversations.replies", channel=api.room, ts=first, oldest=first)).body
    assert [one["text"] for one in replies["messages"]] == ["Reply.", "Both."]
    api.server.house.scopes.discard("metadata.message:read")
    assert "metadata" not in (await api.call("conversations.history", **asked)).body["messages"][0]
    assert (await api.call("conversations.replies", channel=api.room, ts="1.1")).error == "thread_not_found"


async def test_reactions_are_counted_and_not_doubled(api: Api) -> None:
    ts = await api.posted()
    card = api.ada.sees(api.story)[0]
    api.ada.reacts(card, "thumbsup")
    where: Json = {"channel": api.room, "timestamp": ts, "name": "thumbsup"}
    assert (await api.call("reactions.add", **where)).error == ""
    assert (await api.call("reactions.add", **where)).error == "already_reacted"
    assert (await api.call("reactions.add", **{**where, "name": "no emoji"})).error == "invalid_name"
    assert (await api.call("reactions.get", **where)).body["message"]["reactions"][0]["count"] == 2
    assert (await api.call("reactions.remove", **where)).error == ""
    assert (await api.call("reactions.remove", **where)).error == "no_reaction"
    api.ada.takes_back(card, "thumbsup")
    assert api.ada.sees(api.story)[0].reactions == {}


async def test_files_are_promised_sent_and_shown(api: Api) -> None:
    await api.call("files.getUploadURLExternal", filename="map.png", length=3, alt_txt="a map")
    url, mark = api.body["upload_url"], api.body["file_id"]
    done: Json = {"files": [{"id": mark, "title": "Map"}], "channel_id": api.room, "initial_comment": "Look."}
    assert (await api.call("files.completeUploadExternal", **done)).error == "file_not_uploaded"
    async with api.session.post(url, data=b"four") as answer:
        assert (answer.status, answer.content_type) == (400, "text/plain")
    async with api.session.post(url, data=b"png") as answer:
        assert (answer.status, answer.content_type) == (200, "text/plain")
    await api.call("files.completeUploadExternal", **done)
    seen = api.ada.sees(api.story)[0]
    assert (seen.text, seen.files[0].data) == ("Look.\nmap.png (a map)", b"png")
    assert (await api.call("files.completeUploadExternal", **done)).error == "file_not_found"
    private = (await api.call("files.info", file=mark)).body["file"]["url_private"]
    for token, status in (("xoxb-wrong", 302), (api.token, 200)):
        headers = {"Authorization": f"Bearer {token}"}
        async with api.session.get(private, headers=headers, allow_redirects=False) as answer:
            assert answer.status == status


# Streams, statuses, schedules


async def test_a_stream_only_grows_and_is_not_edited_meanwhile(api: Api) -> None:
    thread = api.ada.says(api.story, "Go on.").message.ts
    await api.call("chat.startStream", channel=api.room, thread_ts=thread)
    assert api.error == "missing_recipient_team_id"
    who = {"recipient_team_id": api.server.house.id, "recipient_user_id": api.ada.user.id}
    await api.call("chat.startStream", channel=api.room, thread_ts=thread, **who, markdown_text="The fog ")
    where: Json = {"channel": api.room, "ts": api.body["ts"]}
    await api.call("chat.appendStream", **where, markdown_text="came in.")
    await api.call("chat.appendStream", **where, chunks=[{"type": "task_update", "id": "1", "title": "Plot"}])
    assert (await api.call("chat.update", **where, text="x")).error == "streaming_state_conflict"
    seen = api.ada.sees(api.story)[1]
    assert (seen.text, seen.streaming) == ("The fog came in.\nPlot", True)
    await api.call("chat.stopStream", **where, markdown_text=" Then night.", blocks=[actions(button())])
    assert (api.error, api.ada.sees(api.story)[1].text) == ("", "The fog came in. Then night.\nPlot\n[Vote]")
    assert (
        await api.call("chat.appendStream", **where, markdown_text="x")
    ).error == "message_not_in_streaming_state"
    assert (await api.call("chat.update", **where, text="New.")).error == ""


async def test_a_stream_that_someone_stops_takes_no_more(api: Api) -> None:
    thread = api.ada.says(api.story, "Go on.").message.ts
    who = {"recipient_team_id": api.server.house.id, "recipient_user_id": api.ada.user.id}
    await api.call("chat.startStream", channel=api.room, thread_ts=thread, **who, markdown_text="The fog ")
    api.ada.stops(api.ada.sees(api.story)[1])
    await api.call("chat.appendStream", channel=api.room, ts=api.body["ts"], markdown_text="x")
    assert api.error == "stopped_by_user"


async def test_a_status_goes_with_the_answer(api: Api) -> None:
    said = api.ada.says(api.story, "Go on.")
    where: Json = {"channel_id": api.room, "thread_ts": said.message.ts}
    await api.call("assistant.threads.setStatus", **where, status="is writing…", loading_messages=["Hm."])
    assert api.ada.sees_status(api.story, said) == "is writing…"
    await api.posted(thread_ts=said.message.ts)
    assert api.ada.sees_status(api.story, said) == ""


async def test_what_is_scheduled_comes_at_its_time(api: Api) -> None:
    moment = int(api.server.service.clock.now()) + 600
    args: Json = {"channel": api.room, "post_at": moment}
    await api.call("chat.scheduleMessage", **args, text="Later.")
    gone = (await api.call("chat.scheduleMessage", **args, text="Never.")).body["scheduled_message_id"]
    await api.call(
        "chat.scheduleMessage", **args, text="Lost.", metadata={"event_type": "x", "event_payload": {}}
    )
    assert (
        await api.call("chat.scheduleMessage", channel=api.room, text="x", post_at=1)
    ).error == "time_in_past"
    assert (
        await api.call("chat.deleteScheduledMessage", channel=api.room, scheduled_message_id=gone)
    ).error == ""
    assert len((await api.call("chat.scheduledMessages.list")).body["scheduled_messages"]) == 2
    api.server.age(minutes=11)
    assert [seen.text for seen in api.ada.sees(api.story)] == ["Later."]
    again = (await api.call("chat.deleteScheduledMessage", channel=api.room, scheduled_message_id=gone)).error
    assert again == "invalid_scheduled_message_id"


# Whom it notifies


@pytest.mark.parametrize(
    ("text", "whom"),
    [
        ("<!channel> <!here|here> <!everyone>", ("@channel", "@here", "@everyone")),
        ("&lt;!channel&gt; @channel @here @ada", ()),
        ("`<!channel>`", ("@channel",)),
    ],
)
async def test_the_server_knows_whom_a_text_notifies(api: Api, text: str, whom: tuple[str, ...]) -> None:
    await api.post(text=text)
    assert api.ada.sees(api.story)[0].notifies == whom
    assert [called for _, called in api.server.pings] == ([whom] if whom else [])


async def test_people_groups_and_blocks_notify_and_plain_texts_do_not(api: Api) -> None:
    ada, writers = api.ada.mention, api.server.group("writers", api.ada)
    zed = api.server.person("zed", guest="multi")
    await api.post(section(f"{ada} {writers} {zed.mention}"), text="Hello.")
    await api.post({"type": "header", "text": {"type": "plain_text", "text": ada}}, text="Hello.")
    await api.post(text="@channel", link_names=True)
    assert [seen.notifies for seen in api.ada.sees(api.story)] == [("@ada", "@writers"), (), ("@channel",)]
    assert api.ada.sees(api.story)[0].words.endswith("@ada @writers @zed")


@pytest.mark.parametrize(
    ("args", "unfurls"),
    [
        ({"text": "https://a.example"}, True),
        ({"text": "https://a.example", "unfurl_links": False}, True),
        ({"text": "https://a.example", "unfurl_links": False, "unfurl_media": False}, False),
        ({"text": "a.example"}, False),
    ],
)
async def test_the_server_knows_what_unfurls(api: Api, args: Json, unfurls: bool) -> None:
    await api.post(**args)
    assert api.ada.sees(api.story)[0].unfurls is unfurls


async def test_links_of_people_are_shown_as_the_app_says(api: Api) -> None:
    api.server.install(
        {
            "display_information": {"name": "R"},
            "features": {"unfurl_domains": ["a.example"]},
            "oauth_config": {"scopes": {"bot": ["links:read", "links:write"]}},
            "settings": {"event_subscriptions": {"bot_events": ["link_shared"]}},
        }
    )
    said = api.ada.says(api.story, "See <https://a.example/1>")
    assert [told["event"]["links"][0]["url"] for told in api.server.service.events.told] == [
        "https://a.example/1"
    ]
    where: Json = {"channel": api.room, "ts": said.message.ts}
    await api.call("chat.unfurl", **where, unfurls={"https://b.example": {"text": "x"}})
    assert api.error == "cannot_unfurl_url"
    await api.call("chat.unfurl", **where, unfurls={"https://a.example/1": {"blocks": [section("A scene.")]}})
    assert api.ben.sees(api.story)[0].words.endswith("A scene.")


# Who may, and how often


@pytest.mark.parametrize(
    ("token", "method", "word"),
    [
        ("", "auth.test", "not_authed"),
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("xapp-loopback", "auth.test", "not_allowed_token_type"),
        ("xoxb-loopback-house", "rooms.list", "unknown_method"),
    ],
)
async def test_a_call_needs_the_right_token(api: Api, token: str, method: str, word: str) -> None:
    api.token = token
    assert (await api.call(method)).error == word


async def test_a_call_needs_its_scope(api: Api) -> None:
    api.server.house.scopes -= {"chat:write", "channels:history", "channels:read"}
    await api.post()
    assert (api.error, api.body["needed"]) == ("missing_scope", "chat:write")
    assert "commands" in api.body["provided"] and api.headers["x-accepted-oauth-scopes"] == "chat:write"
    await api.call("conversations.history", channel=api.room)
    assert (api.error, api.body["needed"]) == ("missing_scope", "channels:history")
    assert (await api.call("conversations.info", channel=api.room)).body["needed"] == "channels:read"


async def test_posting_too_fast_asks_to_wait_in_that_channel_alone() -> None:
    async with calling(limits="real", pace=100.0) as api:
        for _ in range(5):
            await api.post()
        assert (api.status, api.error) == (429, "ratelimited")
        assert int(api.headers["Retry-After"]) > 1
        assert [one.error for one in api.server.refused] == ["ratelimited"]
        assert (await api.call("chat.postMessage", channel=api.ada.user.id, text="x")).status == 200


async def test_arguments_come_in_query_form_and_json_alike(api: Api) -> None:
    url, headers = f"{api.server.api}chat.postMessage", {"Authorization": f"Bearer {api.token}"}
    ways: list[Json] = [
        {"params": {"channel": api.room, "text": "Query."}},
        {"data": {"channel": api.room, "text": "Form.", "blocks": '[{"type": "divider"}]'}},
        {"params": {"channel": api.room}, "json": {"text": "Both."}},
        {"params": {"channel": api.room, "text": "Token.", "token": api.token}, "headers": {}},
    ]
    for way in ways:
        async with api.session.post(url, **{"headers": headers, **way}) as answer:
            assert (await answer.json())["ok"]
    assert [seen.top for seen in api.ada.sees(api.story)] == ["Query.", "Form.", "Both.", "Token."]
    odd: list[tuple[Any, str]] = [("{", "invalid_json"), ("[]", "json_not_object")]
    for text, word in odd:
        said = {**headers, "Content-Type": "application/json"}
        async with api.session.post(url, data=text, headers=said) as answer:
            assert (await answer.json())["error"] == word


async def test_channels_and_people_are_found(api: Api) -> None:
    cellar = api.server.channel("cellar", private=True, people=[api.ada])
    found = (await api.call("conversations.list", types="public_channel,private_channel")).body["channels"]
    assert [one["name"] for one in found] == ["story", "cellar"]
    assert (await api.call("conversations.members", channel=cellar.id)).body["members"][0] == api.ada.user.id
    hall = api.server.channel("hall", bot=False)
    assert (await api.call("conversations.history", channel=hall.id)).error == "not_in_channel"
    assert (await api.call("conversations.join", channel=hall.id)).body["channel"]["is_member"]
    assert (await api.call("conversations.leave", channel=hall.id)).error == ""
    assert (await api.call("users.info", user=api.ben.user.id)).body["user"]["name"] == "ben"
    assert (await api.call("users.info", user="U0")).error == "user_not_found"
    link = (await api.call("chat.getPermalink", channel=api.room, message_ts=await api.posted())).body
    assert link["permalink"].startswith("https://house.slack.com/archives/")
