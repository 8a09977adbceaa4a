"""Forms as Slack's modals: what a call lacks, asked for in input blocks, and the answers read back.

A field holds 3,000 characters. A longer text stands in several fields that are read as one, letter for letter, or is
handed in as a file; nothing is ever cut. https://docs.slack.dev/surfaces/modals
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.fitting import fitting, size
from adapters.slack import blocks, parts
from adapters.slack.blocks import Json
from adapters.slack.limits import CHECKBOXES, INPUT, LABEL, METADATA, OPTION, OPTIONS, VIEW_BLOCKS, VIEW_TITLE
from adapters.slack.runs import Line, Run, lines_of
from bot.arguments import Int, Text, Who
from bot.calls import TOKEN_LIMIT, Call
from bot.cards import Form, Question
from bot.commands import Argument, Commands
from bot.markup import to_plain
from bot.sentences import say

CALLBACK = "room37-form"
"""Every form's callback_id: which form it is stands in its metadata."""
WHERE = "where"
"""The block that asks for the channel, when a form was not opened in one."""
FIELDS = 4
"""Fields that one text may take; a longer one can only be changed as a file."""
FILETYPES = ("txt", "md")

FILE = ":file"
"""What the field for a file is called by, behind the argument."""
JOINT = "\n\n"
"""What stands between two fields of one text, unless it was cut elsewhere when it was put there."""
_JOINT_MOST = 20
_FLAG = ("yes", "no")
_RADIO = 5
"""Up to so many answers stand beside each other, more in a menu."""


# ---- asking


def modal(
    form: Form, commands: Commands, *, at: Mapping[str, str] | None = None, ask_where: bool = False
) -> Json:
    """The form as a modal view. `at` comes back with `held`; `ask_where` asks for the channel too."""
    texts = _hidden(form, at or {})
    inside: list[Json] = []
    title = to_plain(form.title)
    if size(" ".join(title.split())) > VIEW_TITLE:  # a title is short here: the whole of it stands below
        inside += [part.block for part in parts.texts([Line("text", (Run(title, bold=True),))])]
        title = to_plain(say("slack.form_title"))
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
        yield _input(name + FILE, new, _file(name), optional=question.optional, hint=new_hint)
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
        yield _input(name + FILE, "slack.or_file", _file(name), optional=True, hint="slack.or_file_hint")


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
    return {"type": "file_input", "action_id": name + FILE, "filetypes": list(FILETYPES), "max_files": 1}


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
