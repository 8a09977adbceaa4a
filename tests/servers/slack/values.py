"""What stands in selects and fields, at first and when a person has chosen or typed, within what the client allows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.servers.slack.refusal import Json
from tests.servers.slack.things import Channel, User

_ONE: Mapping[str, tuple[str, str]] = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "channels_select": ("selected_channel", "initial_channel"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}
_MANY: Mapping[str, tuple[str, str]] = {
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "file_input": ("files", "-"),
}
IN_STATE = frozenset({*_ONE, *_MANY})
_PATTERNS = {
    "datepicker": r"\d{4}-\d\d-\d\d",
    "timepicker": r"\d\d:\d\d",
    "number_input": r"-?\d+(\.\d+)?",
    "email_text_input": r"[^@\s]+@[^@\s]+\.[^@\s]+",
    "url_text_input": r"https?://\S+",
}


def initial(element: Json) -> Json:
    """What an element holds before anyone has touched it."""
    kind = element["type"]
    if kind in _MANY:
        name, start = _MANY[kind]
        return {"type": kind, name: list(element.get(start) or [])}
    name, start = _ONE[kind]
    return {"type": kind, name: element.get(start)}


def options_of(element: Json) -> list[Json]:
    """The options of a menu of words, those of its groups among them."""
    inside = [one for group in element.get("option_groups") or [] for one in group["options"]]
    return [*(element.get("options") or []), *inside]


def held(value: Json) -> tuple[str, ...]:
    """What a person reads in a field as it stands."""
    found: list[str] = []
    for name, one in value.items():
        if name != "type" and one:
            several = one if isinstance(one, list) else [one]
            found += [_read(two) for two in several]
    return tuple(found)


def _read(one: Any) -> str:
    """An option by its label, a file by its name."""
    if isinstance(one, dict):
        return str(one["text"]["text"] if "text" in one else one.get("name", one))
    return str(one)


def entered(element: Json, given: Any, suggested: Sequence[Json] = ()) -> Json:
    """What an element holds after a person chose or typed this; an AssertionError if the client would not let them."""
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": _option(options_of(element), given)}
    if kind in _MANY:
        several = list(given) if isinstance(given, list | tuple) else [given]
        most = element.get("max_selected_items") or element.get("max_files") or 1_000_000
        assert len(several) <= most, f"at most {most} can be chosen, not {len(several)}"
        return {"type": kind, _MANY[kind][0]: [_one(element, one, suggested) for one in several]}
    if isinstance(given, list | tuple):
        assert len(given) == 1, f"one is chosen here, not {len(given)}"
        given = given[0]
    return {"type": kind, _ONE[kind][0]: _one(element, given, suggested)}


def _one(element: Json, given: Any, suggested: Sequence[Json]) -> Any:
    kind = element["type"].removeprefix("multi_")
    if kind in ("static_select", "checkboxes", "radio_buttons"):
        return _option(options_of(element), given)
    if kind == "external_select":
        return _option(suggested, given)
    if kind == "users_select":
        user = given if isinstance(given, User) else getattr(given, "user", None)
        assert isinstance(user, User), f"{given!r} is no person"
        return user.id
    if kind in ("conversations_select", "channels_select"):
        assert isinstance(given, Channel), f"{given!r} is no channel"
        return given.id
    if kind == "datetimepicker":
        return int(given)
    if kind == "rich_text_input":
        leaf = {"type": "text", "text": str(given)}
        return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}
    if kind == "file_input":
        assert isinstance(given, dict) and "url_private" in given, f"{given!r} is no file of theirs"
        endings = element.get("filetypes")
        assert not endings or given["filetype"] in endings, f"{given['name']} is none of {endings}"
        return given
    return _text(element, str(given))


def _option(options: Sequence[Json], given: Any) -> Json:
    wanted = getattr(given, "name", given)
    found = [one for one in options if wanted in (one["text"]["text"], one.get("value"))]
    assert found, f"there is no option {wanted!r}, only {[one['text']['text'] for one in options]}"
    return found[0]


def _text(element: Json, text: str) -> str | None:
    most, least = element.get("max_length") or 3000, element.get("min_length") or 0
    assert len(text) <= most, f"at most {most} characters can be typed, not {len(text)}"
    assert not text or len(text) >= least, f"at least {least} characters are wanted, not {len(text)}"
    assert element.get("multiline") or element["type"] != "plain_text_input" or "\n" not in text, (
        "this field takes one line"
    )
    pattern = _PATTERNS.get(element["type"])
    assert not text or pattern is None or re.fullmatch(pattern, text), f"{text!r} does not fit this field"
    return text or None
