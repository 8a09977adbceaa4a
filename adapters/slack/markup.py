"""Our small markup on Slack, and what people send from Slack as our markup.

Slack has two ways to write a text. In a *rich text* block every piece is literal and styles stand beside it, so that
whatever people wrote shows exactly and can notify nobody: everything that is longer than small print goes that way.
*mrkdwn* (https://docs.slack.dev/messaging/formatting-message-text) reads marks out of the text and has no way to escape
them: it is used where Slack takes nothing else, for a message's `text` (what notifications and screen readers say) and
for small print that holds a style or an instant.

`adapters.slack.guarding` writes it and `adapters.slack.reading` models how it is read.

Slack has no spoilers: their bars stay, as they do in people's own texts, which are shown as they were typed. A command
that a sentence names (`/pitch`, always in code) is said as it is typed here: `/room pitch`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from adapters.slack.blocks import Json, piece, section
from adapters.slack.guarding import DATE_FORMAT, mrkdwn_of
from adapters.slack.runs import Line, Run, joined, lines_of


def mrkdwn(markup: str) -> str:
    """Our markup as mrkdwn: literal text shows exactly as it is, instants in each reader's own time."""
    return mrkdwn_of(lines_of(markup))


def rich(markup: str) -> list[Json]:
    """Our markup as the elements of a rich text block."""
    return rich_of(lines_of(markup))


def prose(text: str) -> list[Json]:
    """People's own text as elements of a rich text block: byte for byte."""
    return [section([piece(text)])] if text else []


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
    return tuple(joined(runs))


def _pieces(runs: Sequence[Run]) -> list[Json]:
    return [_piece(run) for run in runs]


def _piece(run: Run) -> Json:
    """https://docs.slack.dev/reference/block-kit/block-elements/date-element for an instant."""
    if run.unix is None:
        return piece(run.text, bold=run.bold, italic=run.italic, strike=run.strike, code=run.code)
    made: Json = {"type": "date", "timestamp": run.unix, "format": DATE_FORMAT, "fallback": run.text or "…"}
    style = {name: True for name in ("bold", "italic", "strike") if getattr(run, name)}
    return made | ({"style": style} if style else {})


# ---- from Slack

TOKEN = re.compile(
    r"<(?P<sign>[@#!])(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>"
    r"|<(?P<url>[A-Za-z][A-Za-z0-9+.-]*:[^<>|\s]+)(?:\|(?P<shown>[^<>]*))?>"
    r"|&(?P<entity>amp|lt|gt);"
)
"""What Slack writes into the texts that people send; other words between < and > are people's own: https://docs.slack.dev/messaging/formatting-message-text#retrieving"""
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
