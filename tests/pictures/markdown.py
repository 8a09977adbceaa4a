"""Discord's markdown as HTML, by the rules that `adapters.discord.reading` knows its clients to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from adapters.discord import reading

_FENCE = re.compile(r"(```[^\n`]*\n[\s\S]*?\n?```)")
_BLOCK = re.compile(r" *(?:(?P<hash>#{1,3})|(?P<small>-#)|(?P<item>[-*+])|(?P<number>\d+)[.)]|(?P<quote>>)) +(?P<rest>.*)")
_UNITS = ((86_400 * 365, "year"), (86_400 * 30, "month"), (86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
_TAGS = {
    "bold": "strong", "under": "u", "emphatic": "em", "starred": "em", "struck": "s", "headed": "span",
}  # fmt: skip


@dataclass(frozen=True)
class Reader:
    """Who reads: when, and whom they know by id. Everyone here lives in UTC."""

    now: float
    names: Mapping[str, str] = field(default_factory=dict)

    def html(self, markdown: str) -> str:
        """A text as it shows."""
        made: list[str] = []
        for piece in _FENCE.split(markdown):
            if piece.startswith("```"):
                code = piece.split("\n", 1)[1].removesuffix("```").strip("\n")
                made.append(f"<pre>{escape(code)}</pre>")
            elif piece:
                made += self._blocks(piece.strip("\n") if made else piece.rstrip("\n"))
        return "".join(made)

    def _blocks(self, text: str) -> Iterator[str]:
        lines: list[str] = []
        items: list[str] = []
        kept = ""

        def flush() -> Iterator[str]:
            if lines:
                held = "" if lines[-1] else "&#8203;"  # a blank line before a block is seen
                yield f"<p>{self.inline(chr(10).join(lines))}{held}</p>"
                lines.clear()
            if items:
                yield f"<{kept}>{''.join(f'<li>{self.inline(item)}</li>' for item in items)}</{kept}>"
                items.clear()

        for line in text.split("\n"):
            found = _BLOCK.fullmatch(line)
            kind = _kind(found)
            if kind != kept:
                yield from flush()
            kept = kind
            if found is None:
                lines.append(line)
            elif kind == "ul":
                items.append(found["rest"])
            elif kind == "ol":
                yield f"<p>{found['number']}. {self.inline(found['rest'])}</p>"
            else:
                yield f'<p class="{kind}">{self.inline(found["rest"])}</p>'
        yield from flush()

    def inline(self, text: str) -> str:
        """A stretch of a line."""
        made, at = [], 0
        for found in reading._RULES[False].finditer(text):
            made += [_words(text[at : found.start()]), self._mark(found)]
            at = found.end()
        return "".join([*made, _words(text[at:])])

    def _mark(self, found: re.Match[str]) -> str:
        for name, tag in _TAGS.items():
            if found[name]:
                return f"<{tag}>{self.inline(found[name])}</{tag}>"
        if found["spoiled"]:
            return f'<span class="spoiler">{self.inline(found["spoiled"])}</span>'
        if found["coded"] or found["fenced"]:
            return f"<code>{escape((found['coded'] or found['fenced']).strip())}</code>"
        if found["unix"]:
            return f'<span class="time">{escape(moment(found[0], self.now))}</span>'
        if found["mention"]:
            sign = "#" if found[0].startswith("<#") else "@"
            return f'<span class="mention">{sign}{escape(self.names.get(re.sub(r"[^0-9]", "", found[0]), "someone"))}</span>'
        return _words(reading.shown(found[0]))


def _kind(found: re.Match[str] | None) -> str:
    if found is None:
        return "text"
    if found["hash"]:
        return f"h{len(found['hash'])}"
    return "small" if found["small"] else "ul" if found["item"] else "ol" if found["number"] else "quote"


def _words(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def moment(mark: str, now: float) -> str:
    """`<t:UNIX:STYLE>` as a client shows it."""
    unix, _, style = mark.strip("<>").removeprefix("t:").partition(":")
    if style == "R":
        return _relative(int(unix) - now)
    at = datetime.fromtimestamp(int(unix), UTC)
    return f"{at.day} {at:%B %Y %H:%M}"


def _relative(seconds: float) -> str:
    for size, unit in _UNITS:
        n = round(abs(seconds) / size)
        if n >= 1:
            words = f"{n} {unit}s" if n > 1 else f"{'an' if unit == 'hour' else 'a'} {unit}"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "now"
