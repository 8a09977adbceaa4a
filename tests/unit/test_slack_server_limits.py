"""Every limit in the server's data file is enforced: at the limit a call is taken, one over it is refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import pytest

from tests.servers.slack import Refused
from tests.servers.slack.limits import documented
from tests.unit.slack_calls import (
    Api,
    Json,
    actions,
    button,
    calling,
    entry,
    menu,
    modal,
    mrkdwn,
    option,
    plain,
    section,
)

Probe = Callable[[Api, int], Awaitable[str]]
URL = "https://a.example/"
IMAGE: Json = {"type": "image", "image_url": URL, "alt_text": "a map"}
VIDEO: Json = {
    "type": "video",
    "alt_text": "a film",
    "title": plain("Film"),
    "thumbnail_url": URL,
    "video_url": URL,
}
CELL: Json = {"type": "raw_text", "text": "x"}


def x(n: int) -> str:
    return "x" * n


def url(n: int) -> str:
    return URL.ljust(n, "x")


def shown(*blocks: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        return (await api.post(*[block(n) for block in blocks])).error

    return probe


def several(blocks: Callable[[int], list[Json]]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        return (await api.post(*blocks(n))).error

    return probe


def said(args: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        return (await api.post(**args(n))).error

    return probe


def form(view: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        return (await api.open(view(n))).error

    return probe


def listed(manifest: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        try:
            api.server.install({"display_information": {"name": "Room"}, **manifest(n)})
        except Refused as refused:
            return refused.error
        return ""

    return probe


async def text(api: Api, n: int) -> str:
    """What is too long is cut, not refused."""
    await api.post(text=x(n))
    return "" if api.body["message"]["text"] == x(n) else "cut"


async def update_text(api: Api, n: int) -> str:
    ts = await api.posted()
    return (await api.call("chat.update", channel=api.room, ts=ts, text=x(n))).error


async def emoji(api: Api, n: int) -> str:
    ts = await api.posted()
    for one in range(n):
        await api.call("reactions.add", channel=api.room, timestamp=ts, name=f"emoji_{one}")
    return api.error


async def stack(api: Api, n: int) -> str:
    await api.open(modal(section()))
    for _ in range(n - 1):
        await api.open(modal(section()), method="views.push")
    return api.error


async def view_bytes(api: Api, n: int) -> str:
    view = modal(*[section(x(2900), block_id=str(one)) for one in range(84)])
    view["blocks"].append(section("", block_id="last"))
    size = len(json.dumps(view, separators=(",", ":")))
    view["blocks"][-1]["text"]["text"] = x(n - size)
    assert len(json.dumps(view, separators=(",", ":"))) == n
    return (await api.open(view)).error


async def begin_stream(api: Api) -> Json:
    ts = await api.posted()
    who = {"recipient_team_id": api.server.house.id, "recipient_user_id": api.ada.user.id}
    await api.call("chat.startStream", channel=api.room, thread_ts=ts, **who)
    assert not api.error, api.body
    return {"channel": api.room, "ts": api.body["ts"]}


def streamed(args: Callable[[int], Json]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        return (await api.call("chat.appendStream", **await begin_stream(api), **args(n))).error

    return probe


async def stream_seconds(api: Api, n: int) -> str:
    where = await begin_stream(api)
    api.server.age(seconds=n - 0.5)
    return (await api.call("chat.appendStream", **where, markdown_text="More.")).error


async def status_minutes(api: Api, n: int) -> str:
    said = api.ada.says(api.story, "Hello.")
    thread = said.message.ts
    await api.call("assistant.threads.setStatus", channel_id=api.room, thread_ts=thread, status="is writing…")
    api.server.age(minutes=n, seconds=-1)
    return "" if api.ada.sees_status(api.story, said) else "gone"


async def loading(api: Api, n: int) -> str:
    thread = api.ada.says(api.story, "Hello.").message.ts
    args = {"channel_id": api.room, "thread_ts": thread, "status": "…", "loading_messages": ["x"] * n}
    return (await api.call("assistant.threads.setStatus", **args)).error


async def prompts(api: Api, n: int) -> str:
    asked = [{"title": "Pitch", "message": "Pitch"}] * n
    return (await api.call("assistant.threads.setSuggestedPrompts", channel_id=api.room, prompts=asked)).error


async def schedule_days(api: Api, n: int) -> str:
    moment = int(api.server.service.clock.now()) + n * 86400 - 60
    return (await api.call("chat.scheduleMessage", channel=api.room, text="x", post_at=moment)).error


async def schedule_many(api: Api, n: int) -> str:
    moment = (int(api.server.service.clock.now()) // 300 + 2) * 300
    for one in range(n):
        await api.call("chat.scheduleMessage", channel=api.room, text="x", post_at=moment + one)
    return api.error


async def file_alt(api: Api, n: int) -> str:
    return (await api.call("files.getUploadURLExternal", filename="a.png", length=1, alt_txt=x(n))).error


async def file_bytes(api: Api, n: int) -> str:
    return (await api.call("files.getUploadURLExternal", filename="a.png", length=n)).error


async def page(api: Api, n: int) -> str:
    return (await api.call("conversations.history", channel=api.room, limit=n)).error


async def commercial_page(api: Api, n: int) -> str:
    for _ in range(n):
        api.ada.says(api.story, "Hello.")
    await api.call("conversations.history", channel=api.room, limit=100)
    return "" if len(api.body["messages"]) == n else "cut"


async def late_ack(api: Api, n: int) -> str:
    """An acknowledgement a little before or after the time, which is a hundredth of what it says."""
    async with api.session.ws_connect((await api.call("apps.connections.open")).body["url"]) as socket:
        await socket.receive()
        one = api.ada.starts(api.story, "/room")
        envelope = json.loads((await socket.receive()).data)["envelope_id"]
        if n > api.server.limits["interaction.ack_seconds"]:
            await one.acknowledged.wait()
        await socket.send_str(json.dumps({"envelope_id": envelope}))
        await one.acknowledged.wait()
    return one.error


async def trigger(api: Api, n: int) -> str:
    deed = api.deed()
    api.server.age(seconds=n - 0.5)
    return (await api.open(modal(section()), deed)).error


async def hook_uses(api: Api, n: int) -> str:
    where = api.server.interactions.hook(api.deed(), api.story)
    for _ in range(n):
        await api.respond(where, {"text": "x"})
    return api.error


async def hook_minutes(api: Api, n: int) -> str:
    where = api.server.interactions.hook(api.deed(), api.story)
    api.server.age(minutes=n, seconds=-30)
    await api.respond(where, {"text": "x"})
    return api.error


async def retries(api: Api, n: int) -> str:
    """An event that is acknowledged at its n-th re-delivery has been heard."""
    async with api.session.ws_connect((await api.call("apps.connections.open")).body["url"]) as socket:
        await socket.receive()
        api.server.event({"type": "team_join"})
        frame: Json = {}
        for attempt in range(n + 1):
            try:
                frame = json.loads((await socket.receive(timeout=1)).data)
            except TimeoutError:
                return "given up"
            assert frame["retry_attempt"] == attempt
        await socket.send_str(json.dumps({"envelope_id": frame["envelope_id"]}))
        await api.server.deliveries.quiet()
    return "given up" if api.server.deliveries.unheard else ""


async def connections(api: Api, n: int) -> str:
    sockets: list[aiohttp.ClientWebSocketResponse] = []
    said: Json = {}
    for _ in range(n):
        await api.call("apps.connections.open")
        sockets.append(await api.session.ws_connect(api.body["url"]))
        said = json.loads((await sockets[-1].receive()).data)
    for one in sockets:
        await one.close()
    return str(said.get("reason", ""))


def repeated(method: str, args: Callable[[Api], Json]) -> Probe:
    async def probe(api: Api, n: int) -> str:
        for _ in range(n):
            await api.call(method, **args(api))
        return api.error

    return probe


async def tier_1(api: Api, n: int) -> str:
    """No method that is served is of the first tier; the ration is counted all the same."""
    waits = [api.server.service.buckets.take("1", "rare", "T", "") for _ in range(n)]
    return "" if waits[-1] is None else "ratelimited"


def room(api: Api) -> Json:
    return {"channel": api.room}


def slash(**more: Any) -> Json:
    return {"features": {"slash_commands": [{"command": "/room", "description": "Room", **more}]}}


def entries(count: int, **more: Any) -> Json:
    one = {"name": "Pitch", "type": "global", "callback_id": "pitch", "description": "Pitch", **more}
    return {"features": {"shortcuts": [one] * count}}


def table(rows: int = 1, columns: int = 1, cell: Json | None = None) -> Json:
    return {"type": "table", "rows": [[cell or CELL] * columns] * rows}


def confirmed(**more: Any) -> Json:
    parts = {"title": plain("Sure?"), "text": mrkdwn("Sure?"), "confirm": plain("Yes"), "deny": plain("No")}
    return actions(button(confirm={**parts, **more}))


def chosen(**more: Any) -> Json:
    return actions(menu(options=[option(**more)]))


def boxes(kind: str) -> Callable[[int], Json]:
    return lambda n: actions({"type": kind, "action_id": "a", "options": [option(one) for one in range(n)]})


PROBES: dict[str, Probe] = {
    "message.blocks": several(lambda n: [{"type": "divider"}] * n),
    "message.text": text,
    "message.update_text": update_text,
    "message.markdown_text": said(lambda n: {"text": None, "markdown_text": x(n)}),
    "message.blocks_text": several(lambda n: [*[section(x(3000))] * 4, section(x(n - 12000))]),
    "message.attachments": said(lambda n: {"attachments": [{"text": "x"}] * n}),
    "message.emoji": emoji,
    "block.id": shown(lambda n: section(block_id=x(n))),
    "block.section_text": shown(lambda n: section(x(n))),
    "block.section_field": shown(lambda n: {"type": "section", "fields": [mrkdwn(x(n))]}),
    "block.section_fields": shown(lambda n: {"type": "section", "fields": [mrkdwn("x")] * n}),
    "block.header": shown(lambda n: {"type": "header", "text": plain(x(n))}),
    "block.markdown": shown(lambda n: {"type": "markdown", "text": x(n)}),
    "block.markdown_total": shown(
        lambda n: {"type": "markdown", "text": x(6000)}, lambda n: {"type": "markdown", "text": x(n - 6000)}
    ),
    "block.actions": shown(lambda n: actions(*[button(one) for one in range(n)])),
    "block.context": shown(lambda n: {"type": "context", "elements": [mrkdwn("x")] * n}),
    "block.context_actions": shown(
        lambda n: {
            "type": "context_actions",
            "elements": [
                {"type": "icon_button", "icon": "trash", "action_id": str(one), "text": plain("Drop")}
                for one in range(n)
            ],
        }
    ),
    "block.image_url": shown(lambda n: {**IMAGE, "image_url": url(n)}),
    "block.alt_text": shown(lambda n: {**IMAGE, "alt_text": x(n)}),
    "block.image_title": shown(lambda n: {**IMAGE, "title": plain(x(n))}),
    "block.label": form(lambda n: modal(entry(x(n)))),
    "block.hint": form(lambda n: modal(entry(hint=plain(x(n))))),
    "block.table_rows": shown(lambda n: table(rows=n)),
    "block.table_columns": shown(lambda n: table(columns=n)),
    "block.table_text": shown(lambda n: table(cell={**CELL, "text": x(n)})),
    "block.video_title": shown(lambda n: {**VIDEO, "title": plain(x(n))}),
    "block.video_author": shown(lambda n: {**VIDEO, "author_name": x(n)}),
    "block.video_description": shown(lambda n: {**VIDEO, "description": plain(x(n))}),
    "block.video_url": shown(lambda n: {**VIDEO, "video_url": url(n)}),
    "block.task_field": shown(lambda n: {"type": "task_card", "task_id": "1", "title": x(n)}),
    "element.action_id": shown(lambda n: actions(button(action_id=x(n)))),
    "element.button_text": shown(lambda n: actions(button(text=plain(x(n))))),
    "element.button_value": shown(lambda n: actions(button(value=x(n)))),
    "element.button_url": shown(lambda n: actions(button(url=url(n)))),
    "element.accessibility_label": shown(lambda n: actions(button(accessibility_label=x(n)))),
    "element.placeholder": shown(lambda n: actions(menu(placeholder=plain(x(n))))),
    "element.option_text": shown(lambda n: chosen(text=plain(x(n)))),
    "element.option_value": shown(lambda n: chosen(value=x(n))),
    "element.option_description": shown(lambda n: chosen(description=plain(x(n)))),
    "element.option_url": shown(
        lambda n: actions({"type": "overflow", "action_id": "a", "options": [option(url=url(n))]})
    ),
    "element.options": shown(lambda n: actions(menu(options=[option(one) for one in range(n)]))),
    "element.option_groups": shown(
        lambda n: actions(
            menu(options=None, option_groups=[{"label": plain("Act"), "options": [option()]}] * n)
        )
    ),
    "element.group_label": shown(
        lambda n: actions(menu(options=None, option_groups=[{"label": plain(x(n)), "options": [option()]}]))
    ),
    "element.overflow": shown(boxes("overflow")),
    "element.checkboxes": shown(boxes("checkboxes")),
    "element.radio_buttons": shown(boxes("radio_buttons")),
    "element.input_length": form(
        lambda n: modal(entry(element={"type": "plain_text_input", "action_id": "a", "max_length": n}))
    ),
    "element.files": form(
        lambda n: modal(entry(element={"type": "file_input", "action_id": "a", "max_files": n}))
    ),
    "element.confirm_title": shown(lambda n: confirmed(title=plain(x(n)))),
    "element.confirm_text": shown(lambda n: confirmed(text=plain(x(n)))),
    "element.confirm_button": shown(lambda n: confirmed(deny=plain(x(n)))),
    "view.blocks": form(lambda n: modal(*[{"type": "divider"}] * n)),
    "view.title": form(lambda n: modal(section(), title=plain(x(n)))),
    "view.submit": form(lambda n: modal(section(), submit=plain(x(n)))),
    "view.close": form(lambda n: modal(section(), close=plain(x(n)))),
    "view.private_metadata": form(lambda n: modal(section(), private_metadata=x(n))),
    "view.callback_id": form(lambda n: modal(section(), callback_id=x(n))),
    "view.external_id": form(lambda n: modal(section(), external_id=x(n))),
    "view.bytes": view_bytes,
    "view.stack": stack,
    "stream.markdown_text": streamed(lambda n: {"markdown_text": x(n)}),
    "stream.task_field": streamed(lambda n: {"chunks": [{"type": "task_update", "id": "1", "title": x(n)}]}),
    "stream.seconds": stream_seconds,
    "status.minutes": status_minutes,
    "status.loading_messages": loading,
    "status.prompts": prompts,
    "schedule.days": schedule_days,
    "schedule.in_five_minutes": schedule_many,
    "file.alt_text": file_alt,
    "file.bytes": file_bytes,
    "list.messages": page,
    "list.commercial": commercial_page,
    "interaction.ack_seconds": late_ack,
    "interaction.trigger_seconds": trigger,
    "interaction.hook_uses": hook_uses,
    "interaction.hook_minutes": hook_minutes,
    "event.retries": retries,
    "rate.post_burst": repeated("chat.postMessage", lambda api: {"channel": api.room, "text": "x"}),
    "rate.tier_1": tier_1,
    "rate.tier_2": repeated("conversations.list", lambda api: {}),
    "rate.tier_3": repeated("conversations.info", room),
    "rate.tier_4": repeated("users.info", lambda api: {"user": api.ada.user.id}),
    "rate.commercial": repeated("conversations.history", room),
    "socket.connections": connections,
    "manifest.name": listed(lambda n: {"display_information": {"name": x(n)}}),
    "manifest.description": listed(lambda n: {"display_information": {"name": "R", "description": x(n)}}),
    "manifest.long_description": listed(
        lambda n: {"display_information": {"name": "R", "long_description": x(n)}}
    ),
    "manifest.commands": listed(
        lambda n: {
            "features": {"slash_commands": [{"command": f"/r{one}", "description": "R"} for one in range(n)]}
        }
    ),
    "manifest.command": listed(lambda n: slash(command="/" + x(n - 1))),
    "manifest.usage_hint": listed(lambda n: slash(usage_hint=x(n))),
    "manifest.shortcuts": listed(entries),
    "manifest.shortcut_name": listed(lambda n: entries(1, name=x(n))),
    "manifest.unfurl_domains": listed(lambda n: {"features": {"unfurl_domains": ["a.example"] * n}}),
}
_WORDS = {
    "message.text": "cut",
    "message.update_text": "msg_too_long",
    "message.markdown_text": "msg_too_long",
    "message.blocks_text": "msg_blocks_too_long",
    "message.attachments": "too_many_attachments",
    "message.emoji": "too_many_emoji",
    "view.bytes": "view_too_large",
    "view.stack": "push_limit_reached",
    "stream.markdown_text": "msg_too_long",
    "stream.task_field": "invalid_chunks",
    "stream.seconds": "message_not_in_streaming_state",
    "status.minutes": "gone",
    "schedule.days": "time_too_far",
    "schedule.in_five_minutes": "restricted_too_many",
    "file.alt_text": "alt_txt_too_large",
    "file.bytes": "file_upload_size_restricted",
    "list.messages": "invalid_limit",
    "list.commercial": "cut",
    "interaction.ack_seconds": "operation_timeout",
    "interaction.trigger_seconds": "expired_trigger_id",
    "interaction.hook_uses": "used_url",
    "interaction.hook_minutes": "expired_url",
    "event.retries": "given up",
    "socket.connections": "too_many_websockets",
    "element.input_length": "invalid_arguments",
    "element.files": "invalid_arguments",
    "block.label": "invalid_arguments",
    "block.hint": "invalid_arguments",
}
_OF_TABLES = {
    "block": "invalid_blocks",
    "element": "invalid_blocks",
    "message": "invalid_blocks",
    "view": "invalid_arguments",
    "status": "invalid_arguments",
    "rate": "ratelimited",
    "manifest": "invalid_manifest",
}


def settings(name: str) -> Json:
    """Rate limits are real only where they are studied, with windows that no slow machine outlives."""
    found: Json = {"commercial": name.endswith("commercial")}
    if name.startswith("rate."):
        found |= {"limits": "real", "pace": 100.0}
    if name == "interaction.ack_seconds":
        found |= {"ack_seconds": 0.5}
    if name == "event.retries":
        found |= {"ack_seconds": 0.2, "retry_waits": (0.0,)}
    return found


def test_every_limit_in_the_data_file_has_its_probe() -> None:
    assert sorted(PROBES) == sorted(documented())


@pytest.mark.parametrize("name", documented())
async def test_at_a_limit_a_call_is_taken_and_one_over_it_is_refused(name: str) -> None:
    limit = documented()[name]
    async with calling(**settings(name)) as api:
        assert await PROBES[name](api, limit) == "", api.body
        assert api.server.refused == []
    async with calling(**settings(name)) as api:
        word = _WORDS.get(name) or _OF_TABLES[name.partition(".")[0]]
        assert await PROBES[name](api, limit + 1) == word, api.body
        if api.error in ("invalid_blocks", "invalid_arguments"):
            assert api.messages and api.messages[0].startswith("[ERROR] ")


async def test_a_server_keeps_slacks_own_times_unless_told_otherwise() -> None:
    async with calling() as api:
        seconds = documented()["interaction.ack_seconds"], documented()["interaction.trigger_seconds"]
        assert (api.server.service.ack_seconds, api.server.service.trigger_seconds) == seconds
