"""Which blocks Slack takes, in messages, modals and home tabs; every other one is named and refused.

https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tests.servers.slack.elements import IN_ACTIONS, IN_FEEDBACK, IN_INPUT, IN_SECTION, element
from tests.servers.slack.limits import Limits
from tests.servers.slack.refusal import Json, Path, Refused
from tests.servers.slack.rich import rich_text
from tests.servers.slack.schema import (
    Look,
    Rule,
    Shape,
    Surface,
    anything,
    flag,
    link,
    many,
    one_of,
    plain,
    string,
    words,
)

_string_id = string("block.id")


def _block_id(look: Look, path: Path, value: Any) -> None:
    _string_id(look, path, value)
    if isinstance(value, str):
        if value in look.block_ids:
            look.add(path, f"`block_id` {value} already exists for another block")
        look.block_ids.add(value)


def _in_context(look: Look, path: Path, value: Any) -> None:
    if isinstance(value, dict) and value.get("type") == "image":
        element(("image",))(look, path, value)
    else:
        words("block.section_text")(look, path, value)


def _markdown(look: Look, path: Path, value: Any) -> None:
    string("block.markdown")(look, path, value)
    if isinstance(value, str):
        look.markdown += len(value)
        look.text += len(value)
        if look.markdown > look.limits["block.markdown_total"]:
            most = look.limits["block.markdown_total"]
            look.add(path, f"all markdown blocks together must be less than {most + 1} characters")


def _table_rows(look: Look, path: Path, value: Any) -> None:
    many(many(_cell, "block.table_columns"), "block.table_rows")(look, path, value)
    before = look.limits["block.table_text"]
    total = sum(_length(cell) for row in value for cell in row) if isinstance(value, list) else 0
    if total > before:
        look.add(path, f"all cells together must be less than {before + 1} characters")


def _length(cell: Any) -> int:
    if isinstance(cell, dict):
        return sum(_length(one) for one in cell.values() if isinstance(one, dict | list)) + len(
            str(cell.get("text", ""))
        )
    return sum(_length(one) for one in cell) if isinstance(cell, list) else 0


def _cell(look: Look, path: Path, value: Any) -> None:
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "rich_text":
        rich_text(look, path, value)
    elif kind != "raw_text" or not isinstance(value.get("text"), str):
        look.add(path, f"unsupported type: {kind}")


_ID: Mapping[str, Rule] = {"block_id": _block_id}
TASK: Mapping[str, Rule] = {
    "task_id": anything,
    "title": string("block.task_field"),
    "status": one_of("pending", "in_progress", "complete", "error"),
    "details": anything,
    "output": anything,
    "sources": anything,
}
SHAPES: Mapping[str, Shape] = {
    "section": Shape(
        {
            **_ID,
            "text": words("block.section_text"),
            "fields": many(words("block.section_field"), "block.section_fields"),
            "accessory": element(IN_SECTION),
            "expand": flag,
        }
    ),
    "divider": Shape(_ID),
    "image": Shape(
        {
            **_ID,
            "image_url": link("block.image_url"),
            "alt_text": string("block.alt_text"),
            "title": plain("block.image_title"),
            "slack_file": anything,
        },
        ("alt_text",),
    ),
    "actions": Shape({**_ID, "elements": many(element(IN_ACTIONS), "block.actions")}, ("elements",)),
    "context": Shape({**_ID, "elements": many(_in_context, "block.context")}, ("elements",)),
    "context_actions": Shape(
        {**_ID, "elements": many(element(IN_FEEDBACK), "block.context_actions")}, ("elements",)
    ),
    "input": Shape(
        {
            **_ID,
            "label": plain("block.label"),
            "hint": plain("block.hint"),
            "element": element(IN_INPUT),
            "optional": flag,
            "dispatch_action": flag,
        },
        ("label", "element"),
    ),
    "header": Shape({**_ID, "text": plain("block.header"), "level": anything}, ("text",)),
    "markdown": Shape({**_ID, "text": _markdown}, ("text",)),
    "rich_text": Shape({**_ID, "elements": anything}, ("elements",)),
    "table": Shape({**_ID, "rows": _table_rows, "column_settings": anything}, ("rows",)),
    "video": Shape(
        {
            **_ID,
            "alt_text": string("block.alt_text"),
            "title": plain("block.video_title"),
            "title_url": link("block.video_url"),
            "thumbnail_url": link("block.video_url"),
            "video_url": link("block.video_url"),
            "author_name": string("block.video_author"),
            "description": plain("block.video_description"),
            "provider_name": anything,
            "provider_icon_url": anything,
        },
        ("alt_text", "title", "thumbnail_url", "video_url"),
    ),
    "task_card": Shape({**_ID, **TASK}, ("task_id", "title")),
    "plan": Shape({**_ID, "title": string("block.task_field"), "tasks": anything}, ("title",)),
}
_EVERYWHERE = ("section", "divider", "image", "actions", "context", "input", "header", "rich_text", "video")
_ON: Mapping[Surface, tuple[str, ...]] = {
    "message": (*_EVERYWHERE, "context_actions", "markdown", "table", "task_card", "plan"),
    "modal": _EVERYWHERE,
    "home": _EVERYWHERE,
}


def look_over(look: Look, blocks: object, path: Path, limit: str, least: int = 0) -> None:
    """All blocks of one message or view; what is wrong is noted in `look`."""
    if not isinstance(blocks, list):
        look.add(path, "must be an array")
        return
    look.problems.count(path, blocks, look.limits[limit], least)
    tables = 0
    for index, block in enumerate(blocks):
        at = (*path, index)
        kind = block.get("type") if isinstance(block, dict) else None
        if kind not in _ON[look.surface]:
            look.add(at, f"unsupported type: {kind}")
            continue
        look.action_ids = set()
        SHAPES[str(kind)](look, at, block)
        _agree(look, at, block)
        tables += kind == "table"
    if tables > 1:
        look.add(path, "only one table allowed per message")


def _agree(look: Look, path: Path, block: Json) -> None:
    """What the fields of a block say about each other."""
    kind = block["type"]
    if kind == "section" and not block.get("text") and not block.get("fields"):
        look.add(path, "missing required field: text or fields")
    elif kind == "image" and bool(block.get("image_url")) == bool(block.get("slack_file")):
        look.add(path, "must provide exactly one of image_url and slack_file")
    elif kind == "input":
        look.inputs += 1
    elif kind == "rich_text":
        rich_text(look, path, block)


def check_message(blocks: object, limits: Limits) -> None:
    """The blocks of a message, or the refusal that they meet."""
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    look = Look(limits, "message")
    look_over(look, blocks, ("blocks",), "message.blocks")
    look.problems.check("invalid_blocks")
    if look.text > limits["message.blocks_text"]:
        raise Refused("msg_blocks_too_long")


def numbered(blocks: list[Json]) -> list[Json]:
    """The same blocks, each with a block_id and each element with an action_id, as Slack keeps them."""
    found: list[Json] = []
    for index, block in enumerate(blocks):
        kept = {**block, "block_id": block.get("block_id") or f"b{index}x{abs(hash(str(block))) % 46656:x}"}
        if isinstance(kept.get("elements"), list) and kept["type"] in ("actions", "context_actions"):
            kept["elements"] = [_named(one, place) for place, one in enumerate(kept["elements"])]
        for name in ("accessory", "element"):
            if isinstance(kept.get(name), dict):
                kept[name] = _named(kept[name], 0)
        found.append(kept)
    return found


def _named(one: Json, place: int) -> Json:
    if one.get("type") == "image":
        return one
    return {**one, "action_id": one.get("action_id") or f"a{place}"}


def elements(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Every interactive element with its block, in the order that people read them."""
    for block in blocks:
        inside = [block.get("accessory"), block.get("element")]
        if block["type"] in ("actions", "context_actions"):
            inside += block["elements"]
        for one in inside:
            if isinstance(one, dict) and one.get("type") != "image":
                yield block, one
