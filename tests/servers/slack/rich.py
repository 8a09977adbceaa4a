"""Rich text: nested lists of styled words, which must be well formed, and what it says when read aloud.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from __future__ import annotations

from typing import Any

from tests.servers.slack.refusal import Json, Path
from tests.servers.slack.schema import Look

_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
_NEEDS = {
    "text": "text",
    "link": "url",
    "user": "user_id",
    "usergroup": "usergroup_id",
    "channel": "channel_id",
    "broadcast": "range",
    "emoji": "name",
    "date": "timestamp",
    "color": "value",
    "team": "team_id",
}


def rich_text(look: Look, path: Path, block: Json) -> None:
    """Note what is wrong with a rich_text block."""
    parts = block.get("elements")
    if not isinstance(parts, list):
        look.add(path, "missing required field: elements")
        return
    for index, part in enumerate(parts):
        _part(look, (*path, "elements", index), part, _PARTS)


def _part(look: Look, path: Path, part: Any, kinds: tuple[str, ...]) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in kinds:
        look.add(path, f"unsupported type: {kind}")
        return
    inner = part.get("elements")
    if not isinstance(inner, list):
        look.add(path, "missing required field: elements")
        return
    if kind == "rich_text_list" and part.get("style") not in ("bullet", "ordered"):
        look.add((*path, "style"), "must be a valid enum value: bullet, ordered")
    for index, one in enumerate(inner):
        at = (*path, "elements", index)
        if kind == "rich_text_list":
            _part(look, at, one, ("rich_text_section",))
        else:
            _leaf(look, at, one)


def _leaf(look: Look, path: Path, leaf: Any) -> None:
    kind = leaf.get("type") if isinstance(leaf, dict) else None
    if kind not in _NEEDS:
        look.add(path, f"unsupported type: {kind}")
        return
    need = _NEEDS[str(kind)]
    if leaf.get(need) in (None, ""):
        look.add(path, f"missing required field: {need}")
    look.text += len(str(leaf.get("text", "")))


def read(part: Any) -> str:
    """Rich text as mrkdwn, mentions among it."""
    if not isinstance(part, dict):
        return ""
    kind = part.get("type")
    if kind in _NEEDS:
        return _said(part)
    inner = [read(one) for one in part.get("elements") or []]
    return ("\n" if kind in ("rich_text", "rich_text_list") else "").join(inner)


def _said(leaf: Json) -> str:
    match leaf["type"]:
        case "user":
            return f"<@{leaf['user_id']}>"
        case "usergroup":
            return f"<!subteam^{leaf['usergroup_id']}>"
        case "channel":
            return f"<#{leaf['channel_id']}>"
        case "broadcast":
            return f"<!{leaf['range']}>"
        case "emoji":
            return f":{leaf['name']}:"
        case "link":
            return f"<{leaf['url']}|{leaf['text']}>" if leaf.get("text") else f"<{leaf['url']}>"
        case "text":
            return str(leaf["text"]).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return str(leaf.get("text") or leaf.get("fallback") or leaf.get("value") or "")
