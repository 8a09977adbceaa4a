"""A story as plain text: what a reader sees, without marks, a paragraph a line as it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from bot.exports import Book, SceneText, byline, credit_lines
from bot.markup import to_plain
from bot.sentences import literal, say


def write(book: Book, out: BinaryIO) -> None:
    """Write the book, scene by scene, as UTF-8."""
    _put(out, "\n\n".join(_front(book)))
    for number, scene in enumerate(book.scenes):
        for block in _scene(scene, first=number == 0):
            _put(out, "\n\n" + block)
    _put(out, "\n")


def _front(book: Book) -> Iterator[str]:
    yield _heading(literal(book.title), "=")
    if book.logline.strip():
        yield _line(literal(book.logline))
    if book.credits.people:
        yield _line(byline(book.credits))
    yield _heading(say("export.credits"), "-")
    lines = [f"- {_line(line)}" for line in credit_lines(book.credits)]
    yield "\n".join(lines) if lines else _line(say("export.nobody"))
    yield _heading(say("export.ai"), "-")
    yield _line(book.statement)
    yield "* * *"


def _scene(scene: SceneText, *, first: bool) -> Iterator[str]:
    if scene.title.strip():
        yield _heading(literal(scene.title), "-")
    elif not first:
        yield "* * *"
    for passage in scene.passages:
        yield to_plain(passage.text, people=True)


def _heading(markup: str, rule: str) -> str:
    line = _line(markup)
    return f"{line}\n{rule * min(len(line), 72)}"


def _line(markup: str) -> str:
    return to_plain(" ".join(markup.split()))


def _put(out: BinaryIO, text: str) -> None:
    out.write(text.encode("utf-8", "replace"))
