"""Forms as Discord's modals: what a call lacks, asked for in at most five parts, and the answers read back.

https://discord.com/developers/docs/components/reference#component-object-component-types
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import discord
from discord import ui

from adapters.discord.limits import (
    CONTENT,
    CUSTOM_ID,
    INPUT,
    LABEL,
    LABEL_ABOUT,
    MODAL_PARTS,
    MODAL_TITLE,
    OPTION,
    OPTIONS,
    RADIO,
)
from adapters.discord.markup import discord as written
from adapters.fitting import clipped, fitting, size
from bot.calls import Call
from bot.cards import Form, Question
from bot.errors import UserError
from bot.markup import to_plain
from bot.sentences import say

SHOWN = "shown"
"""The argument of a form's token that tells one prefill from another. No command has it, so the room ignores it."""

_FILE = "file:"
"""What the field for a file is called by: this and the argument."""
_ARGUMENT = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_REVISIONS = ("version", "rev", "desk", "held")
_ROW, _TEXT, _CHOICE, _LABEL, _UPLOAD, _RADIO = 1, 4, 3, 18, 19, 21
_FLAG = ("yes", "no")


@dataclass(frozen=True, slots=True)
class Answers:
    """What was filled in: texts and ids of attached files, by argument. What was left empty is not in it."""

    texts: Mapping[str, str]
    uploads: Mapping[str, str]


def modal(form: Form) -> ui.Modal:
    """The form as a modal, stopped: nothing waits for it in memory.

    Questions that do not fit are left out; the room asks for what is still missing when the rest was answered.
    """
    made = ui.Modal(title=clipped(to_plain(form.title).removesuffix("."), MODAL_TITLE) or "…", custom_id=_token(form))
    parts: list[ui.Item[Any]] = []
    if lead := written(form.lead).strip():
        parts.append(_said(lead))
    questions = [*form.questions, *_carried(form)]
    for question in questions:
        wanted = list(_asked(question))
        if len(parts) + len(wanted) > MODAL_PARTS:
            break
        parts += wanted
    for part in _with_files(parts, questions):
        made.add_item(part)
    made.stop()
    return made


def answers(data: Mapping[str, Any]) -> Answers:
    """The answers in the raw data of a submitted modal. Raises UserError for what has not the shape of one."""
    texts: dict[str, str] = {}
    uploads: dict[str, str] = {}
    for field in _fields(data.get("components")):
        name = field.get("custom_id")
        if not isinstance(name, str):
            continue
        if not _ARGUMENT.fullmatch(name.removeprefix(_FILE)):
            raise UserError("kernel.bad_token")
        given = _given(field)
        if given and name.startswith(_FILE):
            uploads[name.removeprefix(_FILE)] = given
        elif given:
            texts[name] = given
    return Answers(texts, uploads)


# ---- asking


def _token(form: Form) -> str:
    """The form's call as a custom_id, which differs when what stands in the form differs.

    Discord's phones fill a form in with what they once saw under the same custom_id.
    """
    call = _held(form.call)
    filled = "\0".join(question.prefill for question in form.questions)
    if filled.strip("\0") and not any(name in call.args for name in _REVISIONS):
        room = CUSTOM_ID - len(call.token) - len(SHOWN) - 2
        mark = hashlib.sha256(filled.encode("utf-8", "replace")).hexdigest()[: min(room, 12)]
        return call.with_args(**{SHOWN: mark}).token if room > 0 else call.token
    return call.token


def _held(call: Call) -> Call:
    """As much of a call as a token can hold: ids, not what was typed."""
    held = Call(call.command)
    for name, value in call.args.items():
        more = held.with_args(**{name: value})
        try:
            held = more if len(more.token) <= CUSTOM_ID else held
        except ValueError:
            continue
    return held


def _carried(form: Form) -> Iterator[Question]:
    """What was typed already and is no id: a token cannot carry it, so it stands in the form."""
    held = {*_held(form.call).args, *(question.argument for question in form.questions)}
    for name, value in form.call.args.items():
        if name not in held:
            label = name.replace("-", " ").capitalize()
            yield Question(name, label, long=len(value) > 100, most=INPUT, prefill=value, optional=True)


def _said(markdown: str) -> ui.TextDisplay[Any]:
    return ui.TextDisplay(markdown[: fitting(markdown, CONTENT)])


def _asked(question: Question) -> Iterator[ui.Item[Any]]:
    """A question's parts, but for the file that may stand for a long text."""
    if size(question.prefill) > INPUT:
        length = f"{len(question.prefill):,}"
        yield _said(written(say("discord.too_long", length=length, most=f"{INPUT:,}")))
        yield _file(
            question.argument, "discord.new_file", "discord.new_file_hint", required=not question.optional
        )
        return
    label = to_plain(question.label)
    about = to_plain(question.hint) if not _chosen(question) else ""
    if not about and size(label) > LABEL:  # said whole where there is more room
        about = label
    yield ui.Label(
        text=clipped(label, LABEL) or question.argument,
        description=clipped(about, LABEL_ABOUT) or None,
        component=_field(question),
    )


def _chosen(question: Question) -> bool:
    """Whether the answer is picked, not typed."""
    return 0 < len(question.options) <= OPTIONS


def _field(question: Question) -> ui.Item[Any]:
    if _chosen(question):
        return _choice(question)
    most = max(min(question.most, INPUT), size(question.prefill), 1)
    several = question.long or "\n" in question.prefill
    return ui.TextInput(
        custom_id=question.argument,
        style=discord.TextStyle.paragraph if several else discord.TextStyle.short,
        default=question.prefill or None,
        max_length=most,
        required=not question.optional,
    )


def _choice(question: Question) -> ui.Item[Any]:
    """A few answers beside each other, more in a menu."""
    pairs = [(_word(o, question), o) for o in question.options]
    required = not question.optional
    if RADIO[0] <= len(pairs) <= RADIO[1]:
        radios = [
            discord.RadioGroupOption(label=label, value=value, default=value == question.prefill)
            for label, value in pairs
        ]
        return ui.RadioGroup(custom_id=question.argument, options=radios, required=required)
    options = [
        discord.SelectOption(label=label, value=value, default=value == question.prefill)
        for label, value in pairs
    ]
    return ui.Select(
        custom_id=question.argument,
        options=options,
        required=required,
        min_values=1 if required else 0,
        max_values=1,
    )


def _word(option: str, question: Question) -> str:
    if question.options == _FLAG:
        return to_plain(say(f"discord.{option}"))
    return clipped(option, OPTION)


def _file(argument: str, label: str, hint: str, *, required: bool) -> ui.Label[Any]:
    return ui.Label(
        text=clipped(to_plain(say(label)), LABEL),
        description=clipped(to_plain(say(hint)), LABEL_ABOUT),
        component=ui.FileUpload(
            custom_id=_FILE + argument, required=required, min_values=1 if required else 0, max_values=1
        ),
    )


def _with_files(parts: list[ui.Item[Any]], questions: list[Question]) -> list[ui.Item[Any]]:
    """The parts with a field for a file below each text that may be longer than a field, as far as there is room; then
    neither is required, since either will do."""
    long = {question.argument for question in questions if question.long and question.most > INPUT}
    room = MODAL_PARTS - len(parts)
    made: list[ui.Item[Any]] = []
    for part in parts:
        made.append(part)
        field = part.component if isinstance(part, ui.Label) else None
        if room and isinstance(field, ui.TextInput) and field.custom_id in long:
            field.required = False
            made.append(_file(field.custom_id, "discord.or_file", "discord.or_file_hint", required=False))
            room -= 1
    return made


# ---- answers


def _fields(components: Any) -> Iterator[Mapping[str, Any]]:
    """The fields of a submitted modal, out of their labels and rows. Raises UserError for other shapes."""
    if not isinstance(components, list):
        raise UserError("kernel.bad_token")
    for part in components:
        if not isinstance(part, dict):
            raise UserError("kernel.bad_token")
        if part.get("type") == _LABEL and isinstance(part.get("component"), dict):
            yield part["component"]
        elif part.get("type") == _ROW and isinstance(part.get("components"), list):
            yield from (field for field in part["components"] if isinstance(field, dict))


def _given(field: Mapping[str, Any]) -> str:
    """What a field holds: a text, the one choice, the id of the one file; empty when it holds nothing."""
    match field.get("type"):
        case n if n in (_TEXT, _RADIO):
            value = field.get("value")
        case n if n in (_CHOICE, _UPLOAD):
            values = field.get("values")
            if not isinstance(values, list) or len(values) > 1:
                raise UserError("kernel.bad_token")
            value = values[0] if values else None
        case _:
            raise UserError("kernel.bad_token")
    if value is not None and not isinstance(value, str):
        raise UserError("kernel.bad_token")
    return value or ""
