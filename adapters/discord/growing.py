"""How far a growing text can be shown: never half a grapheme, never a mark that is still open."""

from __future__ import annotations

import re

from adapters.discord.cutting import cut
from adapters.discord.limits import LAYOUT_TEXT
from adapters.fitting import whole

MOST = LAYOUT_TEXT - 400
"""Characters of a piece; the rest is for what a card says around it."""
_MARK = re.compile(r"\\[\s\S]|```|`+|\|\||~~|\*\*|\*|__|(?<!\w)_|_(?!\w)")


def visible(text: str) -> str:
    """As much of a growing text as can be read: without its last grapheme, to which more may belong, and with its
    open marks closed."""
    return _closed(whole(text))


def pieces(text: str) -> list[str]:
    """A text in pieces that each fit one message, cut at paragraphs."""
    return cut(text, MOST, MOST)


def _closed(text: str) -> str:
    """The text with what is still open closed; a mark that opened last and holds nothing yet is left out."""
    open_marks: list[tuple[str, int]] = []
    for found in _MARK.finditer(text):
        mark = found[0]
        if mark.startswith("\\") or (open_marks and open_marks[-1][0].startswith("`") and mark != open_marks[-1][0]):
            continue
        if any(mark == one for one, _ in open_marks):
            while open_marks.pop()[0] != mark:
                pass
        elif not text[found.end() : found.end() + 1].isspace() or mark.startswith("`"):
            open_marks.append((mark, found.start()))
    while open_marks and not text[open_marks[-1][1] + len(open_marks[-1][0]) :].strip():
        text = text[: open_marks.pop()[1]]
    text = _without_half(text.rstrip(), open_marks[-1][0]).rstrip() if open_marks else text
    return text + "".join("\n```" if mark == "```" else mark for mark, _ in reversed(open_marks))


def _without_half(text: str, mark: str) -> str:
    """The text without the beginning of the mark that is about to close it."""
    held = text.rstrip(mark[0])
    half = len(text) - len(held)
    return held if 0 < half < len(mark) and not held.endswith("\\") else text
