"""A text of ours as lines of runs, each run with its style: what both of Slack's ways to write a text are made of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.marks import Code, Inline, Instant, Spot, Styled, Words
from bot.markup import Block, Break, Bullets, CodeBlock, Gap, Paragraph, Quote, parse

SHORT = 300
"""Characters of a markup that is worth remembering."""
COMMAND = "/room"
"""The one slash command, behind which all others stand."""

Shape = Literal["text", "quote", "bullet", "code"]
_BREAK = "* * *"
_OURS = re.compile(r"^/(?!room\b|invite\b)(?=[a-z][a-z-]*(?: |$))")
"""A command of ours in a sentence; not the one that all stand behind, nor Slack's own."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one style; with `unix` an instant, whose words the text is."""

    text: str
    bold: bool = False
    italic: bool = False
    strike: bool = False
    code: bool = False
    unix: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and what kind of block it stands in."""

    shape: Shape
    runs: tuple[Run, ...]


def lines_of(markup: str) -> tuple[Line, ...]:
    """The lines of a text of ours."""
    return tuple(line for block in parse(markup) for line in _lines(block))


def one_line(markup: str) -> tuple[Run, ...]:
    """Markup for where there is one line (an item, an option)."""
    return (_known if len(markup) < SHORT else _joined_lines)(markup)


def _joined_lines(markup: str) -> tuple[Run, ...]:
    runs: list[Run] = []
    for line in lines_of(markup):
        runs += [Run(" "), *line.runs] if runs else line.runs
    return tuple(joined(runs))


_known = lru_cache(maxsize=1024)(_joined_lines)
"""Titles and ideas come again with every redrawing of a ballot."""


def _lines(block: Block) -> Iterator[Line]:
    match block:
        case Paragraph(inside):
            yield from _broken("text", _runs(inside, Run("")))
        case Gap(blank):
            yield from (Line("text", (Run(line),) if line else ()) for line in blank)
        case Quote(parts):
            for part in parts:
                yield from (replace(line, shape="quote") for line in _lines(part))
        case Bullets(items):
            for item in items:
                yield Line("bullet", tuple(joined(_runs(item, Run("")))))
        case CodeBlock(code, _):
            yield from (Line("code", (Run(line),) if line else ()) for line in code)
        case Break():
            yield Line("text", (Run(_BREAK),))


def _runs(inside: Sequence[Inline], style: Run) -> Iterator[Run]:
    for part in inside:
        match part:
            case Words(text):
                yield _like(style, text)
            case Code(text):
                yield replace(style, text=_OURS.sub(f"{COMMAND} ", text), code=True)
            case Instant(unix, words):
                yield replace(style, text=words, unix=unix)
            case Spot(words=words):
                yield replace(style, text=words)
            case Styled(_, inner):
                match part.kind:
                    case "strong":
                        yield from _runs(inner, replace(style, bold=True))
                    case "emphasis":
                        yield from _runs(inner, replace(style, italic=True))
                    case "struck":
                        yield from _runs(inner, replace(style, strike=True))
                    case "spoiler":
                        yield replace(style, text="||")
                        yield from _runs(inner, style)
                        yield replace(style, text="||")


def _broken(shape: Shape, runs: Iterator[Run]) -> Iterator[Line]:
    """The runs in lines."""
    line: list[Run] = []
    for run in runs:
        if run.unix is not None or "\n" not in run.text:
            line.append(run)
            continue
        first, *rest = run.text.split("\n")
        line.append(_like(run, first))
        for text in rest:
            yield Line(shape, tuple(joined(line)))
            line = [_like(run, text)]
    yield Line(shape, tuple(joined(line)))


def _like(run: Run, text: str) -> Run:
    """Another text in a run's style."""
    return Run(text, run.bold, run.italic, run.strike, run.code, run.unix)


def _style(run: Run) -> tuple[bool, bool, bool, bool, int | None]:
    return run.bold, run.italic, run.strike, run.code, run.unix


def joined(runs: Sequence[Run] | Iterator[Run]) -> Iterator[Run]:
    """Neighbours of one style made one; empty ones left out."""
    held: Run | None = None
    for run in runs:
        if not run.text and run.unix is None:
            continue
        if held is not None and held.unix is None and _style(run) == _style(held):
            held = _like(held, held.text + run.text)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held
