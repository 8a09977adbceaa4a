"""The one keyed catalogue of sentences for people: `say("topic.name", when=...)`.

English ships, one TOML file per topic in `en/`; a key is the topic and the name (the file's name, then the entry's). An entry is a string with
`{named}` fields, or a table `one`/`other` chosen by the field `n`. Values that people wrote are made literal
before they are put in (nobody's text can format, or break, a card); pass `Marked` for text that is markup already.
"""

from __future__ import annotations

import re
import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

_SPECIAL = re.compile(r"(?m)[\\`*_\[\]<>~|#&]|^-(?= )")


class Marked(str):
    """Text that is already markup: put into a sentence as it is."""

    __slots__ = ()


def literal(text: str) -> Marked:
    """People's text as markup that shows exactly that text (each special mark escaped with a backslash)."""
    return Marked(_SPECIAL.sub(r"\\\g<0>", text))


def instant(at: datetime, words: Marked, *, relative: bool = False) -> Marked:
    """An instant in a sentence: the words where a platform cannot show each reader their own time.

    `relative` where "in 3 hours" reads as well as the words. Only sentences hold instants: in people's text, which is
    made literal, the mark means nothing. The words are text without marks of its own.
    """
    return Marked(f"<t:{int(at.timestamp())}{':R' if relative else ''}|{words}>")


def spot(space: str, channel: str, thread: str, words: Marked) -> Marked:
    """A place in a sentence: the words where a platform cannot show the name that it has there now.

    The ids are a platform's own (letters, digits, `_`, `-`, `.`); where one is anything else the words are said.
    """
    if not all(re.fullmatch(r"[\w.-]*", part, re.ASCII) for part in (space, channel, thread)) or not (space and channel):
        return words
    return Marked(f"<c:{space}/{channel}/{thread}|{words}>")


@cache
def _entry(key: str) -> str | dict[str, str]:
    topic, _, name = key.partition(".")
    entry = _topic(topic)[name]
    return {n: str(each).strip() for n, each in entry.items()} if isinstance(entry, dict) else str(entry).strip()


@cache
def _topic(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "en" / f"{name}.toml").read_text("utf-8"))


def keys() -> frozenset[str]:
    """Every key of the catalogue (for tests and translators)."""
    folder = resources.files(__package__) / "en"
    return frozenset(
        f"{file.name[:-5]}.{name}"
        for file in folder.iterdir()
        if file.name.endswith(".toml")
        for name in _topic(file.name[:-5])
    )


def say(key: str, /, **values: object) -> Marked:
    """The sentence of this key as markup. Raises KeyError for an unknown key or a field that was not given."""
    entry = _entry(key)
    if isinstance(entry, dict):
        entry = entry["one" if values.get("n") == 1 else "other"]
    fields = {k: v if isinstance(v, Marked | int) else literal(str(v)) for k, v in values.items()}
    return Marked(entry.format_map(fields))
