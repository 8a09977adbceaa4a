"""Forms as Slack's modals: what a call lacks, asked for in input blocks, and the answers read back.

A field holds 3,000 characters. A longer text stands in several fields that are read as one, letter for letter, or is
handed in as a file; nothing is ever cut. https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from adapters.fitting import clipped, fitting, size
from adapters.slack import blocks, parts
from adapters.slack.blocks import Json
from adapters.slack.callers import person_of
from adapters.slack.limits import CHECKBOXES, INPUT, LABEL, METADATA, OPTION, OPTIONS, VIEW_BLOCKS, VIEW_TITLE
from adapters.slack.markup import Line, Run, lines_of
from bot.arguments import Int, Text, Who
from bot.calls import TOKEN_LIMIT, Call, from_token
from bot.cards import Form, Question
from bot.commands import Argument, Commands
from bot.errors import UserError
from bot.markup import to_plain
from bot.sentences import say

CALLBACK = "room37-form"
"""Every form's callback_id: which form it is stands in its metadata."""
WHERE = "where"
"""The block that asks for the channel, when a form was not opened in one."""
FIELDS = 4
"""Fields that one text may take; a longer one can only be changed as a file."""
FILETYPES = ("txt", "md")

_FILE = ":file"
_JOINT = "\n\n"
"""What stands between two fields of one text, unless it was cut elsewhere when it was put there."""
_JOINT_MOST = 20
_NAME = re.compile(r"(?P<argument>[a-z][a-z0-9_-]{0,31})(?::(?P<more>file|[2-9]))?")
_FLAG = ("yes", "no")
_RADIO = 5
"""Up to so many answers stand beside each other, more in a menu."""


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


# ---- asking


def modal(
    form: Form, commands: Commands, *, at: Mapping[str, str] | None = None, ask_where: bool = False
) -> Json:
    """The form as a modal view. `at` comes back with `held`; `ask_where` asks for the channel too."""
    texts = _hidden(form, at or {})
    inside: list[Json] = []
    title = to_plain(form.title)
    if size(" ".join(title.split())) > VIEW_TITLE:  # a title is short here; what was cut off it is said below
        inside += [part.block for part in parts.texts([Line("text", (Run(title, bold=True),))])]
    inside += [part.block for part in parts.texts(lines_of(form.lead))] if form.lead else []
    inside += [_where()] if ask_where else []
    joints: dict[str, list[str]] = {}
    for question in [*form.questions, *_carried(form, texts)]:
        wanted = list(_asked(question, _argument(commands, form.call.command, question), joints))
        if len(inside) + len(wanted) > VIEW_BLOCKS:
            break
        inside += wanted
    return {
        "type": "modal",
        "callback_id": CALLBACK,
        "title": blocks.plain(title, VIEW_TITLE),
        "submit": blocks.plain(to_plain(say("slack.send")), VIEW_TITLE),
        "close": blocks.plain(to_plain(say("slack.close")), VIEW_TITLE),
        "private_metadata": _metadata(_ids(form.call), texts, at or {}, joints),
        "blocks": _focused(inside),
    }


def _ids(call: Call) -> Call:
    """As much of a call as a token can hold: ids, not what was typed."""
    held = Call(call.command)
    for name, value in call.args.items():
        more = held.with_args(**{name: value})
        try:
            held = more if len(more.token) <= TOKEN_LIMIT else held
        except ValueError:
            continue
    return held


def _metadata(
    call: Call, texts: Mapping[str, str], at: Mapping[str, str], joints: Mapping[str, Sequence[str]]
) -> str:
    packed: dict[str, Any] = {"call": call.token}
    packed |= {key: held for key, held in (("texts", texts), ("at", at), ("joints", joints)) if held}
    return json.dumps(packed, ensure_ascii=False, separators=(",", ":"))


def _hidden(form: Form, at: Mapping[str, str]) -> dict[str, str]:
    """What was typed already, as far as a form's metadata has room for it."""
    ids, asked = _ids(form.call), {question.argument for question in form.questions}
    held: dict[str, str] = {}
    for name, value in form.call.args.items():
        if name not in ids.args and name not in asked:
            more = {**held, name: value}
            held = more if size(_metadata(ids, more, at, {})) < METADATA - 600 else held
    return held


def _carried(form: Form, hidden: Mapping[str, str]) -> Iterator[Question]:
    """What was typed already and fits nowhere else stands in the form."""
    there = {*_ids(form.call).args, *hidden, *(question.argument for question in form.questions)}
    for name, value in form.call.args.items():
        if name not in there:
            label = name.replace("-", " ").capitalize()
            yield Question(name, label, long=True, most=len(value), prefill=value, optional=True)


def _argument(commands: Commands, command: str, question: Question) -> Argument | None:
    found = commands.find(command)
    return next((a for a in found.arguments if a.name == question.argument), None) if found else None


def _where() -> Json:
    """https://docs.slack.dev/reference/block-kit/block-elements/conversations-select-element"""
    element = {
        "type": "conversations_select",
        "action_id": WHERE,
        "default_to_current_conversation": True,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    return _input(WHERE, "slack.where", element, optional=False, hint="slack.where_hint")


def _input(
    block_id: str, label: str, element: Json, *, optional: bool, hint: str = "", **fields: object
) -> Json:
    """An input block with a label of our own."""
    return _labelled(block_id, to_plain(say(label)), element, optional, to_plain(say(hint, **fields)) if hint else "")


def _labelled(block_id: str, label: str, element: Json, optional: bool, hint: str) -> Json:
    made: Json = {
        "type": "input",
        "block_id": block_id,
        "label": blocks.plain(label or block_id, LABEL),
        "element": element,
        "optional": optional,
    }
    return made | ({"hint": blocks.plain(hint, LABEL)} if hint.strip() else {})


def _asked(question: Question, argument: Argument | None, joints: dict[str, list[str]]) -> Iterator[Json]:
    """A question's blocks."""
    label, hint, name = to_plain(question.label), to_plain(question.hint), question.argument
    if picker := _picker(question, argument):
        yield _labelled(name, label, picker, question.optional, "")
        return
    pieces = _pieces(question.prefill)
    if len(pieces) > FIELDS:
        length, most = f"{len(question.prefill):,}", f"{INPUT * FIELDS:,}"
        for part in parts.texts(lines_of(say("slack.too_long", length=length, most=most))):
            yield part.block
        new, new_hint = "slack.new_file", "slack.new_file_hint"
        yield _input(name + _FILE, new, _file(name), optional=question.optional, hint=new_hint)
        return
    if len(pieces) > 1:
        joints[name] = [joint for _, joint in pieces[:-1]]
    several = question.long or question.most > INPUT or "\n" in question.prefill
    file = question.long and question.most > INPUT
    optional = question.optional or file
    yield _labelled(name, label, _field(name, pieces[0][0], question, several), optional, hint)
    for n, (piece, _) in enumerate(pieces[1:], 2):
        block_id, filled = f"{name}:{n}", "slack.go_on_filled"
        yield _input(
            block_id, "slack.go_on", _field(block_id, piece, question, True), optional=True, hint=filled
        )
    if question.most > INPUT and len(pieces) < FIELDS:
        block_id = f"{name}:{len(pieces) + 1}"
        empty = _field(block_id, "", question, True)
        yield _input(
            block_id, "slack.go_on", empty, optional=True, hint="slack.go_on_hint", most=f"{INPUT:,}"
        )
    if file:
        yield _input(name + _FILE, "slack.or_file", _file(name), optional=True, hint="slack.or_file_hint")


def _pieces(text: str) -> list[tuple[str, str]]:
    """A text in pieces that fields hold, each with the white space that stood behind it.

    Slack may trim what a field begins and ends with, so the space at a cut waits in the form's metadata.
    """
    pieces: list[tuple[str, str]] = []
    while size(text) > INPUT:
        most = fitting(text, INPUT)
        end = next(
            (
                found
                for boundary in ("\n\n", "\n", " ")
                if (found := text.rfind(boundary, most // 2, most)) > 0 and text[:found].strip()
            ),
            most,
        )
        rest = text[end:]
        joint = rest[: len(rest) - len(rest.lstrip())][:_JOINT_MOST]
        pieces.append((text[:end], joint))
        text = rest[len(joint) :]
        if len(pieces) > FIELDS:
            break
    return [*pieces, (text, "")]


def _field(action_id: str, prefill: str, question: Question, several: bool) -> Json:
    """https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""
    made: Json = {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": several,
        "max_length": min(INPUT, max(question.most, size(prefill), 1)),
    }
    return made | ({"initial_value": prefill} if prefill else {})


def _file(name: str) -> Json:
    """https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""
    return {"type": "file_input", "action_id": name + _FILE, "filetypes": list(FILETYPES), "max_files": 1}


def _picker(question: Question, argument: Argument | None) -> Json | None:
    """A field in which the answer is picked, where there is something to pick from."""
    given, name = question.options, question.argument
    if given and len(given) <= OPTIONS and all(size(option) <= OPTION for option in given):
        options = [blocks.option(_word(option, given), option) for option in given]
        first = [option for option in options if option["value"] == question.prefill]
        kind = "radio_buttons" if len(options) <= min(_RADIO, CHECKBOXES) else "static_select"
        made: Json = {"type": kind, "action_id": name, "options": options}
        return made | ({"initial_option": first[0]} if first else {})
    wanted: object = argument.kind if argument is not None else None
    if isinstance(wanted, Who) and not question.prefill:
        return {"type": "users_select", "action_id": name}
    if isinstance(wanted, Text | Int) and wanted.suggested and size(question.prefill) <= OPTION:
        made = {"type": "external_select", "action_id": name, "min_query_length": 0}
        made["placeholder"] = blocks.placeholder(to_plain(say("slack.suggest")))
        filled = blocks.option(question.prefill, question.prefill) if question.prefill.strip() else None
        return made | ({"initial_option": filled} if filled else {})
    return None


def _word(option: str, options: Sequence[str]) -> str:
    return to_plain(say(f"slack.{option}")) if tuple(options) == _FLAG else option


def _focused(inside: list[Json]) -> list[Json]:
    """The first field of text has the cursor."""
    for block in inside:
        if block.get("element", {}).get("type") == "plain_text_input":
            block["element"]["focus_on_load"] = True
            break
    return inside


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
    return {"options": [blocks.option(label, value) for value, label in pairs[:OPTIONS]]}


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
    except (ValueError, TypeError, KeyError, AttributeError):
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
    for block_id in (argument, argument + _FILE):
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
    file = files[0]
    length = file.get("size")
    return Upload(
        str(file.get("id", "")),
        str(file.get("name", "")),
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
            text += joints[last - 1] if last <= len(joints) else _JOINT
        text += piece
        last = n
    return text


__all__ = [
    "CALLBACK", "WHERE", "Answers", "Held", "Upload", "answers", "errors_of", "focused", "held", "modal", "suggestions",
]  # fmt: skip
