"""What comes back from a form: its answers, what it was opened for, completions while somebody types, refusals on fields.

Nothing in a view is believed: what has not the shape of ours is refused with a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.fitting import clipped, size
from adapters.slack import blocks
from adapters.slack.blocks import Json
from adapters.slack.callers import person_of
from adapters.slack.forms import FILE, JOINT, WHERE
from adapters.slack.limits import LABEL, OPTION, SUGGESTIONS
from bot.calls import Call, from_token
from bot.errors import UserError
from bot.markup import to_plain

_NAME = re.compile(r"(?P<argument>[a-z][a-z0-9_-]{0,31})(?::(?P<more>file|[2-9]))?")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was handed in with a form, as Slack describes it."""

    id: str
    name: str
    size: int
    url: str
    """Where it can be fetched with the bot's token."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a form was opened for: its call so far, and what the client wants to find again (`at`)."""

    call: Call
    at: Mapping[str, str] = field(default_factory=dict)
    joints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """What was filled in, by argument. What was left empty is not in it."""

    texts: Mapping[str, str]
    uploads: Mapping[str, Upload]
    where: str = ""
    """The channel that was chosen, if the form asked for one."""


# ---- completions


def focused(payload: Mapping[str, Any]) -> tuple[str, str, str]:
    """What a suggestion request asks for: the command, the argument, what is typed so far. Raises UserError."""
    view, argument, begun = payload.get("view"), payload.get("action_id"), payload.get("value", "")
    if not isinstance(view, dict) or not isinstance(argument, str) or not isinstance(begun, str):
        raise UserError("kernel.bad_token")
    return held(view).call.command, argument, begun


def suggestions(found: Sequence[tuple[str, str]], begun: str = "") -> Json:
    """Completions as the answer to a suggestion request. What was typed is one of them, so that it can be sent too."""
    pairs = [(value, label) for value, label in found if value and size(value) <= OPTION]
    typed = " ".join(begun.split())
    if typed and size(typed) <= OPTION and typed not in (value for value, _ in pairs):
        pairs.append((typed, typed))
    return {"options": [blocks.option(label, value) for value, label in pairs[:SUGGESTIONS]]}


# ---- answers


def held(view: Mapping[str, Any]) -> Held:
    """What a form was opened for. Raises UserError for what is no form of ours."""
    try:
        packed = json.loads(str(view.get("private_metadata", "")))
        call = from_token(str(packed["call"]))
        texts, at, joints = (dict(packed.get(key, {})) for key in ("texts", "at", "joints"))
        words = {str(name): str(text) for name, text in texts.items()}
        return Held(
            call.with_args(**words),
            {str(k): str(v) for k, v in at.items()},
            {str(name): tuple(map(str, many)) for name, many in joints.items()},
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise UserError("kernel.bad_token") from None


def answers(view: Mapping[str, Any], *, team: str) -> Answers:
    """The answers in a submitted view. Raises UserError for what has not the shape of one, and for a text beside a file.

    A person who was picked is named by their key.
    """
    joints = held(view).joints
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else None
    if not isinstance(values, dict):
        raise UserError("kernel.bad_token")
    fields: dict[str, dict[int, str]] = {}
    uploads: dict[str, Upload] = {}
    where = ""
    for block_id, element in values.items():
        name, given = _NAME.fullmatch(str(block_id)), _only(element)
        if name is None:
            raise UserError("kernel.bad_token")
        if given.get("type") == "file_input":
            if upload := _upload(given):
                uploads[name["argument"]] = upload
        elif name["argument"] == WHERE and "selected_conversation" in given:
            where = str(given["selected_conversation"] or "")
        else:
            more = int(name["more"]) if name["more"] else 1
            fields.setdefault(name["argument"], {})[more] = _given(given, team)
    texts = {name: _whole(found, joints.get(name, ())) for name, found in fields.items()}
    texts = {name: text for name, text in texts.items() if text}
    if both := next((name for name in uploads if texts.get(name, "").strip()), None):
        raise UserError("slack.file_and_text", argument=both)
    return Answers(texts, uploads, where)


def errors_of(refusal: UserError, view: Mapping[str, Any]) -> dict[str, str] | None:
    """The refusal on the field that it is about; None when the form has no such field.

    It is the answer `response_action: errors` to a submission: the form stays open with all that was typed.
    """
    state = view.get("state")
    values = state.get("values") if isinstance(state, dict) else {}
    argument = refusal.argument or ""
    for block_id in (argument, argument + FILE):
        if argument and isinstance(values, dict) and block_id in values:
            return {block_id: clipped(to_plain(refusal.sentence), LABEL)}
    return None


def _only(element: object) -> Mapping[str, Any]:
    """The one element of an input block."""
    if isinstance(element, dict) and len(element) == 1:
        (given,) = element.values()
        if isinstance(given, dict):
            return given
    raise UserError("kernel.bad_token")


def _given(element: Mapping[str, Any], team: str) -> str:
    """What a field holds: a text, the one choice, a person's key; empty when it holds nothing."""
    match element.get("type"):
        case "plain_text_input":
            value = element.get("value")
        case "radio_buttons" | "static_select" | "external_select":
            option = element.get("selected_option")
            value = option.get("value") if isinstance(option, dict) else None
        case "users_select":
            value = element.get("selected_user")
            value = person_of(team, value).key if isinstance(value, str) and value else value
        case _:
            raise UserError("kernel.bad_token")
    if value is not None and not isinstance(value, str):
        raise UserError("kernel.bad_token")
    return value or ""


def _upload(element: Mapping[str, Any]) -> Upload | None:
    files = element.get("files") or []
    if not isinstance(files, list) or len(files) > 1 or not all(isinstance(file, dict) for file in files):
        raise UserError("kernel.bad_token")
    if not files:
        return None
    return upload_of(files[0])


def upload_of(file: Mapping[str, Any]) -> Upload:
    """A file object of Slack's: https://docs.slack.dev/reference/objects/file-object"""
    length = file.get("size")
    return Upload(
        str(file.get("id", "")),
        str(file.get("name") or ""),
        length if isinstance(length, int) else 0,
        str(file.get("url_private_download") or file.get("url_private") or ""),
    )


def _whole(pieces: Mapping[int, str], joints: Sequence[str]) -> str:
    """The fields of one text as it was, or with a new paragraph where a further field was filled in."""
    text, last = "", 0
    for n, piece in sorted(pieces.items()):
        if not piece:
            continue
        if last:
            text += joints[last - 1] if last <= len(joints) else JOINT
        text += piece
        last = n
    return text
