"""Which interactive elements Slack takes, and in which blocks; every other one is named and refused.

https://docs.slack.dev/reference/block-kit/block-elements and .../composition-objects
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.servers.slack.refusal import Json, Path
from tests.servers.slack.schema import (
    Look,
    Rule,
    Shape,
    anything,
    flag,
    link,
    many,
    one_of,
    plain,
    string,
    whole,
    words,
)

_string_id = string("element.action_id")


def _action_id(look: Look, path: Path, value: Any) -> None:
    _string_id(look, path, value)
    if isinstance(value, str):
        if value in look.action_ids:
            look.add(path, f"`action_id` {value} already exists for another action in this block")
        look.action_ids.add(value)


def _focus(look: Look, path: Path, value: Any) -> None:
    flag(look, path, value)
    if value is True:
        look.focused += 1
        if look.surface == "message":
            look.add(path, "focus_on_load is for modals and home tabs")
        elif look.focused > 1:
            look.add(path, "only one element can be focused on load")


confirm = Shape(
    {
        "title": plain("element.confirm_title"),
        "text": words("element.confirm_text"),
        "confirm": plain("element.confirm_button"),
        "deny": plain("element.confirm_button"),
        "style": one_of("primary", "danger"),
    },
    ("title", "text", "confirm", "deny"),
)


def _option(*, rich: bool = False, url: bool = False) -> Shape:
    text = words if rich else plain
    fields: dict[str, Rule] = {
        "text": text("element.option_text"),
        "value": string("element.option_value"),
        "description": text("element.option_description"),
    }
    if url:
        fields["url"] = link("element.option_url")
    return Shape(fields, ("text", "value"))


option = _option()
groups = many(
    Shape(
        {"label": plain("element.group_label"), "options": many(option, "element.options")},
        ("label", "options"),
    ),
    "element.option_groups",
)
_ACT: Mapping[str, Rule] = {"action_id": _action_id, "confirm": confirm, "focus_on_load": _focus}
_SELECT: Mapping[str, Rule] = {**_ACT, "placeholder": plain("element.placeholder")}
_STATIC: Mapping[str, Rule] = {
    **_SELECT,
    "options": many(option, "element.options"),
    "option_groups": groups,
}
_CONVERSATIONS: Mapping[str, Rule] = {
    **_SELECT,
    "default_to_current_conversation": flag,
    "filter": anything,
}
_TEXT: Mapping[str, Rule] = {
    "action_id": _action_id,
    "focus_on_load": _focus,
    "placeholder": plain("element.placeholder"),
    "initial_value": string("element.input_length", 0),
    "dispatch_action_config": Shape({"trigger_actions_on": anything}),
}
_MANY: Mapping[str, Rule] = {"max_selected_items": whole(1, 1_000_000)}
_RATING = Shape(
    {
        "text": plain("element.button_text"),
        "value": string("element.button_value"),
        "accessibility_label": string("element.accessibility_label"),
    },
    ("text", "value"),
)

SHAPES: Mapping[str, Shape] = {
    "button": Shape(
        {
            "action_id": _action_id,
            "confirm": confirm,
            "text": plain("element.button_text"),
            "value": string("element.button_value"),
            "url": link("element.button_url"),
            "style": one_of("primary", "danger"),
            "accessibility_label": string("element.accessibility_label"),
        },
        ("text",),
    ),
    "image": Shape(
        {"image_url": link("block.image_url"), "alt_text": string("block.alt_text"), "slack_file": anything},
        ("alt_text",),
    ),
    "overflow": Shape(
        {
            "action_id": _action_id,
            "confirm": confirm,
            "options": many(_option(url=True), "element.overflow"),
        },
        ("options",),
    ),
    "checkboxes": Shape(
        {
            **_ACT,
            "options": many(_option(rich=True), "element.checkboxes"),
            "initial_options": many(anything, "element.checkboxes"),
        },
        ("options",),
    ),
    "radio_buttons": Shape(
        {**_ACT, "options": many(_option(rich=True), "element.radio_buttons"), "initial_option": anything},
        ("options",),
    ),
    "static_select": Shape({**_STATIC, "initial_option": anything}),
    "multi_static_select": Shape({**_STATIC, **_MANY, "initial_options": many(anything, "element.options")}),
    "external_select": Shape({**_SELECT, "min_query_length": whole(0, 1000), "initial_option": option}),
    "multi_external_select": Shape(
        {
            **_SELECT,
            **_MANY,
            "min_query_length": whole(0, 1000),
            "initial_options": many(option, "element.options"),
        }
    ),
    "users_select": Shape({**_SELECT, "initial_user": anything}),
    "multi_users_select": Shape({**_SELECT, **_MANY, "initial_users": anything}),
    "conversations_select": Shape(
        {**_CONVERSATIONS, "initial_conversation": anything, "response_url_enabled": flag}
    ),
    "multi_conversations_select": Shape({**_CONVERSATIONS, **_MANY, "initial_conversations": anything}),
    "channels_select": Shape({**_SELECT, "initial_channel": anything, "response_url_enabled": flag}),
    "multi_channels_select": Shape({**_SELECT, **_MANY, "initial_channels": anything}),
    "datepicker": Shape({**_SELECT, "initial_date": anything}),
    "timepicker": Shape({**_SELECT, "initial_time": anything, "timezone": anything}),
    "datetimepicker": Shape({**_ACT, "initial_date_time": whole(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": Shape(
        {
            **_TEXT,
            "multiline": flag,
            "min_length": whole(0, "element.input_length"),
            "max_length": whole(1, "element.input_length"),
        }
    ),
    "email_text_input": Shape(_TEXT),
    "url_text_input": Shape(_TEXT),
    "number_input": Shape(
        {**_TEXT, "is_decimal_allowed": flag, "min_value": anything, "max_value": anything},
        ("is_decimal_allowed",),
    ),
    "rich_text_input": Shape({**_TEXT, "initial_value": anything}),
    "file_input": Shape(
        {"action_id": _action_id, "filetypes": anything, "max_files": whole(1, "element.files")}
    ),
    "feedback_buttons": Shape(
        {"action_id": _action_id, "positive_button": _RATING, "negative_button": _RATING},
        ("positive_button", "negative_button"),
    ),
    "icon_button": Shape(
        {
            "action_id": _action_id,
            "confirm": confirm,
            "icon": one_of("trash"),
            "text": plain("element.button_text"),
            "value": string("element.button_value"),
            "accessibility_label": string("element.accessibility_label"),
            "visible_to_user_ids": anything,
        },
        ("icon", "text"),
    ),
}

SELECTS = ("static_select", "external_select", "users_select", "conversations_select", "channels_select")
MULTI = tuple(f"multi_{name}" for name in SELECTS)
_PICKERS = ("datepicker", "timepicker")
IN_ACTIONS = (
    "button",
    "checkboxes",
    "radio_buttons",
    "overflow",
    "datetimepicker",
    *_PICKERS,
    *SELECTS,
)
IN_SECTION = ("button", "checkboxes", "radio_buttons", "overflow", "image", *_PICKERS, *SELECTS, *MULTI)
TEXTS = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "rich_text_input")
IN_INPUT = (
    "checkboxes",
    "radio_buttons",
    "datetimepicker",
    "file_input",
    *_PICKERS,
    *TEXTS,
    *SELECTS,
    *MULTI,
)
IN_FEEDBACK = ("feedback_buttons", "icon_button")


def element(kinds: tuple[str, ...]) -> Rule:
    """An element of one of these types."""

    def rule(look: Look, path: Path, value: Any) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if kind not in kinds:
            look.add(path, f"unsupported type: {kind}")
            return
        SHAPES[str(kind)](look, path, value)
        _agree(look, path, value)

    return rule


def _agree(look: Look, path: Path, value: Json) -> None:
    """What the fields of an element say about each other."""
    kind = value["type"]
    if kind in ("static_select", "multi_static_select"):
        if bool(value.get("options")) == bool(value.get("option_groups")):
            look.add(path, "must provide exactly one of options and option_groups")
        inner = [one for group in _dicts(value.get("option_groups")) for one in _dicts(group.get("options"))]
        _initial(look, path, value, [*_dicts(value.get("options")), *inner])
    elif kind in ("checkboxes", "radio_buttons"):
        _initial(look, path, value, _dicts(value.get("options")))
    elif kind == "image" and bool(value.get("image_url")) == bool(value.get("slack_file")):
        look.add(path, "must provide exactly one of image_url and slack_file")
    elif kind == "plain_text_input":
        least, most = value.get("min_length"), value.get("max_length")
        if isinstance(least, int) and isinstance(most, int) and least > most:
            look.add((*path, "min_length"), "must not be more than max_length")
        initial = value.get("initial_value")
        if isinstance(initial, str) and isinstance(most, int) and len(initial) > most:
            look.add((*path, "initial_value"), f"must be less than {most + 1} characters")
    if value.get("response_url_enabled") and look.surface != "modal":
        look.add(path, "response_url_enabled is for modals")
    if kind == "file_input" and look.surface != "modal":
        look.add(path, "unsupported type: file_input")


def _dicts(value: object) -> list[Json]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _initial(look: Look, path: Path, value: Json, options: list[Json]) -> None:
    """What is chosen at first is among the options, letter by letter."""
    chosen = [value["initial_option"]] if value.get("initial_option") else value.get("initial_options") or []
    if any(one not in options for one in chosen):
        look.add(path, "the initial option is not among the options")
