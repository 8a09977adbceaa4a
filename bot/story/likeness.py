"""Ideas that are much alike: pointed out to who pitches, never refused. Spelling is compared, not meaning."""

from __future__ import annotations

from bot.story.rounds import Pitch

ALIKE = 0.5
"""Two ideas that share so much of their three-letter pieces are pointed out as alike."""


def alike(idea: str, others: tuple[Pitch, ...]) -> tuple[Pitch, ...]:
    """Ideas that share at least half of their three-letter pieces with this one, the most alike first."""
    mine = _pieces(idea)
    near = []
    for other in others:
        theirs = _pieces(other.text)
        share = len(mine & theirs) / max(1, len(mine | theirs))
        if share >= ALIKE:
            near.append((share, other))
    return tuple(p for _, p in sorted(near, key=lambda found: (-found[0], found[1].number, found[1].id))[:3])


def _pieces(idea: str) -> set[str]:
    words = "".join(c if c.isalnum() else " " for c in idea[:2000].casefold()).split()
    joined = f" {' '.join(words)} "
    return {joined[i : i + 3] for i in range(len(joined) - 2)}
