"""A story as Markdown: headings are ours, and no passage can make one; read with bot.markup it means what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from bot.exports import Book, byline, credit_lines
from bot.markup import parse, spaced, to_commonmark
from bot.sentences import literal, say


def write(book: Book, out: BinaryIO) -> None:
    """Write the book, scene by scene, as UTF-8."""
    _put(out, "\n\n".join(_front(book)))
    _put_scenes(((scene.title, (passage.text for passage in scene.passages)) for scene in book.scenes), out)


def write_words(title: str, scenes: Iterable[tuple[str, Iterable[str]]], out: BinaryIO) -> None:
    """Write a story's title and words, scene by scene (its title, its passages), as UTF-8."""
    _put(out, "# " + _line(literal(title)))
    _put_scenes(scenes, out)


def _put_scenes(scenes: Iterable[tuple[str, Iterable[str]]], out: BinaryIO) -> None:
    for number, (title, texts) in enumerate(scenes):
        for block in _scene(title, texts, first=number == 0):
            _put(out, "\n\n" + block)
    _put(out, "\n")


def _front(book: Book) -> Iterator[str]:
    yield "# " + _line(literal(book.title))
    if book.logline.strip():
        yield _line(literal(book.logline))
    if book.credits.people:
        yield f"*{_line(byline(book.credits))}*"
    yield "## " + _line(say("export.credits"))
    lines = [f"- {_line(line)}" for line in credit_lines(book.credits)]
    yield "\n".join(lines) if lines else _line(say("export.nobody"))
    yield "## " + _line(say("export.ai"))
    yield _line(book.statement)
    yield "***"


def _scene(title: str, texts: Iterable[str], *, first: bool) -> Iterator[str]:
    if title.strip():
        yield "## " + _line(literal(title))
    elif not first:
        yield "***"
    for text in texts:
        yield to_commonmark(spaced(parse(text, people=True)))


def _line(markup: str) -> str:
    """Markup of ours on one line, with everything in it escaped that another reader could take for more."""
    return to_commonmark(parse(" ".join(markup.split())))


def _put(out: BinaryIO, text: str) -> None:
    out.write(text.encode("utf-8", "replace"))
