"""Every limit in the server's data file is enforced: at the limit a call is taken, one over it is refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.servers.discord import TOKEN
from tests.servers.discord.limits import documented
from tests.unit.discord_calls import Api, Json, calling

Probe = Callable[[Api, int], Awaitable[Any]]
ACTION, SECTION, TEXT, GALLERY, V2 = 1, 9, 10, 12, 1 << 15
BUTTON: Json = {"type": 2, "style": 1, "label": "Vote"}


def button(number: int = 0, **more: Any) -> Json:
    return {**BUTTON, "custom_id": f"vote:{number}", **more}


def row(*parts: Json) -> Json:
    return {"type": ACTION, "components": list(parts)}


def option(number: int, **more: Any) -> Json:
    return {"label": f"Scene {number}", "value": str(number), **more}


def menu(number: int = 0, **more: Any) -> Json:
    return {"type": 3, "custom_id": f"menu:{number}", "options": [option(1)], **more}


def text(content: str) -> Json:
    return {"type": TEXT, "content": content}


def field(component: Json, **more: Any) -> Json:
    return {"type": 18, "label": "Idea", "component": component, **more}


def entry(**more: Any) -> Json:
    return {"type": 4, "custom_id": "idea", "style": 1, **more}


def message(body: Callable[[int], Json]) -> Probe:
    return lambda api, n: api.post(body(n))


def shown(parts: Callable[[int], list[Json]]) -> Probe:
    return message(lambda n: {"content": "Choose.", "components": parts(n)})


def laid_out(parts: Callable[[int], list[Json]]) -> Probe:
    return message(lambda n: {"flags": V2, "components": parts(n)})


def embed(of: Callable[[int], Json]) -> Probe:
    return message(lambda n: {"embeds": [of(n)]})


def poll(of: Callable[[int], Json]) -> Probe:
    plain = {"question": {"text": "Where?"}, "answers": [{"poll_media": {"text": "Here"}}], "duration": 1}
    return message(lambda n: {"poll": {**plain, **of(n)}})


def form(of: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> Any:
        plain = {"title": "Pitch", "custom_id": "pitch", "components": [field(entry())]}
        return await api.answer(await api.begin(), 9, {**plain, **of(n)})

    return probe


def command(of: Callable[[int], Json]) -> Probe:
    return lambda api, n: api.call(
        "POST", f"{api.app}/commands", {"name": "pitch", "description": "Pitch", **of(n)}
    )


def commands(kind: int) -> Probe:
    words = {"description": "Pitch"} if kind == 1 else {}
    return lambda api, n: api.call(
        "PUT", f"{api.app}/commands", [{"type": kind, "name": f"pitch{one}", **words} for one in range(n)]
    )


def choices(of: Callable[[int], list[Json]]) -> Probe:
    async def probe(api: Api, n: int) -> Any:
        await api.sync()
        one = api.ada.starts(api.story, "note")
        one.kind = 4
        return await api.answer(one, 8, {"choices": of(n)})

    return probe


def place(of: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> Any:
        api.server.allow_bot("manage_channels")
        return await api.call("PATCH", api.room, of(n))

    return probe


def listed(path: Callable[[Api, int], str]) -> Probe:
    return lambda api, n: api.call("GET", path(api, n))


async def files(api: Api, n: int) -> Any:
    return await api.post({}, [(f"{one}.txt", b"x") for one in range(n)])


async def file_size(api: Api, n: int) -> Any:
    return await api.post({}, [("a.txt", b"x" * n)])


async def alt_text(api: Api, n: int) -> Any:
    return await api.post({"attachments": [{"id": 0, "description": "x" * n}]}, [("a.png", b"x")])


async def repeated(
    api: Api, n: int, method: str, path: Callable[[int], str], body: Json | None = None
) -> Any:
    """The same call so often; the last one counts."""
    for one in range(n):
        await api.call(method, path(one), body)
        assert api.status < 400 or one == n - 1
    return api


async def reactions(api: Api, n: int) -> Any:
    mark = (await api.post({"content": "React."})).body["id"]
    return await repeated(
        api, n, "PUT", lambda one: f"{api.room}/messages/{mark}/reactions/{chr(0x1F600 + one)}/@me"
    )


async def old_after(api: Api, n: int) -> Any:
    mark = (await api.post({"content": "Old."})).body["id"]
    api.server.age(minutes=n, seconds=-30)
    return await repeated(api, 11, "PATCH", lambda _: f"{api.room}/messages/{mark}", {"content": "New."})


async def old_edits(api: Api, n: int) -> Any:
    mark = (await api.post({"content": "Old."})).body["id"]
    api.server.age(hours=2)
    return await repeated(api, n, "PATCH", lambda _: f"{api.room}/messages/{mark}", {"content": "New."})


def exactly(n: int) -> Json:
    """A command whose names, descriptions and values are `n` characters together."""
    options: list[Json] = []
    left = n - len("pitch") - len("Pitch") - 2
    for number in range(5):
        if left <= 0:
            break
        left -= 2
        taken: list[Json] = []
        for one in range(25):
            if left <= 8:
                break
            value = f"{one:02}" + "v" * min(98, left - 6)
            taken.append({"name": f"{one:02}", "value": value})
            left -= 2 + len(value)
        options.append({"type": 3, "name": chr(97 + number), "description": "x", "choices": taken})
    options.append({"type": 3, "name": "z", "description": "x" * (1 + left)})
    return {"options": options}


async def creates(api: Api, n: int) -> Any:
    for one in range(n):
        await api.call("POST", f"{api.app}/commands", {"name": f"pitch{one}", "description": "Pitch"})
        if api.status < 400 and one < n - 1:
            mark = api.body["id"]
            await api.call("DELETE", f"{api.app}/commands/{mark}")
    return api


async def late_ack(api: Api, n: int) -> Any:
    one = await api.begin()
    one.sent -= n - 0.5
    return await api.answer(one, 4, {"content": "Here."})


async def late_followup(api: Api, n: int) -> Any:
    one = await api.begin()
    await api.answer(one, 4, {"content": "Here."})
    api.server.age(minutes=n, seconds=-30)
    return await api.call("POST", api.hook(one), {"content": "More."})


async def abroad(api: Api, n: int) -> Any:
    """Followups in a guild where the bot is only someone's own app."""
    guild = api.server.guild("elsewhere", installed=False)
    api.server.person("ada", guild=guild)
    brought = {"name": "pitch", "description": "Pitch", "integration_types": [1]}
    await api.call("PUT", f"{api.app}/commands", [brought])
    one = await api.begin(api.server.channel("there", guild=guild))
    await api.answer(one, 4, {"content": "Here."})
    return await repeated(api, n, "POST", lambda _: api.hook(one), {"content": "More."})


async def forum_topic(api: Api, n: int) -> Any:
    api.server.allow_bot("manage_channels")
    return await api.call("PATCH", f"/channels/{api.server.forum('ideas').id}", {"topic": "x" * n})


async def tags(api: Api, n: int) -> Any:
    forum = api.server.forum("ideas", tags=[f"tag {one}" for one in range(n)])
    body = {"name": "A", "message": {"content": "B"}, "applied_tags": [tag["id"] for tag in forum.tags]}
    return await api.call("POST", f"/channels/{forum.id}/threads", body)


async def pins(api: Api, n: int) -> Any:
    api.server.allow_bot("pin_messages")
    marks = [api.ada.says(api.story, "Pin me.").message.id for _ in range(n)]
    return await repeated(api, n, "PUT", lambda one: f"{api.room}/messages/pins/{marks[one]}")


async def webhooks(api: Api, n: int) -> Any:
    api.server.allow_bot("manage_webhooks")
    return await repeated(api, n, "POST", lambda _: f"{api.room}/webhooks", {"name": "Narrator"})


async def webhook_name(api: Api, n: int) -> Any:
    api.server.allow_bot("manage_webhooks")
    return await api.call("POST", f"{api.room}/webhooks", {"name": "n" * n})


async def channels(api: Api, n: int) -> Any:
    api.server.allow_bot("manage_channels")
    for one in range(n - 2):
        api.server.service.world.add_channel(f"room-{one}", 0, api.server.house)
    return await api.call("POST", f"/guilds/{api.server.house.id}/channels", {"name": "last"})


async def bulk(api: Api, n: int) -> Any:
    api.server.allow_bot("manage_messages")
    marks = [str(api.ada.says(api.story, "Gone.").message.id) for _ in range(n)]
    return await api.call("POST", f"{api.room}/messages/bulk-delete", {"messages": marks})


async def bulk_days(api: Api, n: int) -> Any:
    api.server.allow_bot("manage_messages")
    marks = [str(api.ada.says(api.story, "Gone.").message.id) for _ in range(2)]
    api.server.age(days=n, hours=-1)
    return await api.call("POST", f"{api.room}/messages/bulk-delete", {"messages": marks})


async def reason(api: Api, n: int) -> Any:
    return await api.call("POST", f"{api.room}/typing", None, (), **{"X-Audit-Log-Reason": "x" * n})


async def request_size(api: Api, n: int) -> Any:
    body: Json = {"content": "x", "padding": ""}
    body["padding"] = "x" * (n - len(json.dumps(body)))
    return await api.post(body)


async def a_second(api: Api, n: int) -> Any:
    return await repeated(api, n, "GET", lambda one: ("/users/@me", "/gateway/bot")[one % 2])


async def invalid(api: Api, n: int) -> Any:
    await api.call("GET", "/users/@me", None, (), Authorization="Bot wrong")
    api.server.service.buckets.invalid.used = n
    return await api.call("GET", "/users/@me")


async def edits(api: Api, n: int) -> Any:
    mark = (await api.post({"content": "One."})).body["id"]
    return await repeated(api, n, "PATCH", lambda _: f"{api.room}/messages/{mark}", {"content": "Two."})


async def by_token(api: Api, n: int) -> Any:
    one = await api.begin()
    await api.answer(one, 4, {"content": "Here."})
    return await repeated(api, n, "GET", lambda _: api.hook(one, "@original"))


async def listened(api: Api, *sent: Json) -> Any:
    """Identify by hand and say these things; the close code becomes the answer's."""
    identify = {"op": 2, "d": {"token": TOKEN, "intents": 1, "properties": {}}}
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(f"{api.server.gateway_url}?v=10") as socket,
    ):
        for one in (identify, *sent):
            await socket.send_json(one)
        await socket.send_json({"op": 1, "d": None})
        async for received in socket:
            if received.type is aiohttp.WSMsgType.TEXT and json.loads(received.data)["op"] == 11:
                break
        api.status, api.code = (200, 0) if socket.close_code is None else (400, socket.close_code)
    return api


async def sends(api: Api, n: int) -> Any:
    return await listened(api, *[{"op": 3, "d": {}}] * (n - 1))


async def payload(api: Api, n: int) -> Any:
    said: Json = {"op": 3, "d": ""}
    said["d"] = "x" * (n - len(json.dumps(said)))
    return await listened(api, said)


async def identifies(api: Api, n: int) -> Any:
    api.server.gateway.identified = n - 1
    return await listened(api)


async def guilds(api: Api, n: int) -> Any:
    world = api.server.service.world
    for one in range(n - 1):
        world.add_guild(f"house {one}", world.bot, installed=False)
    return await listened(api)


LETTERS = "abcdefghijklmnopqrstuvwxyz"
PROBES: dict[str, Probe] = {
    "message.content": message(lambda n: {"content": "x" * n}),
    "message.nonce": message(lambda n: {"content": "x", "nonce": "n" * n}),
    "message.embeds": message(lambda n: {"embeds": [{"title": "x"}] * n}),
    "message.attachments": files,
    "message.attachment_bytes": file_size,
    "message.alt_text": alt_text,
    "message.allowed_users": message(
        lambda n: {"content": "x", "allowed_mentions": {"users": [*map(str, range(n))]}}
    ),
    "message.allowed_roles": message(
        lambda n: {"content": "x", "allowed_mentions": {"roles": [*map(str, range(n))]}}
    ),
    "message.reactions": reactions,
    "message.old_after_minutes": old_after,
    "message.old_edits": old_edits,
    "embed.total": message(
        lambda n: {"embeds": [{"description": "x" * 4000}, {"description": "x" * (n - 4000)}]}
    ),
    "embed.fields": embed(lambda n: {"fields": [{"name": "a", "value": "b"}] * n}),
    "embed.title": embed(lambda n: {"title": "x" * n}),
    "embed.description": embed(lambda n: {"description": "x" * n}),
    "embed.field_name": embed(lambda n: {"fields": [{"name": "x" * n, "value": "b"}]}),
    "embed.field_value": embed(lambda n: {"fields": [{"name": "a", "value": "x" * n}]}),
    "embed.footer": embed(lambda n: {"title": "x", "footer": {"text": "x" * n}}),
    "embed.author": embed(lambda n: {"title": "x", "author": {"name": "x" * n}}),
    "components.rows": shown(lambda n: [row(button(one)) for one in range(n)]),
    "components.row_buttons": shown(lambda n: [row(*[button(one) for one in range(n)])]),
    "components.row_selects": shown(lambda n: [row(*[menu(one) for one in range(n)])]),
    "components.total": laid_out(lambda n: [text("x")] * n),
    "components.text": laid_out(
        lambda n: [text("x" * 2000), {"type": 17, "components": [text("x" * (n - 2000))]}]
    ),
    "components.custom_id": shown(lambda n: [row(button(custom_id="x" * n))]),
    "components.button_label": shown(lambda n: [row(button(label="x" * n))]),
    "components.button_url": shown(
        lambda n: [row({"type": 2, "style": 5, "label": "Go", "url": "https://a.example/".ljust(n, "x")})]
    ),
    "components.placeholder": shown(lambda n: [row(menu(placeholder="x" * n))]),
    "components.options": shown(lambda n: [row(menu(options=[option(one) for one in range(n)]))]),
    "components.option_label": shown(lambda n: [row(menu(options=[option(1, label="x" * n)]))]),
    "components.option_value": shown(lambda n: [row(menu(options=[option(1, value="x" * n)]))]),
    "components.option_description": shown(lambda n: [row(menu(options=[option(1, description="x" * n)]))]),
    "components.select_values": shown(lambda n: [row({"type": 5, "custom_id": "who", "max_values": n})]),
    "components.section_texts": laid_out(
        lambda n: [{"type": SECTION, "components": [text("x")] * n, "accessory": button()}]
    ),
    "components.gallery_items": laid_out(
        lambda n: [{"type": GALLERY, "items": [{"media": {"url": "https://a.example/a.png"}}] * n}]
    ),
    "modal.title": form(lambda n: {"title": "x" * n}),
    "modal.parts": form(lambda n: {"components": [field(entry(custom_id=str(one))) for one in range(n)]}),
    "modal.label": form(lambda n: {"components": [field(entry(), label="x" * n)]}),
    "modal.label_description": form(lambda n: {"components": [field(entry(), description="x" * n)]}),
    "modal.text_input": form(lambda n: {"components": [field(entry(max_length=n))]}),
    "modal.text_placeholder": form(lambda n: {"components": [field(entry(placeholder="x" * n))]}),
    "modal.radio_options": form(
        lambda n: {
            "components": [
                field({"type": 21, "custom_id": "r", "options": [option(one) for one in range(n)]})
            ]
        }
    ),
    "modal.checkbox_options": form(
        lambda n: {
            "components": [
                field({"type": 22, "custom_id": "c", "options": [option(one) for one in range(n)]})
            ]
        }
    ),
    "modal.uploads": form(lambda n: {"components": [field({"type": 19, "custom_id": "f", "max_values": n})]}),
    "command.chat_input": commands(1),
    "command.user": commands(2),
    "command.message": commands(3),
    "command.name": command(lambda n: {"name": "x" * n}),
    "command.description": command(lambda n: {"description": "x" * n}),
    "command.options": command(
        lambda n: {"options": [{"type": 3, "name": letter, "description": "x"} for letter in LETTERS[:n]]}
    ),
    "command.choices": command(
        lambda n: {
            "options": [
                {
                    "type": 3,
                    "name": "a",
                    "description": "x",
                    "choices": [{"name": str(one), "value": str(one)} for one in range(n)],
                }
            ]
        }
    ),
    "command.choice_name": command(
        lambda n: {
            "options": [
                {"type": 4, "name": "a", "description": "x", "choices": [{"name": "x" * n, "value": 1}]}
            ]
        }
    ),
    "command.choice_value": command(
        lambda n: {
            "options": [
                {"type": 3, "name": "a", "description": "x", "choices": [{"name": "x", "value": "x" * n}]}
            ]
        }
    ),
    "command.string_length": command(
        lambda n: {"options": [{"type": 3, "name": "a", "description": "x", "max_length": n}]}
    ),
    "command.total": command(exactly),
    "command.creates_a_day": creates,
    "poll.question": poll(lambda n: {"question": {"text": "x" * n}}),
    "poll.answers": poll(lambda n: {"answers": [{"poll_media": {"text": "x"}}] * n}),
    "poll.answer": poll(lambda n: {"answers": [{"poll_media": {"text": "x" * n}}]}),
    "poll.hours": poll(lambda n: {"duration": n}),
    "interaction.ack_seconds": late_ack,
    "interaction.token_minutes": late_followup,
    "interaction.choices": choices(lambda n: [{"name": "a", "value": "b"}] * n),
    "interaction.choice_name": choices(lambda n: [{"name": "x" * n, "value": "b"}]),
    "interaction.choice_value": choices(lambda n: [{"name": "a", "value": "x" * n}]),
    "interaction.user_install_followups": abroad,
    "channel.name": place(lambda n: {"name": "x" * n}),
    "channel.topic": place(lambda n: {"topic": "x" * n}),
    "channel.forum_topic": forum_topic,
    "channel.slowmode": place(lambda n: {"rate_limit_per_user": n}),
    "channel.applied_tags": tags,
    "channel.pins": pins,
    "channel.webhooks": webhooks,
    "channel.webhook_name": webhook_name,
    "channel.in_guild": channels,
    "list.messages": listed(lambda api, n: f"{api.room}/messages?limit={n}"),
    "list.bulk_delete": bulk,
    "list.bulk_delete_days": bulk_days,
    "list.search": listed(lambda api, n: f"/guilds/{api.server.house.id}/members/search?query=a&limit={n}"),
    "list.reason": reason,
    "request.bytes": request_size,
    "request.a_second": a_second,
    "request.invalid_in_ten_minutes": invalid,
    "rate.message_create": lambda api, n: repeated(
        api, n, "POST", lambda _: f"{api.room}/messages", {"content": "x"}
    ),
    "rate.message_edit": edits,
    "rate.token": by_token,
    "gateway.sends_a_minute": sends,
    "gateway.payload_bytes": payload,
    "gateway.identifies_a_day": identifies,
    "gateway.guilds_a_shard": guilds,
}

REFUSALS = {
    "message.attachment_bytes": 40005,
    "message.reactions": 30010,
    "message.old_after_minutes": 30046,
    "message.old_edits": 30046,
    "command.chat_input": 30032,
    "command.user": 30032,
    "command.message": 30032,
    "command.creates_a_day": 30034,
    "interaction.ack_seconds": 10062,
    "interaction.token_minutes": 50027,
    "interaction.user_install_followups": 40094,
    "channel.pins": 30003,
    "channel.webhooks": 30007,
    "channel.in_guild": 30013,
    "list.bulk_delete": 50016,
    "list.bulk_delete_days": 50034,
    "request.bytes": 40005,
    "request.a_second": 0,
    "request.invalid_in_ten_minutes": 0,
    "rate.message_create": 0,
    "rate.message_edit": 0,
    "rate.token": 0,
    "gateway.sends_a_minute": 4008,
    "gateway.payload_bytes": 4002,
    "gateway.identifies_a_day": 4004,
    "gateway.guilds_a_shard": 4011,
}
"""Codes of those that are not 50035, an invalid body."""


def settings(name: str) -> Json:
    """Rate limits are real only where they are studied, with windows that no slow machine outlives."""
    return {"limits": "real", "pace": 100.0} if name.startswith(("rate.", "request.a_second")) else {}


def test_every_limit_in_the_data_file_has_its_probe() -> None:
    assert sorted(PROBES) == sorted(documented())


@pytest.mark.parametrize("name", documented())
async def test_at_a_limit_a_call_is_taken_and_one_over_it_is_refused(name: str) -> None:
    limit = documented()[name]
    async with calling(**settings(name)) as api:
        taken = await PROBES[name](api, limit)
        assert taken.status < 300, taken.body
    async with calling(**settings(name)) as api:
        refused = await PROBES[name](api, limit + 1)
        assert refused.status >= 400
        assert refused.code == REFUSALS.get(name, 50035)
        if refused.code == 50035:
            assert refused.body["errors"]
