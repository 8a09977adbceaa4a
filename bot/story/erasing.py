"""Erasing: who may, what it comes to in the room, and how words are known again wherever they were quoted.

The words themselves are taken out by memory, from every place where words live (memory/words.py); here stand the
rules. An erased passage keeps its number, with a mark in its place. It cannot be undone: hiding can.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.errors import Stale, UserError
from bot.story import pitching
from bot.story.ledger import Act
from bot.story.moderating import require_keeper, settle_all
from bot.story.moments import Moment, Outcome
from bot.story.passages import MachineText, Passage
from bot.story.prompts import Answer, Prompt
from bot.story.reports import Subject
from bot.story.rounds import Pitch
from bot.story.snapshot import Snapshot
from bot.story.tidings import tell

WINDOW = 24
"""So many characters in a row, spaces aside, are someone's words quoted."""
LEAST = 4
"""Shorter words are known only where they stand alone: they would be found everywhere."""
_FEW = 64


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased, for its receipt."""

    kind: Subject
    number: int
    answered: int = 0
    """Reports about it that are answered by this."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What memory took out: ids of everything that lost words, by the name of its table."""

    found: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids."""
        return tuple(id_ for _, ids in self.found for id_ in ids)

    def count(self, table: str) -> int:
        """How many rows of a table lost words."""
        return len(dict(self.found).get(table, ()))


def check(snapshot: Snapshot, thing: Passage | Pitch | MachineText | Answer | Prompt, version: int, moment: Moment) -> None:
    """Refuse who may not erase, what is erased already, and a press on a card that is not true any more."""
    require_keeper(snapshot, moment)
    if thing.veil == "erased":
        raise UserError("moderation.erased_already")
    if version != version_of(thing):
        raise Stale("erase.stale")


def version_of(thing: Passage | Pitch | MachineText | Answer | Prompt) -> int:
    """The revision that the second press must carry."""
    return 1 if isinstance(thing, MachineText | Prompt) else thing.version


def erased(snapshot: Snapshot, thing: Passage | Pitch | MachineText | Answer | Prompt, moment: Moment) -> Outcome[Erased]:
    """What follows in the room once a thing's words are gone: its author and its reporters hear of it, ballots lose it."""
    outcome: Outcome[Erased]
    match thing:
        case Passage():
            told = tell(snapshot, (thing.author,), "tidings.passage_erased", moment, number=thing.number)
            act = Act("passage.erased", (thing.story_id, thing.id), moment.key, "", {"number": thing.number})
            outcome = Outcome(Erased("passage", thing.number), told, (act,))
        case Pitch():
            told = tell(snapshot, (thing.author,), "tidings.idea_erased", moment)
            subjects = (thing.story_id, thing.round_id, thing.id)
            act = Act("pitch.erased", subjects, moment.key, "", {"number": thing.number})
            left = off_the_ballots(snapshot, (thing,), moment)
            outcome = left.also(rows=told, acts=(act,)).answering(Erased("pitch", thing.number))
        case Answer():
            told = tell(snapshot, (thing.person,), "tidings.answer_erased", moment, number=thing.number)
            act = Act("answer.erased", (thing.room_id, thing.prompt_id, thing.id), moment.key, "", {"number": thing.number})
            outcome = Outcome(Erased("answer", thing.number), told, (act,))
        case Prompt():
            act = Act("prompt.erased", (thing.room_id, thing.id), moment.key, "", {"number": thing.number})
            outcome = Outcome(Erased("prompt", thing.number), (), (act,))
        case _:
            act = Act("machine.erased", (thing.story_id, thing.id), moment.key, "", {})
            outcome = Outcome(Erased("machine", 0), (), (act,))
    answered = settle_all(snapshot.with_rows(outcome.rows), thing.id, moment, "tidings.erased")
    return outcome.then(answered).answering(replace(outcome.value, answered=answered.value))


def off_the_ballots(snapshot: Snapshot, pitches: Iterable[Pitch], moment: Moment) -> Outcome[None]:
    """Erased ideas leave the ballots that held them, and the ballots' owners are told."""
    outcome: Outcome[None] = Outcome(None)
    for pitch in pitches:
        there = snapshot.with_rows(outcome.rows)
        round_ = there.rounds.get(pitch.round_id)
        if round_ is None or round_.part == "closed" or pitch.status not in ("standing", "waiting"):
            continue
        left = pitching.off_the_ballot(there, replace(pitch, status="withdrawn"), moment)
        told = tell(there, left.value.told, "tidings.ballot_hidden", moment, number=pitch.number)
        outcome = outcome.then(left.also(rows=told)).answering(None)
    return outcome


# ---- knowing words again


def bare(text: str) -> str:
    """A text as quotations of it are compared: without case, spaces, and the backslashes of markup."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().replace("\\", "").split())


class Echo:
    """Some texts, and whether another one quotes them."""

    __slots__ = ("_short", "_whole", "_windows")

    def __init__(self, texts: Iterable[str]) -> None:
        self._whole = {b for text in texts if (b := bare(text))}
        self._short = {b for b in self._whole if LEAST <= len(b) < WINDOW}
        self._windows: dict[str, list[tuple[str, int]]] = {}
        """A stretch of long texts, with those texts and where it stands in each."""
        for long in sorted(b for b in self._whole if len(b) >= WINDOW):
            for at in (*range(0, len(long) - WINDOW + 1, WINDOW), len(long) - WINDOW):
                self._windows.setdefault(long[at : at + WINDOW], []).append((long, at))

    def __bool__(self) -> bool:
        return bool(self._whole)

    def quoted_in(self, text: str) -> bool:
        """Whether a text is one of them, or holds an excerpt: the beginning, the end, a stretch of two windows."""
        return self._quotes(bare(text))

    def heard_in(self, text: str) -> bool:
        """The same, and whether it holds a short one anywhere: for receipts, of which too many may go."""
        b = bare(text)
        return self._quotes(b) or any(short in b for short in self._short)

    def whole_in(self, text: str) -> bool:
        """Whether a text is one of them, or holds a long one from its first to its last word."""
        b = bare(text)
        return b in self._whole or any(whole in b for whole in self._whole if len(whole) >= WINDOW)

    def without(self, text: str, put: str) -> str:
        """A text with `put` in the place of every stretch that quotes a long one; all else stays as it is typed."""
        if not self.quoted_in(text):
            return text
        if bare(text) in self._whole:
            return put
        shown = unicodedata.normalize("NFKC", text)
        at = [i for i, c in enumerate(shown) for _ in bare(c)]
        b = bare(shown)
        stretches: list[tuple[int, int]] = []
        i = 0
        while i <= len(b) - WINDOW:
            ranges = [_stretch(b, i, whole, at_) for whole, at_ in self._windows.get(b[i : i + WINDOW], ())]
            if not ranges:
                i += 1
                continue
            first, last = min(r[0] for r in ranges), max(r[1] for r in ranges)
            stretches.append((max(at[first], stretches[-1][1] if stretches else 0), at[last - 1] + 1))
            i = last
        for begin, end in reversed(stretches):
            shown = shown[:begin] + put + shown[end:]
        return shown

    def _quotes(self, b: str) -> bool:
        if b in self._whole:
            return True
        if len(self._windows) <= _FEW:
            return any(window in b for window in self._windows)
        return any(b[at : at + WINDOW] in self._windows for at in range(len(b) - WINDOW + 1))


def _stretch(b: str, i: int, whole: str, at: int) -> tuple[int, int]:
    """How far a text and a whole are the same around a window that stands at `i` in the one and at `at` in the other."""
    back = 0
    while back < min(i, at) and b[i - back - 1] == whole[at - back - 1]:
        back += 1
    on = WINDOW
    while i + on < len(b) and at + on < len(whole) and b[i + on] == whole[at + on]:
        on += 1
    return i - back, i + on


def strings(value: object) -> Iterable[str]:
    """All strings in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
