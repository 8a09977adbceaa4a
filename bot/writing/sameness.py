"""Ideas that say nearly the same, by spelling and by the words they share; lists of ideas, read leniently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

SAME = 0.6
"""From this likeness on, two ideas are nearly the same. Tuned on the pairs in the tests."""
MOST_IDEAS = 10
"""Ideas taken from one list; a ballot holds no more."""
MOST_CHARACTERS = 1000
"""Characters of one idea: the limit of a pitch."""
_LOOKED_AT = 2000
_OPPOSITE = 0.55
"""What is left of a likeness when one idea denies what the other says."""
_FILLER_WORDS = (
    "a an the this that these those there it its is was are were be been being am has have had having do does"
    " did will would shall should can could may might must and or but so then as at by for from in into of"
    " off on onto out over to up with about he she they them him her his hers their theirs i we us our you your"
    " my me who whom whose which what when where all along really actually just very quite too also even ever"
    " always turn turns secretly suddenly already still now s t ve re ll d m"
)
_FILLERS = frozenset(_FILLER_WORDS.split())
_DENIALS = frozenset({"not", "no", "nor", "never", "none", "nobody", "nothing", "neither", "without"})
_NUMBERED = re.compile(r"(?i)^\s{0,6}[*_]{0,2}(?:#|idea )?(\d{1,2})(?:[.):]|\s-)[*_]{0,2}(?:\s+|$)")
_BULLET = re.compile(r"^\s{0,6}[-*+•–—](?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Near:
    """The idea that comes nearest to another one, and how near: 1 is the same words."""

    id: str
    text: str
    score: float


def nearest(idea: str, others: Sequence[tuple[str, str]]) -> Near | None:
    """The one of `others` (id, text) that says nearly the same as this idea, if any; the first of equals."""
    best: Near | None = None
    mine = _Folded.of(idea)
    for other_id, text in others:
        score = mine.likeness(_Folded.of(text))
        if score >= SAME and (best is None or score > best.score):
            best = Near(other_id, text, score)
    return best


def numbered_ideas(text: str) -> tuple[str, ...]:
    """The ideas of a list as a model or a deck writes it: "1) ", "2. " or "- " begins one, which may go on.

    What stands before the list is left out. Without such marks each paragraph, or else each line, is one.
    Never raises; at most ten ideas, each cut at a word after a thousand characters.
    """
    lines = text.splitlines()
    numbered = any(_NUMBERED.match(line) for line in lines)
    items: list[list[str]] = []
    last = None
    for line in lines:
        mark = (_NUMBERED if numbered else _BULLET).match(line)
        number = int(mark[1]) if mark and numbered else None
        if mark and (last is None or number in (None, last, last + 1)):  # "10. " inside an idea is no mark
            last = number
            items.append([line[mark.end() :]])
        elif items:
            items[-1].append(line)
    if not items:
        paragraphs = [block.splitlines() for block in re.split(r"\n\s*\n", text.strip())]
        items = paragraphs if len(paragraphs) > 1 else [[line] for line in lines]
    elif not any(_broken(item) for item in items[:-1]):
        items[-1] = _first_paragraph(items[-1])  # after the list: "Shall I go on?"
    ideas = (_cut(" ".join(" ".join(item).split())) for item in items)
    return tuple(idea for idea in ideas if idea)[:MOST_IDEAS]


@dataclass(frozen=True, slots=True)
class _Folded:
    """An idea as it is compared: its carrying stems, their three-letter pieces, and whether it denies."""

    words: frozenset[str]
    pieces: frozenset[str]
    denies: bool

    @classmethod
    def of(cls, idea: str) -> _Folded:
        spelled = idea[:_LOOKED_AT].casefold().replace("’", "'").replace("n't", " not")
        letters = (c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
        every = "".join(c if c.isalnum() else " " for c in letters).split()
        carrying = [word for word in every if word not in _FILLERS and word not in _DENIALS]
        stems = [_stem(word) for word in carrying or every]
        line = f" {' '.join(stems)} " if stems else ""
        pieces = frozenset(line[i : i + 3] for i in range(len(line) - 2))
        return cls(frozenset(stems), pieces, not _DENIALS.isdisjoint(every))

    def likeness(self, other: _Folded) -> float:
        """0 to 1: half spelling, half shared words; spelling alone where an idea is one unspaced word."""
        spelling = _share(self.pieces, other.pieces)
        if min(len(self.words), len(other.words)) > 1:
            spelling = (spelling + _share(self.words, other.words)) / 2
        return spelling if self.denies == other.denies else spelling * _OPPOSITE


def _share(mine: frozenset[str], theirs: frozenset[str]) -> float:
    return len(mine & theirs) / max(1, len(mine | theirs))


def _stem(word: str) -> str:
    """A word without its commonest English endings: enough to bring `ghosts` to `ghost`."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending).removesuffix("e")
    return word.removesuffix("e") if len(word) > 3 else word


def _broken(item: list[str]) -> bool:
    """Whether this item has a second paragraph: then one after the last item belongs to that item as well."""
    return len(_first_paragraph(item)) < len("\n".join(item).strip().splitlines())


def _first_paragraph(item: list[str]) -> list[str]:
    for at, line in enumerate(item):
        if at and not line.strip() and any(before.strip() for before in item[:at]):
            return item[:at]
    return item


def _cut(idea: str) -> str:
    if len(idea) <= MOST_CHARACTERS:
        return idea
    cut = idea[: MOST_CHARACTERS - 1]
    return (cut.rpartition(" ")[0] or cut) + "…"
