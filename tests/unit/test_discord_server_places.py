"""Permissions, threads, forums, webhooks and pings are those of the real Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.servers.discord import Refused
from tests.unit.discord_calls import EPHEMERAL, V2, Api, Json, calling


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with calling() as api:
        yield api


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
