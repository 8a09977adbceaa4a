"""Components as Discord takes them, and views that carry them through discord.py.

discord.py would build an object for each component, and an id, a future and a place in its store for each view, to take
all of it apart again when the message is sent. A view of ours never begins: it holds what is sent, is finished from the
start, and is kept nowhere. https://discord.com/developers/docs/components/reference
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

from discord import ui

Json = dict[str, Any]
Style = Literal["plain", "main", "danger"]

_ROW, _BUTTON, _SELECT, _TEXT, _FILE, _SEPARATOR, _CONTAINER = 1, 2, 3, 10, 13, 14, 17
_STYLES: dict[Style, int] = {"main": 1, "plain": 2, "danger": 4}


def text(markdown: str) -> Json:
    """A text in a layout."""
    return {"type": _TEXT, "content": markdown}


def file(name: str) -> Json:
    """A file that goes with the message; a layout shows only the files that it names."""
    return {"type": _FILE, "file": {"url": f"attachment://{name}"}}


def line() -> Json:
    """A line across a container."""
    return {"type": _SEPARATOR}


def container(components: Sequence[Json]) -> Json:
    """What a card stands in."""
    return {"type": _CONTAINER, "components": list(components)}


def row(components: Sequence[Json]) -> Json:
    """Up to five buttons beside each other, or one menu."""
    return {"type": _ROW, "components": list(components)}


def button(label: str, custom_id: str, style: Style = "plain") -> Json:
    """A button; `custom_id` is the token of the call that it makes."""
    return {"type": _BUTTON, "style": _STYLES[style], "label": label, "custom_id": custom_id}


def menu(custom_id: str, hint: str, options: Sequence[Json], most: int) -> Json:
    """A menu in which one to `most` options are chosen."""
    return {
        "type": _SELECT, "custom_id": custom_id, "placeholder": hint, "min_values": 1, "max_values": most,
        "options": list(options),
    }  # fmt: skip


def option(label: str, value: str, about: str, *, chosen: bool) -> Json:
    """An option of a menu, with what stands below its label (may be empty)."""
    made: Json = {"label": label, "value": value, "default": chosen}
    return made | ({"description": about} if about else {})


def tokens(components: Sequence[Json]) -> Iterator[str]:
    """The custom_ids in these components, nested ones included."""
    for component in components:
        if custom_id := component.get("custom_id"):
            yield custom_id
        yield from tokens(component.get("components", ()))


class _Written:
    """What discord.py asks of a view that it sends."""

    timeout = None

    def __init__(self, components: Sequence[Json]) -> None:  # a view that never begins needs nothing of discord.py's
        self.components = list(components)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self.components)}>"

    def to_components(self) -> list[Json]:
        """What is sent."""
        return self.components

    def is_finished(self) -> bool:
        """Nothing waits for it: what people press is dispatched from the raw interaction."""
        return True

    def is_dispatchable(self) -> bool:
        """And so discord.py keeps it nowhere."""
        return False


class Layout(_Written, ui.LayoutView):  # type: ignore[misc]  # discord.py's views begin; this one does not
    """A message of components (V2), which takes no content."""

    def has_components_v2(self) -> bool:
        """Always."""
        return True


class Rows(_Written, ui.View):  # type: ignore[misc]
    """Rows of buttons under plain content."""

    def has_components_v2(self) -> bool:
        """Never."""
        return False
