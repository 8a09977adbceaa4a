"""Modals and home tabs as people see and fill them in: by the labels of their fields, within what the client allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.servers.slack import mentions
from tests.servers.slack.refusal import Json
from tests.servers.slack.seen import Button, Select, buttons, lines, selects
from tests.servers.slack.things import View
from tests.servers.slack.values import entered, held, options_of
from tests.servers.slack.world import World


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form."""

    label: str
    hint: str
    kind: str
    required: bool
    value: str
    """What is in it already."""
    options: tuple[str, ...]
    placeholder: str
    error: str
    """What is said to be wrong with it."""
    block: Json = field(repr=False)

    @property
    def description(self) -> str:
        """The same as `hint`, under the name that it has on the loopback Discord."""
        return self.hint


@dataclass(frozen=True, slots=True)
class Modal:
    """A form or a home tab that is before a person, at one moment."""

    title: str
    submit: str
    close: str
    text: str
    """All that can be read on it."""
    words: str
    texts: tuple[str, ...]
    """What stands between the fields."""
    fields: tuple[Field, ...]
    buttons: tuple[Button, ...]
    selects: tuple[Select, ...]
    depth: int
    """How many modals lie under it."""
    view: View = field(repr=False)

    @property
    def open(self) -> bool:
        return self.view.open

    @property
    def errors(self) -> dict[str, str]:
        """What is said to be wrong, by label."""
        return {one.label: one.error for one in self.fields if one.error}

    def field(self, label: str) -> Field:
        """The field of that label."""
        found = [one for one in self.fields if one.label == label]
        assert found, (
            f"the form {self.title!r} has no field {label!r}, only {[one.label for one in self.fields]}"
        )
        return found[0]


def modal_of(view: View, world: World) -> Modal:
    """A view as it is now."""
    data = view.data
    inputs = [block for block in data["blocks"] if block["type"] == "input"]
    shown = [_plain(data.get("title")), *lines(data["blocks"]), *view.errors.values()]
    shown += [_plain(data.get("submit")), _plain(data.get("close"))]
    text = "\n".join(line for line in shown if line)
    stack = world.stacks.get(view.user.id, [])
    return Modal(
        title=_plain(data.get("title")),
        submit=_plain(data.get("submit")),
        close=_plain(data.get("close")),
        text=text,
        words=mentions.named(text, world),
        texts=tuple(lines([block for block in data["blocks"] if block["type"] != "input"])),
        fields=tuple(_field(view, block) for block in inputs),
        buttons=buttons(data["blocks"]),
        selects=selects(data["blocks"], view, view.state),
        depth=stack.index(view) if view in stack else 0,
        view=view,
    )


def _plain(text: Any) -> str:
    return mentions.escaped(str(text["text"])) if isinstance(text, dict) else ""


def _field(view: View, block: Json) -> Field:
    one = block["element"]
    value = view.state.get(block["block_id"], {}).get(one["action_id"], {})
    return Field(
        label=block["label"]["text"],
        hint=(block.get("hint") or {}).get("text", ""),
        kind=one["type"],
        required=not block.get("optional"),
        value=", ".join(held(value)),
        options=tuple(option["text"]["text"] for option in options_of(one)),
        placeholder=(one.get("placeholder") or {}).get("text", ""),
        error=view.errors.get(block["block_id"], ""),
        block=block,
    )


def filled(modal: Modal, answers: Mapping[str, Any], suggested: Mapping[str, Sequence[Json]]) -> Json:
    """The state of a form after those answers; what the client would not send is an AssertionError."""
    for label in answers:
        modal.field(label)
    state = {block: dict(actions) for block, actions in modal.view.state.items()}
    for one in modal.fields:
        element, block = one.block["element"], one.block["block_id"]
        action = element["action_id"]
        if one.label in answers:
            try:
                value = entered(element, answers[one.label], suggested.get(action, ()))
            except AssertionError as error:
                raise AssertionError(f"{one.label!r}: {error}") from None
            state.setdefault(block, {})[action] = value
        now = state[block][action]
        empty = not any(two for name, two in now.items() if name != "type")
        assert not one.required or not empty, f"{one.label!r} must be filled in"
    return state
