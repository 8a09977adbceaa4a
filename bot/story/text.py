"""People's text: what is cleaned (and said), how long it may be, how it is counted and quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass

from uniseg.graphemecluster import grapheme_clusters

from bot.errors import UserError
from bot.story.words import is_word, words

LIMITS = {
    "title": 200, "name": 80, "pitch": 1_000, "passage": 100_000, "question": 300, "reason": 500, "fact": 500, "request": 500,
}  # fmt: skip
"""Most characters (code points) of each kind of text."""

_ENDINGS = re.compile(r"\r\n?")
_BROKEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
_UNBREAKABLE = 4_000


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
    """The cleaned text. Raises Empty, or TooLong when it has more characters than LIMITS allows for `what`."""
    cleaned = clean(text).text
    if not cleaned.strip():
        raise Empty("text.empty", argument=argument, what=what)
    if len(cleaned) > LIMITS[what]:
        key = "text.long_pitch" if what == "pitch" else "text.long"
        raise TooLong(key, argument=argument, what=what, length=f"{len(cleaned):,}", most=f"{LIMITS[what]:,}")
    return cleaned


def count_words(text: str) -> int:
    """Words of a text that hold a letter or a number (UAX #29; see bot.story.words for very long texts)."""
    return sum(1 for piece in words(text) if is_word(piece))


def shorten(text: str, most: int) -> str:
    """The text on one line, cut at a word (never inside a grapheme) with an ellipsis when it is over `most` characters."""
    line = " ".join(text[: most * 4 + _UNBREAKABLE].split())
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    if line[most - 1] != " " and (space := cut.rfind(" ")) > most // 2:
        cut = cut[:space]
    elif line[most - 1] != " ":
        cut = ""
        for cluster in grapheme_clusters(line[: most + 64]):
            if len(cut) + len(cluster) > most - 1:
                break
            cut += cluster
    return cut.rstrip() + "…"


def first_words(text: str, most: int = 60) -> str:
    """How a text begins, in at most `most` characters."""
    return shorten(text, most)


def last_line(text: str, most: int = 200) -> str:
    """A text's last line, its end kept when it is longer than `most` characters."""
    line = " ".join(text.rstrip().rsplit("\n", 1)[-1].split())
    return line if len(line) <= most else "…" + line[-(most - 1) :]
