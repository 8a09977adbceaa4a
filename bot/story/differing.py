"""Which pieces of a text an edit kept: a word diff whose cost is bounded by size, whatever the texts hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher

from bot.story.words import is_word

Block = tuple[int, int, int]
"""Where a kept stretch begins in the old pieces, where in the new, and how many pieces it has."""

CELLS = 4_000_000
"""Most of (old words x new words) that one edit compares word by word; beyond that, line by line, then not at all."""

MEETINGS = 60_000
"""Most pairs of equal words that one edit compares: difflib's time grows with them, and faster than they do (two seconds
for the worst of made-up texts; two wholly different texts of 2,000 English words have about 50,000 and take 0.1)."""


def same_pieces(old: Sequence[str], new: Sequence[str]) -> tuple[Block, ...]:
    """The stretches that both have, in order: the beginning and the end, and between them the words that were kept
    with what stands beside them.

    Where there is too much between them to compare words, whole lines are compared, and words only in lines that
    changed (line for line, where as many came as went).
    """
    most = min(len(old), len(new))
    head = next((i for i in range(most) if old[i] != new[i]), most)
    most -= head
    tail = next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)
    end_old, end_new = len(old) - tail, len(new) - tail
    inner = _Comparing().between(old[head:end_old], new[head:end_new])
    found = [(0, 0, head), *((i + head, j + head, n) for i, j, n in inner), (end_old, end_new, tail)]
    return tuple(block for block in found if block[2])


class _Comparing:
    """The comparisons of one edit: together they spend no more than one budget."""

    def __init__(self) -> None:
        self._cells = CELLS
        self._meetings = MEETINGS

    def between(self, old: Sequence[str], new: Sequence[str]) -> Iterator[Block]:
        by_words = self._by_words(old, new)
        if by_words is not None:
            yield from by_words
            return
        old_lines, new_lines = _lines(old), _lines(new)
        blocks = (
            self._matched([old[a:b] for a, b in old_lines], [new[a:b] for a, b in new_lines], tuple) or []
        )
        at_old, at_new = 0, 0
        for i, j, n in (*blocks, (len(old_lines), len(new_lines), 0)):
            yield from self._changed_lines(old, new, old_lines[at_old:i], new_lines[at_new:j])
            for (start, end), (start_new, _) in zip(old_lines[i : i + n], new_lines[j : j + n], strict=True):
                yield start, start_new, end - start
            at_old, at_new = i + n, j + n

    def _changed_lines(
        self, old: Sequence[str], new: Sequence[str], gone: list[tuple[int, int]], came: list[tuple[int, int]]
    ) -> Iterator[Block]:
        if not gone or not came:
            return
        places = [(gone[0][0], gone[-1][1], came[0][0], came[-1][1])]
        found = self._by_words(old[places[0][0] : places[0][1]], new[places[0][2] : places[0][3]])
        if found is not None:
            yield from ((places[0][0] + i, places[0][2] + j, n) for i, j, n in found)
        elif len(gone) == len(came):
            for (a, b), (c, d) in zip(gone, came, strict=True):
                yield from ((a + i, c + j, n) for i, j, n in self._by_words(old[a:b], new[c:d]) or ())

    def _by_words(self, old: Sequence[str], new: Sequence[str]) -> list[Block] | None:
        """Kept words, each with the equal spaces and marks around it; None when there are too many to compare."""
        old_at = [i for i, piece in enumerate(old) if is_word(piece)]
        new_at = [j for j, piece in enumerate(new) if is_word(piece)]
        blocks = self._matched([old[i] for i in old_at], [new[j] for j in new_at], str)
        if blocks is None:
            return None
        kept = [(old_at[i + k], new_at[j + k]) for i, j, n in blocks for k in range(n)]
        return list(_widened(old, new, kept))

    def _matched(
        self,
        old: Sequence[Sequence[str]],
        new: Sequence[Sequence[str]],
        key: Callable[[Sequence[str]], Hashable],
    ) -> list[Block] | None:
        """What difflib finds in both, or None when finding it would cost more than is left."""
        ours, theirs = [key(item) for item in old], [key(item) for item in new]
        counted = Counter(ours)
        cells, meetings = len(ours) * len(theirs), sum(counted[item] for item in theirs)
        if cells > self._cells or meetings > self._meetings:
            return None
        self._cells -= cells
        self._meetings -= meetings
        found = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
        return [(m.a, m.b, m.size) for m in found if m.size]


def _widened(old: Sequence[str], new: Sequence[str], kept: Sequence[tuple[int, int]]) -> Iterator[Block]:
    """Each kept word with what is equal before and behind it, up to the next one."""
    free_old, free_new = 0, 0
    for number, (i, j) in enumerate(kept):
        next_old, next_new = kept[number + 1] if number + 1 < len(kept) else (len(old), len(new))
        back, on = 0, 1
        while min(i - free_old, j - free_new) > back and old[i - back - 1] == new[j - back - 1]:
            back += 1
        while i + on < next_old and j + on < next_new and old[i + on] == new[j + on]:
            on += 1
        yield i - back, j - back, back + on
        free_old, free_new = i + on, j + on


def _lines(pieces: Sequence[str]) -> list[tuple[int, int]]:
    """Where each line that holds words begins and ends (with the blank lines behind it)."""
    begins = [0]
    worded, next_line = False, 0
    for i, piece in enumerate(pieces):
        if is_word(piece):
            if next_line:
                begins.append(next_line)
            worded, next_line = True, 0
        elif "\n" in piece and worded:
            next_line = i + 1
    return list(zip(begins, [*begins[1:], len(pieces)], strict=True))
