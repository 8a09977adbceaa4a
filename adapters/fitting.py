"""How long a text is to a chat platform, and the beginning of it that fits: never half a grapheme."""

from __future__ import annotations

from uniseg.graphemecluster import grapheme_clusters

_WINDOW = 64
"""Characters beyond a cut that are looked at to see where a grapheme ends."""


def size(text: str) -> int:
    """How many characters a platform may count: UTF-16 units, as Discord's and Slack's clients do.

    Never less than code points, so that it is right whichever of the two a server counts.
    """
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitting(text: str, most: int) -> int:
    """How many code points of the text are at most `most` characters, never ending inside a grapheme."""
    if size(text[: most + 1]) <= most:
        return len(text)
    end = min(len(text), most)
    while size(text[:end]) > most:
        end -= max(1, (size(text[:end]) - most + 1) // 2)
    start = end
    while start > max(0, end - _WINDOW) and not apart(text, start):
        start -= 1
    if start == end:
        return end
    at = start
    for cluster in grapheme_clusters(text[start : end + _WINDOW]):
        if at + len(cluster) > end:
            break
        at += len(cluster)
    return at if at > start or apart(text, start) else end


def apart(text: str, at: int) -> bool:
    """Whether two graphemes meet here for certain, without asking Unicode's tables: between two Latin letters."""
    return text[at - 1 : at] < "\u0300" and text[at : at + 1] < "\u0300" and text[at - 1 : at + 1] != "\r\n"


def whole(text: str) -> str:
    """A growing text without its last grapheme, to which more may belong."""
    start = len(text) - 1
    while start > 0 and not (apart(text, start) or text[start - 1] == "\n"):
        start -= 1
    last = ""
    for last in grapheme_clusters(text[max(start, 0) :]):  # noqa: B007  # the last one is wanted
        pass
    return text[: len(text) - len(last)]


def clipped(text: str, most: int) -> str:
    """One line of plain text in at most `most` characters: cut at a word, or else a grapheme, with an ellipsis."""
    line = " ".join(text.split())
    if size(line) <= most:
        return line
    end = fitting(line, most - 1)
    space = line.rfind(" ", 0, end + 1)
    return line[: space if space > end // 2 else end].rstrip() + "…"
