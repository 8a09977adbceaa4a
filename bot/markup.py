"""The one small markup that people and cards are written in, a subset of CommonMark: to values and back.

Inside a line: `*emphasis*`, `**strong**` (or with underscores), `` `code` ``, `||spoiler||`, `~~struck out~~`, and a
backslash before any mark that is meant as itself; in our own sentences also an instant or a place (see
bot.marks). Line by line: `> ` quotes, `- ` lists, ``` fences, and `***` alone for a scene break. All else is text, and
unlike CommonMark every line break and blank line is kept, as in a chat.
https://spec.commonmark.org/0.31.2/ says what the subset means elsewhere.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.marks import TICKS, Inline, plain, read, source


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines of text without a blank one between them."""

    inside: tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Blank lines, each with the spaces it holds."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """Paragraphs that somebody else said."""

    inside: tuple[Paragraph | Gap, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list: each item is one line."""

    items: tuple[tuple[Inline, ...], ...]


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Lines in a typewriter's letters, and the language they say they are in."""

    lines: tuple[str, ...]
    language: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """A scene break."""


Block = Paragraph | Gap | Quote | Bullets | CodeBlock | Break

# ---- lines to blocks

_FENCE = re.compile(r"(`{3,})([\w+#.-]*)[ \t]*")
_CLOSE = re.compile(r"(`{3,})[ \t]*")
_BREAK = re.compile(r"(?:\*\*\*|\* \* \*)[ \t]*")
_BULLET = re.compile(r"- (?=.*[^ \t])")


def parse(text: str, *, people: bool = False) -> tuple[Block, ...]:
    """The blocks of a text; takes time in proportion to its length, whatever it holds.

    In people's text (a Prose, a passage) nothing is an instant.
    """
    if not text:
        return ()
    lines = text.split("\n")
    closings: dict[int, list[int]] = {}
    for number, line in enumerate(lines):
        if found := _CLOSE.fullmatch(line):
            closings.setdefault(len(found[1]), []).append(number)
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        kind, end = _extent(lines, at, closings)
        block = lines[at:end]
        match kind:
            case "gap":
                blocks.append(Gap(tuple(block)))
            case "code":
                blocks.append(CodeBlock(tuple(block[1:-1]), block[0].strip("` \t")))
            case "break":
                blocks.append(Break())
            case "quote":
                blocks.append(Quote(_quoted([line[2:] for line in block], people)))
            case "bullets":
                blocks.append(Bullets(tuple(read(line[2:], people=people) for line in block)))
            case _:
                blocks.append(Paragraph(read("\n".join(block), people=people)))
        at = end
    return tuple(blocks)


def _kind(lines: Sequence[str], at: int, closings: dict[int, list[int]]) -> tuple[str, int]:
    """What a line begins, and for a fence the line after its end."""
    line = lines[at]
    if _blank(line):
        return "gap", at + 1
    if line.startswith("> ") or line == ">":
        return "quote", at + 1
    if _BULLET.match(line):
        return "bullets", at + 1
    if _BREAK.fullmatch(line):
        return "break", at + 1
    if fence := _FENCE.fullmatch(line):
        ends = closings.get(len(fence[1]), [])
        if (index := bisect_right(ends, at)) < len(ends):
            return "code", ends[index] + 1
    return "paragraph", at + 1


def _extent(lines: Sequence[str], at: int, closings: dict[int, list[int]]) -> tuple[str, int]:
    kind, end = _kind(lines, at, closings)
    if kind not in ("code", "break"):
        while end < len(lines) and _kind(lines, end, closings)[0] == kind:
            end += 1
    return kind, end


def _quoted(lines: Sequence[str], people: bool) -> tuple[Paragraph | Gap, ...]:
    parts: list[Paragraph | Gap] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _blank(lines[end]) == _blank(lines[at]):
            end += 1
        here = lines[at:end]
        parts.append(Gap(tuple(here)) if _blank(here[0]) else Paragraph(read("\n".join(here), people=people)))
        at = end
    return tuple(parts)


def _blank(line: str) -> bool:
    return not line.strip(" \t")


# ---- and back

_TO_GUARD = re.compile(r"[#>]|-(?=[-\s]|$)|\+(?=\s|$)|=(?==*\s*$)")
_NUMBERED = re.compile(r"(\d{1,9})([.)](?:\s|$))")


def to_commonmark(blocks: Iterable[Block]) -> str:
    """A text that parses to these blocks, and that CommonMark reads without finding a heading, link or tag in it."""
    return "\n".join(line for block in blocks for line in _written(block))


def to_plain(text: str, *, people: bool = False) -> str:
    """What the text shows, for a terminal or a screen reader: `to_plain(literal(x))` is x."""
    return "\n".join(line for block in parse(text, people=people) for line in _plain_lines(block))


def spaced(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """The blocks with a blank line wherever CommonMark would draw a paragraph into the quote or list before it."""
    made: list[Block] = []
    for block in blocks:
        if made and isinstance(made[-1], Quote | Bullets) and isinstance(block, Paragraph):
            made.append(Gap(("",)))
        made.append(block)
    return tuple(made)


def _written(block: Block) -> list[str]:
    match block:
        case Paragraph(inside):
            lines = [_guarded(line) for line in source(inside).split("\n")]
            return [line + "\\" for line in lines[:-1]] + lines[-1:]
        case Gap(blank):
            return list(blank)
        case Quote(parts):
            return [("> " + line) if line else ">" for part in parts for line in _written(part)]
        case Bullets(items):
            return ["- " + _guarded(source(item)) for item in items]
        case CodeBlock(code, language):
            longest = max((len(run) for line in code for run in TICKS.findall(line)), default=0)
            fence = "`" * max(3, longest + 1)
            return [fence + language, *code, fence]
        case Break():
            return ["***"]


def _guarded(line: str) -> str:
    """A line of text that cannot be taken for a heading, a list, a rule, or lose the space it begins with."""
    if line[:1] in (" ", "\t"):
        return ("&#32;" if line[0] == " " else "&#9;") + line[1:]
    if _TO_GUARD.match(line):
        return "\\" + line
    return _NUMBERED.sub(r"\1\\\2", line, count=1) if _NUMBERED.match(line) else line


def _plain_lines(block: Block) -> list[str]:
    match block:
        case Paragraph(inside):
            return plain(inside).split("\n")
        case Quote(parts):
            return [f"> {line}" if line else ">" for part in parts for line in _plain_lines(part)]
        case Bullets(items):
            return ["- " + plain(item) for item in items]
        case Gap(lines) | CodeBlock(lines):
            return list(lines)
        case Break():
            return ["* * *"]
