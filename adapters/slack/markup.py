"""Our small markup on Slack, and what people send from Slack as our markup.

Slack has two ways to write a text. In a *rich text* block every piece is literal and styles stand beside it, so that
whatever people wrote shows exactly and can notify nobody: everything that is longer than small print goes that way.
*mrkdwn* (https://docs.slack.dev/messaging/formatting-message-text) reads marks out of the text and has no way to escape
them: it is used where Slack takes nothing else, for a message's `text` (what notifications and screen readers say) and
for small print that holds a style or an instant.

In mrkdwn a mark that is meant as itself stands between two zero-width spaces, wherever Slack could take it for a style.
Slack's own advice is a space on either side (https://github.com/slackhq/slack-api-docs/issues/34); this is one that
nobody sees. A style beside a letter gets one on its outer side, because Slack styles whole words only.
`adapters.slack.reading` models how mrkdwn is read and is the exact inverse.

Slack has no spoilers: their bars stay, as they do in people's own texts, which are shown as they were typed. A command
that a sentence names (`/pitch`, always in code) is said as it is typed here: `/room pitch`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from adapters.slack.blocks import Json, piece, section
from bot.marks import Code, Inline, Instant, Styled, Words
from bot.markup import Block, Break, Bullets, CodeBlock, Gap, Paragraph, Quote, parse

COMMAND = "/room"
"""The one slash command, behind which all others stand."""
ZERO = "\u200b"
"""The zero-width space."""
DATE_FORMAT = "{date_short_pretty} {time}"
"""https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""

Shape = Literal["text", "quote", "bullet", "code"]
_BREAK = "* * *"
_MARKS = ("bold", "*"), ("italic", "_"), ("strike", "~")
_BETWEEN = frozenset(" \t\n\r.,;:!?()\"'/–—…-")
"""Characters beside which Slack lets a style begin or end."""
_OURS = re.compile(r"^/(?!room\b|invite\b)(?=[a-z][a-z-]*(?: |$))")
"""A command of ours in a sentence; not the one that all stand behind, nor Slack's own."""
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


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


def escaped(text: str) -> str:
    """Text in which nothing can be a link, a mention or an entity. Slack turns just these three back."""
    return re.sub("[&<>]", lambda m: _ENTITIES[m[0]], text)


def mrkdwn(markup: str) -> str:
    """Our markup as mrkdwn: literal text shows exactly as it is, instants in each reader's own time."""
    return mrkdwn_of(lines_of(markup))


def rich(markup: str) -> list[Json]:
    """Our markup as the elements of a rich text block."""
    return rich_of(lines_of(markup))


def prose(text: str) -> list[Json]:
    """People's own text as elements of a rich text block: byte for byte."""
    return [section([piece(text)])] if text else []


# ---- markup to lines of runs


def lines_of(markup: str) -> list[Line]:
    """The lines of a text of ours."""
    return [line for block in parse(markup) for line in _lines(block)]


def one_line(markup: str) -> tuple[Run, ...]:
    """Markup for where there is one line (an item, an option)."""
    runs: list[Run] = []
    for line in lines_of(markup):
        runs += [Run(" "), *line.runs] if runs else line.runs
    return tuple(_joined(runs))


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
                yield Line("bullet", tuple(_joined(_runs(item, Run("")))))
        case CodeBlock(code, _):
            yield from (Line("code", (Run(line),) if line else ()) for line in code)
        case Break():
            yield Line("text", (Run(_BREAK),))


def _runs(inside: Sequence[Inline], style: Run) -> Iterator[Run]:
    for part in inside:
        match part:
            case Words(text):
                yield replace(style, text=text)
            case Code(text):
                yield replace(style, text=_OURS.sub(f"{COMMAND} ", text), code=True)
            case Instant(unix, words):
                yield replace(style, text=words, unix=unix)
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
        if run.unix is not None:
            line.append(run)
            continue
        first, *rest = run.text.split("\n")
        line.append(replace(run, text=first))
        for text in rest:
            yield Line(shape, tuple(_joined(line)))
            line = [replace(run, text=text)]
    yield Line(shape, tuple(_joined(line)))


def _joined(runs: Sequence[Run] | Iterator[Run]) -> Iterator[Run]:
    """Neighbours of one style made one; empty ones left out."""
    held: Run | None = None
    for run in runs:
        if not run.text and run.unix is None:
            continue
        if held is not None and held.unix is None and replace(run, text="") == replace(held, text=""):
            held = replace(held, text=held.text + run.text)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


# ---- rich text


def rich_of(lines: Sequence[Line]) -> list[Json]:
    """Lines as elements of a rich text block. Blank lines with nothing around them are left out: Slack takes none."""
    made: list[Json] = []
    at = 0
    while at < len(lines):
        shape, end = lines[at].shape, at
        while end < len(lines) and lines[end].shape == shape:
            end += 1
        group = lines[at:end]
        at = end
        if shape == "bullet":
            items = [section(_pieces(line.runs) or [piece(" ")]) for line in group]
            made.append({"type": "rich_text_list", "style": "bullet", "elements": items})
            continue
        pieces = _pieces(_between_lines(group))
        if not pieces:
            continue
        names = {"text": "rich_text_section", "quote": "rich_text_quote", "code": "rich_text_preformatted"}
        made.append({"type": names[shape], "elements": pieces})
    return made


def _between_lines(lines: Sequence[Line]) -> tuple[Run, ...]:
    runs: list[Run] = []
    for n, line in enumerate(lines):
        runs += [Run("\n"), *line.runs] if n else line.runs
    return tuple(_joined(runs))


def _pieces(runs: Sequence[Run]) -> list[Json]:
    return [_piece(run) for run in runs]


def _piece(run: Run) -> Json:
    """https://docs.slack.dev/reference/block-kit/block-elements/date-element for an instant."""
    if run.unix is None:
        return piece(run.text, bold=run.bold, italic=run.italic, strike=run.strike, code=run.code)
    made: Json = {"type": "date", "timestamp": run.unix, "format": DATE_FORMAT, "fallback": run.text or "…"}
    style = {name: True for name in ("bold", "italic", "strike") if getattr(run, name)}
    return made | ({"style": style} if style else {})


# ---- mrkdwn


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
    parts = list(_joined(_with_code_that_can_be_written(runs)))
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


# ---- from Slack

TOKEN = re.compile(
    r"<(?P<sign>[@#!])(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>"
    r"|<(?P<url>[^<>|\s]+)(?:\|(?P<shown>[^<>]*))?>"
    r"|&(?P<entity>amp|lt|gt);"
)
"""What Slack writes into the texts that people send: https://docs.slack.dev/messaging/formatting-message-text#retrieving"""
_PLAIN = {"amp": "&", "lt": "<", "gt": ">"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DATE = re.compile(r"date\^(-?\d{1,13})\^.*")


def source(text: str, names: Mapping[str, str] | None = None) -> str:
    """What people send from Slack as it was typed: entities turned back, what only Slack can read in plain words.

    `names` gives the names of people and channels by id. Marks stay as they were typed: people's texts are shown and
    kept letter for letter, whichever markup their writer thinks in.
    """
    return TOKEN.sub(lambda found: plain_token(found, names or {}), text)


def plain_token(found: re.Match[str], names: Mapping[str, str]) -> str:
    """One match of TOKEN in plain words."""
    if found["entity"]:
        return _PLAIN[found["entity"]]
    if found["url"]:
        return _link(_unescaped(found["url"]), _unescaped(found["shown"] or ""))
    what, label = found["what"] or "", _unescaped(found["label"] or "")
    match found["sign"]:
        case "@":
            return names.get(what) or label or f"@{what}"
        case "#":
            return "#" + (names.get(what) or label or what).removeprefix("#")
        case _:
            return _special(what, label)


def _special(what: str, label: str) -> str:
    """`<!here>`, a user group or a date."""
    if label:
        return label
    if date := _DATE.fullmatch(what):
        return date_of(int(date[1])) or what
    return "@" + what.rsplit("^", maxsplit=1)[-1]


def _link(url: str, label: str) -> str:
    """A link as it was typed; one with words of its own says both."""
    if not label or label == url:
        return url
    typed = url.split(":", 1)[-1].removeprefix("//")
    return label if typed.rstrip("/") == label.rstrip("/") else f"{label} ({url})"


def _unescaped(text: str) -> str:
    return re.sub("&(amp|lt|gt);", lambda m: _PLAIN[m[1]], text)


def date_of(unix: int) -> str:
    """A timestamp's date and time in words; empty for one beyond the calendar."""
    try:
        return f"{_EPOCH + timedelta(seconds=unix):%Y-%m-%d %H:%M} UTC"
    except OverflowError:
        return ""
