"""A story as JSON with nothing left out: ids, versions, spans, and who is who, so that it can be read in again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import BinaryIO

from bot.exports import Book, PassageText
from bot.markup import to_plain
from bot.story.provenance import to_json

FORMAT = "room37.story"
VERSION = 1


def write(book: Book, out: BinaryIO) -> None:
    """Write the book as one JSON object, a line a passage, as UTF-8. Spans are [start, end, kind, person, machine text]."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "title": book.title,
        "logline": book.logline,
        "people": {credit.person: credit.name for credit in book.credits.people},
        "credits": [
            {"person": credit.person, "own": credit.own, "taken": credit.taken, "edited": credit.edited}
            for credit in book.credits.people
        ],
        "machines": list(book.machines),
        "ai_use": to_plain(book.statement),
    }
    _put(out, _json(head)[:-1] + ',\n "scenes": [')
    for number, scene in enumerate(book.scenes):
        _put(out, f'{"," if number else ""}\n  {{"title": {_json_text(scene.title)}, "passages": [')
        for index, passage in enumerate(scene.passages):
            _put(out, f"{',' if index else ''}\n   {_json(_passage(passage))}")
        _put(out, "]}")
    _put(out, "]}\n")


def _passage(passage: PassageText) -> Mapping[str, object]:
    return {
        "id": passage.id,
        "number": passage.number,
        "version": passage.version,
        "author": passage.author,
        "at": passage.at.isoformat(),
        "text": passage.text,
        "spans": to_json(passage.spans),
    }


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _json_text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _put(out: BinaryIO, text: str) -> None:
    out.write(text.encode("utf-8", "backslashreplace"))  # a lone surrogate becomes JSON's own escape for it
