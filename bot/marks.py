"""Marks inside a paragraph of the markup subset (see bot.markup): read to values, written again, or left out.

Our own sentences may hold two more: an instant (see bot.sentences.instant), `<t:UNIX|words>`, and a place (see
bot.sentences.spot), `<c:SPACE/CHANNEL/THREAD|words>`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Mark = Literal["*", "_", "**", "__", "||", "~~"]
Kind = Literal["emphasis", "strong", "spoiler", "struck"]

KINDS: dict[Mark, Kind] = {
    "*": "emphasis", "_": "emphasis", "**": "strong", "__": "strong", "||": "spoiler", "~~": "struck",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """Text without marks; a line break in it is one that is shown."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Text in a typewriter's letters."""

    text: str


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time: a platform shows it in each reader's own zone, or says the words, which are of the room's."""

    unix: int
    words: str
    relative: bool = False
    """It reads well as a distance ("in 3 hours"), not only as a date ("until Friday 17:00")."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place of a platform: it shows the name that the place has there now, or says the words."""

    space: str
    channel: str
    thread: str
    words: str


@dataclass(frozen=True, slots=True)
class Styled:
    """A stretch between two marks. A kind never stands inside itself, so these are at most four deep."""

    mark: Mark
    inside: tuple[Inline, ...]

    @property
    def kind(self) -> Kind:
        """What the mark means."""
        return KINDS[self.mark]


Inline = Words | Code | Instant | Spot | Styled

_PEOPLES = r"\\[!-/:-@\[-`{-~\n]|&#(?:32|9);|``*|\*\**|__*|\|\|*|~~*"
_INSTANT = re.compile(r"<t:(-?\d{1,12})(:R)?\|((?:[^\\<>|\n]|\\.)*)>")
_SPOT = re.compile(r"<c:([\w.-]+)/([\w.-]+)/([\w.-]*)\|((?:[^\\<>|\n]|\\.)*)>", re.ASCII)
_SPECIAL = {True: re.compile(_PEOPLES), False: re.compile(f"{_PEOPLES}|{_INSTANT.pattern}|{_SPOT.pattern}")}
"""What may mean something, in people's text and in ours. Each begins with one known character: `re` skips to it fast."""
TICKS = re.compile("`+")
_SPACES = {"&#32;": " ", "&#9;": "\t"}
"""How a space at the start of a line is written where CommonMark would drop it; known only there."""
_TO_ESCAPE = re.compile(r"[\\`*_\[<~|]|&(?=[#A-Za-z])")
_PLAIN = {"spoiler": "||", "struck": "~~"}
"""What plain text keeps of the marks: those without which it would say something else."""


def read(text: str, *, people: bool = False) -> tuple[Inline, ...]:
    """What a paragraph's text means; linear, since every mark is opened, closed or given up once.

    In people's text nothing is an instant or a place.
    """
    special = _SPECIAL[people]
    if not special.search(text):
        return (Words(text),) if text else ()
    ticks: dict[int, list[int]] = {}
    for run in TICKS.finditer(text):
        ticks.setdefault(len(run[0]), []).append(run.start())
    reading = _Reading()
    at = 0
    while found := special.search(text, at):
        if found.start() > at:
            reading.out.append(Words(text[at : found.start()]))
        here, at = found[0], found.end()
        before, after = text[found.start() - 1 : found.start()], text[at : at + 1]
        if here[0] == "\\":
            reading.out.append(Words(here[1]))
        elif here[0] == "<":
            reading.out.append(_instant(here) if here[1] == "t" else _spot(here))
        elif here[0] == "&":
            reading.out.append(Words(_SPACES[here] if before in ("", "\n") else here))
        elif here[0] == "`":
            ends = ticks.get(len(here), [])
            index = bisect_right(ends, found.start())
            if index < len(ends):
                reading.out.append(Code(_unpadded(text[at : ends[index]].replace("\n", " "))))
                at = ends[index] + len(here)
            else:
                reading.out.append(Words(here))
        else:
            inner = here[0] == "_"
            opens = bool(after) and not after.isspace() and not (inner and before.isalnum())
            closes = bool(before) and not before.isspace() and not (inner and after.isalnum())
            reading.run(here, opens=opens, closes=closes)
    if at < len(text):
        reading.out.append(Words(text[at:]))
    return _joined(reading.out)


def plain(inside: Iterable[Inline]) -> str:
    """What a stretch of text shows, without its marks."""
    return "".join(
        part.words
        if isinstance(part, Instant | Spot)
        else part.text
        if not isinstance(part, Styled)
        else _PLAIN.get(part.kind, "") + plain(part.inside) + _PLAIN.get(part.kind, "")
        for part in inside
    )


def source(inside: Iterable[Inline]) -> str:
    """A text that reads to this, each mark that is meant as itself behind a backslash."""
    return "".join(
        _TO_ESCAPE.sub(r"\\\g<0>", part.text)
        if isinstance(part, Words)
        else _code_source(part.text)
        if isinstance(part, Code)
        else _instant_source(part)
        if isinstance(part, Instant)
        else f"<c:{part.space}/{part.channel}/{part.thread}|{_escaped(part.words)}>"
        if isinstance(part, Spot)
        else part.mark + source(part.inside) + part.mark
        for part in inside
    )


def _code_source(code: str) -> str:
    runs = {len(run) for run in TICKS.findall(code)}
    ticks = "`" * next(n for n in range(1, len(runs) + 2) if n not in runs)
    padded = code.startswith("`") or code.endswith("`") or _unpadded(code) != code
    return f"{ticks} {code} {ticks}" if padded else f"{ticks}{code}{ticks}"


def _instant(written: str) -> Instant:
    found = _INSTANT.fullmatch(written)
    if found is None:
        raise ValueError("no instant")
    return Instant(int(found[1]), re.sub(r"\\(.)", r"\1", found[3]), bool(found[2]))


def _instant_source(instant: Instant) -> str:
    return f"<t:{instant.unix}{':R' if instant.relative else ''}|{_escaped(instant.words)}>"


def _spot(written: str) -> Spot:
    found = _SPOT.fullmatch(written)
    if found is None:
        raise ValueError("no place")
    return Spot(found[1], found[2], found[3], re.sub(r"\\(.)", r"\1", found[4]))


def _escaped(words: str) -> str:
    return re.sub(r"[\\<>|]", r"\\\g<0>", words.replace("\n", " "))


class _Open:
    """Marks that may still be closed: where they stand in what was read, and how many of them are left."""

    __slots__ = ("char", "index", "left", "marks")

    def __init__(self, index: int, run: str, marks: set[Mark]) -> None:
        self.index = index
        self.char = run[0]
        self.left = len(run)
        self.marks = marks


class _Reading:
    """What has been read of a paragraph. Each mark is opened and closed or given up once, so the whole is linear."""

    def __init__(self) -> None:
        self.out: list[Inline | _Open] = []
        self._stack: list[_Open] = []
        self._by_mark: dict[Mark, list[_Open]] = {mark: [] for mark in KINDS}

    def run(self, run: str, *, opens: bool, closes: bool) -> None:
        """A run of one mark: it closes what it can, and with the rest it opens, or is text."""
        left = len(run)
        while closes and left:
            best = max(
                (m for m in _marks(run[0], left) if self._by_mark[m]),
                key=lambda m: (self._by_mark[m][-1].index, len(m)),
                default=None,
            )
            if best is None or not self._close(best):
                break
            left -= len(best)
        if not left:
            return
        rest = run[:left]
        if opens and (marks := set(_marks(rest[0], left))):
            entry = _Open(len(self.out), rest, marks)
            self.out.append(entry)
            self._stack.append(entry)
            for mark in marks:
                self._by_mark[mark].append(entry)
        else:
            self.out.append(Words(rest))

    def _close(self, mark: Mark) -> bool:
        entry = self._by_mark[mark][-1]
        if entry.index == len(self.out) - 1:
            return False  # nothing between the marks
        while self._stack[-1] is not entry:
            given_up = self._stack.pop()
            for other in given_up.marks:
                self._by_mark[other].pop()
        node = Styled(mark, _joined(self.out[entry.index + 1 :]))
        del self.out[entry.index + 1 :]
        entry.left -= len(mark)
        for (
            other,
            kind,
        ) in KINDS.items():  # a kind never stands inside itself: what is still open of it stays text
            if kind == KINDS[mark]:
                for one in self._by_mark[other]:
                    one.marks.discard(other)
                self._by_mark[other].clear()
        if entry.left:
            self.out.append(node)
        else:
            self._stack.pop()
            self.out[entry.index] = node
        return True


def _marks(char: str, count: int) -> tuple[Mark, ...]:
    """The marks that a run may be: one, two or three stars, two bars; longer runs are text."""
    if count > 3 or (char in "|~" and count != 2):
        return ()
    return tuple(m for m in KINDS if m[0] == char and (count == 3 or len(m) == count))


def _unpadded(code: str) -> str:
    return code[1:-1] if code[:1] == code[-1:] == " " and code.strip(" ") else code


def _joined(parts: Iterable[Inline | _Open]) -> tuple[Inline, ...]:
    """Neighbouring words made one; marks that nothing closed are words."""
    made: list[Inline] = []
    waiting: list[str] = []
    for part in parts:
        if isinstance(part, _Open):
            waiting.append(part.char * part.left)
        elif isinstance(part, Words):
            waiting.append(part.text)
        else:
            if waiting:
                made.append(Words("".join(waiting)))
                waiting = []
            made.append(part)
    if waiting:
        made.append(Words("".join(waiting)))
    return tuple(made)
