"""Which modals and home tabs Slack takes.

https://docs.slack.dev/reference/views
"""

from __future__ import annotations

import json
from typing import Any

from tests.servers.slack.blocks import look_over, numbered
from tests.servers.slack.limits import Limits
from tests.servers.slack.refusal import Json, Path, Refused
from tests.servers.slack.schema import Look, Shape, flag, plain, string


def _blocks(look: Look, path: Path, value: Any) -> None:
    look_over(look, value, path, "view.blocks")


_EVERY = {
    "blocks": _blocks,
    "private_metadata": string("view.private_metadata", 0),
    "callback_id": string("view.callback_id", 0),
    "external_id": string("view.external_id", 0),
}
_MODAL = Shape(
    {
        **_EVERY,
        "title": plain("view.title"),
        "submit": plain("view.submit"),
        "close": plain("view.close"),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
    ("title", "blocks"),
)
_HOME = Shape(_EVERY, ("blocks",))


def checked(view: object, limits: Limits, *kinds: str) -> Json:
    """The view as Slack keeps it, or the refusal that it meets."""
    if not isinstance(view, dict):
        raise Refused("invalid_arguments", errors=["must be an object [json-pointer:/view]"])
    size = len(json.dumps(view, ensure_ascii=False, separators=(",", ":")).encode())
    if size > limits["view.bytes"]:
        raise Refused("view_too_large")
    kind = view.get("type")
    look = Look(limits, "home" if kind == "home" else "modal")
    if kind not in kinds:
        look.add(("view", "type"), f"unsupported type: {kind}")
        look.problems.check("invalid_arguments")
    (_HOME if kind == "home" else _MODAL)(look, ("view",), view)
    if kind == "modal" and look.inputs and not view.get("submit"):
        look.add(("view", "submit"), "missing required field: submit")
    look.problems.check("invalid_arguments")
    return {**view, "blocks": numbered(view["blocks"])}
