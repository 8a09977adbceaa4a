"""A card as plain lines, for the terminal, its transcripts and whatever else shows only text.

Width is counted in columns as terminals do (wide and combining characters included). What people wrote can neither
steer the terminal nor reorder the lines around it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence

from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import line_break_units
from wcwidth import wcswidth

from bot.cards import Action, Card, Items, Option, Options, Part, Prose, Small, Text
from bot.markup import to_plain

WIDTH = 80
_LEAST = 20
"""Columns below which nothing is wrapped any narrower."""
_PROSE = "    "

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_STEERING = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_OVERRIDES = re.compile("[\u202d\u202e]")
_DIRECTIONS = re.compile("[\u202a-\u202c\u2066-\u2069]")
_NARROW = re.compile("[\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u2013-\u2026]*")
"""Text of one column a character that is broken at its spaces."""


def draw(card: Card, width: int = WIDTH, numbered: bool = True) -> str:
    """The card as lines of at most `width` columns, without an end of line after the last.

    Buttons are numbered; on a card with choices, whose numbers are the choices', they are lettered.
    """
    width = max(width, _LEAST)
    blocks: list[list[str]] = [_title(card.title, width)] if card.title else []
    blocks += [lines for part in card.parts if (lines := _part(part, width))]
    if card.actions:
        blocks.append(_actions(card.actions, width, numbered=numbered, lettered=bool(card.options)))
    return "\n\n".join("\n".join(block) for block in blocks)


def visible(text: str) -> str:
    """Text that is safe to print: every line end is LF, a tab is spaces, and what could steer a terminal is U+FFFD.

    Directions that reach past the text (overrides, embeddings, isolates) are taken out, an override with a mark in
    its place; letters keep their own direction. See https://unicode.org/reports/tr9/ and
    https://trojansource.codes/ for why.
    """
    text = _LINE_ENDS.sub("\n", text).replace("\t", "    ")
    return _DIRECTIONS.sub("", _OVERRIDES.sub("\ufffd", _STEERING.sub("\ufffd", text)))


def columns(text: str) -> int:
    """How many columns a terminal gives to a line of visible text."""
    return len(text) if _NARROW.fullmatch(text) else sum(_columns(c) for c in grapheme_clusters(text))


def wrapped(text: str, width: int, first: str = "", rest: str | None = None) -> list[str]:
    """The lines of a visible text, each at most `width` columns wide with what stands before it.

    `first` stands before the first line and `rest` before the others (as many spaces when not given). A line's own
    indent is kept, a word wider than a line is cut between graphemes.
    """
    rest = " " * columns(first) if rest is None else rest
    room = max(width - columns(first), 1)
    lines = [piece for line in text.split("\n") for piece in _filled(line, room)]
    return [
        (rest if n else first) + line if line else (rest if n else first).rstrip()
        for n, line in enumerate(lines)
    ]


def _title(title: str, width: int) -> list[str]:
    lines = wrapped(_line(title), width)
    return [*lines, "─" * max(columns(line) for line in lines)]


def _part(part: Part, width: int) -> list[str]:
    match part:
        case Text(markup):
            return wrapped(visible(to_plain(markup)), width)
        case Small(markup):
            text = visible(to_plain(markup)).strip()
            return wrapped(f"({text})", width, "", " ") if text else []
        case Prose(text, by):
            said = wrapped(_line(by).rstrip(":") + ":", width) if by else []
            rest = ["", *_part(Small(part.rest), width)] if part.rest else []
            return said + wrapped(visible(to_plain(text, people=True)), width, _PROSE) + rest
        case Items(items, numbered):
            if numbered:
                return [line for item in items for line in wrapped(_line(item), width, "", "   ")]
            return [line for item in items for line in wrapped(_line(item), width, "- ")]
        case Options(options):
            return _options(options, width)


def _options(options: Sequence[Option], width: int) -> list[str]:
    """Number n IS idea n; what the reader has chosen is starred."""
    digits = max((len(str(option.number)) for option in options), default=1)
    return [
        line
        for option in options
        for line in wrapped(
            _line(option.markup), width, f"{'*' if option.chosen else ' '} {option.number:>{digits}}  "
        )
    ]


def _actions(actions: Sequence[Action], width: int, *, numbered: bool, lettered: bool) -> list[str]:
    """Buttons side by side, a button never broken over two lines unless it alone is wider than one."""
    lines: list[str] = []
    for number, action in enumerate(actions):
        label = _line(action.label)
        key = string.ascii_lowercase[number : number + 1] if lettered else str(number + 1)
        shown = f"[{key}] {label}" if numbered and key else f"[{label}]"
        if lines and columns(lines[-1]) + 2 + columns(shown) <= width:
            lines[-1] += "  " + shown
        else:
            lines += wrapped(shown, width, "", "    ")
    return lines


def _line(markup: str) -> str:
    return " ".join(visible(to_plain(markup)).split())


def _columns(cluster: str) -> int:
    return max(wcswidth(cluster), 0)


def _filled(line: str, room: int) -> Iterator[str]:
    """One line of text as lines of at most `room` columns."""
    bare = line.lstrip(" ")
    indent = " " * min(len(line) - len(bare), room // 2)
    room = max(room - len(indent), 1)
    units = re.findall(r"\S+ *| +", bare) if _NARROW.fullmatch(bare) else line_break_units(bare)
    current, used = "", 0
    for unit in units:
        *full, rest = _cut(unit, room) if columns(unit.rstrip()) > room else [unit]
        if current and used + columns((full[0] if full else rest).rstrip()) > room:
            yield indent + current.rstrip()
            current, used = "", 0
        yield from (indent + piece for piece in full)
        current += rest
        used += columns(rest)
    yield (indent + current).rstrip()


def _cut(word: str, room: int) -> list[str]:
    """A word that is wider than a line, cut between graphemes."""
    pieces, used = [""], 0
    for cluster in grapheme_clusters(word):
        wide = _columns(cluster)
        if pieces[-1] and used + wide > room and not cluster.isspace():
            pieces.append("")
            used = 0
        pieces[-1] += cluster
        used += wide
    return pieces
