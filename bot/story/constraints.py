"""What a prompt's constraint counts in an answer: it is told on the receipt, and never refuses a word.

A measure is written `words=100`, `most=50`, `sentences=8`, `lines=14`, `without=e` (letters) or `avoid=was,were`
(words); several are parted by semicolons. A letter with an accent counts as its letter.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, cast, get_args

from bot.story.words import is_word, words

Counted = Literal["words", "most", "sentences", "lines", "without", "avoid"]
_SENTENCE = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s|$)")
_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Tally:
    """What one measure found."""

    kind: Counted
    wanted: str
    found: int
    """How many there are: of words, sentences or lines, or of what should not be there."""
    kept: bool
    where: tuple[str, ...] = ()
    """The first words that hold what should not be there."""


def measured(measure: str, text: str) -> tuple[Tally, ...]:
    """Every measure of a prompt, counted in this text; nothing for a prompt without one."""
    found = []
    for part in filter(None, measure.split(";")):
        kind, _, wanted = part.partition("=")
        if kind in get_args(Counted):
            found.append(_tally(cast(Counted, kind), wanted, text))
    return tuple(found)


def _tally(kind: Counted, wanted: str, text: str) -> Tally:
    match kind:
        case "words":
            n = _words(text)
            return Tally(kind, wanted, n, n == int(wanted))
        case "most":
            n = _words(text)
            return Tally(kind, wanted, n, n <= int(wanted))
        case "sentences":
            n = _sentences(text)
            return Tally(kind, wanted, n, n == int(wanted))
        case "lines":
            n = sum(1 for line in text.splitlines() if line.strip())
            return Tally(kind, wanted, n, n == int(wanted))
        case "without":
            holding = [w for w in words(text) if set(wanted) & set(_plain(w))]
            n = sum(_plain(w).count(letter) for w in holding for letter in wanted)
            return Tally(kind, wanted, n, not n, tuple(dict.fromkeys(holding))[:_EXAMPLES])
        case "avoid":
            avoided = {_plain(w) for w in wanted.split(",")}
            holding = [w for w in words(text) if _plain(w) in avoided]
            return Tally(kind, wanted, len(holding), not holding, tuple(dict.fromkeys(holding))[:_EXAMPLES])


def _words(text: str) -> int:
    return sum(1 for piece in words(text) if is_word(piece))


def _sentences(text: str) -> int:
    """Sentence ends; what follows the last one counts when it holds a word."""
    ends = list(_SENTENCE.finditer(text))
    rest = text[ends[-1].end() :] if ends else text
    return len(ends) + any(c.isalnum() for c in rest)


def _plain(word: str) -> str:
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
