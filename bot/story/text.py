"""People's text: what is cleaned (and said), how long it may be, how it is counted and quoted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from uniseg.graphemecluster import grapheme_clusters

from bot.errors import UserError
from bot.story.words import is_word, words

LIMITS = {
    "title": 200, "name": 80, "pitch": 1_000, "passage": 100_000, "question": 300, "reason": 500, "fact": 500, "note": 2_000, "request": 500,
    "answer": 100_000, "prompt": 1_000,
}  # fmt: skip
"""Most characters (code points) of each kind of text."""

_CLUSTER = 64
"""Characters more than are wanted that are looked at to see where a grapheme ends."""
_ADVISED = ("pitch", "passage")
"""Kinds of text whose writer can do something better than cut it; their sentence says what."""
_ENDINGS = re.compile(r"\r\n?")
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_WINDOW = 4_000
"""Characters beyond the wanted length that are looked at when a long text is quoted."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text ready to be kept, and how many characters had to be replaced (which is said)."""

    text: str
    replaced: int = 0


class TooLong(UserError):
    """A text over its limit; it is kept as a draft."""


class Empty(UserError):
    """A text with nothing in it."""


def clean(text: str) -> Cleaned:
    """Unicode as typed, but: line ends become LF, control characters and lone surrogates become U+FFFD,
    blank lines before and white space after the text go."""
    unified = _ENDINGS.sub("\n", text)
    whole, replaced = _BROKEN.subn("\ufffd", unified)
    lines = whole.rstrip().split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    return Cleaned("\n".join(lines), replaced)


def fit(text: str, what: str, *, argument: str | None = None) -> str:
    """The cleaned text. Raises Empty when nothing in it can be seen, and TooLong when it has more characters than
    LIMITS allows for `what`."""
    cleaned = clean(text).text
    if all(c.isspace() or unicodedata.category(c) == "Cf" for c in cleaned):
        raise Empty("text.empty", argument=argument, what=what)
    if len(cleaned) > LIMITS[what]:
        key = f"text.long_{what}" if what in _ADVISED else "text.long"
        raise TooLong(key, argument=argument, what=what, length=f"{len(cleaned):,}", most=f"{LIMITS[what]:,}")
    return cleaned


def count_words(text: str) -> int:
    """Words of a text that hold a letter or a number (UAX #29; see bot.story.words for very long texts)."""
    return sum(1 for piece in words(text) if is_word(piece))


def shorten(text: str, most: int) -> str:
    """The text on one line, cut at a word (never inside a grapheme) with an ellipsis when it is over `most` characters."""
    window = most * 4 + _WINDOW
    line = " ".join(text[:window].split())
    if len(line) <= most:
        return line if not text[window:].strip() else line[: most - 1].rstrip() + "…"
    return _cut(line, most - 1).rstrip() + "…"


def first_words(text: str, most: int = 60) -> str:
    """How a text begins, in at most `most` characters."""
    return shorten(text, most)


def last_line(text: str, most: int = 200) -> str:
    """A text's last line; of a longer one the end, from a word on (never from inside a grapheme)."""
    line = " ".join(text.rstrip().rsplit("\n", 1)[-1].split())
    if len(line) <= most:
        return line
    _, space, rest = line[-most:].partition(" ")
    if space and len(rest) >= most // 2:
        return "…" + rest
    at = 0
    for cluster in grapheme_clusters(line[-most - _CLUSTER :]):
        at += len(cluster)
        if at >= _CLUSTER + 1:
            break
    return "…" + line[-most - _CLUSTER :][at:]


def _cut(line: str, most: int) -> str:
    """The beginning of a line, up to the last word that ends within `most` characters, or the last grapheme."""
    space = line.rfind(" ", 0, most + 1)
    if space > most // 2:
        return line[:space]
    end = 0
    for cluster in grapheme_clusters(line[: most + _CLUSTER]):
        if end + len(cluster) > most:
            break
        end += len(cluster)
    return line[:end]
