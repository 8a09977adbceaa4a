"""A strict reader of Block Kit: refuses what Slack's documented limits refuse. It knows no limit of ours.

The numbers are those of the limits table in the project's Slack facts (docs.slack.dev and the SDK's own validators).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

Json = Mapping[str, Any]

SUM_OF_BLOCKS = 13_000
_INTERACTIVE = {
    "button", "checkboxes", "radio_buttons", "static_select", "multi_static_select", "external_select", "users_select",
    "conversations_select", "overflow",
}  # fmt: skip
_IN_INPUTS = (_INTERACTIVE - {"button", "overflow"}) | {"plain_text_input", "file_input"}
_IN_ACTIONS = _INTERACTIVE - {"multi_static_select"}
_STYLE = {"bold", "italic", "strike", "code"}


def units(text: str) -> int:
    """UTF-16 units, the most that anybody could count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_message(text: str, blocks: Sequence[Json]) -> None:
    """A message that `chat.update` takes too. Raises AssertionError."""
    assert 0 < units(text) <= 4_000, f"text of {units(text)}"
    assert text.strip()
    assert 0 < len(blocks) <= 50
    assert len(json.dumps(blocks, ensure_ascii=False)) <= SUM_OF_BLOCKS, "msg_blocks_too_long"
    assert not re.search(r"<(?!!date\^-?\d+\^\{date_short_pretty\} \{time\}\||@[UW][A-Z0-9]+>)", text), text
    _check_blocks(blocks, {"rich_text", "header", "section", "context", "actions", "divider"})
    styles = [e.get("style") for e in elements(blocks) if e["type"] == "button"]
    assert styles.count("primary") <= 1, "one primary per set"


def check_modal(view: Json) -> None:
    """A view that `views.open` takes."""
    assert set(view) == {"type", "callback_id", "title", "submit", "close", "private_metadata", "blocks"}
    assert view["type"] == "modal"
    for name in ("title", "submit", "close"):
        _plain(view[name], 24)
    assert 0 < len(view["callback_id"]) <= 255
    assert units(view["private_metadata"]) <= 3_000
    assert 0 < len(view["blocks"]) <= 100
    assert len(json.dumps(view)) <= 250_000
    _check_blocks(view["blocks"], {"rich_text", "input"})
    assert sum(bool(e.get("focus_on_load")) for e in elements(view["blocks"])) <= 1


def check_home(view: Json) -> None:
    """A view that `views.publish` takes."""
    assert set(view) == {"type", "blocks"}
    assert view["type"] == "home"
    assert 0 < len(view["blocks"]) <= 100
    assert len(json.dumps(view)) <= 250_000
    _check_blocks(view["blocks"], {"rich_text", "header", "actions", "divider"})


def elements(blocks: Sequence[Json]) -> Iterator[Json]:
    """Everything that can be pressed, chosen or filled in."""
    for block in blocks:
        if block["type"] == "actions":
            yield from block["elements"]
        elif block["type"] == "input":
            yield block["element"]
        elif "accessory" in block:
            yield block["accessory"]


def _check_blocks(blocks: Sequence[Json], allowed: set[str]) -> None:
    for block in blocks:
        assert block["type"] in allowed, block["type"]
        _BLOCKS[block["type"]](block)
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(set(ids)) == len(ids)
    assert all(0 < len(one) <= 255 for one in ids)
    actions = [element["action_id"] for element in elements(blocks)]
    assert len(set(actions)) == len(actions), actions
    assert all(0 < len(one) <= 255 for one in actions)


def _only(thing: Json, *required: str, optional: Sequence[str] = ()) -> None:
    assert set(required) <= set(thing) <= {*required, *optional, "type"}, sorted(thing)


def _plain(text: Json, most: int) -> None:
    _only(text, "type", "text", "emoji")
    assert text["type"] == "plain_text"
    assert text["emoji"] is False, ":names: would become pictures"
    assert 0 < units(text["text"]) <= most, (units(text["text"]), most)


def _text(text: Json, most: int) -> None:
    if text["type"] == "plain_text":
        _plain(text, most)
        return
    _only(text, "type", "text", "verbatim")
    assert text["type"] == "mrkdwn"
    assert text["verbatim"] is True, "names and channels would become links"
    assert 0 < units(text["text"]) <= most


def _header(block: Json) -> None:
    _only(block, "text")
    _plain(block["text"], 150)


def _section(block: Json) -> None:
    _only(block, "text", "accessory", "block_id")
    _text(block["text"], 3_000)
    assert block["accessory"]["type"] in _INTERACTIVE
    _element(block["accessory"])


def _context(block: Json) -> None:
    _only(block, "elements")
    assert 0 < len(block["elements"]) <= 10
    for element in block["elements"]:
        _text(element, 3_000)


def _actions(block: Json) -> None:
    _only(block, "elements", optional=["block_id"])
    assert 0 < len(block["elements"]) <= 25
    for element in block["elements"]:
        assert element["type"] in _IN_ACTIONS, element["type"]
        _element(element)


def _input(block: Json) -> None:
    _only(block, "block_id", "label", "element", "optional", optional=["hint"])
    _plain(block["label"], 2_000)
    if "hint" in block:
        _plain(block["hint"], 2_000)
    assert block["element"]["type"] in _IN_INPUTS
    _element(block["element"])


def _rich_text(block: Json) -> None:
    _only(block, "elements")
    assert block["elements"]
    for element in block["elements"]:
        if element["type"] == "rich_text_list":
            _only(element, "elements", "style")
            assert element["style"] in ("bullet", "ordered")
            assert element["elements"]
            for item in element["elements"]:
                assert item["type"] == "rich_text_section"
                _pieces(item)
        else:
            assert element["type"] in ("rich_text_section", "rich_text_quote", "rich_text_preformatted")
            _pieces(element)


def _pieces(element: Json) -> None:
    _only(element, "elements")
    assert element["elements"]
    for piece in element["elements"]:
        match piece["type"]:
            case "text":
                _only(piece, "text", optional=["style"])
                assert piece["text"], "an empty text is refused"
            case "date":
                _only(piece, "timestamp", "format", "fallback", optional=["style"])
                assert isinstance(piece["timestamp"], int)
                assert re.search(r"\{\w+\}", piece["format"])
            case "user":
                _only(piece, "user_id")
            case "channel":
                _only(piece, "channel_id")
            case kind:
                raise AssertionError(kind)
        assert set(piece.get("style", {"bold": 1})) <= _STYLE


def _element(element: Json) -> None:
    match element["type"]:
        case "button":
            _only(element, "action_id", "text", optional=["style", "confirm"])
            _plain(element["text"], 75)
            assert element.get("style", "primary") in ("primary", "danger")
            if "confirm" in element:
                for part, most in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
                    _plain(element["confirm"][part], most)
        case "checkboxes" | "radio_buttons":
            initial = "initial_options" if element["type"] == "checkboxes" else "initial_option"
            _only(element, "action_id", "options", optional=[initial])
            _options(element, 10)
        case "static_select" | "multi_static_select":
            initial = "initial_option" if element["type"] == "static_select" else "initial_options"
            _only(
                element, "action_id", "options", optional=[initial, "placeholder", "max_selected_items"]
            )
            _options(element, 100)
            _plain(element.get("placeholder", {"type": "plain_text", "text": "x", "emoji": False}), 150)
        case "external_select":
            _only(element, "action_id", "min_query_length", "placeholder", optional=["initial_option"])
            _plain(element["placeholder"], 150)
            if "initial_option" in element:
                _option(element["initial_option"])
        case "users_select":
            _only(element, "action_id")
        case "conversations_select":
            _only(element, "action_id", "default_to_current_conversation", "filter")
        case "plain_text_input":
            optional = ["initial_value", "focus_on_load"]
            _only(element, "action_id", "multiline", "max_length", optional=optional)
            assert 1 <= element["max_length"] <= 3_000
            assert units(element.get("initial_value", "")) <= element["max_length"]
            assert element.get("initial_value", "x"), "an empty initial value"
            assert element["multiline"] or "\n" not in element.get("initial_value", "")
        case "file_input":
            _only(element, "action_id", "filetypes", "max_files")
            assert 1 <= element["max_files"] <= 10
        case kind:
            raise AssertionError(kind)


def _options(element: Json, most: int) -> None:
    options = element["options"]
    assert 0 < len(options) <= most
    for option in options:
        _option(option)
    values = [option["value"] for option in options]
    assert len(set(values)) == len(values)
    one = element.get("initial_option")
    for chosen in [*element.get("initial_options", ()), *([one] if one else [])]:
        assert chosen in options
    assert element.get("initial_options", ["x"]), "an empty list of chosen options is refused"


def _option(option: Json) -> None:
    _only(option, "text", "value", optional=["description"])
    _plain(option["text"], 75)
    assert 0 < units(option["value"]) <= 75
    if "description" in option:
        _plain(option["description"], 75)


_BLOCKS: dict[str, Callable[[Json], None]] = {
    "rich_text": _rich_text,
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "divider": lambda block: _only(block, "type"),
}
