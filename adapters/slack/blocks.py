"""Block Kit's JSON, as far as we use it: small things that every other module here is built of.

https://docs.slack.dev/reference/block-kit
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from adapters.fitting import clipped
from adapters.slack.limits import (
    BUTTON_LABEL,
    CONFIRM_BUTTON,
    CONFIRM_TEXT,
    CONFIRM_TITLE,
    OPTION,
    PLACEHOLDER,
)

Json = dict[str, Any]
_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def plain(text: str, most: int) -> Json:
    """Text that stands for itself: no mark, mention or emoji name in it means anything. Never empty."""
    return {"type": "plain_text", "text": clipped(text, most) or "…", "emoji": False}


def header(text: str, most: int) -> Json:
    """A title."""
    return {"type": "header", "text": plain(text, most)}


def rich_text(elements: Sequence[Json]) -> Json:
    """Text made of literal pieces with styles; nothing in it is read as markup, and nothing notifies but a `user`."""
    return {"type": "rich_text", "elements": list(elements)}


def section(pieces: Sequence[Json]) -> Json:
    """Lines inside a rich text."""
    return {"type": "rich_text_section", "elements": list(pieces)}


def piece(text: str, **style: bool) -> Json:
    """A literal text inside a section."""
    made: Json = {"type": "text", "text": text}
    kept = {name: True for name, on in style.items() if on}
    return made | ({"style": kept} if kept else {})


def actions(elements: Sequence[Json], block_id: str = "") -> Json:
    """A row of what can be pressed or chosen."""
    made: Json = {"type": "actions", "elements": list(elements)}
    return made | ({"block_id": block_id} if block_id else {})


def button(label: str, action_id: str, style: str = "") -> Json:
    """A button; its call is in its action_id."""
    made: Json = {"type": "button", "action_id": action_id, "text": plain(label, BUTTON_LABEL)}
    return made | ({"style": style} if style else {})


def feedback(good: tuple[str, str], bad: tuple[str, str]) -> Json:
    """Two thumbs, each with what a press says and its call's token.

    https://docs.slack.dev/reference/block-kit/block-elements/feedback-buttons-element
    """
    one, other = (
        {"text": plain(label, BUTTON_LABEL), "value": token, "accessibility_label": clipped(label, BUTTON_LABEL)}
        for label, token in (good, bad)
    )
    element = {"type": "feedback_buttons", "action_id": good[1], "positive_button": one, "negative_button": other}
    return {"type": "context_actions", "elements": [element]}


def confirm(title: str, text: str, yes: str, no: str) -> Json:
    """A question before a press counts."""
    return {
        "title": plain(title, CONFIRM_TITLE),
        "text": plain(text, CONFIRM_TEXT),
        "confirm": plain(yes, CONFIRM_BUTTON),
        "deny": plain(no, CONFIRM_BUTTON),
    }


def option(label: str, value: str, about: str = "") -> Json:
    """One of several choices."""
    made: Json = {"text": plain(label, OPTION), "value": value}
    return made | ({"description": plain(about, OPTION)} if about else {})


def placeholder(text: str) -> Json:
    """What stands in an empty field."""
    return plain(text, PLACEHOLDER)


def weight(block: object) -> int:
    """Characters of a block as JSON."""
    return len(_COMPACT.encode(block))
