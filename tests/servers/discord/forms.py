"""Forms (modals) as people see and fill them in: by the labels of their fields, within what the client allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.servers.discord.components import (
    CHECK,
    CHECKS,
    LABEL,
    RADIOS,
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT,
    TEXT_INPUT,
    UPLOAD,
)
from tests.servers.discord.interactions import Interaction
from tests.servers.discord.refusal import Json

Upload = tuple[str, bytes]
Values = Callable[[int, Sequence[object]], list[str]]
"""Ids for people, roles, channels or files of a select or an upload, noted as resolved."""
_TEXT_MOST = 4000


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    label: str
    description: str
    kind: int
    required: bool
    value: str
    """The text that is in it already."""
    options: tuple[str, ...]
    placeholder: str
    part: Json


@dataclass(frozen=True, slots=True)
class Modal:
    """A form that is open before a person."""

    title: str
    texts: tuple[str, ...]
    fields: tuple[Field, ...]
    interaction: Interaction

    def field(self, label: str) -> Field:
        """The field of that label."""
        found = [field for field in self.fields if field.label == label]
        assert found, (
            f"the form {self.title!r} has no field {label!r}, only {[field.label for field in self.fields]}"
        )
        return found[0]


def modal_of(interaction: Interaction) -> Modal:
    """The form that an interaction was answered with."""
    data = interaction.modal
    fields: list[Field] = []
    texts: list[str] = []
    for part in data["components"]:
        if part["type"] == TEXT:
            texts.append(part["content"])
        elif part["type"] == LABEL:
            fields.append(_field(part["component"], part["label"], part.get("description") or ""))
        else:
            fields += [_field(one, one["label"], "") for one in part["components"]]
    return Modal(data["title"], tuple(texts), tuple(fields), interaction)


def _field(part: Json, label: str, description: str) -> Field:
    required = part["type"] != CHECK and part.get("required", True) is not False
    return Field(
        label,
        description,
        part["type"],
        required,
        part.get("value") or "",
        tuple(option["label"] for option in part.get("options") or []),
        part.get("placeholder") or "",
        part,
    )


def filled(modal: Modal, answers: dict[str, Any], values: Values) -> list[Json]:
    """The components of the submission; what the client would not send is an AssertionError."""
    for label in answers:
        modal.field(label)
    by_part = {id(field.part): field for field in modal.fields}

    def one(part: Json) -> Json:
        field = by_part[id(part)]
        given = answers.get(field.label)
        found: Json = {"type": field.kind, "id": part.get("id", 0), "custom_id": part["custom_id"]}
        return found | _value(field, given, values)

    sent: list[Json] = []
    for part in modal.interaction.modal["components"]:
        if part["type"] == LABEL:
            sent.append({"type": LABEL, "id": part.get("id", 0), "component": one(part["component"])})
        elif part["type"] == ROW:
            sent.append(
                {
                    "type": ROW,
                    "id": part.get("id", 0),
                    "components": [one(inner) for inner in part["components"]],
                }
            )
        else:
            sent.append({"type": TEXT, "id": part.get("id", 0)})
    return sent


def _value(field: Field, given: Any, values: Values) -> Json:
    """What one field sends."""
    if field.kind == TEXT_INPUT:
        return {"value": _text(field, given)}
    if field.kind == CHECK:
        return {"value": bool(field.part.get("default") if given is None else given)}
    if field.kind == RADIOS:
        picked = _picked(field, [] if given is None else [given])
        assert picked or not field.required, f"{field.label!r} must be answered"
        return {"value": picked[0] if picked else None}
    if given is None:
        given = []
    several = list(given) if isinstance(given, list | tuple) and not _is_upload(given) else [given]
    if field.kind in (STRING_SELECT, CHECKS):
        ids = _picked(field, several)
    else:
        assert field.kind in (*SELECTS, UPLOAD)
        ids = values(field.kind, several)
    _count(field, ids)
    return {"values": ids}


def _is_upload(given: Any) -> bool:
    return isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], bytes)


def _text(field: Field, given: Any) -> str:
    text = field.value if given is None else str(given)
    most = field.part.get("max_length") or _TEXT_MOST
    least = field.part.get("min_length") or 0
    assert text or not field.required, f"{field.label!r} must be filled in"
    assert len(text) <= most, f"{field.label!r} takes at most {most} characters, not {len(text)}"
    assert not text or len(text) >= least, (
        f"{field.label!r} takes at least {least} characters, not {len(text)}"
    )
    return text


def _picked(field: Field, given: list[Any]) -> list[str]:
    options = field.part.get("options") or []
    if not given:
        return [option["value"] for option in options if option.get("default")]
    found: list[str] = []
    for wanted in given:
        fitting = [option["value"] for option in options if wanted in (option["label"], option["value"])]
        assert fitting, f"{field.label!r} has no option {wanted!r}, only {list(field.options)}"
        found.append(fitting[0])
    return found


def _count(field: Field, ids: list[str]) -> None:
    part = field.part
    fewest = 1 if part.get("min_values") is None else part["min_values"]
    default = len(part.get("options") or []) if field.kind == CHECKS else 1
    most = part.get("max_values") or default
    assert ids or not field.required or fewest == 0, f"{field.label!r} must be answered"
    assert not ids or fewest <= len(ids) <= most, f"{field.label!r} takes {fewest} to {most}, not {len(ids)}"
