"""Which components Discord takes, in messages of both kinds and in modals; every other one is named and refused.

https://docs.discord.com/developers/components/reference
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.servers.discord.limits import Limits
from tests.servers.discord.refusal import Json, Path, Problems

ROW, BUTTON, STRING_SELECT, TEXT_INPUT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT = range(
    1, 9
)
SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR = range(9, 15)
CONTAINER, LABEL, UPLOAD, RADIOS, CHECKS, CHECK = 17, 18, 19, 21, 22, 23

SELECTS = (STRING_SELECT, USER_SELECT, ROLE_SELECT, MENTIONABLE_SELECT, CHANNEL_SELECT)
LINK, PREMIUM = 5, 6
TOP_V1 = (ROW,)
IN_CONTAINER = (ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR)
TOP_V2 = (*IN_CONTAINER, CONTAINER)
IN_LABEL = (*SELECTS, TEXT_INPUT, UPLOAD, RADIOS, CHECKS, CHECK)


def walk(parts: list[Json]) -> Iterator[Json]:
    """Every component, from the top down, in the order that people read them."""
    for part in parts:
        yield part
        yield from walk(part.get("components") or [])
        for name in ("accessory", "component"):
            if isinstance(part.get(name), dict):
                yield from walk([part[name]])


def number(parts: list[Json]) -> None:
    """Give every component without an id the next free one, as Discord does."""
    used = {part["id"] for part in walk(parts) if part.get("id")}
    free = 1
    for part in walk(parts):
        if not part.get("id"):
            while free in used:
                free += 1
            part["id"] = free
            used.add(free)


class Components:
    """One look over the components of one message or modal."""

    def __init__(self, problems: Problems, limits: Limits, files: frozenset[str] = frozenset()) -> None:
        self._problems = problems
        self._limits = limits
        self._files = files
        self._custom_ids: set[str] = set()
        self._ids: set[int] = set()
        self._count = 0
        self._text = 0

    def of_message(self, parts: object, path: Path, *, v2: bool) -> None:
        """The components of a message, by the rules of its kind."""
        most = self._limits["components.total" if v2 else "components.rows"]
        for index, part in enumerate(self._problems.items(path, parts, most)):
            self._part((*path, index), part, TOP_V2 if v2 else TOP_V1)
        if v2 and self._count > self._limits["components.total"]:
            most = self._limits["components.total"]
            words = (
                f"A message holds at most {most} components, nested ones counted; this one has {self._count}."
            )
            self._problems.add(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", words)
        if self._text > self._limits["components.text"]:
            most = self._limits["components.text"]
            words = f"Text displays hold at most {most} characters together; here are {self._text}."
            self._problems.add(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", words)

    def of_modal(self, data: Json, path: Path) -> None:
        """A whole modal."""
        self._problems.text(
            (*path, "title"), data.get("title"), self._limits["modal.title"], 1, required=True
        )
        self._problems.text(
            (*path, "custom_id"),
            data.get("custom_id"),
            self._limits["components.custom_id"],
            1,
            required=True,
        )
        here = (*path, "components")
        for index, part in enumerate(
            self._problems.items(here, data.get("components"), self._limits["modal.parts"], 1)
        ):
            self._part((*here, index), part, (ROW, TEXT, LABEL), row=(TEXT_INPUT,))

    def _part(
        self, path: Path, part: Any, kinds: tuple[int, ...], row: tuple[int, ...] = (BUTTON, *SELECTS)
    ) -> None:
        self._count += 1
        if not isinstance(part, dict):
            self._problems.add(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
            return
        kind = part.get("type")
        if not isinstance(kind, int) or kind not in kinds:
            self._problems.one_of((*path, "type"), kind if isinstance(kind, int) else None, kinds)
            return
        mark = part.get("id")
        if isinstance(mark, int) and mark:
            if mark in self._ids:
                self._problems.add(
                    (*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated"
                )
            self._ids.add(mark)
        if kind == ROW:
            self._row(path, part, row)
        else:
            _RULES[kind](self, path, part)

    def _custom_id(self, path: Path, part: Json) -> None:
        found = part.get("custom_id")
        self._problems.text(
            (*path, "custom_id"), found, self._limits["components.custom_id"], 1, required=True
        )
        if not isinstance(found, str):
            return
        if found in self._custom_ids:
            words = "Component custom id cannot be duplicated"
            self._problems.add((*path, "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED", words)
        self._custom_ids.add(found)

    def _row(self, path: Path, part: Json, kinds: tuple[int, ...] = (BUTTON, *SELECTS)) -> None:
        here = (*path, "components")
        inner = self._problems.items(here, part.get("components"), self._limits["components.row_buttons"], 1)
        width = sum(1 if isinstance(one, dict) and one.get("type") == BUTTON else 5 for one in inner)
        if len(inner) <= 5 < width:
            self._problems.add(
                here, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
            )
        for index, one in enumerate(inner):
            self._part((*here, index), one, kinds)

    def _button(self, path: Path, part: Json) -> None:
        style = part.get("style")
        self._problems.one_of((*path, "style"), style, (1, 2, 3, 4, 5, 6))
        self._problems.text((*path, "label"), part.get("label"), self._limits["components.button_label"])
        self._emoji(path, part)
        if style == PREMIUM:
            if not part.get("sku_id"):
                self._problems.required((*path, "sku_id"))
            self._never(path, part, "custom_id", "label", "url", "emoji")
            return
        if not part.get("label") and not part.get("emoji"):
            self._problems.add(
                path, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or an emoji is required"
            )
        if style == LINK:
            self._never(path, part, "custom_id", "sku_id")
            self._problems.text(
                (*path, "url"), part.get("url"), self._limits["components.button_url"], 1, required=True
            )
            self._url((*path, "url"), part.get("url"), ("http://", "https://", "discord://"))
        else:
            self._never(path, part, "url", "sku_id")
            self._custom_id(path, part)

    def _never(self, path: Path, part: Json, *names: str) -> None:
        for name in names:
            if part.get(name) is not None:
                words = f"A button of this style cannot have {name}"
                self._problems.add((*path, name), "BUTTON_COMPONENT_INVALID_FIELD", words)

    def _emoji(self, path: Path, part: Json) -> None:
        emoji = part.get("emoji")
        if emoji is None:
            return
        name = emoji.get("name") if isinstance(emoji, dict) else None
        if not (isinstance(emoji, dict) and (emoji.get("id") or (name and not str(name).isascii()))):
            self._problems.add((*path, "emoji", "name"), "COMPONENT_INVALID_EMOJI", "Invalid emoji")

    def _url(self, path: Path, url: object, starts: tuple[str, ...]) -> None:
        if isinstance(url, str) and url and not url.startswith(starts):
            schemes = ", ".join(start.rstrip(":/") for start in starts)
            words = f'Scheme "{url.split(":")[0]}" is not supported. Scheme must be one of ({schemes}).'
            self._problems.add(path, "URL_TYPE_INVALID_SCHEME", words)

    def _select(self, path: Path, part: Json) -> None:
        self._custom_id(path, part)
        self._problems.text(
            (*path, "placeholder"), part.get("placeholder"), self._limits["components.placeholder"]
        )
        most = self._limits["components.select_values"]
        count = most
        if part["type"] == STRING_SELECT:
            options = part.get("options")
            self._options(path, options, self._limits["components.options"], 1)
            count = min(most, len(options)) if isinstance(options, list) else most
        elif part.get("options"):
            self._problems.add(
                (*path, "options"), "COMPONENT_INVALID_FIELD", "Only string selects have options"
            )
        self._values(path, part, most, count)

    def _values(self, path: Path, part: Json, most: int, count: int) -> None:
        """`min_values` and `max_values` fit each other and what there is to choose from."""
        fewest, largest = part.get("min_values"), part.get("max_values")
        if fewest is not None:
            self._problems.number((*path, "min_values"), fewest, 0, most)
        if largest is not None:
            self._problems.number((*path, "max_values"), largest, 1, most)
        if isinstance(largest, int) and count < largest <= most:
            words = f"Must be no more than the number of options, {count}."
            self._problems.add((*path, "max_values"), "COMPONENT_INVALID_MAX_VALUES", words)
        default = 1 if part["type"] in (*SELECTS, UPLOAD) else count
        if isinstance(fewest, int) and fewest > (largest if isinstance(largest, int) else default):
            self._problems.add(
                (*path, "min_values"), "COMPONENT_INVALID_MIN_VALUES", "Must not exceed max_values."
            )

    def _options(self, path: Path, options: object, most: int, least: int) -> None:
        here = (*path, "options")
        values: set[str] = set()
        for index, option in enumerate(self._problems.items(here, options, most, least)):
            at = (*here, index)
            for name, required in (("label", True), ("value", True), ("description", False)):
                limit = self._limits[f"components.option_{name}"]
                self._problems.text(
                    (*at, name), option.get(name), limit, 1 if required else 0, required=required
                )
            self._emoji(at, option)
            value = option.get("value")
            if value in values:
                words = "The specified option value is already used"
                self._problems.add((*at, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", words)
            values.add(value)

    def _section(self, path: Path, part: Json) -> None:
        here = (*path, "components")
        most = self._limits["components.section_texts"]
        for index, one in enumerate(self._problems.items(here, part.get("components"), most, 1)):
            self._part((*here, index), one, (TEXT,))
        if part.get("accessory") is None:
            self._problems.required((*path, "accessory"))
        else:
            self._part((*path, "accessory"), part["accessory"], (BUTTON, THUMBNAIL))

    def _text_display(self, path: Path, part: Json) -> None:
        content = part.get("content")
        self._problems.text((*path, "content"), content, self._limits["components.text"], 1, required=True)
        if isinstance(content, str):
            self._text += len(content)
            if content and not content.strip():
                self._problems.add((*path, "content"), "BASE_TYPE_REQUIRED", "This field is required")

    def _media(self, path: Path, media: object, starts: tuple[str, ...]) -> None:
        url = media.get("url") if isinstance(media, dict) else None
        if not isinstance(url, str) or not url:
            self._problems.required((*path, "url"))
            return
        self._url((*path, "url"), url, starts)
        if url.startswith("attachment://") and url.removeprefix("attachment://") not in self._files:
            words = f"The referenced attachment {url!r} was not found"
            self._problems.add((*path, "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", words)

    def _described(self, path: Path, part: Json) -> None:
        self._problems.text((*path, "description"), part.get("description"), self._limits["message.alt_text"])

    def _thumbnail(self, path: Path, part: Json) -> None:
        self._media((*path, "media"), part.get("media"), ("http://", "https://", "attachment://"))
        self._described(path, part)

    def _gallery(self, path: Path, part: Json) -> None:
        here = (*path, "items")
        most = self._limits["components.gallery_items"]
        for index, item in enumerate(self._problems.items(here, part.get("items"), most, 1)):
            self._media((*here, index, "media"), item.get("media"), ("http://", "https://", "attachment://"))
            self._described((*here, index), item)

    def _file(self, path: Path, part: Json) -> None:
        starts = ("attachment://", "http://127.0.0.1")
        self._media((*path, "file"), part.get("file"), starts)

    def _separator(self, path: Path, part: Json) -> None:
        self._problems.one_of((*path, "spacing"), part.get("spacing", 1), (1, 2))

    def _container(self, path: Path, part: Json) -> None:
        here = (*path, "components")
        most = self._limits["components.total"]
        for index, one in enumerate(self._problems.items(here, part.get("components"), most, 1)):
            self._part((*here, index), one, IN_CONTAINER)
        if part.get("accent_color") is not None:
            self._problems.number((*path, "accent_color"), part["accent_color"], 0, 0xFFFFFF)

    def _label(self, path: Path, part: Json) -> None:
        self._problems.text(
            (*path, "label"), part.get("label"), self._limits["modal.label"], 1, required=True
        )
        self._problems.text(
            (*path, "description"), part.get("description"), self._limits["modal.label_description"]
        )
        if part.get("component") is None:
            self._problems.required((*path, "component"))
        else:
            self._part((*path, "component"), part["component"], IN_LABEL)

    def _text_input(self, path: Path, part: Json) -> None:
        self._custom_id(path, part)
        self._problems.one_of((*path, "style"), part.get("style"), (1, 2))
        if "component" not in path:
            self._problems.text(
                (*path, "label"), part.get("label"), self._limits["modal.label"], 1, required=True
            )
        elif part.get("label"):
            self._problems.add(
                (*path, "label"), "COMPONENT_INVALID_FIELD", "A text input in a label has no label of its own"
            )
        self._problems.text(
            (*path, "placeholder"), part.get("placeholder"), self._limits["modal.text_placeholder"]
        )
        most, least = part.get("max_length"), part.get("min_length")
        if least is not None:
            self._problems.number((*path, "min_length"), least, 0, self._limits["modal.text_input"])
        if most is not None:
            self._problems.number((*path, "max_length"), most, 1, self._limits["modal.text_input"])
        if isinstance(most, int) and isinstance(least, int) and least > most:
            self._problems.add(
                (*path, "min_length"), "COMPONENT_INVALID_MIN_LENGTH", "Must not exceed max_length."
            )
        if part.get("value"):
            longest = most if isinstance(most, int) else self._limits["modal.text_input"]
            shortest = least if isinstance(least, int) else 0
            self._problems.text((*path, "value"), part["value"], longest, shortest)

    def _upload(self, path: Path, part: Json) -> None:
        self._custom_id(path, part)
        most = self._limits["modal.uploads"]
        self._values(path, part, most, most)

    def _radios(self, path: Path, part: Json) -> None:
        self._custom_id(path, part)
        self._options(path, part.get("options"), self._limits["modal.radio_options"], 2)

    def _checks(self, path: Path, part: Json) -> None:
        self._custom_id(path, part)
        options = part.get("options")
        most = self._limits["modal.checkbox_options"]
        self._options(path, options, most, 1)
        self._values(path, part, most, len(options) if isinstance(options, list) else most)

    def _check(self, path: Path, part: Json) -> None:
        self._custom_id(path, part)


_RULES: Mapping[int, Callable[[Components, Path, Json], None]] = {
    BUTTON: Components._button,
    TEXT_INPUT: Components._text_input,
    SECTION: Components._section,
    TEXT: Components._text_display,
    THUMBNAIL: Components._thumbnail,
    GALLERY: Components._gallery,
    FILE: Components._file,
    SEPARATOR: Components._separator,
    CONTAINER: Components._container,
    LABEL: Components._label,
    UPLOAD: Components._upload,
    RADIOS: Components._radios,
    CHECKS: Components._checks,
    CHECK: Components._check,
    **dict.fromkeys(SELECTS, Components._select),
}
"""What each type of component must keep to; rows are told apart by what may be in them."""
