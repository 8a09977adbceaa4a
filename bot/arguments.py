"""Kinds of arguments: how each is read from what a person typed, pressed or chose, and how a form asks for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from bot.errors import UserError
from bot.story.text import clean

_DIGITS = re.compile(r"[+-]?\d{1,18}")
_ID = re.compile(r"[A-Za-z0-9_.:+-]{1,64}")
_TRUE = frozenset({"yes", "y", "on", "true", "1"})
_FALSE = frozenset({"no", "n", "off", "false", "0"})


class Kind(Protocol):
    """One kind of argument. `greedy` kinds take the rest of a typed line, the others one word."""

    about: str

    @property
    def greedy(self) -> bool:
        """Whether it takes the rest of the line."""

    def read(self, raw: str, name: str) -> object:
        """The value. Raises UserError naming the argument when `raw` does not fit."""


@dataclass(frozen=True, slots=True)
class Text:
    """Free text of people. `most` is its limit in characters, shown on forms; the rule that takes it enforces it."""

    about: str
    most: int = 1000
    long: bool = False
    """Several lines are welcome: a form, a paste, an editor."""
    word: bool = False
    """Only one word of a typed line."""
    suggested: bool = False
    """The room can complete it (see bot.handlers.suggesting)."""

    @property
    def greedy(self) -> bool:
        """Text takes the rest of the line unless it is a single word."""
        return not self.word

    def read(self, raw: str, name: str) -> str:
        """The text as typed (line ends and control characters are seen to by the rule that takes it)."""
        return raw


@dataclass(frozen=True, slots=True)
class Int:
    """A whole number."""

    about: str
    least: int = 0
    most: int = 1_000_000
    suggested: bool = False
    """The room can complete it (see bot.handlers.suggesting)."""
    greedy: ClassVar[bool] = False

    def read(self, raw: str, name: str) -> int:
        """The number; a leading `#` is allowed."""
        digits = raw.strip().removeprefix("#")
        if not _DIGITS.fullmatch(digits):
            raise UserError("kernel.not_a_number", argument=name, name=name, given=raw[:40])
        value = int(digits)
        if not self.least <= value <= self.most:
            raise UserError(
                "kernel.number_range", argument=name, name=name, least=f"{self.least:,}", most=f"{self.most:,}", given=f"{value:,}"
            )
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    about: str
    greedy: ClassVar[bool] = False

    def read(self, raw: str, name: str) -> bool:
        """True or false from yes/no, on/off, true/false, 1/0."""
        word = raw.strip().casefold()
        if word in _TRUE:
            return True
        if word in _FALSE:
            return False
        raise UserError("kernel.not_yes_no", argument=name, name=name, given=raw[:40])


@dataclass(frozen=True, slots=True)
class Pick:
    """One of a few words."""

    about: str
    options: tuple[str, ...]
    greedy: ClassVar[bool] = False

    def read(self, raw: str, name: str) -> str:
        """The option; letters' case does not matter, and the nearest is named when it is none."""
        word = raw.strip().casefold()
        for option in self.options:
            if option == word:
                return option
        raise UserError(
            "kernel.not_an_option",
            argument=name,
            given=raw[:40],
            options=", ".join(self.options),
            near=nearest(word, self.options),
        )


@dataclass(frozen=True, slots=True)
class When:
    """An instant or a span as people say it (`17:00`, `Fri 17:00`, `in 3h`, `3d`), read in the room's zone by the rule."""

    about: str
    greedy: ClassVar[bool] = True

    def read(self, raw: str, name: str) -> str:
        """The words as typed."""
        return " ".join(raw.split())


@dataclass(frozen=True, slots=True)
class Ranking:
    """Numbers of a ballot in order (`3 1 2`), or 0 for none of these. One text field everywhere: it is echoed back."""

    about: str
    greedy: ClassVar[bool] = True

    def read(self, raw: str, name: str) -> str:
        """The numbers as typed; the ballot knows which there are."""
        return " ".join(raw.split())


@dataclass(frozen=True, slots=True)
class Who:
    """A person of the room, by name."""

    about: str
    greedy: ClassVar[bool] = False

    def read(self, raw: str, name: str) -> str:
        """The name as typed, without a leading @."""
        return raw.strip().removeprefix("@")


@dataclass(frozen=True, slots=True)
class Group:
    """A role of the server, by its name or id; a platform's picker hands in its key, `@` and the id."""

    about: str
    greedy: ClassVar[bool] = True

    def read(self, raw: str, name: str) -> str:
        """The name, id or key as given; the room and the platform know which one is meant."""
        return " ".join(raw.split())


@dataclass(frozen=True, slots=True)
class Ref:
    """An id inside a button's call; nobody types it."""

    about: str = ""
    greedy: ClassVar[bool] = False

    def read(self, raw: str, name: str) -> str:
        """The id. Raises UserError for what can be none."""
        if not _ID.fullmatch(raw):
            raise UserError("kernel.bad_token", argument=name)
        return raw


@dataclass(frozen=True, slots=True)
class Carried:
    """What a message's menu hands in beside what people type: the message's reference, its author's key, its words.

    Nobody types it and no token holds it; while a form is open the message waits in a row (see bot.holding).
    """

    about: str = ""
    most: int = 300
    greedy: ClassVar[bool] = False

    def read(self, raw: str, name: str) -> str:
        """As handed in. Raises UserError for what is longer than any platform's."""
        if len(raw) > self.most:
            raise UserError("kernel.bad_token", argument=name)
        return raw


def nearest(word: str, options: Sequence[str]) -> str:
    """The option that looks most like the word (the first one when none does)."""
    close = difflib.get_close_matches(word, options, n=1, cutoff=0.5)
    return close[0] if close else (options[0] if options else "")


def first_line(text: str) -> str:
    """The first line of a text, cleaned, for sentences that name it."""
    return clean(text).text.strip().split("\n", 1)[0]
