"""Lines of runs as mrkdwn, in which every mark that is meant as itself is kept from meaning anything.

A mark stands between two zero-width spaces wherever Slack could take it for a style. Slack's own advice is a space on
either side (https://github.com/slackhq/slack-api-docs/issues/34); this is one that nobody sees. A style beside a letter
gets one on its outer side, because Slack styles whole words only. `adapters.slack.reading` is the exact inverse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from adapters.slack.runs import Line, Run, joined

ZERO = "\u200b"
"""The zero-width space."""
DATE_FORMAT = "{date_short_pretty} {time}"
"""https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""

_MARKS = ("bold", "*"), ("italic", "_"), ("strike", "~")
_BETWEEN = frozenset(" \t\n\r.,;:!?()\"'/–—…-")
"""Characters beside which Slack lets a style begin or end."""
_SPECIAL = re.compile("[*_~`:><&]")
"""What is not always written as it is."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def escaped(text: str) -> str:
    """Text in which nothing can be a link, a mention or an entity. Slack turns just these three back."""
    return re.sub("[&<>]", lambda m: _ENTITIES[m[0]], text)


def mrkdwn_of(lines: Sequence[Line]) -> str:
    """Lines as mrkdwn."""
    made: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if line.shape == "code":
            end = at
            while end < len(lines) and lines[end].shape == "code":
                end += 1
            made += _fenced(["".join(run.text for run in one.runs) for one in lines[at:end]])
            at = end
            continue
        inside = _line(line.runs)
        made.append({"text": "", "quote": "> " if inside else ">", "bullet": "- "}[line.shape] + inside)
        at += 1
    return "\n".join(made)


def _fenced(code: list[str]) -> list[str]:
    """A block of code; one that holds fences of its own, or is blank, is lines like others."""
    text = "\n".join(code)
    if "```" in text or not text.strip() or ZERO in text or text[:1] == "`" or text[-1:] == "`":
        return [_line((Run(line),)) if line else "" for line in code]
    return ["```", *(escaped(line) for line in code), "```"]


def _line(runs: Sequence[Run]) -> str:
    """The runs of a line, styled where Slack can style them."""
    parts = list(joined(_with_code_that_can_be_written(runs)))
    out = _Out()
    for n, run in enumerate(parts):
        styled = run.bold or run.italic or run.strike
        marks = "".join(mark for name, mark in _MARKS if getattr(run, name))
        if run.unix is not None:
            out.styled(marks, f"<!date^{run.unix}^{DATE_FORMAT}|{escaped(run.text)}>")
        elif run.code:
            out.styled(marks + "`", escaped(run.text))
        else:
            units = _units(run.text, first=n == 0 and not styled, last=n == len(parts) - 1 and not styled)
            left, right = (_bare(units), _bare(units[::-1])) if styled else (len(units), 0)
            if styled and left < len(units):
                out.literal(units[:left])
                out.styled(marks, "".join(units[left : len(units) - right]))
                out.literal(units[len(units) - right :])
            else:
                out.literal(units)
    return out.text


class _Out:
    """A line in the making: a style that touches a letter is kept apart from it."""

    def __init__(self) -> None:
        self.text = ""
        self._open = False
        """A style just ended; what follows may have to be kept apart."""
        self._guarded = False
        """The text ends in a guarded mark, whose zero-width space keeps it apart already."""

    def literal(self, units: Sequence[str]) -> None:
        """Text without a style."""
        text = "".join(units)
        if text:
            self._apart(text)
            self.text += text
            self._guarded = len(units[-1]) > 1 and units[-1].startswith(ZERO)

    def styled(self, marks: str, text: str) -> None:
        """Text between marks; `marks` may be empty."""
        if not marks:
            self._apart(text)
            self.text += text
            self._guarded = False
            return
        if self._open or (self.text and self.text[-1] not in _BETWEEN and not self._guarded):
            self.text += ZERO
        self.text += marks + text + marks[::-1]
        self._open, self._guarded = True, False

    def _apart(self, text: str) -> None:
        if self._open and text[0] not in _BETWEEN:
            self.text += ZERO
        self._open = False


def _units(text: str, *, first: bool, last: bool) -> list[str]:
    """A text as characters, escaped, each mark that could mean something between zero-width spaces.

    `first` and `last`: it stands at the beginning or the end of its line, not beside another run.
    """
    if not _SPECIAL.search(text):
        return list(text)
    risky = _risky(text, first=first, last=last)
    if not risky:
        return [_ENTITIES.get(c, c) for c in text]
    units: list[str] = []
    at = 0
    while at < len(text):
        if at not in risky:
            units.append(_ENTITIES.get(text[at], text[at]))
            at += 1
            continue
        end = at
        while end in risky:
            end += 1
        units.append(ZERO + "".join(_ENTITIES.get(c, c) + ZERO for c in text[at:end]))
        at = end
    return units


def _risky(text: str, *, first: bool, last: bool) -> set[int]:
    """Where marks stand that Slack could read. One inside a word or between spaces never means anything to it."""
    found: set[int] = set()
    for at, char in enumerate(text):
        if char not in "*_~`:>":
            continue
        before = text[at - 1] if at else (" " if first else ZERO)
        after = text[at + 1] if at + 1 < len(text) else (" " if last else ZERO)
        beside_zero = (at and text[at - 1] == ZERO) or (at + 1 < len(text) and text[at + 1] == ZERO)
        nothing = (before.isalnum() and after.isalnum()) or (before.isspace() and after.isspace())
        if beside_zero or char == "`" or (char in "*_~" and not nothing):
            found.add(at)
    found |= {m.end() for m in re.finditer(r":[^\s:]+(?=:)", text)}
    if quoting := re.match(r"[ \t]*(>+)", text):
        found |= set(range(quoting.start(1), quoting.end(1)))
    return found


def _bare(units: Sequence[str]) -> int:
    """How many units at the beginning cannot begin a style: spaces and marks."""
    count = 0
    for unit in units:
        if not (unit.isspace() or unit.startswith(ZERO) or unit in "*_~"):
            break
        count += 1
    return count


def _with_code_that_can_be_written(runs: Sequence[Run]) -> Iterator[Run]:
    """Code that holds a backtick, or that Slack would not see as code, is text."""
    for run in runs:
        text = run.text
        if run.code and ("`" in text or text != text.strip() or ZERO in (text[:1], text[-1:])):
            yield replace(run, code=False)
        else:
            yield run
